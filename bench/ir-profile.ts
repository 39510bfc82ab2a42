// `node scripts/run-ts.mjs bench/ir-profile.ts [--long] [--write] [PROGRAM...]`: prints how many instructions of the intermediate
// representation (IR) each program executes, which ones, and which pairs: what to look at before changing the lowering.
// `--write` records the numbers of IR instructions in bench/ir-ratio.json, which tests/bench/ir-ratio.test.ts holds them to.
import { writeFileSync } from "node:fs";
import { IrCounter, type IrProfile } from "./ir-counter.ts";
import { irRatioFile, readIrRatios } from "./ir-ratio.ts";
import { readManifest, selectPrograms } from "./manifest.ts";

const SHOWN = 15;

function show(profile: IrProfile): void {
  const share = (count: number): string => `${((100 * count) / profile.irInstructions).toFixed(1).padStart(6)} %`;
  for (const [title, list] of [
    ["instructions", profile.single],
    ["pairs", profile.pairs],
  ] as const) {
    console.log(`  ${title}`);
    for (const [name, count] of list.slice(0, SHOWN)) console.log(`  ${share(count)}  ${name}`);
  }
}

async function main(argv: readonly string[]): Promise<void> {
  const names = argv.filter((argument) => !argument.startsWith("--"));
  const manifest = readManifest();
  const programs = names.length === 0 ? manifest : selectPrograms(manifest, names);
  const counter = await IrCounter.open();
  const recorded = readIrRatios();
  for (const program of programs) {
    const profile = counter.count(program, argv.includes("--long") ? program.long : program.short);
    const { irInstructions, wasmInstructions } = profile;
    const ratio = (irInstructions / wasmInstructions).toFixed(4);
    console.log(`${program.name}: ${ratio} (${irInstructions} IR / ${wasmInstructions} wasm instructions)`);
    if (names.length > 0) show(profile);
    const record = recorded.find(({ name }) => name === program.name);
    if (record !== undefined) record.irInstructions = irInstructions;
  }
  if (argv.includes("--write")) {
    writeFileSync(irRatioFile, `${JSON.stringify({ programs: recorded }, null, 2)}\n`);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});

// `npm run test:programs [NAME]`: runs larger WASI programs from npm, and calls exports of the largest modules, on us and on
// native wasm, and compares what can be seen.
import { isDeepStrictEqual } from "node:util";
import { type Observation, runOnNative, runOnUs } from "./compare.ts";
import { install } from "./install.ts";
import { callExport, largeModules } from "./large-modules.ts";
import { largePrograms, pythonPrograms } from "./programs.ts";

function indented(text: string): string {
  const lines = text.trimEnd().split("\n");
  const shown =
    lines.length > 24 ? [...lines.slice(0, 12), `… ${lines.length - 24} lines …`, ...lines.slice(-12)] : lines;
  return shown.map((line) => `    ${line}`).join("\n");
}

function report(label: string, { exitCode, stdout, stderr, outputs }: Observation): void {
  console.log(`  ${label}: exit code ${exitCode}`);
  if (stdout !== "") console.log(indented(stdout));
  if (stderr !== "") console.log(`  ${label}, standard error:\n${indented(stderr)}`);
  for (const [name, text] of Object.entries(outputs)) console.log(`    ${name}: ${text}`);
}

const wanted = process.argv[2];
let passed = 0;
let failed = 0;

function isWanted({ name }: { readonly name: string }): boolean {
  return wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase());
}

for (const program of [...pythonPrograms, ...largePrograms].filter(isWanted)) {
  console.log(program.name);
  const folder = install(program);
  const ours = runOnUs(program, folder);
  const native = runOnNative(program, folder);
  const same = isDeepStrictEqual(ours, native);
  report("ours", ours);
  if (same) passed++;
  else {
    failed++;
    report("native", native);
  }
  console.log(same ? "  same as native" : "  DIFFERENT");
}
for (const module of largeModules.filter(isWanted)) {
  console.log(module.name);
  const folder = install(module);
  const native = callExport("native", module, folder);
  console.log(`  native: ${native}`);
  try {
    const ours = callExport("ours", module, folder);
    console.log(`  ours:   ${ours}`);
    if (ours === native) passed++;
    else failed++;
  } catch (error) {
    failed++;
    console.log(indented(error instanceof Error ? error.message : String(error)));
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

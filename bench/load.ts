// `npm run bench:load`: how long loading and validating takes beside `WebAssembly.validate`, and how much memory, for the largest
// modules of the npm registry. `--runs N`, `--rounds N`, `--write` (into docs/performance.md).
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { install, type PackagedBinary } from "../spec-tests/programs/install.ts";
import { largeModules } from "../spec-tests/programs/large-modules.ts";
import { pythonPrograms } from "../spec-tests/programs/programs.ts";
import type { LoadEngine, LoadSample } from "./load-sample.ts";
import { machine } from "./machine.ts";
import { benchFolder } from "./manifest.ts";
import { bundleChild, measureLoad } from "./processes.ts";
import { formatReport, replaceSection } from "./report.ts";
import { median } from "./sample.ts";
import { layOut } from "./table.ts";

const document = join(dirname(benchFolder), "docs", "performance.md");
const engines: readonly LoadEngine[] = ["us", "lazy", "native"];

type Samples = Readonly<Record<LoadEngine, readonly LoadSample[]>>;

/** Measures a module on each engine, in turns. */
function measureModule(file: string, runs: number, rounds: number): Samples {
  const samples: Record<LoadEngine, LoadSample[]> = { us: [], lazy: [], native: [] };
  for (let run = 0; run < runs; run++) {
    for (const engine of engines) samples[engine].push(measureLoad(engine, file, rounds));
  }
  return samples;
}

function rowOf(name: string, { us, lazy, native }: Samples): string[] {
  const time = (samples: readonly LoadSample[], round: number): number =>
    median(samples.map(({ times }) => times.at(round)!));
  const size = us[0]!.size;
  const times = [us, native, lazy].flatMap((samples) => [time(samples, 0), time(samples, -1)]);
  const bytes = [median(us.map(({ peak }) => peak)), median(us.map(({ after }) => after))];
  return [
    name,
    (size / 2 ** 20).toFixed(1),
    ...times.map((value) => value.toFixed(0)),
    (time(us, 0) / time(native, 0)).toFixed(2),
    (time(us, -1) / time(native, -1)).toFixed(2),
    ...bytes.map((value) => (value / size).toFixed(1)),
  ];
}

const head = [
  "module",
  "MiB",
  "us, ms: first",
  "later",
  "native, ms: first",
  "later",
  "lazy, ms: first",
  "later",
  "us / native: first",
  "later",
  "peak / size",
  "after / size",
];

async function bench(argv: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      runs: { type: "string", default: "3" },
      rounds: { type: "string", default: "6" },
      write: { type: "boolean", default: false },
    },
  });
  const [runs, rounds] = [Number(values.runs), Number(values.rounds)];
  if (!(runs > 0 && rounds > 0)) throw new Error("--runs and --rounds are positive numbers");
  await bundleChild("load-child");
  const modules: readonly PackagedBinary[] = [pythonPrograms[0]!, ...largeModules];
  const rows = [head];
  for (const module of modules) {
    process.stderr.write(`${module.package}\n`);
    rows.push(rowOf(module.package, measureModule(join(install(module), module.file), runs, rounds)));
  }
  const { node, v8 } = process.versions;
  const report = formatReport(layOut(rows), {
    machine: machine(),
    versions: modules.map(({ package: name, version }) => `${name} ${version}`).concat(`Node ${node}, V8 ${v8}`),
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench:load --", ...argv].join(" "),
  });
  console.log(report);
  if (values.write) writeFileSync(document, replaceSection(readFileSync(document, "utf8"), "load", report));
}

bench(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`bench:load: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
});

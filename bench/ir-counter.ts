import { mkdirSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import type { OurBuild } from "./engines.ts";
import { benchFolder, type Program, readProgram, type Workload } from "./manifest.ts";

const root = dirname(benchFolder);

/** More than there are instructions in the intermediate representation. */
const BOUND = 1024;
/** Stands for what was before the first instruction. */
const NOTHING = BOUND - 1;

/** What a run executed, in instructions of the intermediate representation (IR). */
export interface IrProfile {
  readonly checksum: string;
  /** Instructions of wasm, as `Statistics` counts them. */
  readonly wasmInstructions: number;
  readonly irInstructions: number;
  /** How often each instruction was executed, by name, the most frequent first. */
  readonly single: readonly (readonly [name: string, count: number])[];
  /** How often one came directly after another. */
  readonly pairs: readonly (readonly [names: string, count: number])[];
}

/** The engine with a loop that counts, as `bench/ir-counter.ts` bundles it. */
interface CountingBuild extends OurBuild {
  readonly Configure: typeof import("../src/config/configure.ts").Configure;
  readonly Statistics: typeof import("../src/executor/statistics.ts").Statistics;
  /** By the number of the instruction before times BOUND plus that of the instruction. */
  readonly irCounts: Float64Array;
  /** The number of the instruction that was executed last. */
  readonly irPrevious: Int32Array;
  readonly irNames: () => readonly string[];
  readonly trainLoop: typeof import("../src/executor/engine/training.ts").trainLoop;
}

/**
 * Adds a count to the head of the run loop. The shipped loop has none, since one for each instruction costs 14 to 28 %; so
 * the loop's source is changed on the way into a bundle of its own.
 * @throws Error when the generated source has not exactly one head
 */
export function addCounting(source: string): string {
  const parts = source.split("switch (instr.ir) {");
  if (parts.length !== 2) throw new Error("the run loop has not exactly one `switch (instr.ir)` to count at");
  const head = `irCounts[irPrevious[0] * ${BOUND} + instr.ir]++; irPrevious[0] = instr.ir; switch (instr.ir) {`;
  const counts = `export const irCounts = new Float64Array(${BOUND * BOUND}); export const irPrevious = new Int32Array(1);`;
  return `${counts}\n${parts.join(head)}`;
}

const counting: Plugin = {
  name: "count-ir-instructions",
  setup(setup) {
    setup.onLoad({ filter: /[/\\]engine[/\\]generated[/\\]run\.ts$/ }, async ({ path }) => ({
      contents: addCounting(await readFile(path, "utf8")),
      loader: "ts",
    }));
  },
};

const entry = `
export { Configure } from "./src/config/configure.ts";
export { Executor } from "./src/executor/executor.ts";
export { Loader } from "./src/loader/loader.ts";
export { Statistics } from "./src/executor/statistics.ts";
export { StoreManager } from "./src/store/store-manager.ts";
export { Validator } from "./src/validator/validator.ts";
export { irCounts, irPrevious } from "./src/executor/engine/generated/run.ts";
export { irNames } from "./src/executor/engine/generated/ir.ts";
export { trainLoop } from "./src/executor/engine/training.ts";
`;

async function loadCountingBuild(): Promise<CountingBuild> {
  const outfile = join(root, ".cache", "bench", `counting-${process.pid}-${Date.now()}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  try {
    await build({
      stdin: { contents: entry, resolveDir: root, loader: "ts" },
      outfile,
      bundle: true,
      format: "esm",
      target: "es2020",
      platform: "neutral",
      external: ["node:*"],
      logLevel: "warning",
      plugins: [counting],
    });
    return (await import(pathToFileURL(outfile).href)) as CountingBuild;
  } finally {
    rmSync(outfile, { force: true });
  }
}

/** Counts what programs execute. */
export class IrCounter {
  private readonly build: CountingBuild;

  private constructor(build: CountingBuild) {
    this.build = build;
  }

  /** Bundles the engine with a counting loop, from the sources as they are; `npm run generate` comes first. */
  static async open(): Promise<IrCounter> {
    const build = await loadCountingBuild();
    // The training's instructions are not the program's: it happens once a process, so let it be now.
    build.trainLoop(false);
    return new IrCounter(build);
  }

  /** Runs a program once in a fresh instance. */
  count(program: Program, workload: Workload): IrProfile {
    const { Configure, Executor, Loader, Statistics, StoreManager, Validator, irCounts, irNames, irPrevious } =
      this.build;
    const module = new Loader().parseModule(readProgram(program));
    new Validator().validate(module);
    const executor = new Executor();
    const entry = executor.instantiateModule(new StoreManager(), module).findFuncExports(program.export);
    irCounts.fill(0);
    irPrevious[0] = NOTHING;
    const [checksum] = executor.invoke(entry, [workload.argument]);

    const names = irNames();
    const single = new Map<string, number>();
    const pairs = new Map<string, number>();
    let irInstructions = 0;
    irCounts.forEach((count, place) => {
      if (count === 0) return;
      const before = names[Math.floor(place / BOUND)];
      const name = names[place % BOUND]!;
      irInstructions += count;
      single.set(name, (single.get(name) ?? 0) + count);
      if (before !== undefined) pairs.set(`${before}, ${name}`, count);
    });

    // Counted in a run of its own: the loop may take other ways where the engine counts.
    const configure = new Configure();
    configure.statistics.instructionCounting = true;
    const statistics = new Statistics();
    const meter = new Executor(configure, statistics);
    const counted = meter.instantiateModule(new StoreManager(), module).findFuncExports(program.export);
    const before = statistics.getInstrCount();
    meter.invoke(counted, [workload.argument]);
    return {
      checksum: String(checksum),
      wasmInstructions: statistics.getInstrCount() - before,
      irInstructions,
      single: byCount(single),
      pairs: byCount(pairs),
    };
  }
}

function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort(([, a], [, b]) => b - a);
}

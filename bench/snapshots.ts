// What snapshots, going back and determinism cost, in CPU time: `node scripts/run-ts.mjs bench/snapshots.ts [PROGRAM...]`, after
// `npm run build`.
import {
  Configure,
  Executor,
  Loader,
  restoreSnapshot,
  Statistics,
  StoreManager,
  suspended,
  TimeTravel,
  takeSnapshot,
  Validator,
} from "wasmedge-ts";
import { cpuTime } from "./cpu-time.ts";
import { readManifest, readProgram } from "./manifest.ts";

const ROUNDS = 5;

/** Rounds for the host's compiler. */
const WARM_UP = 3;

interface Mode {
  readonly counting?: boolean;
  readonly deterministic?: boolean;
  /** Instructions between two snapshots of a recording; absent: none is made. */
  readonly interval?: number;
}

const modes: Readonly<Record<string, Mode>> = {
  "a plain call": {},
  "instructions counted": { counting: true },
  "recorded, a snapshot every million instructions": { counting: true, interval: 1_000_000 },
  "recorded, a snapshot every 100,000 instructions": { counting: true, interval: 100_000 },
  deterministic: { deterministic: true },
};

/** Arguments other than the tests' own, for programs that are too short with these. */
const longer: Readonly<Record<string, number>> = { matmul: 96 };

const wanted = process.argv.slice(2);
const programs = readManifest().filter(({ name }) =>
  wanted.length > 0 ? wanted.includes(name) : name === "strings" || name === "matmul",
);
type Program = (typeof programs)[number];

function prepare(program: Program, { counting, deterministic }: Mode) {
  const configure = new Configure();
  configure.statistics.instructionCounting = counting === true;
  configure.runtime.deterministic = deterministic === true;
  const module = new Loader(configure).parseModule(readProgram(program));
  new Validator(configure).validate(module);
  const executor = new Executor(configure, new Statistics());
  const store = new StoreManager();
  const active = executor.instantiateModule(store, module);
  const run = executor.pausable(active.findFuncExports(program.export), [
    longer[program.name] ?? program.short.argument,
  ]);
  return { executor, store, active, module, run };
}

/** CPU time of one run, in milliseconds. */
function measure(program: Program, mode: Mode): number {
  const subject = prepare(program, mode);
  const start = cpuTime();
  if (mode.interval === undefined) subject.run.finish();
  else new TimeTravel(subject, { interval: mode.interval }).finish();
  return cpuTime() - start;
}

function median(values: readonly number[]): number {
  return values.slice().sort((a, b) => a - b)[values.length >> 1] ?? 0;
}

function rounds(action: () => number): number {
  for (let i = 0; i < WARM_UP; i++) action();
  return median(Array.from({ length: ROUNDS }, action));
}

function report(label: string, milliseconds: number, base: number): void {
  console.log(`  ${label.padEnd(50)} ${milliseconds.toFixed(1).padStart(8)} ms  ${(milliseconds / base).toFixed(2)}`);
}

for (const program of programs) {
  const counted = prepare(program, { counting: true });
  counted.run.finish();
  const total = counted.executor.statistics?.getInstrCount() ?? 0;
  console.log(`${program.name}, ${total} instructions`);
  let base = 0;
  for (const [label, mode] of Object.entries(modes)) {
    const time = rounds(() => measure(program, mode));
    if (base === 0) base = time;
    report(label, time, base);
  }
  const subject = prepare(program, { counting: true });
  subject.run.runUntil(total >> 1);
  let bytes = new Uint8Array(0);
  const take = rounds(() => {
    const start = cpuTime();
    bytes = new Uint8Array(takeSnapshot({ ...subject, run: suspended(subject.run) }, { modules: "hashed" }));
    return cpuTime() - start;
  });
  const restore = rounds(() => {
    const start = cpuTime();
    restoreSnapshot(bytes, { executor: subject.executor, store: new StoreManager(), modules: [subject.module] });
    return cpuTime() - start;
  });
  report(`taking a snapshot of ${bytes.length} bytes`, take, base);
  report("restoring it", restore, base);
}

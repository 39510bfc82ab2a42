// What it costs to meter, bound and suspend runs, in CPU time: `node scripts/run-ts.mjs bench/metering.ts [PROGRAM...]`, after
// `npm run build`.
import {
  Configure,
  Executor,
  HostFunction,
  Limits,
  Loader,
  ModuleInstance,
  type RunOptions,
  Statistics,
  StoreManager,
  setLogLevel,
  Validator,
  ValType,
  type Value,
} from "wasmedge-ts";
import { compile } from "watr";
import { cpuTime } from "./cpu-time.ts";
import { readManifest, readProgram } from "./manifest.ts";

const ROUNDS = 5;

/** Rounds for the host's compiler. */
const WARM_UP = 2;

interface Mode {
  readonly configure?: (configure: Configure) => void;
  readonly statistics?: () => Statistics;
  readonly limits?: () => Limits;
  /** Absent: a synchronous run. */
  readonly asynchronous?: RunOptions;
  /** Cost after which the run stands still and is let go again. */
  readonly ration?: bigint;
}

function measuring(configure: Configure): void {
  configure.statistics.instructionCounting = true;
  configure.statistics.costMeasuring = true;
}

/** All instructions cost two, so the table is asked. */
const twos = (): Statistics => new Statistics(undefined, new Array<number>(65536).fill(2));

const modes: Readonly<Record<string, Mode>> = {
  "nothing, at once": {},
  "in turns on the event loop": { asynchronous: {} },
  "in turns, with a signal and a deadline": {
    asynchronous: { signal: new AbortController().signal, deadline: 2n ** 62n },
  },
  "in turns, slices of 10,000 instructions": {
    asynchronous: {},
    configure: ({ runtime }) => {
      runtime.sliceInstructions = 10_000;
    },
  },
  "instructions counted": {
    configure: ({ statistics }) => {
      statistics.instructionCounting = true;
    },
  },
  "instructions and costs counted, a limit": { configure: measuring },
  "costs by a table": {
    configure: ({ statistics }) => {
      statistics.costMeasuring = true;
    },
    statistics: twos,
  },
  "counts, and costs by a table": { configure: measuring, statistics: twos },
  "time measured": {
    configure: ({ statistics }) => {
      statistics.timeMeasuring = true;
    },
  },
  "all limits": { limits: () => new Limits({ memoryBytes: 2 ** 30, callDepth: 10_000, gcBytes: 2 ** 30 }) },
  "a pause every 10,000,000 instructions": { configure: measuring, asynchronous: {}, ration: 10_000_000n },
  "a pause every 1,000,000 instructions": { configure: measuring, asynchronous: {}, ration: 1_000_000n },
};

function prepare(bytes: Uint8Array, mode: Mode, store = new StoreManager()) {
  const configure = new Configure();
  mode.configure?.(configure);
  const module = new Loader(configure).parseModule(bytes);
  new Validator(configure).validate(module);
  const executor = new Executor(configure, mode.statistics?.() ?? new Statistics(), mode.limits?.());
  return { executor, instance: executor.instantiateModule(store, module) };
}

async function run(mode: Mode, { executor, instance }: ReturnType<typeof prepare>, name: string, args: Value[]) {
  const func = instance.findFuncExports(name);
  if (mode.asynchronous === undefined) return executor.invoke(func, args);
  if (mode.ration === undefined) return executor.asyncInvoke(func, args, mode.asynchronous);
  executor.statistics?.setCostLimit(executor.statistics.getTotalCost() + mode.ration);
  const rationed = executor.asyncInvoke(func, args, { ...mode.asynchronous, atCostLimit: "pause" });
  while (await rationed.whenPaused()) rationed.resume(mode.ration);
  return rationed;
}

/** CPU time in milliseconds. */
async function timed(work: () => PromiseLike<unknown> | unknown): Promise<number> {
  const start = cpuTime();
  await work();
  return cpuTime() - start;
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[times.length >> 1];
}

async function measureAll<T>(all: Readonly<Record<string, T>>, measure: (each: T) => Promise<number>) {
  const times = new Map(Object.keys(all).map((name) => [name, [] as number[]]));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [name, each] of Object.entries(all)) {
      const time = await measure(each);
      if (round >= WARM_UP) times.get(name)?.push(time);
    }
  }
  return Array.from(times, ([name, list]) => [name, median(list)] as const);
}

// --- Host calls ---

const CALLS = 100_000;

const caller = compile(`(module (import "host" "h" (func $h (param i32) (result i32)))
  (func (export "run") (param $n i32) (result i32)
    (loop $l (br_if $l (local.tee $n (call $h (local.get $n))))) (local.get $n)))`);

interface HostMode extends Mode {
  readonly body: (n: number) => Value | PromiseLike<number>;
}

const hostModes: Readonly<Record<string, HostMode>> = {
  "a result at once, in a synchronous run": { body: (n) => n - 1 },
  "a result at once, in turns": { body: (n) => n - 1, asynchronous: {} },
  "a promise, settled already": { body: (n) => Promise.resolve(n - 1), asynchronous: {} },
};

function prepareHost(mode: HostMode) {
  const store = new StoreManager();
  const host = new ModuleInstance("host");
  const type = { params: [ValType.I32], results: [ValType.I32] };
  host.addHostFunction("h", new HostFunction(type, (_, [n]) => mode.body(n as number)));
  store.registerModule(host);
  return prepare(caller, mode, store);
}

// --- The report ---

setLogLevel("off");
const wanted = process.argv.slice(2);
const programs = readManifest().filter(({ name }) =>
  wanted.length > 0 ? wanted.includes(name) : name === "interpreter",
);
for (const program of programs) {
  const bytes = readProgram(program);
  const times = await measureAll(modes, (mode) => {
    const prepared = prepare(bytes, mode);
    return timed(() => run(mode, prepared, program.export, [program.long.argument]));
  });
  for (const [name, time] of times) {
    const ratio = time / times[0][1];
    console.log(`${program.name.padEnd(12)} ${name.padEnd(42)} ${time.toFixed(1).padStart(9)} ms  ${ratio.toFixed(2)}`);
  }
}
const hostTimes = await measureAll(hostModes, (mode) => {
  const prepared = prepareHost(mode);
  return timed(() => run(mode, prepared, "run", [CALLS]));
});
for (const [name, time] of hostTimes) {
  console.log(`a host call: ${name.padEnd(42)} ${((time * 1e6) / CALLS).toFixed(0).padStart(9)} ns`);
}

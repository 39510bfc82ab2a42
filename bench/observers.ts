// What it costs to look on, in CPU time: `node scripts/run-ts.mjs bench/observers.ts [PROGRAM...]`, after `npm run build`.
import {
  Coverage,
  Debugger,
  Executor,
  Loader,
  Profiler,
  StoreManager,
  type TraceKind,
  Tracer,
  Validator,
} from "wasmedge-ts";
import { cpuTime } from "./cpu-time.ts";
import { readManifest, readProgram } from "./manifest.ts";

const ROUNDS = 5;

/** Rounds for the host's compiler. */
const WARM_UP = 2;

type Attach = (executor: Executor, instance: ReturnType<Executor["instantiateModule"]>) => void;

function tracing(...kinds: TraceKind[]): Attach {
  return (executor) => void new Tracer(executor, kinds, () => undefined);
}

const modes: Readonly<Record<string, Attach>> = {
  nobody: () => undefined,
  "Debugger, idle": (executor) => void new Debugger(executor),
  "Tracer, host calls": tracing("host"),
  Profiler: (executor) => void new Profiler(executor),
  "Debugger, a breakpoint that is never met": (executor, instance) => {
    new Debugger(executor).addBreakpoint(instance, instance.functionCount - 1, () => false);
  },
  Coverage: (executor) => void new Coverage(executor),
  "Debugger, a watchpoint": (executor, instance) => {
    new Debugger(executor).addWatchpoint({ kind: "memory", instance, address: 0, length: 4 });
  },
  "Tracer, calls": tracing("calls"),
  "Tracer, instructions": tracing("instructions"),
};

const wanted = process.argv.slice(2);
const programs = readManifest().filter(({ name }) =>
  wanted.length > 0 ? wanted.includes(name) : name === "interpreter",
);

/** CPU time of one run, in milliseconds. */
function measure(program: (typeof programs)[number], attach: Attach): number {
  const module = new Loader().parseModule(readProgram(program));
  new Validator().validate(module);
  const executor = new Executor();
  const instance = executor.instantiateModule(new StoreManager(), module);
  attach(executor, instance);
  const start = cpuTime();
  executor.invoke(instance.findFuncExports(program.export), [program.short.argument]);
  return cpuTime() - start;
}

for (const program of programs) {
  const times = new Map(Object.keys(modes).map((name) => [name, [] as number[]]));
  for (let round = 0; round < WARM_UP + ROUNDS; round++) {
    for (const [name, attach] of Object.entries(modes)) {
      const time = measure(program, attach);
      if (round >= WARM_UP) times.get(name)?.push(time);
    }
  }
  const medians = Array.from(times, ([name, list]) => [name, list.sort((a, b) => a - b)[ROUNDS >> 1]] as const);
  for (const [name, time] of medians) {
    const ratio = time / medians[0][1];
    console.log(`${program.name.padEnd(12)} ${name.padEnd(42)} ${time.toFixed(1).padStart(9)} ms  ${ratio.toFixed(2)}`);
  }
}

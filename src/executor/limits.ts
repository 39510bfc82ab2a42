import { requireLimit } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { RuntimeConfigure } from "../config/configure.ts";
import { Account, type Usage } from "../store/account.ts";
import type { Execution } from "./engine/execution.ts";

/** How much the modules of an executor may take up; what is absent, the Configure says. */
export interface LimitsOptions {
  /** Bytes of all memories together; absent: no limit. */
  readonly memoryBytes?: number;
  /** Pages of 64 KiB of each memory. `maxMemoryPage` */
  readonly memoryPages?: number;
  /** Elements of all tables together; absent: no limit. */
  readonly allTableElements?: number;
  /** Elements of each table. `maxTableElements` */
  readonly tableElements?: number;
  /** Open calls of one run. `maxCallDepth` */
  readonly callDepth?: number;
  /** Bytes of one run's value stack. `maxValueStackBytes` */
  readonly valueStackBytes?: number;
  /** Bytes of one struct or array. `maxGCObjectBytes` */
  readonly gcObjectBytes?: number;
  /** Bytes of all structs and arrays that one run makes, collected or not. `maxGCBytesPerRun` */
  readonly gcBytes?: number;
  /** Structs and arrays that one run makes, collected or not. `maxGCObjectsPerRun` */
  readonly gcObjects?: number;
}

/** So that a name which is written wrong, in JavaScript, is not a limit that limits nothing. */
const names: Readonly<Record<keyof LimitsOptions, true>> = {
  memoryBytes: true,
  memoryPages: true,
  allTableElements: true,
  tableElements: true,
  callDepth: true,
  valueStackBytes: true,
  gcObjectBytes: true,
  gcBytes: true,
  gcObjects: true,
};

/** @throws RuntimeError for what is no limit, or limits nothing */
function requireLimits(options: LimitsOptions): void {
  for (const [name, value] of Object.entries(options)) {
    if (!(name in names)) fail(ErrCode.RuntimeError, { kind: "note", text: `There is no limit ${name}.` });
    if (value !== undefined) requireLimit(name, value);
  }
}

/** What each run has for itself: the largest one of those under way, and of all there have been. */
class RunUsage implements Usage {
  limit = Number.POSITIVE_INFINITY;
  private readonly runs: ReadonlySet<Execution>;
  private readonly now: (run: Execution) => number;
  private readonly highest: (run: Execution) => number;
  private ended = 0;

  constructor(runs: ReadonlySet<Execution>, now: (run: Execution) => number, highest = now) {
    this.runs = runs;
    this.now = now;
    this.highest = highest;
  }

  get current(): number {
    let most = 0;
    for (const run of this.runs) most = Math.max(most, this.now(run));
    return most;
  }

  get peak(): number {
    let most = this.ended;
    for (const run of this.runs) most = Math.max(most, this.highest(run));
    return most;
  }

  end(run: Execution): void {
    this.ended = Math.max(this.ended, this.highest(run));
  }

  reset(): void {
    this.ended = 0;
  }
}

/**
 * What the modules of an executor may take up, and what they do: readable at any time, by host functions of a run too.
 *
 * Memories and tables are counted together, from when they are made: one that nothing refers to any more counts on until
 * `reset`, since JavaScript does not tell. Depth, stack and objects are a run's own; the figures are those of the
 * largest run. WasmEdge has nothing like it.
 */
export class Limits {
  /** Bytes of all memories. */
  readonly memoryBytes: Usage;
  /** Elements of all tables. */
  readonly tableElements: Usage;
  /**
   * Open calls of wasm functions. The peak is rounded up by a 64th at most where it is above 1024; where no `Limits` were given to
   * the executor, it is that of the moments at which somebody looks.
   */
  readonly callDepth: Usage;
  /** Bytes that are set aside for value stacks. */
  readonly valueStackBytes: Usage;
  /** Bytes of the structs and arrays that a run has made. */
  readonly gcBytes: Usage;
  /** Structs and arrays that a run has made. */
  readonly gcObjects: Usage;
  /** For instantiation. */
  readonly memories: Account;
  /** For instantiation. */
  readonly tables: Account;
  /** For executors: whether runs tell when they are deeper than any was. */
  tracksDepth = true;
  private readonly options: LimitsOptions;
  private readonly runs = new Set<Execution>();
  private readonly ofRuns: Readonly<Record<"callDepth" | "valueStackBytes" | "gcBytes" | "gcObjects", RunUsage>>;

  /** @throws RuntimeError where one is no integer from 0 on and not infinite, or has a name that there is not */
  constructor(options: LimitsOptions = {}) {
    requireLimits(options);
    this.options = options;
    this.memories = new Account(options.memoryBytes);
    this.tables = new Account(options.allTableElements);
    this.memoryBytes = this.memories;
    this.tableElements = this.tables;
    this.ofRuns = {
      callDepth: new RunUsage(
        this.runs,
        ({ depth }) => depth,
        ({ depth, maxDepth }) => (this.tracksDepth ? maxDepth : depth),
      ),
      valueStackBytes: new RunUsage(this.runs, ({ stackEnd }) => 4 * stackEnd),
      gcBytes: new RunUsage(this.runs, ({ heap }) => heap.usage[0]),
      gcObjects: new RunUsage(this.runs, ({ heap }) => heap.usage[1]),
    };
    this.callDepth = this.ofRuns.callDepth;
    this.valueStackBytes = this.ofRuns.valueStackBytes;
    this.gcBytes = this.ofRuns.gcBytes;
    this.gcObjects = this.ofRuns.gcObjects;
  }

  /** For executors. Sets in their configuration what these limits say, and takes from it what they leave open. */
  applyTo(runtime: RuntimeConfigure): void {
    const { options, ofRuns } = this;
    runtime.maxMemoryPage = options.memoryPages ?? runtime.maxMemoryPage;
    runtime.maxTableElements = options.tableElements ?? runtime.maxTableElements;
    runtime.maxCallDepth = options.callDepth ?? runtime.maxCallDepth;
    runtime.maxValueStackBytes = options.valueStackBytes ?? runtime.maxValueStackBytes;
    runtime.maxGCObjectBytes = options.gcObjectBytes ?? runtime.maxGCObjectBytes;
    runtime.maxGCBytesPerRun = options.gcBytes ?? runtime.maxGCBytesPerRun;
    runtime.maxGCObjectsPerRun = options.gcObjects ?? runtime.maxGCObjectsPerRun;
    ofRuns.callDepth.limit = runtime.maxCallDepth;
    ofRuns.valueStackBytes.limit = runtime.maxValueStackBytes;
    ofRuns.gcBytes.limit = runtime.maxGCBytesPerRun;
    ofRuns.gcObjects.limit = runtime.maxGCObjectsPerRun;
  }

  /** For invocations: a run is under way. */
  begin(run: Execution): void {
    if (this.tracksDepth) run.trackDepth();
    this.runs.add(run);
  }

  /** For invocations: it has ended. */
  end(run: Execution): void {
    if (this.runs.delete(run)) this.note(run);
  }

  /** For calls: what a run has had that has ended. */
  note(run: Execution): void {
    // One by one, since this is done at the end of each call.
    const { callDepth, valueStackBytes, gcBytes, gcObjects } = this.ofRuns;
    callDepth.end(run);
    valueStackBytes.end(run);
    gcBytes.end(run);
    gcObjects.end(run);
  }

  /** Begins to count anew: as if no memory and no table had been made, and no run had ended. */
  reset(): void {
    for (const account of [this.memories, this.tables]) {
      account.current = 0;
      account.peak = 0;
    }
    for (const usage of Object.values(this.ofRuns)) usage.reset();
  }
}

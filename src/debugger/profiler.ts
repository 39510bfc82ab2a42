import { requireCount } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { Value } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { framesOf } from "../executor/engine/frames.ts";
import type { Executor } from "../executor/executor.ts";
import { Attention, IdleObserver, type ObservedRun } from "../executor/observer.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { functionText } from "./text.ts";

/** What the weight of a sample is. */
export type ProfileUnit = "microseconds" | "instructions";

/** A function in a profile. */
export interface ProfiledFunction {
  readonly name: string;
  /** The module's own name; empty for an anonymous one. */
  readonly module: string;
  readonly index: number;
}

/** A function under the chain of functions that called it. */
export interface ProfileNode {
  readonly func: ProfiledFunction;
  readonly children: ProfileNode[];
  /** Samples that found the run in this function itself. */
  samples: number;
  /** What they weigh. */
  self: number;
}

export interface ProfileSample {
  readonly node: ProfileNode;
  readonly weight: number;
}

/** What a profiler has seen. */
export interface Profile {
  readonly unit: ProfileUnit;
  readonly root: ProfileNode;
  /** In the order in which they were taken. */
  readonly samples: readonly ProfileSample[];
}

export interface ProfilerOptions {
  /** Absent: microseconds of the monotonic clock. Instructions are exact, and the same each time, but host functions weigh nothing. */
  readonly unit?: ProfileUnit;
  /** Instructions between two samples, from 1 on; absent: 65,536. */
  readonly interval?: number;
}

const USUAL_INTERVAL = 1 << 16;

/** Frames of a stack that are kept: of a deeper one the outermost. */
const MOST_FRAMES = 512;

/**
 * Samples the stacks of runs: whenever so many instructions have been executed, at the next branch or call, and around each
 * call of a host function. What has passed since the sample before is the weight of the stack that is found. The code
 * stays optimised.
 */
export class Profiler extends IdleObserver {
  private readonly executor: Executor;
  private readonly unit: ProfileUnit;
  private readonly interval: number;
  private readonly root: ProfileNode = {
    func: { name: "(root)", module: "", index: -1 },
    children: [],
    samples: 0,
    self: 0,
  };
  private readonly samples: ProfileSample[] = [];
  private readonly runs: ObservedRun[] = [];
  /** The host functions that a run has called and that have not returned; one that is awaited stays while other runs have their turn. */
  private readonly hosts = new WeakMap<ObservedRun, FunctionInstance[]>();
  private readonly functions = new Map<ModuleInstance | undefined, Map<number, ProfiledFunction>>();
  private last = 0;

  /** Attaches to an executor, until `detach`. @throws RuntimeError for an interval that is none */
  constructor(executor: Executor, { unit = "microseconds", interval = USUAL_INTERVAL }: ProfilerOptions = {}) {
    super();
    if (requireCount("interval", interval) === 0) fail(ErrCode.RuntimeError, { kind: "note", text: "No interval: 0" });
    this.executor = executor;
    this.unit = unit;
    this.interval = interval;
    executor.addObserver(this);
  }

  detach(): void {
    this.executor.removeObserver(this);
  }

  /** What has been seen so far. */
  profile(): Profile {
    return { unit: this.unit, root: this.root, samples: this.samples };
  }

  override get attention(): Attention {
    return Attention.None;
  }

  override get sliceCost(): number {
    return this.interval;
  }

  override enter(run: ObservedRun): void {
    // A run within a host function: what has passed until here was the host's.
    if (this.runs.length > 0) this.sample();
    else this.now(run);
    this.runs.push(run);
  }

  override leave(): void {
    this.sample();
    this.runs.pop();
  }

  override beforeHostCall(func: FunctionInstance, _args: readonly Value[], _execution: Execution | undefined): void {
    this.sample();
    this.hostsOfRun().push(func);
  }

  override afterHostCall(): void {
    this.sample();
    this.hostsOfRun().pop();
  }

  private hostsOfRun(run = this.runs[this.runs.length - 1]): FunctionInstance[] {
    if (run === undefined) return [];
    let hosts = this.hosts.get(run);
    if (hosts === undefined) {
      hosts = [];
      this.hosts.set(run, hosts);
    }
    return hosts;
  }

  /** What has passed since this was asked last. */
  private now(run: ObservedRun | undefined): number {
    if (this.unit === "instructions") return run?.takeSpent() ?? 0;
    const now = Number(host.monotonicNanoseconds() / 1000n);
    const passed = now - this.last;
    this.last = now;
    return passed;
  }

  private sample(): void {
    const weight = this.now(this.runs[this.runs.length - 1]);
    if (weight <= 0) return;
    let node = this.root;
    for (const func of this.stack()) node = childOf(node, func);
    node.samples++;
    node.self += weight;
    this.samples.push({ node, weight });
  }

  /** The functions that are open, outermost first. */
  private stack(): ProfiledFunction[] {
    const stack: ProfiledFunction[] = [];
    for (const run of this.runs) {
      const frames: ProfiledFunction[] = [];
      if (run.execution !== undefined) {
        for (const { space, func } of framesOf(run.execution))
          frames.push(this.func(space.instance, func.index, false));
        // At its end there are no frames any more.
        if (frames.length === 0) frames.push(this.func(run.func.module, run.func.index, false));
      }
      for (const func of frames.reverse()) stack.push(func);
      for (const { module, index } of this.hostsOfRun(run)) stack.push(this.func(module, index, true));
    }
    return stack.slice(0, MOST_FRAMES);
  }

  private func(instance: ModuleInstance | undefined, index: number, isHost: boolean): ProfiledFunction {
    let functions = this.functions.get(instance);
    if (functions === undefined) {
      functions = new Map();
      this.functions.set(instance, functions);
    }
    let func = functions.get(index);
    if (func === undefined) {
      const hostFunction = isHost ? instance?.getFunction(index).hostFunction : undefined;
      const name = functionText({ module: instance, index, hostFunction }).replace(/^\$/, "");
      func = { name, module: instance?.name ?? "", index };
      functions.set(index, func);
    }
    return func;
  }
}

function childOf(node: ProfileNode, func: ProfiledFunction): ProfileNode {
  let child = node.children.find((one) => one.func === func);
  if (child === undefined) {
    child = { func, children: [], samples: 0, self: 0 };
    node.children.push(child);
  }
  return child;
}

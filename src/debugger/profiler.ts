import { requireCount } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { Value } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Executor, requireExecutor } from "../executor/executor.ts";
import { Attention, IdleObserver, type ObservedRun } from "../executor/observer.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { SampledFrames, withoutMiddle } from "./sampled-frames.ts";
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

/** In a profile: stands in a deep stack between its outermost and its innermost frames. */
const LEFT_OUT: ProfiledFunction = { name: "(frames left out)", module: "", index: -1 };

/** A run whose slice has begun and not ended. */
interface OpenRun {
  readonly run: ObservedRun;
  /** What the runs around it are at while it runs; looked up by the first sample that finds something open in it. */
  around: readonly ProfiledFunction[] | undefined;
}

/**
 * Samples the stacks of runs: whenever so many instructions have been executed, at the next branch or call, and around each
 * call of a host function. What has passed since the sample before is the weight of the stack that is found. The code
 * stays optimised.
 *
 * Of a stack deeper than 512 frames the outermost 384 are kept, so that samples of one piece of work stay under what began it, and the
 * innermost 128, so that each weighs on the function that ran and on who called it. Between them stands a function
 * `(frames left out)`: however deep a run is, a sample costs the same.
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
  private readonly runs: OpenRun[] = [];
  /** The host functions that a run has called and that have not returned; one that is awaited stays while other runs have their turn. */
  private readonly hosts = new WeakMap<ObservedRun, FunctionInstance[]>();
  private readonly frames = new WeakMap<Execution, SampledFrames<ProfiledFunction>>();
  private readonly functions = new Map<ModuleInstance | undefined, Map<number, ProfiledFunction>>();
  private last = 0;

  /** Attaches to an executor, until `detach`. @throws RuntimeError for an interval that is none */
  constructor(executor: Executor, { unit = "microseconds", interval = USUAL_INTERVAL }: ProfilerOptions = {}) {
    super();
    if (requireCount("interval", interval) === 0) fail(ErrCode.RuntimeError, { kind: "note", text: "No interval: 0" });
    this.executor = requireExecutor(executor);
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
    this.runs.push({ run, around: undefined });
  }

  override leave(): void {
    this.sample();
    this.runs.pop();
  }

  override beforeHostCall(func: FunctionInstance, _args: readonly Value[], _execution: Execution | undefined): void {
    this.sample();
    this.hostsOf(this.innermost).push(func);
  }

  override afterHostCall(): void {
    this.sample();
    this.hostsOf(this.innermost).pop();
  }

  private get innermost(): ObservedRun | undefined {
    return this.runs[this.runs.length - 1]?.run;
  }

  private hostsOf(run: ObservedRun | undefined): FunctionInstance[] {
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
    const weight = this.now(this.innermost);
    if (weight <= 0) return;
    let node = this.root;
    for (const func of this.stack()) node = childOf(node, func);
    node.samples++;
    node.self += weight;
    this.samples.push({ node, weight });
  }

  /** The functions that are open, outermost first. */
  private stack(): readonly ProfiledFunction[] {
    const { runs } = this;
    let at = Math.max(0, runs.length - 1);
    while (at > 0 && runs[at].around === undefined) at--;
    let stack = runs[at]?.around ?? [];
    for (; at < runs.length; at++) {
      const open = runs[at];
      open.around = stack;
      stack = withoutMiddle([...stack, ...this.openIn(open.run)], LEFT_OUT);
    }
    return stack;
  }

  private openIn(run: ObservedRun): readonly ProfiledFunction[] {
    const { execution } = run;
    const hosts = this.hostsOf(run).map(({ module, index }) => this.func(module, index, true));
    if (execution === undefined) return hosts;
    let frames = this.frames.get(execution);
    if (frames === undefined) {
      frames = new SampledFrames(({ space, func }) => this.func(space.instance, func.index, false), LEFT_OUT);
      this.frames.set(execution, frames);
    }
    const open = frames.of(execution);
    // At its end there are no frames any more.
    return [...(open.length > 0 ? open : [this.func(run.func.module, run.func.index, false)]), ...hosts];
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

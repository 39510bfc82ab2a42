import { type AbortSignalLike, type HostAbortSignal, newAbortController } from "../common/abort-signal.ts";
import { refuseArgument, requireObject } from "../common/arguments.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { CallingRun } from "../store/calling-frame.ts";
import type { ObservedRun } from "./observer.ts";

/** How a run may be bounded. */
export interface RunOptions {
  /** Nanoseconds on the host's monotonic clock after which the run ends with Interrupted. */
  readonly deadline?: bigint | undefined;
  /** Ends the run with Interrupted when it is aborted; the error's `cause` is its reason. */
  readonly signal?: AbortSignalLike | undefined;
  /**
   * What an asynchronous run does where its next instruction, or a host function, would cost more than the limit allows: it ends
   * with CostLimitExceeded ("end", the default), or stands still until `Async.resume` ("pause"). A synchronous run ends.
   */
  readonly atCostLimit?: "end" | "pause" | undefined;
  /**
   * Milliseconds that an asynchronous run keeps the event loop before others have their turn, instead of those of the configuration;
   * Infinity: until it waits for something from outside.
   */
  readonly turnMilliseconds?: number | undefined;
  /** A run whose host function asks for this one: what ends that one, ends this one too. `CallingFrame` gives its own. */
  readonly within?: CallingRun | undefined;
}

function earlier(a: bigint | undefined, b: bigint | undefined): bigint | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return a < b ? a : b;
}

/**
 * What ends a run from outside: a request, the time, a run around it. WasmEdge's stop token, which is the executor's; ours is a
 * run's, so that a stop never hits the next one.
 */
export class StopToken implements CallingRun {
  /** The earliest of those that bound the run. */
  readonly deadline: bigint | undefined;
  /** Whether the run may be put off at present. */
  mayAwait = false;
  /** The call that it is of; undefined for an instantiation. */
  run: ObservedRun | undefined;
  private readonly given: AbortSignalLike | undefined;
  private readonly around: StopToken | undefined;
  private stopped = false;
  private reason: unknown;
  /** Made for the first: most runs have none. */
  private listeners: Set<(reason: unknown) => void> | undefined;
  private own: HostAbortSignal | undefined;

  constructor(options: RunOptions = {}) {
    const { deadline, signal, within } = requireObject("The options of a run", options);
    if (deadline !== undefined && typeof deadline !== "bigint") refuseArgument("deadline", "a bigint", deadline);
    this.given = signal;
    this.around = within instanceof StopToken ? within : undefined;
    this.deadline = earlier(deadline, within?.deadline);
  }

  /** The call whose host function has asked for this run. */
  get runAround(): ObservedRun | undefined {
    return this.around?.run ?? this.around?.runAround;
  }

  /** For host functions that wait: aborted when the run ends before they do. */
  get signal(): HostAbortSignal | undefined {
    if (this.own !== undefined) return this.own;
    const controller = newAbortController();
    if (controller === undefined) return undefined;
    this.own = controller.signal;
    if (this.stopped) controller.abort(this.reason);
    else this.onCancel((reason) => controller.abort(reason));
    return this.own;
  }

  /** Ends the run where it looks next. @param reason the error's cause */
  cancel(reason?: unknown): void {
    if (this.stopped) return;
    this.stopped = true;
    this.reason = reason;
    const { listeners } = this;
    this.listeners = undefined;
    for (const listener of listeners ?? []) listener(reason);
  }

  /** Calls back once, when the run is cancelled. @returns how to take that back */
  onCancel(listener: (reason: unknown) => void): () => void {
    this.listeners ??= new Set();
    this.listeners.add(listener);
    return () => void this.listeners?.delete(listener);
  }

  /** @throws Interrupted after `cancel`, which costs less to ask than the time */
  checkCancelled(): void {
    if (this.given?.aborted) this.cancel(this.given.reason);
    if (this.stopped) throw interrupted(this.reason);
    this.around?.checkCancelled();
  }

  /** @throws Interrupted after `cancel` or the deadline */
  check(): void {
    this.checkCancelled();
    const { deadline } = this;
    if (deadline !== undefined && host.monotonicNanoseconds() >= deadline) throw interrupted(undefined);
  }
}

/** The end that somebody has asked for. @param reason its cause */
export function interrupted(reason: unknown): WasmEdgeError {
  const error = new WasmEdgeError(ErrCode.Interrupted);
  if (reason !== undefined) error.cause = reason;
  return error;
}

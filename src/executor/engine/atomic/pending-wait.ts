import { host, type WaitOutcome } from "../../../common/host.ts";
import { requireAtomics } from "../../../store/shared-memory.ts";
import { inMilliseconds, type Wait } from "./wait.ts";

/** Waiting at an address without blocking the thread: in asynchronous runs. */

/** A wait that has begun and not ended. */
export interface PendingWait {
  /** How it has ended; undefined: not yet. */
  readonly outcome: WaitOutcome | undefined;
  /** Settles when it has ended, where the host tells that. */
  readonly promise: Promise<unknown>;
  /** The run has ended for another reason. */
  abandon(): void;
}

/** Whether the host lets a run wait while others have their turn. */
export function canPutOff(): boolean {
  return host.atomics?.waitAsync !== undefined || host.schedule !== undefined;
}

/** Begins a wait. @returns its outcome where it has ended at once */
export function putOff(wait: Wait): WaitOutcome | PendingWait {
  const atomics = requireAtomics();
  const { cells, index, expected, timeout } = wait;
  if (atomics.waitAsync === undefined) {
    if (valueNow(wait) !== expected) return "not-equal";
    return timeout === 0n ? "timed-out" : new PolledWait(wait);
  }
  const { value } = atomics.waitAsync(cells, index, expected, inMilliseconds(timeout));
  return typeof value === "string" ? value : new AwaitedWait(wait, value);
}

function valueNow({ cells, index }: Wait): number | bigint {
  return requireAtomics().load(cells as Int32Array, index);
}

/** The host tells when it has ended. */
class AwaitedWait implements PendingWait {
  outcome: WaitOutcome | undefined;
  readonly promise: Promise<void>;
  private readonly wait: Wait;
  private abandoned = false;

  constructor(wait: Wait, ended: Promise<WaitOutcome>) {
    this.wait = wait;
    this.promise = ended.then((outcome) => this.end(outcome));
  }

  private end(outcome: WaitOutcome): void {
    this.outcome = outcome;
    // The host has no way to take a wait back; so what wakes it is passed on to the next that waits there.
    if (this.abandoned && outcome === "ok") requireAtomics().notify(this.wait.cells as Int32Array, this.wait.index, 1);
  }

  abandon(): void {
    this.abandoned = true;
  }
}

/** Where the host can only be asked: a wake-up is noticed by the value that has changed with it, as it nearly always has. */
class PolledWait implements PendingWait {
  readonly promise = new Promise<void>(() => undefined);
  private readonly wait: Wait;
  private readonly end: bigint | undefined;

  constructor(wait: Wait) {
    this.wait = wait;
    this.end = wait.timeout === undefined ? undefined : host.monotonicNanoseconds() + wait.timeout;
  }

  get outcome(): WaitOutcome | undefined {
    if (valueNow(this.wait) !== this.wait.expected) return "ok";
    return this.end !== undefined && host.monotonicNanoseconds() >= this.end ? "timed-out" : undefined;
  }

  abandon(): void {
    // Nobody knows of it.
  }
}

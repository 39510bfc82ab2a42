import { host } from "../common/host.ts";

/** A promise that nobody waits for: its failing is no news, since the run has failed for it already. */
export function forget(promise: PromiseLike<unknown>): void {
  const nothing = (): void => {};
  void Promise.resolve(promise).then(nothing, nothing);
}

type Outcome = { readonly ok: true; readonly results: unknown } | { readonly ok: false; readonly error: unknown };

/** A host function that has given a promise of its results. */
export class AwaitedHostCall {
  /** Settles when the host function's promise has; never fails. */
  readonly promise: Promise<void>;
  /** Nanoseconds that it took to settle. */
  waited = 0n;
  /** When the function was called: see thrown-again.ts. */
  readonly calledAt: number;
  private outcome: Outcome | undefined;

  constructor(results: PromiseLike<unknown>, calledAt: number) {
    this.calledAt = calledAt;
    const begun = host.monotonicNanoseconds();
    const settle = (outcome: Outcome): void => {
      this.outcome = outcome;
      this.waited = host.monotonicNanoseconds() - begun;
    };
    this.promise = Promise.resolve(results).then(
      (value) => settle({ ok: true, results: value }),
      (error: unknown) => settle({ ok: false, error }),
    );
  }

  get settled(): boolean {
    return this.outcome !== undefined;
  }

  /** What the host function gave. @throws what it failed with */
  take(): unknown {
    const { outcome } = this;
    if (outcome === undefined) throw new Error("BUG: the host function has not ended");
    if (outcome.ok) return outcome.results;
    throw outcome.error;
  }
}

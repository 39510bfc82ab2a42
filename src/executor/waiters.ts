import { host } from "../common/host.ts";

interface Waiter {
  /** On the monotonic clock; undefined: waits however long it takes. */
  readonly deadline: bigint | undefined;
  /** @param ended false where the deadline came first */
  readonly notify: (ended: boolean) => void;
}

/** Who waits for a run to end, some of them not longer than up to a time. */
export class Waiters {
  private list: Waiter[] = [];

  /** @param deadline on the monotonic clock; undefined: waits however long it takes */
  add(deadline: bigint | undefined, notify: (ended: boolean) => void): void {
    this.list.push({ deadline, notify });
  }

  /** Whether any of them has a time. */
  get hasTimed(): boolean {
    return this.list.some(({ deadline }) => deadline !== undefined);
  }

  /** Tells those whose time is over, and lets go of them. */
  notifyLate(): void {
    const now = host.monotonicNanoseconds();
    const late = ({ deadline }: Waiter): boolean => deadline !== undefined && deadline <= now;
    for (const waiter of this.list.filter(late)) waiter.notify(false);
    this.list = this.list.filter((waiter) => !late(waiter));
  }

  /** Tells all of them that the run has ended. */
  notifyEnd(): void {
    const waiters = this.list;
    this.list = [];
    for (const waiter of waiters) waiter.notify(true);
  }
}

import { host } from "../../common/host.ts";
import { Errno, errnoOf, failWith } from "../abi/errno.ts";
import type { Pending } from "../sockets/network.ts";
import { type Wait, waitBlocking } from "../waiting.ts";
import type { Descriptor } from "./descriptor.ts";

/**
 * What descriptors that were closed have sent and what has not left yet: closing waits for it a little, since the program may end
 * next.
 */

/** How long closing waits, in nanoseconds; the network goes on longer. */
const CLOSE_LIMIT = 1_000_000_000n;

/** What could not leave has not failed the guest: the descriptor is closed. */
function hasLeft(leaving: Pending<unknown> | undefined): boolean {
  try {
    return leaving === undefined || leaving.outcome() !== undefined;
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return true;
  }
}

/** The wait until all has left, or the time is over. */
export function untilLeft(closed: readonly Descriptor[]): Wait {
  const limit = host.monotonicNanoseconds() + CLOSE_LIMIT;
  const left = (): bigint => limit - host.monotonicNanoseconds();
  return {
    attempt: () => left() <= 0n || closed.every(({ leaving }) => hasLeft(leaving)),
    left,
    sources: () => closed.flatMap(({ leaving, events }) => (hasLeft(leaving) ? [] : events)),
  };
}

/** Blocks the thread for it. */
export function blockUntilLeft(closed: readonly Descriptor[]): void {
  const leaving = closed.filter((descriptor) => descriptor.leaving !== undefined);
  if (leaving.length > 0) waitBlocking(untilLeft(leaving), {}, () => failWith(Errno.NOSYS));
}

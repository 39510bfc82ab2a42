import { host } from "../../common/host.ts";
import { Errno, errnoOf, failWith } from "../abi/errno.ts";
import { type Iovec, spansOf } from "../abi/structs.ts";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { untilLeft } from "../descriptors/leaving.ts";
import type { SocketDescriptor } from "../descriptors/socket-descriptor.ts";
import type { SocketAddress } from "../sockets/address.ts";
import type { Pending } from "../sockets/network.ts";
import type { WasiCall } from "./definition.ts";

/** A descriptor that a call waits for. */
interface Awaited {
  readonly fd: number;
  readonly descriptor: Descriptor;
  /** Which of its time limits holds. */
  readonly direction: "read" | "write";
}

/**
 * Waits until `attempt` succeeds on a descriptor.
 * @param name of the function
 * @param giveUp asked where it is not waited any longer: whether the call succeeds with what it has
 * @throws WasiError AGAIN where the descriptor does not block, or its own time limit has come; BADF where it was closed
 *   meanwhile; what `attempt` throws
 */
export function waitOn(
  call: WasiCall,
  name: string,
  awaited: Awaited,
  attempt: () => boolean,
  giveUp: () => boolean = () => false,
): void {
  const { fd, descriptor, direction } = awaited;
  const timeout = descriptor.timeout(direction);
  const until = timeout === undefined ? undefined : host.monotonicNanoseconds() + timeout;
  const left = (): bigint | undefined => (until === undefined ? undefined : until - host.monotonicNanoseconds());
  call.wait(name, {
    attempt: () => {
      call.environ.same(fd, descriptor);
      if (attempt()) return true;
      if (!descriptor.isNonblocking && (left() ?? 1n) > 0n) return false;
      return giveUp() || failWith(Errno.AGAIN);
    },
    sources: () => [descriptor.events],
    left,
  });
}

/** Waits a little for what was sent by a descriptor that was closed. */
export function waitUntilLeft(call: WasiCall, name: string, closed: Descriptor | undefined): void {
  if (closed?.leaving !== undefined) call.wait(name, untilLeft([closed]));
}

/** Waits for something of the network that is under way. @throws WasiError what it failed with */
export function waitForOutcome<T>(
  call: WasiCall,
  name: string,
  pending: Pending<T>,
  then: (outcome: T) => void = () => undefined,
): void {
  call.wait(name, {
    attempt: () => {
      const outcome = pending.outcome();
      if (outcome !== undefined) then(outcome);
      return outcome !== undefined;
    },
    sources: () => [call.environ.network().events],
  });
}

/** What is sent, and where its number of bytes is written. */
interface Sending {
  readonly iovecs: readonly Iovec[];
  readonly result: number;
  readonly to: SocketAddress | undefined;
}

/**
 * Sends all bytes, waiting for room; those for which there is room where the socket does not block, or its time limit has come.
 * @throws WasiError what fails before the first byte has gone
 */
export function sendAll(
  call: WasiCall,
  name: string,
  target: { readonly fd: number; readonly descriptor: SocketDescriptor },
  { iovecs, result, to }: Sending,
): void {
  const { memory } = call;
  const { descriptor } = target;
  const total = iovecs.reduce((sum, { length }) => sum + length, 0);
  let done = 0;
  const finish = (): true => {
    memory.writeUint32(result, done);
    return true;
  };
  const attempt = (): boolean => {
    try {
      do {
        const count = descriptor.send(spansOf(memory, iovecs), done, to);
        if (count === undefined || (count === 0 && total > 0)) return false;
        done += count;
      } while (done < total);
    } catch (error) {
      // What has gone is told; the next call finds the error.
      if (done === 0 || errnoOf(error) === undefined) throw error;
    }
    return finish();
  };
  waitOn(call, name, { ...target, direction: "write" }, attempt, () => done > 0 && finish());
}

import { host } from "../../common/host.ts";
import { ALL_SUBCLOCK_FLAGS, ClockId, EventType, SubclockFlags } from "../abi/constants.ts";
import { Errno, errnoOf, failWith } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import {
  EVENT_SIZE,
  type PollEvent,
  readSubscription,
  SUBSCRIPTION_SIZE,
  type Subscription,
  writeEvent,
} from "../abi/structs.ts";
import type { Environ } from "../environ.ts";
import { checkFlags } from "./checks.ts";
import { clockTime } from "./clock.ts";
import { missingFunction, wasiFunction } from "./definition.ts";

/**
 * Waiting. A subscription that is wrong becomes an event with its errno rather than the failure of the call, and like any
 * event it ends the wait at once (in WasmEdge it does not, and the call may hang).
 *
 * Files and streams count as ready: reading a stream waits by itself.
 */

/** More than any guest has descriptors and clocks; what they take of ours is bounded so. */
const MAX_SUBSCRIPTIONS = 65536;

/** A clock that is still to strike: what is left in nanoseconds, asked at any time. */
interface Alarm {
  readonly event: PollEvent;
  readonly left: () => bigint;
}

function eventOf({ userdata, tag }: Subscription, errno: Errno, nbytes = 0): PollEvent {
  return { userdata, errno, type: tag, nbytes, flags: 0 };
}

/** @throws WasiError INVAL for clocks and flags that there are not, and for processor time, which no host waits for */
function toAlarm(subscription: Subscription): Alarm {
  const { id, timeout, flags } = subscription.clock;
  if (id !== ClockId.REALTIME && id !== ClockId.MONOTONIC) failWith(Errno.INVAL);
  checkFlags(flags, ALL_SUBCLOCK_FLAGS);
  const absolute = (flags & SubclockFlags.ABSTIME) !== 0;
  const until = absolute ? timeout : clockTime(id) + timeout;
  return { event: eventOf(subscription, Errno.SUCCESS), left: () => until - clockTime(id) };
}

/** @throws WasiError BADF, NOTCAPABLE, and what the kind of descriptor says of reading or writing */
function readiness(environ: Environ, subscription: Subscription): PollEvent {
  const descriptor = environ.descriptor(subscription.fd, Right.POLL_FD_READWRITE);
  const nbytes = subscription.tag === EventType.FD_READ ? descriptor.readable() : descriptor.writable();
  return eventOf(subscription, Errno.SUCCESS, nbytes);
}

/** What a subscription comes to: an event at once, or an alarm. @throws what it is wrong by */
function subscribe(environ: Environ, subscription: Subscription): PollEvent | Alarm {
  switch (subscription.tag) {
    case EventType.CLOCK:
      return toAlarm(subscription);
    case EventType.FD_READ:
    case EventType.FD_WRITE:
      return readiness(environ, subscription);
    default:
      return failWith(Errno.INVAL);
  }
}

/** The events that there are, in the order of the subscriptions; waits where there is none. */
function poll(environ: Environ, subscriptions: readonly Subscription[]): PollEvent[] {
  const outcomes = subscriptions.map((subscription) => {
    try {
      return subscribe(environ, subscription);
    } catch (error) {
      return eventOf(subscription, errnoOf(error) ?? Errno.IO);
    }
  });
  const alarms = outcomes.filter((outcome): outcome is Alarm => "left" in outcome);
  if (alarms.length === outcomes.length) waitForFirst(environ, alarms);
  return outcomes.flatMap((outcome) => {
    if (!("left" in outcome)) return [outcome];
    return outcome.left() <= 0n ? [outcome.event] : [];
  });
}

function earlier(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** @throws WasiError NOSYS where the host cannot wait */
function waitForFirst(environ: Environ, alarms: readonly Alarm[]): void {
  for (;;) {
    const left = alarms.map((alarm) => alarm.left()).reduce(earlier);
    if (left <= 0n) return;
    if (host.sleep === undefined) {
      environ.reportOnce("WASI: poll_oneoff returns ENOSYS: the host cannot wait for a clock.");
      failWith(Errno.NOSYS);
    }
    host.sleep(left);
  }
}

export const pollFunctions = [
  wasiFunction("poll_oneoff", ["i32", "i32", "i32", "i32"], ({ environ, memory }, input, output, count, result) => {
    memory.require(input, count * SUBSCRIPTION_SIZE);
    memory.require(output, count * EVENT_SIZE);
    memory.require(result, 4);
    if (count === 0 || count > MAX_SUBSCRIPTIONS) failWith(Errno.INVAL);
    const subscriptions = Array.from({ length: count }, (_, i) =>
      readSubscription(memory, input + i * SUBSCRIPTION_SIZE),
    );
    const events = poll(environ, subscriptions);
    events.forEach((event, i) => {
      writeEvent(memory, output + i * EVENT_SIZE, event);
    });
    memory.writeUint32(result, events.length);
  }),
  missingFunction("epoll_oneoff", ["i32", "i32", "i32", "i32"]),
];

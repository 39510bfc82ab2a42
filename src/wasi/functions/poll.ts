import { ALL_SUBCLOCK_FLAGS, ClockId, EventFlags, EventType, SubclockFlags } from "../abi/constants.ts";
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
import type { Descriptor } from "../descriptors/descriptor.ts";
import type { Environ } from "../environ.ts";
import type { EventSource } from "../waiting.ts";
import { checkFlags } from "./checks.ts";
import { clockTime } from "./clock.ts";
import { type WasiCall, wasiFunction } from "./definition.ts";

/**
 * Waiting for clocks and descriptors. A subscription that is wrong becomes an event with its errno rather than the failure of
 * the call, and like any event it ends the wait at once (in WasmEdge it does not, and the call may hang).
 */

/** More than any guest has descriptors and clocks; what they take of ours is bounded so. */
const MAX_SUBSCRIPTIONS = 65536;

/** What a subscription waits for. */
interface Subscribed {
  /** The event, once there is one. */
  readonly event: () => PollEvent | undefined;
  /** Nanoseconds until there may be one, for clocks. */
  readonly left?: () => bigint;
  /** What tells of one, for descriptors. */
  readonly source?: EventSource | "ask";
}

function eventOf({ userdata, tag }: Subscription, errno: Errno, nbytes = 0, flags = 0): PollEvent {
  return { userdata, errno, type: tag, nbytes, flags };
}

/** @throws WasiError INVAL for clocks and flags that there are not, and for processor time, which no host waits for */
function toAlarm({ surroundings }: Environ, subscription: Subscription): Subscribed {
  const { id, timeout, flags } = subscription.clock;
  if (id !== ClockId.REALTIME && id !== ClockId.MONOTONIC) failWith(Errno.INVAL);
  checkFlags(flags, ALL_SUBCLOCK_FLAGS);
  const absolute = (flags & SubclockFlags.ABSTIME) !== 0;
  const until = absolute ? timeout : clockTime(surroundings, id) + timeout;
  const left = (): bigint => until - clockTime(surroundings, id);
  return { event: () => (left() <= 0n ? eventOf(subscription, Errno.SUCCESS) : undefined), left };
}

/** Whether something has become ready since the guest was told last: what `epoll_oneoff` asks. */
type IsNews = (descriptor: Descriptor, direction: "read" | "write", edges: number | undefined) => boolean;

/** What is ready, and how often it has become so: of the same moment, though news may come between two questions. */
function look(descriptor: Descriptor, direction: "read" | "write") {
  for (;;) {
    const edges = descriptor.edges(direction);
    const ready = direction === "read" ? descriptor.readable() : descriptor.writable();
    if (descriptor.edges(direction) === edges) return { ready, edges };
  }
}

/** @throws WasiError BADF, NOTCAPABLE, and what the kind of descriptor says of reading or writing */
function toReadiness(environ: Environ, subscription: Subscription, isNews: IsNews): Subscribed {
  const { fd, tag } = subscription;
  const descriptor = environ.descriptor(fd, Right.POLL_FD_READWRITE);
  const direction = tag === EventType.FD_READ ? "read" : "write";
  const event = (): PollEvent | undefined => {
    environ.same(fd, descriptor);
    const { ready, edges } = look(descriptor, direction);
    if (ready === undefined || !isNews(descriptor, direction, edges)) return undefined;
    const flags = ready.hangup === true ? EventFlags.FD_READWRITE_HANGUP : 0;
    return eventOf(subscription, Errno.SUCCESS, ready.bytes, flags);
  };
  return { event, source: descriptor.events };
}

/** @throws what a subscription is wrong by */
function toSubscribed(environ: Environ, subscription: Subscription, isNews: IsNews): Subscribed {
  switch (subscription.tag) {
    case EventType.CLOCK:
      return toAlarm(environ, subscription);
    case EventType.FD_READ:
    case EventType.FD_WRITE:
      return toReadiness(environ, subscription, isNews);
    default:
      return failWith(Errno.INVAL);
  }
}

/** A subscription that never throws: what is wrong with it is its event. */
function subscribe(environ: Environ, subscription: Subscription, isNews: IsNews): Subscribed {
  const failure = (error: unknown): PollEvent => eventOf(subscription, errnoOf(error) ?? Errno.IO);
  try {
    const subscribed = toSubscribed(environ, subscription, isNews);
    const event = (): PollEvent | undefined => {
      try {
        return subscribed.event();
      } catch (error) {
        return failure(error);
      }
    };
    return { ...subscribed, event };
  } catch (error) {
    const event = failure(error);
    return { event: () => event };
  }
}

function earliest(subscribed: readonly Subscribed[]): bigint | undefined {
  let least: bigint | undefined;
  for (const { left } of subscribed) {
    const time = left?.();
    if (time !== undefined && (least === undefined || time < least)) least = time;
  }
  return least;
}

/** The events that there are, in the order of the subscriptions; waits where there is none. */
function poll(call: WasiCall, name: string, arguments_: readonly [number, number, number, number]): void {
  const [input, output, count, result] = arguments_;
  const { environ, memory } = call;
  memory.require(input, count * SUBSCRIPTION_SIZE);
  memory.require(output, count * EVENT_SIZE);
  memory.require(result, 4);
  if (count === 0 || count > MAX_SUBSCRIPTIONS) failWith(Errno.INVAL);
  const isNews: IsNews = name === "epoll_oneoff" ? environ.isNews : () => true;
  const subscribed = Array.from({ length: count }, (_, i) =>
    subscribe(environ, readSubscription(memory, input + i * SUBSCRIPTION_SIZE), isNews),
  );
  const attempt = (): boolean => {
    const events = subscribed.flatMap(({ event }) => event() ?? []);
    events.forEach((event, i) => {
      writeEvent(memory, output + i * EVENT_SIZE, event);
    });
    if (events.length > 0) memory.writeUint32(result, events.length);
    return events.length > 0;
  };
  call.wait(name, {
    // Time that passes without waiting passes up to the first alarm.
    attempt: () => attempt() || (environ.surroundings.pass(earliest(subscribed) ?? 0n) && attempt()),
    sources: () => subscribed.flatMap(({ source }) => source ?? []),
    left: () => earliest(subscribed),
  });
}

export const pollFunctions = [
  wasiFunction("poll_oneoff", ["i32", "i32", "i32", "i32"], (call, ...places) => poll(call, "poll_oneoff", places)),
  // WasmEdge's own: a descriptor is reported when it becomes ready, and not again before more has come.
  wasiFunction("epoll_oneoff", ["i32", "i32", "i32", "i32"], (call, ...places) => poll(call, "epoll_oneoff", places)),
];

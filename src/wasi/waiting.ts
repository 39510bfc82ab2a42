import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import type { CallingRun } from "../store/calling-frame.ts";

/**
 * Calls that wait: for clocks, input, sockets. What a call waits for is tried, and tried again whenever something may have
 * changed. A synchronous run blocks its thread in between; an asynchronous one is put off and its thread goes on. Either ends
 * where the run has to end.
 */

/** Something that tells when it may have changed. */
export interface EventSource {
  /** Blocks the thread until something may have changed, but no longer than `nanoseconds`. */
  block(nanoseconds: bigint): void;
  /** Calls back once, when something may have changed. Returns how to stop that. */
  listen(callback: () => void): () => void;
}

/** What a call waits for. */
export interface Wait {
  /** Tries; false where there is nothing yet. What it throws ends the wait. */
  readonly attempt: () => boolean;
  /** What tells that another try is worth it; "ask": nothing does, it has to be tried now and then. */
  readonly sources?: () => readonly (EventSource | "ask")[];
  /** Nanoseconds after which to try again in any case: asked after each try that failed. */
  readonly left?: () => bigint | undefined;
}

/** Pauses between tries of what has to be asked, in nanoseconds: they grow from the first to the longest. */
const FIRST_PAUSE = 500_000n;
const LONGEST_PAUSE = 16_000_000n;

/** No wait of the host is longer; then it is tried again. */
const LONGEST_WAIT = 3_600_000_000_000n;

function smallest(...durations: readonly (bigint | undefined)[]): bigint {
  let least = LONGEST_WAIT;
  for (const duration of durations) if (duration !== undefined && duration < least) least = duration;
  return least < 0n ? 0n : least;
}

/** Until when to wait before the next try, and on what. */
interface Pause {
  readonly nanoseconds: bigint;
  readonly sources: readonly EventSource[];
}

/**
 * @param most sources that can be waited on at once; where there are more, they have to be asked
 * @throws Interrupted where the run has to end
 */
function nextPause(wait: Wait, deadline: bigint | undefined, asking: bigint, most: number): Pause {
  const untilDeadline = deadline === undefined ? undefined : deadline - host.monotonicNanoseconds();
  if (untilDeadline !== undefined && untilDeadline <= 0n) fail(ErrCode.Interrupted);
  const all = wait.sources?.() ?? [];
  const sources = Array.from(new Set(all.filter((source): source is EventSource => source !== "ask")));
  const mustAsk = all.includes("ask") || sources.length > most;
  return { nanoseconds: smallest(wait.left?.(), untilDeadline, mustAsk ? asking : undefined), sources };
}

/**
 * Waits in a synchronous run: blocks the thread.
 * @param withoutSleep called where the host cannot block
 * @throws what `attempt` throws; Interrupted
 */
export function waitBlocking(wait: Wait, { deadline }: CallingRun, withoutSleep: () => never): void {
  for (let asking = FIRST_PAUSE; !wait.attempt(); asking = smallest(asking * 2n, LONGEST_PAUSE)) {
    // A thread blocks on one source only.
    const { nanoseconds, sources } = nextPause(wait, deadline, asking, 1);
    if (nanoseconds === 0n) continue;
    if (sources.length > 0) sources[0].block(nanoseconds);
    else (host.sleep ?? withoutSleep())(nanoseconds);
  }
}

/** Whether a run can be put off until what it waits for has come, so that the thread goes on. */
export function canWaitInTurns(run: CallingRun): boolean {
  // Without a signal nothing would tell that the run has ended meanwhile, and the wait would go on in its memory. It is made
  // when it is asked for, which is dear.
  return run.mayAwait === true && host.startTimer !== undefined && run.signal !== undefined;
}

/**
 * Waits in an asynchronous run, of which `canWaitInTurns` holds: the thread goes on meanwhile.
 * @returns settles when `attempt` has succeeded, and also when the run has ended: then nobody asks
 * @throws what `attempt` throws; Interrupted: the promise fails with it
 */
export async function waitInTurns(wait: Wait, { deadline, signal }: CallingRun): Promise<void> {
  for (let asking = FIRST_PAUSE; ; asking = smallest(asking * 2n, LONGEST_PAUSE)) {
    const { nanoseconds, sources } = nextPause(wait, deadline, asking, Number.POSITIVE_INFINITY);
    await somethingHappens(nanoseconds, sources, signal);
    if (signal?.aborted === true || wait.attempt()) return;
  }
}

/** Settles when time has passed, a source has changed, or the run has ended; nothing is left behind then. */
function somethingHappens(
  nanoseconds: bigint,
  sources: readonly EventSource[],
  signal: CallingRun["signal"],
): Promise<void> {
  return new Promise((resolve) => {
    const undo: (() => void)[] = [];
    let isAwake = false;
    const wake = (): void => {
      isAwake = true;
      for (const step of undo.splice(0)) step();
      resolve();
    };
    for (const source of sources) undo.push(source.listen(wake));
    signal?.addEventListener("abort", wake);
    undo.push(() => signal?.removeEventListener("abort", wake));
    // Rounded up: a timer that strikes early would only be started again.
    const timer = host.startTimer?.(wake, Math.ceil(Number(nanoseconds) / 1e6));
    if (timer !== undefined) undo.push(timer);
    // A source may have called back at once.
    if (isAwake) wake();
  });
}

import { host } from "../common/host.ts";

/** How often a run that waits for something from outside is looked at all the same, in milliseconds: for its deadline. */
const WATCH_MILLISECONDS = 20;

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/** Whose turns they are. */
export interface TurnTaker {
  /** Goes on for a while. @param until on the monotonic clock, in nanoseconds: then others are to have their turn */
  takeTurn(until: bigint): void;
  /** Looks whether something has changed while a promise is awaited, or the run is on hold. */
  look(): void;
}

/** When a run has its turns on the host's event loop; on a host without timers they are microtasks. */
export class EventLoopTurns {
  private readonly taker: TurnTaker;
  /** A run keeps the event loop so long before it lets others have their turn. */
  private readonly turnNanoseconds: bigint;
  /** The promise whose settling brings the next turn. */
  private awaited: PromiseLike<unknown> | undefined;
  private watching = false;
  private posted = false;
  /** Nanoseconds that turns have taken since the event loop last had its own. */
  private taken = 0n;

  /** @param turnMilliseconds how long the run may keep the event loop; Infinity: as long as it likes */
  constructor(taker: TurnTaker, turnMilliseconds: number) {
    this.taker = taker;
    const nanoseconds = Math.min(Math.ceil(turnMilliseconds * NANOSECONDS_PER_MILLISECOND), Number.MAX_SAFE_INTEGER);
    this.turnNanoseconds = BigInt(Math.max(0, nanoseconds));
  }

  /** Whether a promise brings the next turn. */
  get isWaiting(): boolean {
    return this.awaited !== undefined;
  }

  /** A turn now. */
  take(): void {
    const begin = host.monotonicNanoseconds();
    this.taker.takeTurn(begin + this.turnNanoseconds - this.taken);
    this.taken += host.monotonicNanoseconds() - begin;
  }

  /** The next turn comes when the event loop has had its own. */
  post(): void {
    this.awaited = undefined;
    if (this.posted) return;
    this.posted = true;
    const turn = (): void => {
      this.posted = false;
      this.taken = 0n;
      this.take();
    };
    if (host.schedule === undefined) void Promise.resolve().then(turn);
    else host.schedule(turn, 0);
  }

  /** The next turn comes when the promise has settled. */
  postAfter(promise: PromiseLike<unknown>): void {
    if (this.awaited === promise) return;
    this.awaited = promise;
    const turn = (): void => {
      if (this.awaited !== promise) return;
      // Promises that have settled already would keep the event loop for good.
      if (this.taken >= this.turnNanoseconds) this.post();
      else this.take();
    };
    void promise.then(turn, turn);
  }

  /** Looks at the run after a while; this keeps the event loop alive too. */
  watch(): void {
    if (this.watching || host.schedule === undefined) return;
    this.watching = true;
    host.schedule(() => {
      this.watching = false;
      this.taker.look();
    }, WATCH_MILLISECONDS);
  }

  /** No promise brings another turn. */
  end(): void {
    this.awaited = undefined;
  }
}

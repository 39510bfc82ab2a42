import { host } from "../common/host.ts";
import { sha256 } from "../common/sha256.ts";

/** What a guest sees of time and chance. Times in nanoseconds. */
export interface Surroundings {
  realtime(): bigint;
  monotonic(): bigint;
  processTime(): bigint;
  /** The time of files, which does not pass by being asked for. */
  fileTime(): bigint;
  readonly resolution: bigint;
  /** Undefined where there is no source of randomness. */
  readonly fillRandom: ((bytes: Uint8Array) => void) | undefined;
  /** Lets time pass without waiting. @returns false where it passes by itself only */
  pass(nanoseconds: bigint): boolean;
}

/** The host's. */
export const hostSurroundings: Surroundings = {
  realtime: () => host.realtimeNanoseconds(),
  monotonic: () => host.monotonicNanoseconds(),
  processTime: () => host.processTimeNanoseconds(),
  fileTime: () => host.realtimeNanoseconds(),
  get resolution() {
    return host.clockResolutionNanoseconds;
  },
  get fillRandom() {
    return host.fillRandom;
  },
  pass: () => false,
};

/** What a look at a clock takes. */
const STEP = 1000n;

/** When guests begin: 2000-01-01. */
const EPOCH = 946_684_800_000_000_000n;

/** Bytes of a SHA-256. */
const BLOCK = 32;

/**
 * Made up: the same for each run of the same guest. Each look at a clock takes a microsecond, waiting takes as long as it takes
 * but no time of the host's, and random bytes follow from a seed: they are no secret.
 */
export class MadeUpSurroundings implements Surroundings {
  readonly resolution = STEP;
  /** Nanoseconds since the guest began. */
  time = 0n;
  /** Blocks of random bytes that have been given. */
  blocks = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = seed;
  }

  private look(): bigint {
    this.time += STEP;
    return this.time;
  }

  realtime(): bigint {
    return EPOCH + this.look();
  }

  monotonic(): bigint {
    return this.look();
  }

  processTime(): bigint {
    return this.look();
  }

  fileTime(): bigint {
    return EPOCH + this.time;
  }

  readonly fillRandom = (bytes: Uint8Array): void => {
    const counter = new DataView(new ArrayBuffer(16));
    counter.setFloat64(0, this.seed);
    for (let at = 0; at < bytes.length; at += BLOCK) {
      counter.setFloat64(8, this.blocks++);
      const block = sha256(new Uint8Array(counter.buffer));
      bytes.set(block.subarray(0, bytes.length - at), at);
    }
  };

  pass(nanoseconds: bigint): boolean {
    if (nanoseconds > 0n) this.time += nanoseconds;
    return true;
  }
}

import { Errno, failWith } from "../abi/errno.ts";
import { wasiFunction } from "./definition.ts";

/** Filled at once: what Web Crypto gives in one call. */
const CHUNK = 65536;

/** Filled before the run may be ended, or gives others their turn. */
const STRETCH = 1 << 20;

/**
 * Randomness, from a cryptographic source only. A host without one gives none: a guest that seeds its keys or hash tables
 * with something weaker would not know.
 */
export const randomFunctions = [
  wasiFunction("random_get", ["i32", "i32"], (call, address, length) => {
    const { environ } = call;
    call.memory.span(address, length);
    const fill = environ.surroundings.fillRandom;
    if (fill === undefined) {
      environ.reportOnce("WASI: random_get returns ENOSYS: the host has no cryptographic source of randomness.");
      failWith(Errno.NOSYS);
    }
    let done = 0;
    const attempt = (): boolean => {
      // The memory may have been grown meanwhile.
      const target = call.memory.span(address, length);
      const end = Math.min(length, done + STRETCH);
      // Through a buffer of our own: sources refuse memory that threads share.
      for (; done < end; done += CHUNK) {
        const chunk = new Uint8Array(Math.min(CHUNK, end - done));
        fill(chunk);
        target.set(chunk, done);
      }
      return done >= length;
    };
    call.wait("random_get", { attempt, left: () => 0n });
  }),
];

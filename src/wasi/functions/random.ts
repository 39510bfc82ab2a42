import { Errno, failWith } from "../abi/errno.ts";
import { wasiFunction } from "./definition.ts";

/** Filled at once: what Web Crypto gives in one call. */
const CHUNK = 65536;

/**
 * Randomness, from a cryptographic source only. A host without one gives none: a guest that seeds its keys or hash tables
 * with something weaker would not know.
 */
export const randomFunctions = [
  wasiFunction("random_get", ["i32", "i32"], ({ environ, memory }, address, length) => {
    const target = memory.span(address, length);
    const fill = environ.surroundings.fillRandom;
    if (fill === undefined) {
      environ.reportOnce("WASI: random_get returns ENOSYS: the host has no cryptographic source of randomness.");
      failWith(Errno.NOSYS);
    }
    // Through a buffer of our own: sources refuse memory that threads share.
    for (let done = 0; done < length; done += CHUNK) {
      const chunk = new Uint8Array(Math.min(CHUNK, length - done));
      fill(chunk);
      target.set(chunk, done);
    }
  }),
];

import { fail } from "./error.ts";
import { ErrCode } from "./error-code.ts";
import { host } from "./host.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/**
 * When so many milliseconds from now are over, on the host's monotonic clock in nanoseconds.
 * @param milliseconds what is below 0 counts as 0; fractions are allowed
 * @returns undefined for Infinity: never
 * @throws RuntimeError for NaN
 */
export function deadlineIn(milliseconds: number): bigint | undefined {
  if (milliseconds === Number.POSITIVE_INFINITY) return undefined;
  if (Number.isNaN(milliseconds))
    fail(ErrCode.RuntimeError, { kind: "note", text: "NaN is no number of milliseconds" });
  return host.monotonicNanoseconds() + BigInt(Math.max(0, Math.ceil(milliseconds * NANOSECONDS_PER_MILLISECOND)));
}

import { kindText } from "./arguments.ts";
import { fail } from "./error.ts";
import { ErrCode } from "./error-code.ts";
import { host } from "./host.ts";

const NANOSECONDS_PER_MILLISECOND = 1_000_000;

/**
 * When so many milliseconds from now are over, on the host's monotonic clock in nanoseconds.
 * @param milliseconds what is below 0 counts as 0; fractions are allowed
 * @returns undefined for Infinity: never
 * @throws RuntimeError for NaN and what is no number
 */
export function deadlineIn(milliseconds: number): bigint | undefined {
  if (typeof milliseconds !== "number" || Number.isNaN(milliseconds)) {
    fail(ErrCode.RuntimeError, { kind: "note", text: `${kindText(milliseconds)} is no number of milliseconds` });
  }
  const nanoseconds = Math.max(0, Math.ceil(milliseconds * NANOSECONDS_PER_MILLISECOND));
  if (nanoseconds === Number.POSITIVE_INFINITY) return undefined;
  return host.monotonicNanoseconds() + BigInt(nanoseconds);
}

import { Errno, failWith } from "../abi/errno.ts";
import { ALL_RIGHTS, type Rights } from "../abi/rights.ts";

/** @throws WasiError INVAL where a bit is set that has no meaning */
export function checkFlags(flags: number, all: number): void {
  if ((flags & ~all) !== 0) failWith(Errno.INVAL);
}

/** @throws WasiError INVAL where a bit is set that is no right */
export function checkRights(rights: Rights): void {
  if ((rights & ~ALL_RIGHTS) !== 0n) failWith(Errno.INVAL);
}

/**
 * An offset or length in a file as a number.
 * @param tooLarge the errno beyond 2^53, which is what we can count to
 * @throws WasiError INVAL for a negative one
 */
export function toOffset(value: bigint, tooLarge: Errno): number {
  if (BigInt.asIntN(64, value) < 0n) failWith(Errno.INVAL);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) failWith(tooLarge);
  return Number(value);
}

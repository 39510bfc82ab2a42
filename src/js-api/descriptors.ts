import type { Limit } from "../common/external.ts";
import { enumeration, toAddress } from "./web-idl.ts";

/** How memories and tables are addressed. https://webassembly.github.io/spec/js-api/#enumdef-addresstype */
export type AddressType = "i32" | "i64";

/** What the descriptors of memories and tables have in common. Sizes are bigints where addresses are i64. */
export interface LimitDescriptor {
  readonly initial: number | bigint;
  readonly maximum?: number | bigint;
  readonly address?: AddressType;
}

/** @throws TypeError for what is neither absent nor an address type */
export function readAddressType(value: unknown): AddressType {
  return value === undefined ? "i32" : enumeration(value, ["i32", "i64"], "The address type");
}

/**
 * The size range of a descriptor, whose properties are looked at one after the other, and once.
 * @param most what the sizes may be at most
 * @throws TypeError for a missing `initial` and for what are no sizes; RangeError for a range that is none
 */
export function readLimit(
  descriptor: { readonly initial?: unknown; readonly maximum?: unknown },
  address: AddressType,
  most: bigint,
  where: string,
): Limit {
  const is64 = address === "i64";
  const { initial } = descriptor;
  if (initial === undefined) throw new TypeError(`${where}: The descriptor must have an initial size.`);
  const min = toAddress(initial, is64, "The initial size");
  const { maximum } = descriptor;
  const max = maximum === undefined ? undefined : toAddress(maximum, is64, "The maximum size");
  if (min > most || (max !== undefined && (max > most || min > max))) {
    throw new RangeError(`${where}: The sizes are from ${min} to ${max ?? most}, and at most ${most}.`);
  }
  return { min, max, shared: false, is64 };
}

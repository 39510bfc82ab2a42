import { refuseArgument } from "./arguments.ts";

/** Numbers that embedders give as bounds: what is no number would bound nothing, so it is refused. */

function refuse(name: string, value: number): never {
  refuseArgument(name, "an integer of at least 0", value);
}

/** @throws RuntimeError where `value` is no integer from 0 to 2^53 - 1 */
export function requireCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) refuse(name, value);
  return value;
}

/** @throws RuntimeError where `value` is neither an integer from 0 to 2^53 - 1 nor infinite */
export function requireLimit(name: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : requireCount(name, value);
}

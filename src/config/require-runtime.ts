import { requireCount, requireLimit } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { RuntimeConfigure } from "./configure.ts";

/** The limits: counts, or infinite. */
const limits = [
  "maxModuleBytes",
  "maxFunctions",
  "maxFunctionBytes",
  "maxMemoryPage",
  "maxDescriptors",
  "maxStorageBytes",
  "maxStorageEntries",
  "maxCallDepth",
  "maxValueStackBytes",
  "maxTableElements",
  "maxGCObjectBytes",
  "maxGCBytesPerRun",
  "maxGCObjectsPerRun",
  "turnMilliseconds",
] as const;

/** @throws RuntimeError where `count` is no integer from 1 to 2^30 */
export function requireSlice(count: number): number {
  if (requireCount("sliceInstructions", count) >= 1 && count <= 2 ** 30) return count;
  return fail(ErrCode.RuntimeError, { kind: "note", text: `sliceInstructions must be from 1 to 2^30, Got: ${count}` });
}

/**
 * Looks at the numbers of a configuration before something is made with it: one that is none would limit nothing.
 * @throws RuntimeError, with the name of the option
 */
export function requireRuntime(runtime: RuntimeConfigure): void {
  for (const name of limits) requireLimit(name, runtime[name]);
  requireSlice(runtime.sliceInstructions);
}

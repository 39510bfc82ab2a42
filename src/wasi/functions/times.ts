import { ALL_FST_FLAGS, FstFlags } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { Environ } from "../environ.ts";
import type { FileTimes } from "../fs/file-system.ts";
import { checkFlags } from "./checks.ts";

/**
 * What the `set_times` functions ask for.
 * @throws WasiError INVAL for unknown flags, and where a time is to be both given and the present one
 */
export function toFileTimes({ surroundings }: Environ, atim: bigint, mtim: bigint, flags: number): FileTimes {
  checkFlags(flags, ALL_FST_FLAGS);
  const { ATIM, ATIM_NOW, MTIM, MTIM_NOW } = FstFlags;
  const has = (bits: number): boolean => (flags & bits) === bits;
  if (has(ATIM | ATIM_NOW) || has(MTIM | MTIM_NOW)) failWith(Errno.INVAL);
  const now = surroundings.fileTime();
  return {
    atim: has(ATIM_NOW) ? now : has(ATIM) ? atim : undefined,
    mtim: has(MTIM_NOW) ? now : has(MTIM) ? mtim : undefined,
  };
}

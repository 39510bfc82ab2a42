import { encodeUtf8 } from "../../common/utf8.ts";
import { Errno, failWith } from "../abi/errno.ts";

/** NAME_MAX of most file systems, in bytes. */
export const MAX_NAME_BYTES = 255;

/** Whether there can be something of that name. */
export function isNameShort(name: string): boolean {
  return name.length <= MAX_NAME_BYTES && encodeUtf8(name).length <= MAX_NAME_BYTES;
}

/** @throws WasiError NAMETOOLONG */
export function checkNameLength(name: string): void {
  if (!isNameShort(name)) failWith(Errno.NAMETOOLONG);
}

/**
 * Checks that one kind of thing can take another's name.
 * @param isEmpty asked only where both are directories
 * @throws WasiError ISDIR, NOTDIR, NOTEMPTY, as rename(2) does
 */
export function checkReplaceable(isDirectory: boolean, replacesDirectory: boolean, isEmpty: () => boolean): void {
  if (!isDirectory) {
    if (replacesDirectory) failWith(Errno.ISDIR);
    return;
  }
  if (!replacesDirectory) failWith(Errno.NOTDIR);
  if (!isEmpty()) failWith(Errno.NOTEMPTY);
}

import { encodeUtf8 } from "../../common/utf8.ts";
import { Errno, failWith } from "../abi/errno.ts";

/** NAME_MAX of most file systems, in bytes. */
export const MAX_NAME_BYTES = 255;

/** @throws WasiError NAMETOOLONG */
export function checkNameLength(name: string): void {
  if (name.length > MAX_NAME_BYTES || encodeUtf8(name).length > MAX_NAME_BYTES) failWith(Errno.NAMETOOLONG);
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

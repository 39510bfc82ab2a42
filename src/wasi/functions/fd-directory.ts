import { encodeUtf8 } from "../../common/utf8.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import { direntBytes, PRESTAT_SIZE, writePrestat } from "../abi/structs.ts";
import { DirectoryDescriptor } from "../descriptors/directory-descriptor.ts";
import type { Environ } from "../environ.ts";
import { wasiFunction } from "./definition.ts";

/**
 * Listing directories, and finding out which ones were open from the start.
 */

/** The name of a preopen. @throws WasiError BADF; INVAL for what is open but no preopen */
function preopenName(environ: Environ, fd: number): Uint8Array {
  const descriptor = environ.descriptor(fd);
  const name = descriptor instanceof DirectoryDescriptor ? descriptor.preopenName : undefined;
  return encodeUtf8(name ?? failWith(Errno.INVAL));
}

/** Entries from a cookie on, as many bytes as there is room for: the last one may be cut off anywhere. */
function listing(environ: Environ, directory: DirectoryDescriptor, cookie: bigint, room: number): Uint8Array[] {
  const entries = environ.listings.of(directory, Number(cookie));
  const parts: Uint8Array[] = [];
  for (let i = Number(cookie), left = room; i < entries.length && left > 0; i++) {
    const bytes = direntBytes(i + 1, directory.inoOf(entries[i]), entries[i], encodeUtf8(entries[i].name));
    parts.push(bytes.subarray(0, left));
    left -= bytes.length;
  }
  return parts;
}

export const fdDirectoryFunctions = [
  wasiFunction("fd_prestat_get", ["i32", "i32"], ({ environ, memory }, fd, result) => {
    memory.require(result, PRESTAT_SIZE);
    writePrestat(memory, result, preopenName(environ, fd).length);
  }),
  wasiFunction("fd_prestat_dir_name", ["i32", "i32", "i32"], ({ environ, memory }, fd, buffer, length) => {
    memory.require(buffer, length);
    const name = preopenName(environ, fd);
    if (length < name.length) failWith(Errno.NAMETOOLONG);
    memory.writeBytes(buffer, name);
  }),
  wasiFunction(
    "fd_readdir",
    ["i32", "i32", "i32", "i64", "i32"],
    ({ environ, memory }, fd, buffer, length, cookie, used) => {
      memory.require(buffer, length);
      memory.require(used, 4);
      let address = buffer;
      for (const part of listing(environ, environ.directory(fd, Right.FD_READDIR), cookie, length)) {
        memory.writeBytes(address, part);
        address += part.length;
      }
      memory.writeUint32(used, address - buffer);
    },
  ),
];

import { Errno } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import { readIovecs, spansOf } from "../abi/structs.ts";
import { toOffset } from "./checks.ts";
import { wasiFunction } from "./definition.ts";

/**
 * Reading and writing. The vectors and the place of the result are checked before a byte moves.
 */

/** Where a read may begin: what we cannot count to is beyond the end of any file, and so is the last that we can. */
function toReadOffset(offset: bigint): number {
  const last = BigInt(Number.MAX_SAFE_INTEGER);
  const negative = BigInt.asIntN(64, offset) < 0n;
  return toOffset(offset > last && !negative ? last : offset, Errno.INVAL);
}

export const fdIoFunctions = [
  wasiFunction("fd_read", ["i32", "i32", "i32", "i32"], ({ environ, memory }, fd, address, count, result) => {
    const iovecs = readIovecs(memory, address, count);
    memory.require(result, 4);
    const descriptor = environ.descriptor(fd, Right.FD_READ);
    memory.writeUint32(result, descriptor.read(spansOf(memory, iovecs)));
  }),
  wasiFunction("fd_write", ["i32", "i32", "i32", "i32"], ({ environ, memory }, fd, address, count, result) => {
    const iovecs = readIovecs(memory, address, count);
    memory.require(result, 4);
    const descriptor = environ.descriptor(fd, Right.FD_WRITE);
    memory.writeUint32(result, descriptor.write(spansOf(memory, iovecs)));
  }),
  wasiFunction(
    "fd_pread",
    ["i32", "i32", "i32", "i64", "i32"],
    ({ environ, memory }, fd, address, count, offset, result) => {
      const iovecs = readIovecs(memory, address, count);
      memory.require(result, 4);
      const descriptor = environ.descriptor(fd, Right.FD_READ | Right.FD_SEEK);
      memory.writeUint32(result, descriptor.readAt(spansOf(memory, iovecs), toReadOffset(offset)));
    },
  ),
  wasiFunction(
    "fd_pwrite",
    ["i32", "i32", "i32", "i64", "i32"],
    ({ environ, memory }, fd, address, count, offset, result) => {
      const iovecs = readIovecs(memory, address, count);
      memory.require(result, 4);
      const descriptor = environ.descriptor(fd, Right.FD_WRITE | Right.FD_SEEK);
      memory.writeUint32(result, descriptor.writeAt(spansOf(memory, iovecs), toOffset(offset, Errno.FBIG)));
    },
  ),
];

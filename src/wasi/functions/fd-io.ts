import { Errno, failWith } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import { type Iovec, readIovecs, spansOf } from "../abi/structs.ts";
import { toOffset } from "./checks.ts";
import { type WasiCall, wasiFunction } from "./definition.ts";

/**
 * Reading and writing. The vectors and the place of the result are checked before a byte moves.
 */

/** Where a read may begin: what we cannot count to is beyond the end of any file, and so is the last that we can. */
function toReadOffset(offset: bigint): number {
  const last = BigInt(Number.MAX_SAFE_INTEGER);
  const negative = BigInt.asIntN(64, offset) < 0n;
  return toOffset(offset > last && !negative ? last : offset, Errno.INVAL);
}

/** Reads into the guest's buffers, waiting where the descriptor does. */
export function readInto(call: WasiCall, name: string, fd: number, iovecs: readonly Iovec[], result: number): void {
  const { environ, memory } = call;
  const descriptor = environ.descriptor(fd, Right.FD_READ);
  call.wait(name, {
    attempt: () => {
      // Another run may have closed it meanwhile.
      const count = environ.same(fd, descriptor).read(spansOf(memory, iovecs), call.mayBlock);
      if (count !== undefined) memory.writeUint32(result, count);
      else if (descriptor.isNonblocking) failWith(Errno.AGAIN);
      return count !== undefined;
    },
    sources: () => [descriptor.events],
  });
}

/** Writes the guest's buffers, waiting where the descriptor does. */
export function writeFrom(call: WasiCall, name: string, fd: number, iovecs: readonly Iovec[], result: number): void {
  const { environ, memory } = call;
  const descriptor = environ.descriptor(fd, Right.FD_WRITE);
  call.wait(name, {
    attempt: () => {
      const count = environ.same(fd, descriptor).write(spansOf(memory, iovecs));
      if (count !== undefined) memory.writeUint32(result, count);
      else if (descriptor.isNonblocking) failWith(Errno.AGAIN);
      return count !== undefined;
    },
    sources: () => [descriptor.events],
  });
}

export const fdIoFunctions = [
  wasiFunction("fd_read", ["i32", "i32", "i32", "i32"], (call, fd, address, count, result) => {
    const iovecs = readIovecs(call.memory, address, count);
    call.memory.require(result, 4);
    readInto(call, "fd_read", fd, iovecs, result);
  }),
  wasiFunction("fd_write", ["i32", "i32", "i32", "i32"], (call, fd, address, count, result) => {
    const iovecs = readIovecs(call.memory, address, count);
    call.memory.require(result, 4);
    writeFrom(call, "fd_write", fd, iovecs, result);
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

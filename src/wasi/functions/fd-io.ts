import { Errno } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import { type Iovec, readIovecs, spansOf } from "../abi/structs.ts";
import { SocketDescriptor } from "../descriptors/socket-descriptor.ts";
import { toOffset } from "./checks.ts";
import { type WasiCall, wasiFunction } from "./definition.ts";
import { sendAll, waitOn } from "./wait-on.ts";

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
function readInto(call: WasiCall, fd: number, iovecs: readonly Iovec[], result: number): void {
  const { environ, memory } = call;
  const descriptor = environ.descriptor(fd, Right.FD_READ);
  waitOn(call, "fd_read", { fd, descriptor, direction: "read" }, () => {
    const count = descriptor.read(spansOf(memory, iovecs), call.mayBlock);
    if (count !== undefined) memory.writeUint32(result, count);
    return count !== undefined;
  });
}

/** Writes the guest's buffers, waiting where the descriptor does. */
function writeFrom(call: WasiCall, fd: number, iovecs: readonly Iovec[], result: number): void {
  const { environ, memory } = call;
  const descriptor = environ.descriptor(fd, Right.FD_WRITE);
  if (descriptor instanceof SocketDescriptor) {
    sendAll(call, "fd_write", { fd, descriptor }, { iovecs, result, to: undefined });
    return;
  }
  waitOn(call, "fd_write", { fd, descriptor, direction: "write" }, () => {
    const count = descriptor.write(spansOf(memory, iovecs));
    if (count !== undefined) memory.writeUint32(result, count);
    return count !== undefined;
  });
}

export const fdIoFunctions = [
  wasiFunction("fd_read", ["i32", "i32", "i32", "i32"], (call, fd, address, count, result) => {
    const iovecs = readIovecs(call.memory, address, count);
    call.memory.require(result, 4);
    readInto(call, fd, iovecs, result);
  }),
  wasiFunction("fd_write", ["i32", "i32", "i32", "i32"], (call, fd, address, count, result) => {
    const iovecs = readIovecs(call.memory, address, count);
    call.memory.require(result, 4);
    writeFrom(call, fd, iovecs, result);
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

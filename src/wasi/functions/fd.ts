import { ADVICE_COUNT, ALL_FD_FLAGS, FdFlags, Whence } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { Right, type Rights } from "../abi/rights.ts";
import { FDSTAT_SIZE, FILESTAT_SIZE, writeFdstat, writeFilestat } from "../abi/structs.ts";
import { checkFlags, checkRights, toOffset } from "./checks.ts";
import { wasiFunction } from "./definition.ts";
import { toFileTimes } from "./times.ts";
import { waitUntilLeft } from "./wait-on.ts";

/**
 * What is done with descriptors besides reading, writing and listing.
 */

/** The rights that writing synchronously needs. */
export function syncRights(flags: number): Rights {
  const data = (flags & FdFlags.DSYNC) === 0 ? 0n : Right.FD_DATASYNC;
  const all = (flags & (FdFlags.SYNC | FdFlags.RSYNC)) === 0 ? 0n : Right.FD_SYNC;
  return data | all;
}

const statusFunctions = [
  wasiFunction("fd_fdstat_get", ["i32", "i32"], ({ environ, memory }, fd, result) => {
    memory.require(result, FDSTAT_SIZE);
    const { filetype, flags, rights } = environ.descriptor(fd);
    writeFdstat(memory, result, filetype, flags, rights);
  }),
  wasiFunction("fd_fdstat_set_flags", ["i32", "i32"], ({ environ }, fd, flags) => {
    checkFlags(flags, ALL_FD_FLAGS);
    environ.descriptor(fd, Right.FD_FDSTAT_SET_FLAGS | syncRights(flags)).flags = flags;
  }),
  wasiFunction("fd_fdstat_set_rights", ["i32", "i64", "i64"], ({ environ }, fd, base, inheriting) => {
    checkRights(base);
    checkRights(inheriting);
    environ.descriptor(fd).restrict({ base, inheriting });
  }),
  wasiFunction("fd_filestat_get", ["i32", "i32"], ({ environ, memory }, fd, result) => {
    memory.require(result, FILESTAT_SIZE);
    writeFilestat(memory, result, environ.descriptor(fd, Right.FD_FILESTAT_GET).stat());
  }),
  wasiFunction("fd_filestat_set_size", ["i32", "i64"], ({ environ }, fd, size) => {
    const descriptor = environ.descriptor(fd, Right.FD_FILESTAT_SET_SIZE);
    descriptor.setSize(toOffset(size, Errno.FBIG));
  }),
  wasiFunction("fd_filestat_set_times", ["i32", "i64", "i64", "i32"], ({ environ }, fd, atim, mtim, flags) => {
    const times = toFileTimes(environ, atim, mtim, flags);
    environ.descriptor(fd, Right.FD_FILESTAT_SET_TIMES).setTimes(times);
  }),
];

const mediumFunctions = [
  // A hint, and no host at hand takes it.
  wasiFunction("fd_advise", ["i32", "i64", "i64", "i32"], ({ environ }, fd, _offset, length, advice) => {
    if (advice >= ADVICE_COUNT) failWith(Errno.INVAL);
    const descriptor = environ.descriptor(fd, Right.FD_ADVISE);
    if (BigInt.asIntN(64, length) < 0n) failWith(Errno.INVAL);
    descriptor.advise();
  }),
  wasiFunction("fd_allocate", ["i32", "i64", "i64"], ({ environ }, fd, offset, length) => {
    const descriptor = environ.descriptor(fd, Right.FD_ALLOCATE);
    const from = toOffset(offset, Errno.FBIG);
    const count = toOffset(length, Errno.FBIG);
    if (count === 0) failWith(Errno.INVAL);
    if (from + count > Number.MAX_SAFE_INTEGER) failWith(Errno.FBIG);
    descriptor.allocate(from, count);
  }),
  wasiFunction("fd_datasync", ["i32"], ({ environ }, fd) => {
    environ.descriptor(fd, Right.FD_DATASYNC).sync(true);
  }),
  wasiFunction("fd_sync", ["i32"], ({ environ }, fd) => {
    environ.descriptor(fd, Right.FD_SYNC).sync(false);
  }),
];

const numberFunctions = [
  wasiFunction("fd_close", ["i32"], (call, fd) => {
    waitUntilLeft(call, "fd_close", call.environ.descriptors.close(fd));
  }),
  wasiFunction("fd_renumber", ["i32", "i32"], (call, from, to) => {
    waitUntilLeft(call, "fd_renumber", call.environ.descriptors.renumber(from, to));
  }),
];

const offsetFunctions = [
  wasiFunction("fd_seek", ["i32", "i64", "i32", "i32"], ({ environ, memory }, fd, offset, whence, result) => {
    memory.require(result, 8);
    if (whence > Whence.END) failWith(Errno.INVAL);
    const by = BigInt.asIntN(64, offset);
    memory.writeUint64(result, BigInt(environ.descriptor(fd, Right.FD_SEEK).seek(by, whence)));
  }),
  wasiFunction("fd_tell", ["i32", "i32"], ({ environ, memory }, fd, result) => {
    memory.require(result, 8);
    memory.writeUint64(result, BigInt(environ.descriptor(fd, Right.FD_TELL).tell()));
  }),
];

export const fdFunctions = [...statusFunctions, ...mediumFunctions, ...numberFunctions, ...offsetFunctions];

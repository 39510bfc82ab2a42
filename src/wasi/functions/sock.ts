import { ALL_FD_FLAGS, ALL_RI_FLAGS, ALL_SD_FLAGS } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { readIovecs } from "../abi/structs.ts";
import type { Environ } from "../environ.ts";
import { checkFlags } from "./checks.ts";
import { wasiFunction } from "./definition.ts";

/**
 * The socket functions of preview 1, in their standard form. There are no sockets yet, neither opened nor given, so no
 * descriptor is one: BADF or NOTSOCK is all that can come of them.
 */

/** @throws WasiError BADF, NOTSOCK */
function requireSocket(environ: Environ, fd: number): never {
  environ.descriptor(fd);
  return failWith(Errno.NOTSOCK);
}

export const sockFunctions = [
  wasiFunction("sock_accept", ["i32", "i32", "i32"], ({ environ, memory }, fd, flags, newFd) => {
    memory.require(newFd, 4);
    checkFlags(flags, ALL_FD_FLAGS);
    requireSocket(environ, fd);
  }),
  wasiFunction(
    "sock_recv",
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, iovecs, count, flags, received, outFlags) => {
      readIovecs(memory, iovecs, count);
      memory.require(received, 4);
      memory.require(outFlags, 2);
      checkFlags(flags, ALL_RI_FLAGS);
      requireSocket(environ, fd);
    },
  ),
  wasiFunction(
    "sock_send",
    ["i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, iovecs, count, flags, sent) => {
      readIovecs(memory, iovecs, count);
      memory.require(sent, 4);
      checkFlags(flags, 0);
      requireSocket(environ, fd);
    },
  ),
  wasiFunction("sock_shutdown", ["i32", "i32"], ({ environ }, fd, how) => {
    checkFlags(how, ALL_SD_FLAGS);
    requireSocket(environ, fd);
  }),
];

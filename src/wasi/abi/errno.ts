import { lazy } from "../../common/lazy.ts";

/**
 * The error numbers of WASI preview 1, WasmEdge's additions, and the error that carries one inside this room.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno — WasmEdge `wasi/api.hpp`
 */

/** Each name with its number and text. */
const table = {
  SUCCESS: [0, "No error occurred. System call completed successfully."],
  "2BIG": [1, "Argument list too long."],
  ACCES: [2, "Permission denied."],
  ADDRINUSE: [3, "Address in use."],
  ADDRNOTAVAIL: [4, "Address not available."],
  AFNOSUPPORT: [5, "Address family not supported."],
  AGAIN: [6, "Resource unavailable, or operation would block."],
  ALREADY: [7, "Connection already in progress."],
  BADF: [8, "Bad file descriptor."],
  BADMSG: [9, "Bad message."],
  BUSY: [10, "Device or resource busy."],
  CANCELED: [11, "Operation canceled."],
  CHILD: [12, "No child processes."],
  CONNABORTED: [13, "Connection aborted."],
  CONNREFUSED: [14, "Connection refused."],
  CONNRESET: [15, "Connection reset."],
  DEADLK: [16, "Resource deadlock would occur."],
  DESTADDRREQ: [17, "Destination address required."],
  DOM: [18, "Mathematics argument out of domain of function."],
  DQUOT: [19, "Disk quota exceeded."],
  EXIST: [20, "File exists."],
  FAULT: [21, "Bad address."],
  FBIG: [22, "File too large."],
  HOSTUNREACH: [23, "Host is unreachable."],
  IDRM: [24, "Identifier removed."],
  ILSEQ: [25, "Illegal byte sequence."],
  INPROGRESS: [26, "Operation in progress."],
  INTR: [27, "Interrupted function."],
  INVAL: [28, "Invalid argument."],
  IO: [29, "I/O error."],
  ISCONN: [30, "Socket is connected."],
  ISDIR: [31, "Is a directory."],
  LOOP: [32, "Too many levels of symbolic links."],
  MFILE: [33, "File descriptor value too large."],
  MLINK: [34, "Too many links."],
  MSGSIZE: [35, "Message too large."],
  MULTIHOP: [36, "Reserved."],
  NAMETOOLONG: [37, "Filename too long."],
  NETDOWN: [38, "Network is down."],
  NETRESET: [39, "Connection aborted by network."],
  NETUNREACH: [40, "Network unreachable."],
  NFILE: [41, "Too many files open in system."],
  NOBUFS: [42, "No buffer space available."],
  NODEV: [43, "No such device."],
  NOENT: [44, "No such file or directory."],
  NOEXEC: [45, "Executable file format error."],
  NOLCK: [46, "No locks available."],
  NOLINK: [47, "Reserved."],
  NOMEM: [48, "Not enough space."],
  NOMSG: [49, "No message of the desired type."],
  NOPROTOOPT: [50, "Protocol not available."],
  NOSPC: [51, "No space left on device."],
  NOSYS: [52, "Function not supported."],
  NOTCONN: [53, "The socket is not connected."],
  NOTDIR: [54, "Not a directory or a symbolic link to a directory."],
  NOTEMPTY: [55, "Directory not empty."],
  NOTRECOVERABLE: [56, "State not recoverable."],
  NOTSOCK: [57, "Not a socket."],
  NOTSUP: [58, "Not supported, or operation not supported on socket."],
  NOTTY: [59, "Inappropriate I/O control operation."],
  NXIO: [60, "No such device or address."],
  OVERFLOW: [61, "Value too large to be stored in data type."],
  OWNERDEAD: [62, "Previous owner died."],
  PERM: [63, "Operation not permitted."],
  PIPE: [64, "Broken pipe."],
  PROTO: [65, "Protocol error."],
  PROTONOSUPPORT: [66, "Protocol not supported."],
  PROTOTYPE: [67, "Protocol wrong type for socket."],
  RANGE: [68, "Result too large."],
  ROFS: [69, "Read-only file system."],
  SPIPE: [70, "Invalid seek."],
  SRCH: [71, "No such process."],
  STALE: [72, "Reserved."],
  TIMEDOUT: [73, "Connection timed out."],
  TXTBSY: [74, "Text file busy."],
  XDEV: [75, "Cross-device link."],
  NOTCAPABLE: [76, "Extension: Capabilities insufficient."],
  AIADDRFAMILY: [77, "The specified network host does not have any network addresses in the requested address family."],
  AIAGAIN: [78, "Try again later."],
  AIBADFLAG: [79, "hints.ai_flags contains an invalid flag."],
  AIFAIL: [80, "The name server returned a permanent failure indication."],
  AIFAMILY: [81, "The requested address family is not supported."],
  AIMEMORY: [82, "Out of memory."],
  AINODATA: [83, "Network host exists, but has no address."],
  AINONAME: [84, "Node or service is not known, or both are NULL."],
  AISERVICE: [85, "Service is not available for the requested socket type."],
  AISOCKTYPE: [86, "The requested socket type is not supported."],
  AISYSTEM: [87, "A system error occurred."],
} as const satisfies Record<string, readonly [number, string]>;

export type ErrnoName = keyof typeof table;

/** A number of the table; names as keys, `Errno.NOENT`. */
export type Errno = (typeof table)[ErrnoName][0];

const names = Object.keys(table) as ErrnoName[];

const byName = lazy(() => new Map<string, Errno>(names.map((name) => [name, table[name][0]])));

/** The number of each name. */
export const Errno = Object.fromEntries(names.map((name) => [name, table[name][0]])) as {
  readonly [name in ErrnoName]: (typeof table)[name][0];
};

/** The name of a number: "NOENT". */
export function errnoName(errno: Errno): ErrnoName {
  return names[errno];
}

/** The text of a number, as WasmEdge's log lines show it. */
export function errnoText(errno: Errno): string {
  return table[names[errno]][1];
}

/**
 * What file systems, streams and the functions of this room throw: the guest sees the number as the call's result. An embedder
 * meets it where it works with a file system itself, and throws it in a stream or file system of its own.
 */
export class WasiError extends Error {
  readonly errno: Errno;

  constructor(errno: Errno) {
    super(`${errnoName(errno)}: ${errnoText(errno)}`);
    this.name = "WasiError";
    this.errno = errno;
  }
}

/** Throws a `WasiError`; an expression, so that it can stand after `??`. */
export function failWith(errno: Errno): never {
  throw new WasiError(errno);
}

/**
 * The number that belongs to anything thrown by a host: a `WasiError`'s own; the one that a system error's `code` names
 * ("ENOENT", as Node's and memfs's errors have it); undefined for what is neither.
 */
export function errnoOf(error: unknown): Errno | undefined {
  if (error instanceof WasiError) return error.errno;
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  if (typeof code !== "string" || !code.startsWith("E")) return undefined;
  if (code === "EOPNOTSUPP") return Errno.NOTSUP;
  if (code === "EWOULDBLOCK") return Errno.AGAIN;
  return byName().get(code.slice(1));
}

/** Runs `operation`; what the host throws in it becomes a `WasiError`, IO where nothing more is known. */
export function translatingErrors<T>(operation: () => T): T {
  try {
    return operation();
  } catch (error) {
    if (error instanceof WasiError) throw error;
    throw new WasiError(errnoOf(error) ?? Errno.IO);
  }
}

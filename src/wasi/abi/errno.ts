import { lazy } from "../../common/lazy.ts";

/**
 * The error numbers of WASI preview 1, WasmEdge's additions, and the error that carries one inside this room.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#errno — WasmEdge `wasi/api.hpp`
 */

/** The number of each name. A table of its own, since every guest needs it, and texts only those that fail. */
export const Errno = {
  SUCCESS: 0,
  "2BIG": 1,
  ACCES: 2,
  ADDRINUSE: 3,
  ADDRNOTAVAIL: 4,
  AFNOSUPPORT: 5,
  AGAIN: 6,
  ALREADY: 7,
  BADF: 8,
  BADMSG: 9,
  BUSY: 10,
  CANCELED: 11,
  CHILD: 12,
  CONNABORTED: 13,
  CONNREFUSED: 14,
  CONNRESET: 15,
  DEADLK: 16,
  DESTADDRREQ: 17,
  DOM: 18,
  DQUOT: 19,
  EXIST: 20,
  FAULT: 21,
  FBIG: 22,
  HOSTUNREACH: 23,
  IDRM: 24,
  ILSEQ: 25,
  INPROGRESS: 26,
  INTR: 27,
  INVAL: 28,
  IO: 29,
  ISCONN: 30,
  ISDIR: 31,
  LOOP: 32,
  MFILE: 33,
  MLINK: 34,
  MSGSIZE: 35,
  MULTIHOP: 36,
  NAMETOOLONG: 37,
  NETDOWN: 38,
  NETRESET: 39,
  NETUNREACH: 40,
  NFILE: 41,
  NOBUFS: 42,
  NODEV: 43,
  NOENT: 44,
  NOEXEC: 45,
  NOLCK: 46,
  NOLINK: 47,
  NOMEM: 48,
  NOMSG: 49,
  NOPROTOOPT: 50,
  NOSPC: 51,
  NOSYS: 52,
  NOTCONN: 53,
  NOTDIR: 54,
  NOTEMPTY: 55,
  NOTRECOVERABLE: 56,
  NOTSOCK: 57,
  NOTSUP: 58,
  NOTTY: 59,
  NXIO: 60,
  OVERFLOW: 61,
  OWNERDEAD: 62,
  PERM: 63,
  PIPE: 64,
  PROTO: 65,
  PROTONOSUPPORT: 66,
  PROTOTYPE: 67,
  RANGE: 68,
  ROFS: 69,
  SPIPE: 70,
  SRCH: 71,
  STALE: 72,
  TIMEDOUT: 73,
  TXTBSY: 74,
  XDEV: 75,
  NOTCAPABLE: 76,
  AIADDRFAMILY: 77,
  AIAGAIN: 78,
  AIBADFLAG: 79,
  AIFAIL: 80,
  AIFAMILY: 81,
  AIMEMORY: 82,
  AINODATA: 83,
  AINONAME: 84,
  AISERVICE: 85,
  AISOCKTYPE: 86,
  AISYSTEM: 87,
} as const satisfies Record<string, number>;

export type ErrnoName = keyof typeof Errno;

/** A number of the table; names as keys, `Errno.NOENT`. */
export type Errno = (typeof Errno)[ErrnoName];

const texts = lazy((): { readonly [name in ErrnoName]: string } => ({
  SUCCESS: "No error occurred. System call completed successfully.",
  "2BIG": "Argument list too long.",
  ACCES: "Permission denied.",
  ADDRINUSE: "Address in use.",
  ADDRNOTAVAIL: "Address not available.",
  AFNOSUPPORT: "Address family not supported.",
  AGAIN: "Resource unavailable, or operation would block.",
  ALREADY: "Connection already in progress.",
  BADF: "Bad file descriptor.",
  BADMSG: "Bad message.",
  BUSY: "Device or resource busy.",
  CANCELED: "Operation canceled.",
  CHILD: "No child processes.",
  CONNABORTED: "Connection aborted.",
  CONNREFUSED: "Connection refused.",
  CONNRESET: "Connection reset.",
  DEADLK: "Resource deadlock would occur.",
  DESTADDRREQ: "Destination address required.",
  DOM: "Mathematics argument out of domain of function.",
  DQUOT: "Disk quota exceeded.",
  EXIST: "File exists.",
  FAULT: "Bad address.",
  FBIG: "File too large.",
  HOSTUNREACH: "Host is unreachable.",
  IDRM: "Identifier removed.",
  ILSEQ: "Illegal byte sequence.",
  INPROGRESS: "Operation in progress.",
  INTR: "Interrupted function.",
  INVAL: "Invalid argument.",
  IO: "I/O error.",
  ISCONN: "Socket is connected.",
  ISDIR: "Is a directory.",
  LOOP: "Too many levels of symbolic links.",
  MFILE: "File descriptor value too large.",
  MLINK: "Too many links.",
  MSGSIZE: "Message too large.",
  MULTIHOP: "Reserved.",
  NAMETOOLONG: "Filename too long.",
  NETDOWN: "Network is down.",
  NETRESET: "Connection aborted by network.",
  NETUNREACH: "Network unreachable.",
  NFILE: "Too many files open in system.",
  NOBUFS: "No buffer space available.",
  NODEV: "No such device.",
  NOENT: "No such file or directory.",
  NOEXEC: "Executable file format error.",
  NOLCK: "No locks available.",
  NOLINK: "Reserved.",
  NOMEM: "Not enough space.",
  NOMSG: "No message of the desired type.",
  NOPROTOOPT: "Protocol not available.",
  NOSPC: "No space left on device.",
  NOSYS: "Function not supported.",
  NOTCONN: "The socket is not connected.",
  NOTDIR: "Not a directory or a symbolic link to a directory.",
  NOTEMPTY: "Directory not empty.",
  NOTRECOVERABLE: "State not recoverable.",
  NOTSOCK: "Not a socket.",
  NOTSUP: "Not supported, or operation not supported on socket.",
  NOTTY: "Inappropriate I/O control operation.",
  NXIO: "No such device or address.",
  OVERFLOW: "Value too large to be stored in data type.",
  OWNERDEAD: "Previous owner died.",
  PERM: "Operation not permitted.",
  PIPE: "Broken pipe.",
  PROTO: "Protocol error.",
  PROTONOSUPPORT: "Protocol not supported.",
  PROTOTYPE: "Protocol wrong type for socket.",
  RANGE: "Result too large.",
  ROFS: "Read-only file system.",
  SPIPE: "Invalid seek.",
  SRCH: "No such process.",
  STALE: "Reserved.",
  TIMEDOUT: "Connection timed out.",
  TXTBSY: "Text file busy.",
  XDEV: "Cross-device link.",
  NOTCAPABLE: "Extension: Capabilities insufficient.",
  AIADDRFAMILY: "The specified network host does not have any network addresses in the requested address family.",
  AIAGAIN: "Try again later.",
  AIBADFLAG: "hints.ai_flags contains an invalid flag.",
  AIFAIL: "The name server returned a permanent failure indication.",
  AIFAMILY: "The requested address family is not supported.",
  AIMEMORY: "Out of memory.",
  AINODATA: "Network host exists, but has no address.",
  AINONAME: "Node or service is not known, or both are NULL.",
  AISERVICE: "Service is not available for the requested socket type.",
  AISOCKTYPE: "The requested socket type is not supported.",
  AISYSTEM: "A system error occurred.",
}));

/** In the order of their numbers. */
const names = lazy(() => Object.keys(Errno) as ErrnoName[]);

const byName = lazy(() => new Map<string, Errno>(Object.entries(Errno)));

/** The name of a number: "NOENT". */
export function errnoName(errno: Errno): ErrnoName {
  return names()[errno];
}

/** The text of a number, as WasmEdge's log lines show it. */
export function errnoText(errno: Errno): string {
  return texts()[names()[errno]];
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

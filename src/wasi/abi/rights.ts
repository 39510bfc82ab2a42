/**
 * Rights of descriptors: what may be done with one, and with those opened through it.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#rights — WasmEdge `wasi/environ.h`
 */

/** A set of rights: bits of `Right`. */
export type Rights = bigint;

export const Right = {
  FD_DATASYNC: 1n << 0n,
  FD_READ: 1n << 1n,
  FD_SEEK: 1n << 2n,
  FD_FDSTAT_SET_FLAGS: 1n << 3n,
  FD_SYNC: 1n << 4n,
  FD_TELL: 1n << 5n,
  FD_WRITE: 1n << 6n,
  FD_ADVISE: 1n << 7n,
  FD_ALLOCATE: 1n << 8n,
  PATH_CREATE_DIRECTORY: 1n << 9n,
  PATH_CREATE_FILE: 1n << 10n,
  PATH_LINK_SOURCE: 1n << 11n,
  PATH_LINK_TARGET: 1n << 12n,
  PATH_OPEN: 1n << 13n,
  FD_READDIR: 1n << 14n,
  PATH_READLINK: 1n << 15n,
  PATH_RENAME_SOURCE: 1n << 16n,
  PATH_RENAME_TARGET: 1n << 17n,
  PATH_FILESTAT_GET: 1n << 18n,
  PATH_FILESTAT_SET_SIZE: 1n << 19n,
  PATH_FILESTAT_SET_TIMES: 1n << 20n,
  FD_FILESTAT_GET: 1n << 21n,
  FD_FILESTAT_SET_SIZE: 1n << 22n,
  FD_FILESTAT_SET_TIMES: 1n << 23n,
  PATH_SYMLINK: 1n << 24n,
  PATH_REMOVE_DIRECTORY: 1n << 25n,
  PATH_UNLINK_FILE: 1n << 26n,
  POLL_FD_READWRITE: 1n << 27n,
  SOCK_SHUTDOWN: 1n << 28n,
  // From here on WasmEdge's; the later standard has SOCK_ACCEPT in place of SOCK_OPEN.
  SOCK_OPEN: 1n << 29n,
  SOCK_CLOSE: 1n << 30n,
  SOCK_BIND: 1n << 31n,
  SOCK_RECV: 1n << 32n,
  SOCK_RECV_FROM: 1n << 33n,
  SOCK_SEND: 1n << 34n,
  SOCK_SEND_TO: 1n << 35n,
} as const;

/** The bits that a guest may name; WasmEdge's socket extension uses 28 to 35. Others are INVAL. */
export const ALL_RIGHTS: Rights = (1n << 36n) - 1n;

/** Without bits of `rights` that are in `removed`. */
export function without(rights: Rights, removed: Rights): Rights {
  return rights & ~removed;
}

/** Whether all of `needed` is in `rights`. */
export function includes(rights: Rights, needed: Rights): boolean {
  return (rights & needed) === needed;
}

/** All that changes a file system. A link's source counts: a hard link made in a writable place would open it for writing. */
export const MUTATING_RIGHTS: Rights =
  Right.FD_WRITE |
  Right.FD_ALLOCATE |
  Right.FD_FILESTAT_SET_SIZE |
  Right.FD_FILESTAT_SET_TIMES |
  Right.PATH_CREATE_DIRECTORY |
  Right.PATH_CREATE_FILE |
  Right.PATH_LINK_SOURCE |
  Right.PATH_LINK_TARGET |
  Right.PATH_RENAME_SOURCE |
  Right.PATH_RENAME_TARGET |
  Right.PATH_FILESTAT_SET_SIZE |
  Right.PATH_FILESTAT_SET_TIMES |
  Right.PATH_SYMLINK |
  Right.PATH_REMOVE_DIRECTORY |
  Right.PATH_UNLINK_FILE;

const DIRECTORY_BASE: Rights =
  Right.PATH_CREATE_DIRECTORY |
  Right.PATH_CREATE_FILE |
  Right.PATH_LINK_SOURCE |
  Right.PATH_LINK_TARGET |
  Right.PATH_OPEN |
  Right.FD_READDIR |
  Right.PATH_READLINK |
  Right.PATH_RENAME_SOURCE |
  Right.PATH_RENAME_TARGET |
  Right.PATH_FILESTAT_GET |
  Right.PATH_FILESTAT_SET_SIZE |
  Right.PATH_FILESTAT_SET_TIMES |
  Right.FD_FILESTAT_GET |
  Right.FD_FILESTAT_SET_TIMES |
  Right.PATH_SYMLINK |
  Right.PATH_REMOVE_DIRECTORY |
  Right.PATH_UNLINK_FILE;

const DIRECTORY_INHERITING: Rights =
  DIRECTORY_BASE |
  Right.FD_DATASYNC |
  Right.FD_READ |
  Right.FD_SEEK |
  Right.FD_FDSTAT_SET_FLAGS |
  Right.FD_SYNC |
  Right.FD_TELL |
  Right.FD_WRITE |
  Right.FD_ADVISE |
  Right.FD_ALLOCATE |
  Right.FD_FILESTAT_SET_SIZE |
  Right.POLL_FD_READWRITE |
  Right.SOCK_SHUTDOWN;

export interface RightsPair {
  readonly base: Rights;
  /** Of what is opened through the descriptor. */
  readonly inheriting: Rights;
}

/** The rights of a preopened directory. */
export const preopenRights: RightsPair = { base: DIRECTORY_BASE, inheriting: DIRECTORY_INHERITING };

/** The rights of a directory preopened read-only: nothing in either set changes anything. */
export const readonlyPreopenRights: RightsPair = {
  base: without(DIRECTORY_BASE, MUTATING_RIGHTS),
  inheriting: without(DIRECTORY_INHERITING, MUTATING_RIGHTS | Right.SOCK_SHUTDOWN),
};

/** The rights of standard input. */
export const stdinRights: RightsPair = {
  base: Right.FD_ADVISE | Right.FD_FILESTAT_GET | Right.FD_READ | Right.POLL_FD_READWRITE,
  inheriting: 0n,
};

/** The rights of standard output and standard error. */
export const stdoutRights: RightsPair = {
  base:
    Right.FD_ADVISE |
    Right.FD_DATASYNC |
    Right.FD_FILESTAT_GET |
    Right.FD_SYNC |
    Right.FD_WRITE |
    Right.POLL_FD_READWRITE,
  inheriting: 0n,
};

const CONNECTION_BASE: Rights =
  Right.FD_READ |
  Right.FD_WRITE |
  Right.FD_FDSTAT_SET_FLAGS |
  Right.POLL_FD_READWRITE |
  Right.SOCK_SHUTDOWN |
  Right.SOCK_RECV |
  Right.SOCK_RECV_FROM |
  Right.SOCK_SEND |
  Right.SOCK_SEND_TO;

const SOCKET_BASE: Rights = CONNECTION_BASE | Right.SOCK_OPEN | Right.SOCK_CLOSE | Right.SOCK_BIND;

/** The rights of a socket that the guest opens. */
export const socketRights: RightsPair = { base: SOCKET_BASE, inheriting: SOCKET_BASE };

/** The rights of a connection that a socket accepts. */
export const connectionRights: RightsPair = { base: CONNECTION_BASE, inheriting: CONNECTION_BASE };

/**
 * Rights of descriptors: what may be done with one, and with those opened through it.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md#rights — WasmEdge `wasi/environ.h`
 */

/** A set of rights: bits of `Right`. */
export type Rights = bigint;

export const Right = {
  FD_DATASYNC: 0x1n,
  FD_READ: 0x2n,
  FD_SEEK: 0x4n,
  FD_FDSTAT_SET_FLAGS: 0x8n,
  FD_SYNC: 0x10n,
  FD_TELL: 0x20n,
  FD_WRITE: 0x40n,
  FD_ADVISE: 0x80n,
  FD_ALLOCATE: 0x100n,
  PATH_CREATE_DIRECTORY: 0x200n,
  PATH_CREATE_FILE: 0x400n,
  PATH_LINK_SOURCE: 0x800n,
  PATH_LINK_TARGET: 0x1000n,
  PATH_OPEN: 0x2000n,
  FD_READDIR: 0x4000n,
  PATH_READLINK: 0x8000n,
  PATH_RENAME_SOURCE: 0x10000n,
  PATH_RENAME_TARGET: 0x20000n,
  PATH_FILESTAT_GET: 0x40000n,
  PATH_FILESTAT_SET_SIZE: 0x80000n,
  PATH_FILESTAT_SET_TIMES: 0x100000n,
  FD_FILESTAT_GET: 0x200000n,
  FD_FILESTAT_SET_SIZE: 0x400000n,
  FD_FILESTAT_SET_TIMES: 0x800000n,
  PATH_SYMLINK: 0x1000000n,
  PATH_REMOVE_DIRECTORY: 0x2000000n,
  PATH_UNLINK_FILE: 0x4000000n,
  POLL_FD_READWRITE: 0x8000000n,
  SOCK_SHUTDOWN: 0x10000000n,
  // From here on WasmEdge's; the later standard has SOCK_ACCEPT in place of SOCK_OPEN.
  SOCK_OPEN: 0x20000000n,
  SOCK_CLOSE: 0x40000000n,
  SOCK_BIND: 0x80000000n,
  SOCK_RECV: 0x100000000n,
  SOCK_RECV_FROM: 0x200000000n,
  SOCK_SEND: 0x400000000n,
  SOCK_SEND_TO: 0x800000000n,
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

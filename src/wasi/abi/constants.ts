/**
 * The small enumerations and flag sets of WASI preview 1.
 * https://github.com/WebAssembly/WASI/blob/main/legacy/preview1/docs.md — WasmEdge `wasi/api.hpp`
 */

export const FileType = {
  UNKNOWN: 0,
  BLOCK_DEVICE: 1,
  CHARACTER_DEVICE: 2,
  DIRECTORY: 3,
  REGULAR_FILE: 4,
  SOCKET_DGRAM: 5,
  SOCKET_STREAM: 6,
  SYMBOLIC_LINK: 7,
} as const;
export type FileType = (typeof FileType)[keyof typeof FileType];

export const FdFlags = { APPEND: 1, DSYNC: 2, NONBLOCK: 4, RSYNC: 8, SYNC: 16 } as const;
export const ALL_FD_FLAGS = 31;

export const OFlags = { CREAT: 1, DIRECTORY: 2, EXCL: 4, TRUNC: 8 } as const;
export const ALL_O_FLAGS = 15;

export const LookupFlags = { SYMLINK_FOLLOW: 1 } as const;
export const ALL_LOOKUP_FLAGS = 1;

export const FstFlags = { ATIM: 1, ATIM_NOW: 2, MTIM: 4, MTIM_NOW: 8 } as const;
export const ALL_FST_FLAGS = 15;

export const Whence = { SET: 0, CUR: 1, END: 2 } as const;

/** normal, sequential, random, willneed, dontneed, noreuse */
export const ADVICE_COUNT = 6;

export const ClockId = { REALTIME: 0, MONOTONIC: 1, PROCESS_CPUTIME: 2, THREAD_CPUTIME: 3 } as const;
export type ClockId = (typeof ClockId)[keyof typeof ClockId];

export const SubclockFlags = { ABSTIME: 1 } as const;
export const ALL_SUBCLOCK_FLAGS = 1;

export const EventType = { CLOCK: 0, FD_READ: 1, FD_WRITE: 2 } as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export const EventFlags = { FD_READWRITE_HANGUP: 1 } as const;

/** The one kind of preopened resource. */
export const PREOPEN_TYPE_DIR = 0;

export const RiFlags = { RECV_PEEK: 1, RECV_WAITALL: 2 } as const;
export const ALL_RI_FLAGS = 3;

export const RoFlags = { RECV_DATA_TRUNCATED: 1 } as const;

export const SdFlags = { RD: 1, WR: 2 } as const;
export const ALL_SD_FLAGS = 3;

// --- WasmEdge's sockets ---

export const AddressFamily = { UNSPEC: 0, INET4: 1, INET6: 2, AF_UNIX: 3 } as const;

export const SockType = { ANY: 0, DGRAM: 1, STREAM: 2 } as const;

export const Protocol = { IP: 0, TCP: 1, UDP: 2 } as const;

/** The only level of socket options. */
export const SOL_SOCKET = 0;

export const SockOpt = {
  REUSEADDR: 0,
  TYPE: 1,
  ERROR: 2,
  DONTROUTE: 3,
  BROADCAST: 4,
  SNDBUF: 5,
  RCVBUF: 6,
  KEEPALIVE: 7,
  OOBINLINE: 8,
  LINGER: 9,
  RCVLOWAT: 10,
  RCVTIMEO: 11,
  SNDTIMEO: 12,
  ACCEPTCONN: 13,
  BINDTODEVICE: 14,
} as const;

export const AiFlags = {
  PASSIVE: 1,
  CANONNAME: 2,
  NUMERICHOST: 4,
  NUMERICSERV: 8,
  V4MAPPED: 16,
  ALL: 32,
  ADDRCONFIG: 64,
} as const;
export const ALL_AI_FLAGS = 127;

/** Signal numbers that `proc_raise` tells apart. */
export const Signal = {
  NONE: 0,
  CHLD: 16,
  CONT: 17,
  STOP: 18,
  TSTP: 19,
  TTIN: 20,
  TTOU: 21,
  URG: 22,
  WINCH: 27,
  SYS: 30,
};

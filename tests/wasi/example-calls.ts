import type { Value } from "../../src/common/wasm-value.ts";
import type { Guest } from "./guest.ts";

/**
 * A call of each function of WASI, with all that its pointers point at: for tests that make single ones of its arguments bad.
 */

/** A parameter that points at `size` bytes, which are as `bytes` says; the structure is a multiple of `alignment` away. */
export interface Pointer {
  readonly size: number;
  readonly alignment: number;
  readonly bytes: readonly number[];
}

export type Param = Value | Pointer;

const to = (size: number, alignment = 1, bytes: readonly number[] = []): Pointer => ({ size, alignment, bytes });
const text = (value: string): [Pointer, number] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [to(bytes.length, 1, bytes), bytes.length];
};
/** One vector of 8 bytes at 512. */
const iovec = to(8, 4, [0, 2, 0, 0, 8, 0, 0, 0]);
/** A subscription to the realtime clock, which is late already. */
const subscription = to(48, 8);

/** The descriptor that the calls take for a file; 3 is a directory with `file`, `dir` and `link`. */
export const FILE = 4;

/** A call of each function that succeeds. */
export const calls: Readonly<Record<string, readonly Param[]>> = {
  args_get: [to(8, 4), to(11)],
  args_sizes_get: [to(4, 4), to(4, 4)],
  environ_get: [to(4, 4), to(4)],
  environ_sizes_get: [to(4, 4), to(4, 4)],
  clock_res_get: [0, to(8, 8)],
  clock_time_get: [0, 0n, to(8, 8)],
  fd_advise: [FILE, 0n, 0n, 0],
  fd_allocate: [FILE, 0n, 1n],
  fd_close: [FILE],
  fd_datasync: [FILE],
  fd_fdstat_get: [FILE, to(24, 8)],
  fd_fdstat_set_flags: [FILE, 0],
  fd_fdstat_set_rights: [FILE, 0n, 0n],
  fd_filestat_get: [FILE, to(64, 8)],
  fd_filestat_set_size: [FILE, 3n],
  fd_filestat_set_times: [FILE, 1n, 1n, 5],
  fd_pread: [FILE, iovec, 1, 0n, to(4, 4)],
  fd_prestat_get: [3, to(8, 4)],
  fd_prestat_dir_name: [3, to(1), 1],
  fd_pwrite: [FILE, iovec, 1, 0n, to(4, 4)],
  fd_read: [FILE, iovec, 1, to(4, 4)],
  fd_readdir: [3, to(64), 64, 0n, to(4, 4)],
  fd_renumber: [FILE, 2],
  fd_seek: [FILE, 1n, 0, to(8, 8)],
  fd_sync: [FILE],
  fd_tell: [FILE, to(8, 8)],
  fd_write: [FILE, iovec, 1, to(4, 4)],
  path_create_directory: [3, ...text("new")],
  path_filestat_get: [3, 0, ...text("file"), to(64, 8)],
  path_filestat_set_times: [3, 0, ...text("file"), 1n, 1n, 5],
  path_link: [3, 0, ...text("file"), 3, ...text("new")],
  path_open: [3, 0, ...text("new"), 1, 2n, 0n, 0, to(4, 4)],
  path_readlink: [3, ...text("link"), to(8), 8, to(4, 4)],
  path_remove_directory: [3, ...text("dir")],
  path_rename: [3, ...text("file"), 3, ...text("new")],
  path_symlink: [...text("file"), 3, ...text("new")],
  path_unlink_file: [3, ...text("file")],
  poll_oneoff: [subscription, to(32, 8), 1, to(4, 4)],
  epoll_oneoff: [subscription, to(32, 8), 1, to(4, 4)],
  proc_exit: [0],
  proc_raise: [0],
  random_get: [to(8), 8],
  sched_yield: [],
};

/** An address buffer that 8 bytes point at: 4 bytes at 512. */
export const address = to(8, 4, [0, 2, 0, 0, 4, 0, 0, 0]);
const NODE = [0x61, 0x00];

/** A call of each socket function, all pointers good. Here the descriptor is a file, so that none succeeds. */
export const socketCalls: Readonly<Record<string, readonly Param[]>> = {
  sock_open: [1, 2, to(4, 4)],
  sock_bind: [FILE, address, 0],
  sock_listen: [FILE, 1],
  sock_accept: [FILE, to(4, 4)],
  sock_accept_v2: [FILE, 0, to(4, 4)],
  sock_connect: [FILE, address, 80],
  sock_recv: [FILE, iovec, 1, 0, to(4, 4), to(2, 2)],
  sock_recv_from: [FILE, iovec, 1, address, 0, to(4, 4), to(2, 2)],
  sock_recv_from_v2: [FILE, iovec, 1, address, 0, to(4, 4), to(4, 4), to(2, 2)],
  sock_send: [FILE, iovec, 1, 0, to(4, 4)],
  sock_send_to: [FILE, iovec, 1, address, 80, 0, to(4, 4)],
  sock_shutdown: [FILE, 1],
  sock_getsockopt: [FILE, 0, 1, to(4), to(4, 4, [4, 0, 0, 0])],
  sock_setsockopt: [FILE, 0, 0, to(4), 4],
  sock_getlocaladdr: [FILE, address, to(4, 4), to(4, 4)],
  sock_getlocaladdr_v2: [FILE, address, to(4, 4)],
  sock_getpeeraddr: [FILE, address, to(4, 4), to(4, 4)],
  sock_getpeeraddr_v2: [FILE, address, to(4, 4)],
  sock_getaddrinfo: [to(2, 1, NODE), 2, to(1), 1, to(28, 4), to(4, 4), 1, to(4, 4)],
};
for (const name of ["open", "bind", "listen", "connect", "recv", "send", "send_to"]) {
  Object.assign(socketCalls, { [`sock_${name}_v2`]: socketCalls[`sock_${name}`] });
}

export const isPointer = (param: Param): param is Pointer =>
  typeof param === "object" && param !== null && "size" in param;

/** Puts what the pointers of a call point at into the memory, from 1024 on, 128 bytes apart; returns the arguments. */
export function place(guest: Guest, params: readonly Param[], shift = 0): Value[] {
  return params.map((param, i) => {
    if (!isPointer(param)) return param;
    const at = 1024 + i * 128 + (param.alignment > 1 ? shift : 0);
    guest.memory.setBytes(Uint8Array.from(param.bytes), at);
    return at;
  });
}

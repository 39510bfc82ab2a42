import { lazy } from "../../common/lazy.ts";

/**
 * How the structures that parameters point at are aligned, for hosts that are as strict as WasmEdge: bytes by name of the
 * function and place of the parameter, 0 for what is no pointer or points at bytes. WasmEdge `wasi/wasifunc.cpp`,
 * `getPointer`, `getSpan`.
 */
export const alignments: () => Readonly<Record<string, readonly number[]>> = lazy(() => ({
  args_get: [4, 0],
  args_sizes_get: [4, 4],
  environ_get: [4, 0],
  environ_sizes_get: [4, 4],
  clock_res_get: [0, 8],
  clock_time_get: [0, 0, 8],
  fd_fdstat_get: [0, 8],
  fd_filestat_get: [0, 8],
  fd_pread: [0, 4, 0, 0, 4],
  fd_prestat_get: [0, 4],
  fd_pwrite: [0, 4, 0, 0, 4],
  fd_read: [0, 4, 0, 4],
  fd_readdir: [0, 0, 0, 0, 4],
  fd_seek: [0, 0, 0, 8],
  fd_tell: [0, 8],
  fd_write: [0, 4, 0, 4],
  path_filestat_get: [0, 0, 0, 0, 8],
  path_open: [0, 0, 0, 0, 0, 0, 0, 0, 4],
  path_readlink: [0, 0, 0, 0, 0, 4],
  poll_oneoff: [8, 8, 0, 4],
  epoll_oneoff: [8, 8, 0, 4],
  sock_accept: [0, 4],
  sock_accept_v2: [0, 0, 4],
  sock_bind: [0, 4, 0],
  sock_bind_v2: [0, 4, 0],
  sock_connect: [0, 4, 0],
  sock_connect_v2: [0, 4, 0],
  sock_getaddrinfo: [0, 0, 0, 0, 4, 4, 0, 4],
  sock_getlocaladdr: [0, 4, 4, 4],
  sock_getlocaladdr_v2: [0, 4, 4],
  sock_getpeeraddr: [0, 4, 4, 4],
  sock_getpeeraddr_v2: [0, 4, 4],
  sock_getsockopt: [0, 0, 0, 0, 4],
  sock_open: [0, 0, 4],
  sock_open_v2: [0, 0, 4],
  sock_recv: [0, 4, 0, 0, 4, 2],
  sock_recv_v2: [0, 4, 0, 0, 4, 2],
  sock_recv_from: [0, 4, 0, 4, 0, 4, 2],
  sock_recv_from_v2: [0, 4, 0, 4, 0, 4, 4, 2],
  sock_send: [0, 4, 0, 0, 4],
  sock_send_v2: [0, 4, 0, 0, 4],
  sock_send_to: [0, 4, 0, 4, 0, 0, 4],
  sock_send_to_v2: [0, 4, 0, 4, 0, 0, 4],
}));

/** Whether each parameter that points at a structure is a multiple of its alignment. */
export function isAligned(name: string, args: readonly (number | bigint)[]): boolean {
  const row = alignments()[name] ?? [];
  return row.every((alignment, i) => alignment === 0 || Number(args[i]) % alignment === 0);
}

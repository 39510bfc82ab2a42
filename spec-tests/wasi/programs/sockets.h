/*
 * WasmEdge's functions of sockets. Under its plain name each has the first form, with _v2 the second. Under the plain name but with the
 * type of the second, a module gets the second too: so those of the standard (sock_accept with flags) link.
 */
#ifndef SOCKETS_H
#define SOCKETS_H

#include "check.h"

typedef struct { address buffer; u32 length; } vector;

enum { INET4 = 1, INET6 = 2, DGRAM = 1, STREAM = 2 };

/* What all of them take for an address: a buffer of 4 or 16 bytes, in the second form of 128 with the family in front too. */
typedef struct { address buffer; u32 length; } addressBuffer;

WASI(sock_open)(u32 family, u32 type, address result);
WASI(sock_bind)(u32 fd, address addressBuffer, u32 port);
WASI(sock_listen)(u32 fd, u32 backlog);
WASI(sock_connect)(u32 fd, address addressBuffer, u32 port);
WASI(sock_getlocaladdr)(u32 fd, address addressBuffer, address type, address port);
WASI(sock_getpeeraddr)(u32 fd, address addressBuffer, address type, address port);
WASI(sock_open_v2)(u32 family, u32 type, address result);
WASI(sock_bind_v2)(u32 fd, address addressBuffer, u32 port);
WASI(sock_listen_v2)(u32 fd, u32 backlog);
WASI(sock_connect_v2)(u32 fd, address addressBuffer, u32 port);
WASI(sock_recv_v2)(u32 fd, address vectors, u32 count, u32 flags, address result, address outFlags);
WASI(sock_send_v2)(u32 fd, address vectors, u32 count, u32 flags, address result);
WASI(sock_getlocaladdr_v2)(u32 fd, address addressBuffer, address port);
WASI(sock_getpeeraddr_v2)(u32 fd, address addressBuffer, address port);

#define WASI_AS(name, as) __attribute__((import_module("wasi_snapshot_preview1"), import_name(#name))) u32 as

/* The first form of accepting, which is not the standard's. */
WASI_AS(sock_accept, sock_accept_v1)(u32 fd, address result);
/* The second form by the plain name: what WasmEdge falls back to when it links. */
WASI_AS(sock_getlocaladdr, sock_getlocaladdr_fallback)(u32 fd, address addressBuffer, address port);
WASI_AS(sock_recv_from, sock_recv_from_fallback)(u32 fd, address vectors, u32 count, address addressBuffer, u32 flags,
                                                  address port, address result, address outFlags);
WASI(sock_send_to)(u32 fd, address vectors, u32 count, address addressBuffer, u32 port, u32 flags, address result);

/* 127.0.0.1 in the first form and in the second. */
static u8 loopback[] = {127, 0, 0, 1};
static u8 loopback2[128] = {INET4, 0, 127, 0, 0, 1};

#define BUFFER(bytes) AT(&((addressBuffer){AT(bytes), sizeof(bytes)}))

static u32 toNumber(const char *text) {
  u32 number = 0;
  for (; *text >= '0' && *text <= '9'; text++) number = number * 10 + (u32)(*text - '0');
  return number;
}

static void printLine(const char *what, u64 number) {
  print(what);
  print(" ");
  printNumber(number);
  print("\n");
  flush();
}

#endif

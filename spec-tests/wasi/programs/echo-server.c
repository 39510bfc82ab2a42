/*
 * Listens on a port of the loopback address that the system chooses, tells it, and sends back whatever comes on as many connections
 * as its argument says, one after another; each until its client has ended. With the functions' first form; with -DSTANDARD with
 * the standard's own functions, which link to the second form by their types.
 */
#include "sockets.h"

static u8 bytes[10000];

static u32 accept_(u32 listener) {
  u32 fd;
#ifdef STANDARD
  MUST(sock_accept(listener, 0, AT(&fd)));
#else
  MUST(sock_accept_v1(listener, AT(&fd)));
#endif
  return fd;
}

static u32 portOf(u32 fd) {
  u32 port;
#ifdef STANDARD
  u8 host[128] = {0};
  MUST(sock_getlocaladdr_fallback(fd, BUFFER(host), AT(&port)));
  if (memcmp(host, loopback2, 6) != 0) __builtin_trap();
#else
  u8 host[4];
  u32 type;
  MUST(sock_getlocaladdr(fd, BUFFER(host), AT(&type), AT(&port)));
  if (type != 4 || memcmp(host, loopback, 4) != 0) __builtin_trap();
#endif
  return port;
}

static u64 serve(u32 fd) {
  u64 total = 0;
  for (;;) {
    vector all = {AT(bytes), sizeof bytes};
    u32 count, sent;
    u16 flags;
    MUST(sock_recv(fd, AT(&all), 1, 0, AT(&count), AT(&flags)));
    if (count == 0) break;
    vector received = {AT(bytes), count};
    MUST(sock_send(fd, AT(&received), 1, 0, AT(&sent)));
    if (sent != count) __builtin_trap();
    total += count;
  }
  MUST(sock_shutdown(fd, 2));
  MUST(fd_close(fd));
  return total;
}

int main(int count, char **arguments) {
  if (count != 2) return 99;
  u32 listener;
  MUST(sock_open(INET4, STREAM, AT(&listener)));
  MUST(sock_bind(listener, BUFFER(loopback), 0));
  MUST(sock_listen(listener, 8));
  printLine("listening", portOf(listener));
  for (u32 connections = toNumber(arguments[1]); connections > 0; connections--) {
    u32 fd = accept_(listener);
    printLine("served", serve(fd));
  }
  return 0;
}

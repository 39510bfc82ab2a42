/*
 * Connects to a port of the loopback address and sends as many bytes as its second argument says, while it reads what comes back, which
 * has to be the same: with the functions' second form, on a socket that does not block, waiting by poll_oneoff for what can be
 * done, but no longer than a minute.
 */
#include "sockets.h"

static u8 outgoing[20000];
static u8 incoming[20000];

static u8 byteAt(u64 place) { return (u8)(place * 7 + place / 251); }

static __wasi_subscription_t readiness(u8 tag, u32 fd) {
  __wasi_subscription_t subscription = {.userdata = tag, .u.tag = tag};
  subscription.u.u.fd_read.file_descriptor = fd;
  return subscription;
}

/* Which of reading and writing is possible, waiting for either. */
static void wait(u32 fd, bool writing, bool *readable, bool *writable) {
  __wasi_subscription_t subscriptions[3] = {{.u.tag = __WASI_EVENTTYPE_CLOCK}};
  subscriptions[0].u.u.clock.id = 1;
  subscriptions[0].u.u.clock.timeout = 60000000000;
  subscriptions[1] = readiness(__WASI_EVENTTYPE_FD_READ, fd);
  subscriptions[2] = readiness(__WASI_EVENTTYPE_FD_WRITE, fd);
  __wasi_event_t events[3];
  u32 count;
  MUST(poll_oneoff(AT(subscriptions), AT(events), writing ? 3 : 2, AT(&count)));
  *readable = *writable = false;
  for (u32 i = 0; i < count; i++) {
    if (events[i].error != 0 || events[i].type == __WASI_EVENTTYPE_CLOCK) __builtin_trap();
    if (events[i].type == __WASI_EVENTTYPE_FD_READ) *readable = true;
    else *writable = true;
  }
}

int main(int count, char **arguments) {
  if (count != 3) return 99;
  u32 port = toNumber(arguments[1]);
  u64 total = toNumber(arguments[2]), sent = 0, received = 0;
  u32 fd, peerPort;
  u8 peer[128] = {0};
  MUST(sock_open_v2(INET4, STREAM, AT(&fd)));
  MUST(sock_connect_v2(fd, BUFFER(loopback2), port));
  MUST(sock_getpeeraddr_v2(fd, BUFFER(peer), AT(&peerPort)));
  if (peerPort != port || memcmp(peer, loopback2, 6) != 0) return 1;
  MUST(fd_fdstat_set_flags(fd, NONBLOCK));

  bool ended = false, saidAll = false;
  while (!ended) {
    bool readable, writable;
    if (sent == total && !saidAll) {
      MUST(sock_shutdown(fd, 2));
      saidAll = true;
    }
    wait(fd, sent < total, &readable, &writable);
    if (writable) {
      u32 length = 0, done;
      for (; length < sizeof outgoing && sent + length < total; length++) outgoing[length] = byteAt(sent + length);
      vector all = {AT(outgoing), length};
      u32 errno = sock_send_v2(fd, AT(&all), 1, 0, AT(&done));
      if (errno != __WASI_ERRNO_AGAIN) {
        must(errno, "sending");
        sent += done;
      }
    }
    if (readable) {
      vector all = {AT(incoming), sizeof incoming};
      u32 length;
      u16 flags;
      MUST(sock_recv_v2(fd, AT(&all), 1, 0, AT(&length), AT(&flags)));
      for (u32 i = 0; i < length; i++)
        if (incoming[i] != byteAt(received + i)) return 2;
      received += length;
      ended = length == 0;
    }
  }
  printLine("echoed", received);
  MUST(fd_close(fd));
  return received == total ? 0 : 3;
}

/* Datagrams between two sockets of one program: sending to addresses, and who sent what, by the plain name with the second type. */
#include "sockets.h"

static u32 bound(u32 *fd) {
  u8 host[4];
  u32 type, port;
  MUST(sock_open(INET4, DGRAM, AT(fd)));
  MUST(sock_bind(*fd, BUFFER(loopback), 0));
  MUST(sock_getlocaladdr(*fd, BUFFER(host), AT(&type), AT(&port)));
  return port;
}

int main(void) {
  u32 a, b, count, port;
  u16 flags;
  u8 from[128] = {0}, bytes[16] = {0};
  vector text = {AT("datagram"), 8}, room = {AT(bytes), 16}, little = {AT(bytes), 4};
  u32 portA = bound(&a), portB = bound(&b);

  CALL(SUCCESS, "to the other one", sock_send_to, a, AT(&text), 1, BUFFER(loopback), portB, 0, AT(&count));
  THAT("all of it went", count == 8);
  CALL(SUCCESS, "what was sent", sock_recv_from_fallback, b, AT(&room), 1, BUFFER(from), 0, AT(&port), AT(&count), AT(&flags));
  THAT("it came whole", count == 8 && memcmp(bytes, "datagram", 8) == 0 && flags == 0);
  THAT("and from where it came is told", port == portA && memcmp(from, loopback2, 6) == 0);
  CALL(SUCCESS, "back", sock_send_to, b, AT(&text), 1, BUFFER(loopback), portA, 0, AT(&count));
  CALL(SUCCESS, "into too little room", sock_recv, a, AT(&little), 1, 0, AT(&count), AT(&flags));
  THAT("it is cut off, and said to be", count == 4 && flags == 1);
  CALL(SUCCESS, "nothing at all", sock_send_to, a, AT(&text), 0, BUFFER(loopback), portB, 0, AT(&count));
  CALL(SUCCESS, "nothing at all", sock_recv, b, AT(&room), 1, 0, AT(&count), AT(&flags));
  THAT("nothing came", count == 0);
  CALL(SUCCESS, "the first", fd_close, a);
  CALL(SUCCESS, "the second", fd_close, b);
  return done();
}

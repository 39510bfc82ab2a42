/* The four functions of sockets on what is none, and with bad pointers. What they do on sockets, the echo programs show. */
#include "check.h"

int main(void) {
  char bytes[8];
  struct { address buffer; u32 length; } one = {AT(bytes), sizeof bytes}, outside = {OUTSIDE, 1};
  u32 count;
  u16 flags;
  u32 file = openFile("file");

  CALL(NOTSOCK, "a file", sock_accept, file, 0, AT(&count));
  CALL(NOTSOCK, "standard input", sock_accept, 0, 0, AT(&count));
  CALL(NOTSOCK, "a directory", sock_accept, ROOT, NONBLOCK, AT(&count));
  CALL(BADF, "a number that nothing has", sock_accept, UNUSED, 0, AT(&count));
  CALL(INVAL, "an unknown flag", sock_accept, file, 32, AT(&count));
  CALL(FAULT, "the result outside", sock_accept, file, 0, OUTSIDE);

  CALL(NOTSOCK, "a file", sock_recv, file, AT(&one), 1, 0, AT(&count), AT(&flags));
  CALL(BADF, "a number that nothing has", sock_recv, UNUSED, AT(&one), 1, 0, AT(&count), AT(&flags));
  CALL(INVAL, "an unknown flag", sock_recv, file, AT(&one), 1, 4, AT(&count), AT(&flags));
  CALL(INVAL, "too many buffers", sock_recv, file, AT(&one), 1025, 0, AT(&count), AT(&flags));
  CALL(FAULT, "buffers outside", sock_recv, file, OUTSIDE, 1, 0, AT(&count), AT(&flags));
  CALL(FAULT, "a buffer outside", sock_recv, file, AT(&outside), 1, 0, AT(&count), AT(&flags));
  CALL(FAULT, "the count outside", sock_recv, file, AT(&one), 1, 0, OUTSIDE, AT(&flags));
  CALL(FAULT, "the flags outside", sock_recv, file, AT(&one), 1, 0, AT(&count), OUTSIDE);

  CALL(NOTSOCK, "standard output", sock_send, 1, AT(&one), 1, 0, AT(&count));
  CALL(BADF, "a number that nothing has", sock_send, UNUSED, AT(&one), 1, 0, AT(&count));
  CALL(INVAL, "a flag, of which there is none", sock_send, file, AT(&one), 1, 1, AT(&count));
  CALL(INVAL, "too many buffers", sock_send, file, AT(&one), 1025, 0, AT(&count));
  CALL(FAULT, "buffers outside", sock_send, file, OUTSIDE, 1, 0, AT(&count));
  CALL(FAULT, "a buffer outside", sock_send, file, AT(&outside), 1, 0, AT(&count));
  CALL(FAULT, "the count outside", sock_send, file, AT(&one), 1, 0, OUTSIDE);

  CALL(NOTSOCK, "a file", sock_shutdown, file, 3);
  CALL(BADF, "a number that nothing has", sock_shutdown, UNUSED, 3);
  CALL(INVAL, "an unknown direction", sock_shutdown, file, 4);

  MUST(fd_close(file));
  unlinkFile("file");
  return done();
}

/*
 * Polls standard input together with a clock of 20 milliseconds, tells what came of it, and reads what there is, up to the end. That
 * nothing has come is told once, however often it is.
 */
#include "check.h"

static char bytes[64];

int main(void) {
  bool told = false;
  for (;;) {
    __wasi_subscription_t subscriptions[2] = {
        {.userdata = 1, .u.tag = __WASI_EVENTTYPE_FD_READ, .u.u.fd_read.file_descriptor = 0},
        {.userdata = 2, .u.tag = __WASI_EVENTTYPE_CLOCK, .u.u.clock.id = 1, .u.u.clock.timeout = 20000000},
    };
    __wasi_event_t events[2];
    u32 count;
    MUST(poll_oneoff(AT(subscriptions), AT(events), 2, AT(&count)));
    if (events[0].error != 0) return 1;
    if (events[0].userdata == 2) {
      if (!told) print("nothing yet\n");
      told = true;
      flush();
      continue;
    }
    told = false;
    struct { address buffer; u32 length; } vector = {AT(bytes), sizeof bytes - 1};
    u32 length;
    MUST(fd_read(0, AT(&vector), 1, AT(&length)));
    if (length == 0) break;
    bytes[length] = 0;
    print("read ");
    print(bytes);
    flush();
  }
  print("the end\n");
  return done();
}

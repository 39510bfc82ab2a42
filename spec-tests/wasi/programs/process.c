/* Arguments and environment, clocks, randomness, signals, and waiting for what is not a file. */
#include "check.h"

static bool isText(address at, const char *text) { return strcmp((const char *)(uintptr_t)at, text) == 0; }

/* The test gives the arguments "process", "one", "", "zwei ✓" and the environment A=1, EMPTY=, NAME=ä. */
static void arguments(void) {
  u32 count = 0, size = 0;
  address pointers[8];
  char buffer[64];

  CALL(SUCCESS, "four of them", args_sizes_get, AT(&count), AT(&size));
  THAT("they are counted with their ends", count == 4 && size == 8 + 4 + 1 + 9);
  CALL(FAULT, "the count outside", args_sizes_get, OUTSIDE, AT(&size));
  CALL(FAULT, "the size outside", args_sizes_get, AT(&count), OUTSIDE);
  CALL(SUCCESS, "all of them", args_get, AT(pointers), AT(buffer));
  THAT("they stand one behind another", pointers[0] == AT(buffer) && pointers[1] == pointers[0] + 8 &&
       pointers[2] == pointers[1] + 4 && pointers[3] == pointers[2] + 1);
  THAT("they are what was given", isText(pointers[0], "process") && isText(pointers[1], "one") &&
       isText(pointers[2], "") && isText(pointers[3], "zwei ✓"));
  memset(buffer, 'x', sizeof buffer);
  CALL(FAULT, "the pointers outside", args_get, OUTSIDE, AT(buffer));
  CALL(FAULT, "the texts outside", args_get, AT(pointers), OUTSIDE);
  u32 end = __builtin_wasm_memory_size(0) * 65536;
  CALL(FAULT, "the last text half outside", args_get, AT(pointers), end - 21);
  THAT("what failed has written nothing", buffer[0] == 'x' && isText(pointers[0], "xxx") == false);

  CALL(SUCCESS, "three of them", environ_sizes_get, AT(&count), AT(&size));
  THAT("they are counted with their ends", count == 3 && size == 4 + 7 + 8);
  CALL(FAULT, "the count outside", environ_sizes_get, OUTSIDE, AT(&size));
  CALL(FAULT, "the size outside", environ_sizes_get, AT(&count), OUTSIDE);
  CALL(SUCCESS, "all of them", environ_get, AT(pointers), AT(buffer));
  THAT("they are what was given",
       isText(pointers[0], "A=1") && isText(pointers[1], "EMPTY=") && isText(pointers[2], "NAME=ä"));
  CALL(FAULT, "the pointers outside", environ_get, OUTSIDE, AT(buffer));
  CALL(FAULT, "the texts outside", environ_get, AT(pointers), OUTSIDE);
}

static void clocks(void) {
  u64 time = 0, later, resolution;
  for (u32 id = 0; id < 4; id++) {
    resolution = 0;
    CALL(SUCCESS, "each clock", clock_res_get, id, AT(&resolution));
    THAT("it is more than nothing, and not more than a tenth of a second", resolution > 0 && resolution <= 100000000);
    CALL(SUCCESS, "each clock", clock_time_get, id, 0, AT(&time));
    CALL(SUCCESS, "the clock again, as exact as can be", clock_time_get, id, 1, AT(&later));
    THAT("it does not go back", later >= time && (id > 1 || later - time < 60000000000));
  }
  MUST(clock_time_get(0, 0, AT(&time)));
  THAT("the real time is one of this century", time > 1600000000000000000 && time < 4102444800000000000);
  CALL(INVAL, "a clock that there is not", clock_res_get, 4, AT(&resolution));
  CALL(INVAL, "a clock that there is not", clock_time_get, 4, 0, AT(&time));
  CALL(FAULT, "the result outside", clock_res_get, 0, OUTSIDE);
  CALL(FAULT, "the result outside", clock_time_get, 0, 0, OUTSIDE);
}

static u8 random_[300000];

static void randomness(void) {
  CALL(SUCCESS, "no bytes at any address", random_get, OUTSIDE, 0);
  CALL(SUCCESS, "one byte", random_get, AT(random_), 1);
  THAT("the next one is left alone", random_[1] == 0);
  CALL(SUCCESS, "more bytes than hosts give at once", random_get, AT(random_), sizeof random_);
  u32 seen[256] = {0};
  for (u32 i = 0; i < sizeof random_; i++) seen[random_[i]]++;
  bool even = true;
  /* 1172 are expected of each; 12 standard deviations away nothing is. */
  for (u32 i = 0; i < 256; i++) even = even && seen[i] > 760 && seen[i] < 1590;
  THAT("each value comes about as often as another", even);
  THAT("the parts are not alike", memcmp(random_, random_ + 65536, 65536) != 0);
  CALL(FAULT, "bytes outside", random_get, OUTSIDE, 1);
  CALL(FAULT, "bytes of which the first are inside", random_get, AT(random_), 0x7fffffff);
}

/* wasi-libc has no names for them. */
enum { NONE = 0, CHLD = 16, CONT = 17, STOP = 18, TSTP = 19, SYS = 30 };

static void signals(void) {
  CALL(SUCCESS, "no signal", proc_raise, NONE);
  CALL(SUCCESS, "one that nothing is done about", proc_raise, CHLD);
  CALL(SUCCESS, "one that continues what runs", proc_raise, CONT);
  CALL(NOTSUP, "one that stops", proc_raise, STOP);
  CALL(NOTSUP, "one that stops a terminal's program", proc_raise, TSTP);
  CALL(INVAL, "a signal that there is not", proc_raise, SYS + 1);
  CALL(SUCCESS, "at any time", sched_yield);
}

static __wasi_subscription_t clock(u64 userdata, u32 id, u64 timeout, u16 flags) {
  __wasi_subscription_t subscription = {.userdata = userdata, .u.tag = __WASI_EVENTTYPE_CLOCK};
  subscription.u.u.clock.id = id;
  subscription.u.u.clock.timeout = timeout;
  subscription.u.u.clock.flags = flags;
  return subscription;
}

static __wasi_subscription_t readiness(u64 userdata, u8 tag, u32 fd) {
  __wasi_subscription_t subscription = {.userdata = userdata, .u.tag = tag};
  subscription.u.u.fd_read.file_descriptor = fd;
  return subscription;
}

static void waiting(void) {
  __wasi_subscription_t subscriptions[4];
  __wasi_event_t events[4];
  u32 count = 0;
  u64 before, after;

  MUST(clock_time_get(1, 0, AT(&before)));
  subscriptions[0] = clock(7, 1, 20000000, 0);
  CALL(SUCCESS, "a clock", poll_oneoff, AT(subscriptions), AT(events), 1, AT(&count));
  MUST(clock_time_get(1, 0, AT(&after)));
  THAT("it has been waited for", after - before >= 20000000);
  THAT("it is told", count == 1 && events[0].userdata == 7 && events[0].error == 0 && events[0].type == 0);

  subscriptions[0] = clock(1, 1, 3600000000000, 0);
  subscriptions[1] = clock(2, 0, 1, 1);
  CALL(SUCCESS, "a clock that is late, and one that would take an hour", poll_oneoff, AT(subscriptions), AT(events), 2,
       AT(&count));
  THAT("the late one is told", count == 1 && events[0].userdata == 2);

  subscriptions[1] = readiness(3, __WASI_EVENTTYPE_FD_READ, 0);
  subscriptions[2] = readiness(4, __WASI_EVENTTYPE_FD_WRITE, 1);
  CALL(SUCCESS, "what was typed, and room", poll_oneoff, AT(subscriptions), AT(events), 3, AT(&count));
  THAT("both are told", count == 2 && events[0].userdata == 3 && events[0].error == 0 &&
       events[0].fd_readwrite.nbytes == 15 && events[1].userdata == 4 && events[1].error == 0);

  subscriptions[0] = readiness(1, __WASI_EVENTTYPE_FD_READ, UNUSED);
  subscriptions[1] = readiness(2, __WASI_EVENTTYPE_FD_READ, ROOT);
  subscriptions[2] = clock(3, 9, 1, 0);
  subscriptions[3] = clock(4, 1, 3600000000000, 0);
  CALL(SUCCESS, "what is wrong, with a clock", poll_oneoff, AT(subscriptions), AT(events), 4, AT(&count));
  THAT("what is wrong is told at once", count == 3);
  THAT("of a number that nothing has it is BADF", events[0].userdata == 1 && events[0].error == __WASI_ERRNO_BADF);
  THAT("of what may not be polled it is NOTCAPABLE", events[1].error == __WASI_ERRNO_NOTCAPABLE);
  THAT("of a clock that there is not it is INVAL", events[2].error == __WASI_ERRNO_INVAL && events[2].type == 0);

  CALL(INVAL, "nothing at all", poll_oneoff, AT(subscriptions), AT(events), 0, AT(&count));
  CALL(FAULT, "subscriptions outside", poll_oneoff, OUTSIDE, AT(events), 1, AT(&count));
  CALL(FAULT, "events outside", poll_oneoff, AT(subscriptions), OUTSIDE, 1, AT(&count));
  CALL(FAULT, "the count outside", poll_oneoff, AT(subscriptions), AT(events), 1, OUTSIDE);
  CALL(FAULT, "more than there is memory", poll_oneoff, AT(subscriptions), AT(events), 0x7fffffff, AT(&count));
}

int main(void) {
  arguments();
  clocks();
  randomness();
  signals();
  waiting();
  return done();
}

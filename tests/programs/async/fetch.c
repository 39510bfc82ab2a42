// Fetches pages in a loop and sums them up: between two requests it waits for a while and computes something. Both calls of the
// host are promises there, of which the program knows nothing.
#include <stdint.h>

#define IMPORT(name) __attribute__((import_module("host"), import_name(#name)))
#define EXPORT(name) __attribute__((export_name(#name)))

// Waits so many milliseconds.
IMPORT(sleep) void host_sleep(int32_t milliseconds);

// Requests a path, and writes up to `capacity` bytes of the answer; returns how many it has, or -1.
IMPORT(get) int32_t host_get(const char *path, int32_t length, uint8_t *answer, int32_t capacity);

static int32_t append(char *text, int32_t length, uint32_t number) {
  char digits[10];
  int32_t count = 0;
  do {
    digits[count++] = (char)('0' + number % 10);
    number /= 10;
  } while (number != 0);
  while (count > 0) text[length++] = digits[--count];
  return length;
}

static uint64_t fold(uint64_t sum, uint64_t value) {
  sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
  return sum ^ (sum >> 29);
}

// The recursion stands around the calls of the host, so that a suspended run has frames of several depths.
static uint64_t visit(uint32_t client, uint32_t round, uint32_t depth, uint64_t sum) {
  if (depth > 0) return fold(visit(client, round, depth - 1, sum), depth);
  static uint8_t answer[4096];
  char path[32] = "/";
  int32_t length = append(path, 1, client);
  path[length++] = '/';
  length = append(path, length, round);
  host_sleep((int32_t)((client + round) % 3));
  const int32_t count = host_get(path, length, answer, sizeof answer);
  if (count < 0) return fold(sum, UINT64_MAX);
  // Other runs of the same instance write to the same array: only what is read at once is ours.
  for (int32_t i = 0; i < count; i++) sum = fold(sum, answer[i]);
  return sum;
}

EXPORT(run) uint64_t run(uint32_t client, uint32_t rounds) {
  uint64_t sum = client;
  for (uint32_t round = 0; round < rounds; round++) {
    sum = visit(client, round, round % 5, sum);
    for (uint32_t i = 0; i < 1000; i++) sum = fold(sum, i);
  }
  return sum;
}

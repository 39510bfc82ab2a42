// What the programs share: types, a random number generator, and the two functions that a compiler may call by itself.
// No libc, so that a module imports nothing and holds nothing but our own code.
#ifndef WASMEDGE_TS_BENCH_FREESTANDING_H
#define WASMEDGE_TS_BENCH_FREESTANDING_H

#include <stddef.h>
#include <stdint.h>

#ifdef __wasm__
#define EXPORT(name) __attribute__((export_name(#name)))

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  uint8_t *target = to;
  const uint8_t *source = from;
  while (count-- > 0) *target++ = *source++;
  return to;
}

void *memset(void *to, int value, size_t count) {
  uint8_t *target = to;
  while (count-- > 0) *target++ = (uint8_t)value;
  return to;
}
#else
#define EXPORT(name)
#endif

#define NOINLINE __attribute__((noinline))

// Xorshift with 32 bits of state (Marsaglia 2003, triple 13, 17, 5): reproducible, and cheap beside what it feeds.
static inline uint32_t random32(uint32_t *state) {
  uint32_t x = *state;
  x ^= x << 13;
  x ^= x >> 17;
  x ^= x << 5;
  return *state = x;
}

// Takes one number into a checksum; the order of the numbers matters.
static inline uint64_t fold(uint64_t checksum, uint64_t value) {
  return (checksum ^ value) * UINT64_C(0x100000001b3);
}

// The bits of a double, for the checksums of floating-point programs.
static inline uint64_t bitsOf(double value) {
  union {
    double number;
    uint64_t bits;
  } both = {value};
  return both.bits;
}

// The entry of each program: `n` is the amount of work, 0 does next to nothing.
int64_t run(int32_t n);

#endif

// Arithmetic of 64 bits: a multiply-and-rotate hash in four lanes over a buffer of 4096 bytes, `n` times. The hash is of
// our own making; its multipliers are odd numbers from the digits of the golden ratio and of the square root of two.
#include "freestanding.h"

#define WORDS 512
#define M1 UINT64_C(0x9e3779b97f4a7c15)
#define M2 UINT64_C(0x6a09e667f3bcc909)

static uint64_t buffer[WORDS];

static inline uint64_t rotateLeft(uint64_t x, uint32_t count) { return (x << count) | (x >> (64 - count)); }

static inline uint64_t mix(uint64_t lane, uint64_t word) { return rotateLeft(lane + word * M2, 29) * M1; }

static NOINLINE uint64_t hash(uint64_t seed) {
  uint64_t a = seed + M1, b = seed ^ M2, c = seed, d = seed - M1;
  for (uint32_t i = 0; i < WORDS; i += 4) {
    a = mix(a, buffer[i]);
    b = mix(b, buffer[i + 1]);
    c = mix(c, buffer[i + 2]);
    d = mix(d, buffer[i + 3]);
  }
  uint64_t h = rotateLeft(a, 1) + rotateLeft(b, 7) + rotateLeft(c, 12) + rotateLeft(d, 18);
  h ^= h >> 33;
  h *= M2;
  h ^= h >> 29;
  h *= M1;
  return h ^ (h >> 32);
}

EXPORT(run) int64_t run(int32_t n) {
  uint32_t seed = 88675123u;
  for (uint32_t i = 0; i < WORDS; i++) buffer[i] = (uint64_t)random32(&seed) << 32 | random32(&seed);
  uint64_t h = 0;
  for (int32_t round = 0; round < n; round++) {
    h = hash(h + (uint64_t)round);
    buffer[round % WORDS] ^= h;
  }
  return (int64_t)h;
}

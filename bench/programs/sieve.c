// Byte stores and loads in tight loops: `n` times the sieve of Eratosthenes, each time a little longer.
#include "freestanding.h"

#define LIMIT 200000

static uint8_t composite[LIMIT];

static uint32_t primesBelow(uint32_t limit) {
  for (uint32_t i = 0; i < limit; i++) composite[i] = 0;
  uint32_t count = 0;
  for (uint32_t i = 2; i < limit; i++) {
    if (composite[i]) continue;
    count++;
    for (uint32_t k = 2 * i; k < limit; k += i) composite[k] = 1;
  }
  return count;
}

EXPORT(run) int64_t run(int32_t n) {
  uint64_t checksum = 0;
  for (int32_t round = 0; round < n; round++) checksum = fold(checksum, primesBelow(LIMIT - 1000 + round % 1000));
  return (int64_t)checksum;
}

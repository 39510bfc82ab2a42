// The dot product of two lists of single floats, `n` times. dot-simd.c does the same with vectors.
#include "dot.h"

static NOINLINE float product(void) {
  float sums[4] = {0, 0, 0, 0};
  for (uint32_t i = 0; i < LENGTH; i += 4) {
    sums[0] += left[i] * right[i];
    sums[1] += left[i + 1] * right[i + 1];
    sums[2] += left[i + 2] * right[i + 2];
    sums[3] += left[i + 3] * right[i + 3];
  }
  return total(sums);
}

EXPORT(run) int64_t run(int32_t n) {
  fillLists();
  uint64_t checksum = 0;
  for (int32_t round = 0; round < n; round++) {
    float sum = product();
    checksum = fold(checksum, bitsOf((double)sum));
    left[(uint32_t)round % LENGTH] = sum / 1024.0f;
  }
  return (int64_t)checksum;
}

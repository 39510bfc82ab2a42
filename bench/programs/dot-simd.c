// dot.c with vectors: the four sums are the lanes of one.
#include "dot.h"
#include "vectors.h"

static NOINLINE float product(void) {
  F32x4 sums = {0, 0, 0, 0};
  for (uint32_t i = 0; i < LENGTH; i += 4) {
    sums += *(const UnalignedF32x4 *)(left + i) * *(const UnalignedF32x4 *)(right + i);
  }
  float lanes[4] = {sums[0], sums[1], sums[2], sums[3]};
  return total(lanes);
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

// Double arithmetic and indexed loads: the product of two `n` by `n` matrices, `n` up to 256.
#include "freestanding.h"

#define SIZE 256

static double a[SIZE][SIZE];
static double b[SIZE][SIZE];
static double c[SIZE][SIZE];

EXPORT(run) int64_t run(int32_t n) {
  if (n > SIZE) n = SIZE;
  uint32_t seed = 2463534242u;
  for (int32_t i = 0; i < n; i++) {
    for (int32_t j = 0; j < n; j++) {
      a[i][j] = (double)(random32(&seed) >> 8) / 16777216.0 - 0.5;
      b[i][j] = (double)(random32(&seed) >> 8) / 16777216.0 - 0.5;
    }
  }
  for (int32_t i = 0; i < n; i++) {
    for (int32_t j = 0; j < n; j++) {
      double sum = 0;
      for (int32_t k = 0; k < n; k++) sum += a[i][k] * b[k][j];
      c[i][j] = sum;
    }
  }
  uint64_t checksum = 0;
  for (int32_t i = 0; i < n; i++) {
    for (int32_t j = 0; j < n; j++) checksum = fold(checksum, bitsOf(c[i][j]));
  }
  return (int64_t)checksum;
}

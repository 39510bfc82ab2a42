// Double arithmetic in registers with a data-dependent exit: the Mandelbrot set on `n` by `n` points.
#include "freestanding.h"

#define ITERATIONS 200

static uint32_t escapeTime(double cr, double ci) {
  double zr = 0, zi = 0;
  uint32_t i = 0;
  for (; i < ITERATIONS; i++) {
    double rr = zr * zr, ii = zi * zi;
    if (rr + ii > 4.0) break;
    zi = 2.0 * zr * zi + ci;
    zr = rr - ii + cr;
  }
  return i;
}

EXPORT(run) int64_t run(int32_t n) {
  uint64_t checksum = 0;
  for (int32_t y = 0; y < n; y++) {
    for (int32_t x = 0; x < n; x++) {
      checksum = fold(checksum, escapeTime(3.0 * x / n - 2.25, 3.0 * y / n - 1.5));
    }
  }
  return (int64_t)checksum;
}

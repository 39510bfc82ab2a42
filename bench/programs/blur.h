// What both forms of the blur share: a grey picture, and its checksum.
#ifndef WASMEDGE_TS_BENCH_BLUR_H
#define WASMEDGE_TS_BENCH_BLUR_H

#include "freestanding.h"

#define WIDTH 256
#define HEIGHT 128

// The weights are 1 2 1 of 4, first along the rows, then along the columns; a sum is cut off, not rounded. The border stays.
static uint8_t picture[HEIGHT * WIDTH];
static uint8_t between[HEIGHT * WIDTH];

static void draw(void) {
  uint32_t seed = 2463534242u;
  for (uint32_t i = 0; i < HEIGHT * WIDTH; i++) picture[i] = (uint8_t)(random32(&seed) >> 7);
}

static uint64_t checksumOfPicture(void) {
  uint64_t checksum = 0;
  for (uint32_t i = 0; i < HEIGHT * WIDTH; i += 97) checksum = fold(checksum, picture[i]);
  return checksum;
}

#endif

// What both forms of the dot product share: two lists of numbers that no rounding order leaves alone.
#ifndef WASMEDGE_TS_BENCH_DOT_H
#define WASMEDGE_TS_BENCH_DOT_H

#include "freestanding.h"

#define LENGTH 4096

static float left[LENGTH];
static float right[LENGTH];

static void fillLists(void) {
  uint32_t seed = 2463534242u;
  for (uint32_t i = 0; i < LENGTH; i++) {
    left[i] = (float)(random32(&seed) >> 8) / 16777216.0f;
    right[i] = (float)(random32(&seed) >> 8) / 16777216.0f - 0.5f;
  }
}

// Four sums go on side by side in both forms, so that both round alike.
static inline float total(const float sums[4]) { return (sums[0] + sums[1]) + (sums[2] + sums[3]); }

#endif

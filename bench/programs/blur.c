// Bytes side by side, one at a time: blurs a grey picture `n` times. blur-simd.c does the same with vectors.
#include "blur.h"

static NOINLINE void blurRows(void) {
  for (uint32_t i = 1; i < HEIGHT * WIDTH - 1; i++) {
    between[i] = (uint8_t)((picture[i - 1] + 2 * picture[i] + picture[i + 1]) >> 2);
  }
}

static NOINLINE void blurColumns(void) {
  for (uint32_t i = WIDTH; i < (HEIGHT - 1) * WIDTH; i++) {
    picture[i] = (uint8_t)((between[i - WIDTH] + 2 * between[i] + between[i + WIDTH]) >> 2);
  }
}

EXPORT(run) int64_t run(int32_t n) {
  draw();
  for (int32_t round = 0; round < n; round++) {
    blurRows();
    blurColumns();
    picture[(uint32_t)round % (HEIGHT * WIDTH)] ^= 0xff;
  }
  return (int64_t)checksumOfPicture();
}

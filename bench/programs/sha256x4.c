// SHA-256's compression (FIPS 180-4) of `n` blocks of four messages, one after the other. sha256x4-simd.c does the same with
// vectors.
#include "sha256x4.h"

static uint32_t state[8][4];

static inline uint32_t rotateRight(uint32_t x, uint32_t count) { return (x >> count) | (x << (32 - count)); }

static NOINLINE void compress(uint32_t k) {
  uint32_t w[64];
  for (int t = 0; t < 16; t++) w[t] = message[t][k];
  for (int t = 16; t < 64; t++) {
    uint32_t s0 = rotateRight(w[t - 15], 7) ^ rotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
    uint32_t s1 = rotateRight(w[t - 2], 17) ^ rotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  uint32_t a = state[0][k], b = state[1][k], c = state[2][k], d = state[3][k];
  uint32_t e = state[4][k], f = state[5][k], g = state[6][k], h = state[7][k];
  for (int t = 0; t < 64; t++) {
    uint32_t sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    uint32_t t1 = h + sum1 + ((e & f) ^ (~e & g)) + K[t] + w[t];
    uint32_t sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    uint32_t t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0][k] += a, state[1][k] += b, state[2][k] += c, state[3][k] += d;
  state[4][k] += e, state[5][k] += f, state[6][k] += g, state[7][k] += h;
}

EXPORT(run) int64_t run(int32_t n) {
  for (int i = 0; i < 8; i++) {
    for (int k = 0; k < 4; k++) state[i][k] = INITIAL[i];
  }
  for (int32_t block = 0; block < n; block++) {
    nextBlock((uint32_t)block);
    for (uint32_t k = 0; k < 4; k++) compress(k);
  }
  uint64_t checksum = 0;
  for (int k = 0; k < 4; k++) checksum = fold(checksum, (uint64_t)state[0][k] << 32 | state[7][k]);
  return (int64_t)checksum;
}

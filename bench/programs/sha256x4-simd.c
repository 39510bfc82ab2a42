// sha256x4.c with vectors: a lane for each message.
#include "sha256x4.h"
#include "vectors.h"

static U32x4 state[8];

static inline U32x4 rotateRight(U32x4 x, uint32_t count) { return (x >> count) | (x << (32 - count)); }

static NOINLINE void compress(void) {
  U32x4 w[64];
  for (int t = 0; t < 16; t++) w[t] = *(const UnalignedU32x4 *)message[t];
  for (int t = 16; t < 64; t++) {
    U32x4 s0 = rotateRight(w[t - 15], 7) ^ rotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
    U32x4 s1 = rotateRight(w[t - 2], 17) ^ rotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
    w[t] = w[t - 16] + s0 + w[t - 7] + s1;
  }
  U32x4 a = state[0], b = state[1], c = state[2], d = state[3];
  U32x4 e = state[4], f = state[5], g = state[6], h = state[7];
  for (int t = 0; t < 64; t++) {
    U32x4 sum1 = rotateRight(e, 6) ^ rotateRight(e, 11) ^ rotateRight(e, 25);
    U32x4 t1 = h + sum1 + ((e & f) ^ (~e & g)) + K[t] + w[t];
    U32x4 sum0 = rotateRight(a, 2) ^ rotateRight(a, 13) ^ rotateRight(a, 22);
    U32x4 t2 = sum0 + ((a & b) ^ (a & c) ^ (b & c));
    h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
  }
  state[0] += a, state[1] += b, state[2] += c, state[3] += d;
  state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}

EXPORT(run) int64_t run(int32_t n) {
  for (int i = 0; i < 8; i++) state[i] = (U32x4){INITIAL[i], INITIAL[i], INITIAL[i], INITIAL[i]};
  for (int32_t block = 0; block < n; block++) {
    nextBlock((uint32_t)block);
    compress();
  }
  uint64_t checksum = 0;
  for (int k = 0; k < 4; k++) checksum = fold(checksum, (uint64_t)state[0][k] << 32 | state[7][k]);
  return (int64_t)checksum;
}

// Vectors of 128 bits as both clang for WebAssembly and gcc for the host understand them.
#ifndef WASMEDGE_TS_BENCH_VECTORS_H
#define WASMEDGE_TS_BENCH_VECTORS_H

#include "freestanding.h"

typedef uint8_t U8x8 __attribute__((vector_size(8)));
typedef uint8_t U8x16 __attribute__((vector_size(16)));
typedef uint16_t U16x8 __attribute__((vector_size(16)));
typedef uint32_t U32x4 __attribute__((vector_size(16)));
typedef float F32x4 __attribute__((vector_size(16)));

// In memory, at any address.
typedef U8x8 UnalignedU8x8 __attribute__((aligned(1), may_alias));
typedef U8x16 UnalignedU8x16 __attribute__((aligned(1), may_alias));
typedef U32x4 UnalignedU32x4 __attribute__((aligned(4), may_alias));
typedef F32x4 UnalignedF32x4 __attribute__((aligned(4), may_alias));

#endif

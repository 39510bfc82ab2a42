// Indirect calls and recursion: `n` times quicksort of 4096 records through a comparison function.
#include "freestanding.h"

#define COUNT 4096

typedef struct {
  uint32_t key;
  int32_t weight;
} Record;

typedef int Comparison(const Record *, const Record *);

static Record records[COUNT];

static int byKey(const Record *a, const Record *b) { return (a->key > b->key) - (a->key < b->key); }

static int byWeight(const Record *a, const Record *b) {
  return a->weight != b->weight ? (a->weight > b->weight) - (a->weight < b->weight) : byKey(a, b);
}

static int byLowBits(const Record *a, const Record *b) {
  int32_t difference = (int32_t)(a->key & 0xffff) - (int32_t)(b->key & 0xffff);
  return difference != 0 ? difference : byKey(a, b);
}

// Volatile, so that the compiler cannot make direct calls of them.
static Comparison *volatile const comparisons[] = {byKey, byWeight, byLowBits};

static inline void swap(Record *a, Record *b) {
  Record old = *a;
  *a = *b;
  *b = old;
}

static void quicksort(Record *from, Record *to, Comparison *compare) {
  while (to - from > 8) {
    Record pivot = from[(to - from) / 2];
    Record *low = from, *high = to - 1;
    while (low <= high) {
      while (compare(low, &pivot) < 0) low++;
      while (compare(high, &pivot) > 0) high--;
      if (low <= high) swap(low++, high--);
    }
    if (high - from < to - low) {
      quicksort(from, high + 1, compare);
      from = low;
    } else {
      quicksort(low, to, compare);
      to = high + 1;
    }
  }
  for (Record *i = from + 1; i < to; i++) {
    for (Record *k = i; k > from && compare(k - 1, k) > 0; k--) swap(k - 1, k);
  }
}

EXPORT(run) int64_t run(int32_t n) {
  uint32_t seed = 362436069u;
  uint64_t checksum = 0;
  for (int32_t round = 0; round < n; round++) {
    for (int i = 0; i < COUNT; i++) {
      records[i].key = random32(&seed);
      records[i].weight = (int32_t)(random32(&seed) % 1000) - 500;
    }
    quicksort(records, records + COUNT, comparisons[round % 3]);
    for (int i = 0; i < COUNT; i += 64) checksum = fold(checksum, records[i].key);
  }
  return (int64_t)checksum;
}

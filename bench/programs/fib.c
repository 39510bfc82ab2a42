// Recursive calls: the Fibonacci number of `n`, the slow way.
#include "freestanding.h"

static NOINLINE int32_t fib(int32_t n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

EXPORT(run) int64_t run(int32_t n) { return fib(n); }

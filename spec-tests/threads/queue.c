// Producers and consumers on a queue of few places, with a mutex and condition variables made of wait and notify.
//
// No libc and no thread library: what a thread is the host decides (worker.ts). Each thread has a stack and thread-local
// variables of its own, which the host gives it.

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(#name)))

// --- Futex: https://github.com/WebAssembly/threads/blob/main/proposals/threads/Overview.md#wait-and-notify-operators ---

static void futexWait(_Atomic int *word, int expected) {
  __builtin_wasm_memory_atomic_wait32((int *)word, expected, -1);
}

static void futexWake(_Atomic int *word, int count) { __builtin_wasm_memory_atomic_notify((int *)word, count); }

// --- Mutex: 0 free, 1 taken, 2 taken and somebody may wait (Drepper, Futexes Are Tricky) ---

typedef struct {
  _Atomic int state;
} Mutex;

static void lock(Mutex *mutex) {
  int seen = 0;
  if (atomic_compare_exchange_strong(&mutex->state, &seen, 1)) return;
  if (seen != 2) seen = atomic_exchange(&mutex->state, 2);
  while (seen != 0) {
    futexWait(&mutex->state, 2);
    seen = atomic_exchange(&mutex->state, 2);
  }
}

static void unlock(Mutex *mutex) {
  if (atomic_fetch_sub(&mutex->state, 1) == 1) return;
  atomic_store(&mutex->state, 0);
  futexWake(&mutex->state, 1);
}

// --- Condition variable: the word changes at each signal ---

typedef struct {
  _Atomic int turn;
} Condition;

static void waitFor(Condition *condition, Mutex *mutex) {
  int turn = atomic_load(&condition->turn);
  unlock(mutex);
  futexWait(&condition->turn, turn);
  lock(mutex);
}

static void signalOne(Condition *condition) {
  atomic_fetch_add(&condition->turn, 1);
  futexWake(&condition->turn, 1);
}

static void signalAll(Condition *condition) {
  atomic_fetch_add(&condition->turn, 1);
  futexWake(&condition->turn, -1);
}

// --- The queue ---

#define PLACES 4

static struct {
  Mutex mutex;
  Condition notEmpty;
  Condition notFull;
  // Plain variables: the mutex guards them.
  uint32_t items[PLACES];
  int first;
  int count;
  int open;
} queue = {.open = 1};

static void put(uint32_t item) {
  lock(&queue.mutex);
  while (queue.count == PLACES) waitFor(&queue.notFull, &queue.mutex);
  queue.items[(queue.first + queue.count) % PLACES] = item;
  queue.count++;
  unlock(&queue.mutex);
  signalOne(&queue.notEmpty);
}

// 0 where the queue is closed and empty.
static int take(uint32_t *item) {
  lock(&queue.mutex);
  while (queue.count == 0 && queue.open) waitFor(&queue.notEmpty, &queue.mutex);
  int found = queue.count > 0;
  if (found) {
    *item = queue.items[queue.first];
    queue.first = (queue.first + 1) % PLACES;
    queue.count--;
  }
  unlock(&queue.mutex);
  signalOne(&queue.notFull);
  return found;
}

// --- What the threads do ---

// Each thread's own, told apart from a shared variable by the sums at the end.
static _Thread_local uint32_t own = 7;

static _Atomic uint64_t sum;
static _Atomic uint32_t taken;
static _Atomic int running;
static _Atomic uint32_t ownSum;

static void leave(void) {
  atomic_fetch_add(&ownSum, own);
  atomic_fetch_sub(&running, 1);
  futexWake(&running, -1);
}

// Before the threads begin: how many there will be.
EXPORT(expect) void expect(int threads) { atomic_store(&running, threads); }

// Puts the numbers from `first` up to `last` into the queue.
EXPORT(produce) void produce(uint32_t first, uint32_t last) {
  for (uint32_t n = first; n <= last; n++) {
    put(n);
    own++;
  }
  leave();
}

// Takes numbers out until the queue is closed, and adds up their squares.
EXPORT(consume) void consume(void) {
  uint32_t item;
  while (take(&item)) {
    own++;
    atomic_fetch_add(&taken, 1);
    atomic_fetch_add(&sum, (uint64_t)item * item);
  }
  leave();
}

// Waits until only `threads` are left.
EXPORT(join) void join(int threads) {
  for (int now = atomic_load(&running); now > threads; now = atomic_load(&running)) futexWait(&running, now);
}

// Nothing more will come.
EXPORT(close) void close(void) {
  lock(&queue.mutex);
  queue.open = 0;
  unlock(&queue.mutex);
  signalAll(&queue.notEmpty);
}

EXPORT(total) uint64_t total(void) { return atomic_load(&sum); }
EXPORT(count) uint32_t count(void) { return atomic_load(&taken); }
EXPORT(ownTotal) uint32_t ownTotal(void) { return atomic_load(&ownSum); }
EXPORT(ownNow) uint32_t ownNow(void) { return own; }

// --- Memory for a thread's stack and thread-local variables ---

extern uint8_t __heap_base;
static _Atomic uint32_t used;

EXPORT(reserve) void *reserve(uint32_t bytes) {
  uint32_t rounded = (bytes + 15) & ~15u;
  uint8_t *start = &__heap_base + atomic_fetch_add(&used, rounded);
  // Several threads may find it too small at once; then it becomes larger than it needs to be.
  while (__builtin_wasm_memory_size(0) * 65536 < (uintptr_t)start + rounded) {
    if (__builtin_wasm_memory_grow(0, 1) == (size_t)-1) __builtin_trap();
  }
  return start;
}

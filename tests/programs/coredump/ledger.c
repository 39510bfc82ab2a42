// Adds up accounts, the last of which has lost its history: the address of that is far outside of the memory.
// clang --target=wasm32-wasi -O1 -fno-inline -Wall -Wextra -Werror -Wl,--strip-debug -Wl,-z,stack-size=16384 ledger.c -o ledger.wasm
// The .wasm file is committed; it was made with Debian's clang 14 and wasi-libc.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct account {
  char owner[12];
  int64_t balance;
  const int32_t *history;
};

static const int32_t history[] = {100, -20, 3};
int32_t looked_at = 0x5eed0000;
static struct account accounts[] = {
    {"Ada", 5000000000, history},
    {"Grace", -7, history + 1},
    {"Kurt", 1931, (const int32_t *)0x7ffffff0},
};

int32_t latest(const struct account *account, int32_t entry) {
  looked_at++;
  return account->history[entry];
}

int64_t total(int32_t first, int32_t last, double rate) {
  if (first > last) return 0;
  int64_t rest = (int64_t)(accounts[first].balance * rate) + latest(&accounts[first], 1);
  return rest + total(first + 1, last, rate / 2);
}

int main(int argc, char **argv) {
  char *note = malloc(64);
  snprintf(note, 64, "%s adds up %d accounts", argv[argc - 1], 3);
  puts(note);
  fflush(stdout);
  return (int)total(0, 2, 0.5);
}

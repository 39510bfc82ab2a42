#!/bin/sh
# Compiles fetch.c. The .wasm file is committed, so this is needed only after a change of the program. It wants clang with its wasm32
# target and wasm-ld (Debian: `apt-get install clang lld`); the committed file was made with clang and lld 14.
set -eu
cd "$(dirname "$0")"
"${CLANG:-clang}" --target=wasm32-unknown-unknown -mcpu=mvp -std=c11 -O1 -Wall -Wextra -Werror -nostdlib -ffreestanding -fno-builtin \
  -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 -o fetch.wasm fetch.c

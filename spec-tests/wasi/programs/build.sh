#!/bin/sh
# Compiles the WASI programs to WebAssembly: `spec-tests/wasi/programs/build.sh [NAME...]`, all of them without a name.
#
# The .wasm files are committed, so this is needed only after a change of a program. It wants clang with its wasm32 target, wasm-ld,
# wasi-libc and the compiler's runtime for wasm32 (Debian: `apt-get install clang lld wasi-libc libclang-rt-14-dev-wasm32`); the
# committed files were made with clang and lld 14 and the wasi-libc of Debian 12.
#
#   -mcpu=mvp      WebAssembly 1.0
#   -Wno-unused-function   check.h has helpers that not every program needs
set -eu
cd "$(dirname "$0")"
if [ $# -eq 0 ]; then set -- $(ls ./*.c | sed 's|^\./||; s|\.c$||'); fi
for name; do
  clang --target=wasm32-wasi -mcpu=mvp -std=c11 -Os -Wall -Wextra -Werror -Wno-unused-function \
    -Wl,--strip-all -Wl,-z,stack-size=16384 -o "$name.wasm" "$name.c"
done

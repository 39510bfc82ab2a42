#!/bin/sh
# Compiles the programs with threads to WebAssembly: `spec-tests/threads/build.sh`.
#
# The .wasm file is committed, so this is needed only after a change of the program. It wants clang with its wasm32 target and
# wasm-ld (Debian: `apt-get install clang lld`); the committed file was made with clang and lld 14.
#
#   -mmutable-globals         __stack_pointer is one that the host sets
#   -matomics -mbulk-memory   shared memories want both: each thread's instance must not copy the data once more, so the
#                             segments are passive, and the first instance copies them (a start function of the linker)
#   -ftls-model=local-exec    thread-local variables by __tls_base, as in any program that is not made of several modules
#   --shared-memory           the memory is shared, and so has a maximum
#   --import-memory           and imported, since it must be the same in all instances
#   --export=...              what a host needs to give each thread its stack and its thread-local variables
set -eu
cd "$(dirname "$0")"
clang --target=wasm32-unknown-unknown -matomics -mbulk-memory -mmutable-globals -std=c11 -O2 -Wall -Wextra -Werror \
  -nostdlib -ffreestanding -fno-builtin -ftls-model=local-exec \
  -Wl,--no-entry -Wl,--strip-all -Wl,--shared-memory -Wl,--import-memory -Wl,--max-memory=1048576 \
  -Wl,-z,stack-size=16384 -Wl,--export=__stack_pointer -Wl,--export=__wasm_init_tls -Wl,--export=__tls_size \
  -o queue.wasm queue.c

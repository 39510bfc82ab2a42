#!/bin/sh
# Compiles the benchmark programs in C to WebAssembly: `bench/programs/build.sh [NAME...]`, all of them without a name. Those in
# text are assembled by bench/assemble.ts.
#
# The .wasm files are committed, so this is needed only after a change of a program. It wants clang with its wasm32 target
# and wasm-ld (Debian: `apt-get install clang lld`), or what CLANG and WASM_LD name; the committed files were made with clang
# and lld 14, the blurs, dot products and fourfold SHA-256 with 19.1.7.
# After it, `node scripts/run-ts.mjs bench/checksums.ts --write` brings the checksums, from native builds, into
# bench/programs.json.
#
#   -mcpu=mvp              WebAssembly 1.0: runs on every peer
#   -msimd128              vectors, in the programs that are named so
#   -nostdlib -fno-builtin no libc, and no loop made into a call of memset
#   --no-entry             a library: nothing runs but what is called
set -eu
cd "$(dirname "$0")"
if [ $# -eq 0 ]; then set -- $(ls ./*.c | sed 's|^\./||; s|\.c$||'); fi
for name; do
  case $name in *-simd) simd=-msimd128 ;; *) simd= ;; esac
  # shellcheck disable=SC2086 # no word where there is none
  "${CLANG:-clang}" --target=wasm32-unknown-unknown -mcpu=mvp $simd ${WASM_LD:+-fuse-ld=$WASM_LD} -std=c11 -O2 -Wall -Wextra -Werror \
    -nostdlib -ffreestanding -fno-builtin -ffp-contract=off \
    -Wl,--no-entry -Wl,--strip-all -Wl,-z,stack-size=65536 \
    -o "$name.wasm" "$name.c"
done

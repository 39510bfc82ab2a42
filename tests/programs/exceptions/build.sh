#!/usr/bin/env bash
# Builds the programs of this folder, each with exceptions in the legacy form and in that of WebAssembly 3.0.
#
# The .wasm files are committed, so this is needed only after a change of a program. It wants clang and wasm-ld of version 22 or
# later with a C and C++ library for WASI (Debian: `apt-get install clang-22 lld-22 libclang-rt-22-dev-wasm32
# libc++-22-dev-wasm32 libc++abi-22-dev-wasm32 wasi-libc`); VERSION names another one.
set -euo pipefail
cd "$(dirname "$0")"
version=${VERSION:-22}
objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT

common=(--target=wasm32-wasi -Wno-deprecated -Os -Wall -Wextra -Werror)
link=(-fuse-ld="/usr/bin/wasm-ld-$version" -Wl,--strip-all -Wl,-z,stack-size=1048576)

clang-"$version" "${common[@]}" -mexception-handling -c setjmp.c -o "$objects/setjmp.o"
for form in legacy new; do
  legacy=(-mllvm -wasm-use-legacy-eh="$([ $form = legacy ] && echo true || echo false)")
  clang-"$version" "${common[@]}" -mexception-handling -mllvm -wasm-enable-sjlj "${legacy[@]}" \
    json.c "$objects/setjmp.o" "${link[@]}" -o "json-$form.wasm"
  clang++-"$version" "${common[@]}" -std=c++20 -Wno-deprecated-declarations -fwasm-exceptions "${legacy[@]}" \
    bank.cpp cxx-exceptions.cpp "${link[@]}" -o "bank-$form.wasm"
done

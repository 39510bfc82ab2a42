/*
 * The functions to which clang lowers setjmp and longjmp. To be compiled without that lowering.
 *
 * A call of setjmp notes in the buffer which invocation of its function it belongs to, and its number there. longjmp throws
 * the address of `thrown` under the tag __c_longjmp; a function with a setjmp catches all of them, asks whether the buffer is
 * one of its own, and throws it again where it is not.
 */
#include "setjmp.h"

__asm__(
    ".globl __c_longjmp\n"
    ".tagtype __c_longjmp i32\n"
    "__c_longjmp:\n");

/* The number that __builtin_wasm_throw has for __c_longjmp. */
#define LONGJMP_TAG 1

void __wasm_setjmp(jmp_buf buffer, unsigned label, void *invocation) {
  buffer->invocation = invocation;
  buffer->label = label;
}

unsigned __wasm_setjmp_test(jmp_buf buffer, void *invocation) {
  return buffer->invocation == invocation ? buffer->label : 0;
}

_Noreturn void __wasm_longjmp(jmp_buf buffer, int value) {
  buffer->thrown.buffer = buffer;
  buffer->thrown.value = value == 0 ? 1 : value;
  __builtin_wasm_throw(LONGJMP_TAG, &buffer->thrown);
}

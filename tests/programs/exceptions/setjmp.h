/* setjmp and longjmp over WebAssembly exceptions: what clang's -wasm-enable-sjlj makes of them calls setjmp.c. */
#ifndef SETJMP_H
#define SETJMP_H

typedef struct {
  void *invocation;
  unsigned label;
  struct {
    void *buffer;
    int value;
  } thrown;
} jmp_buf[1];

int setjmp(jmp_buf buffer) __attribute__((returns_twice));
_Noreturn void longjmp(jmp_buf buffer, int value);

#endif

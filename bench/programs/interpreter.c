// A large switch with unpredictable branches: a bytecode interpreter with a stack, whose program counts the steps of the
// Collatz sequences of all numbers from 1 to `n` (at most 100,000, whose sequences stay within 32 bits).
#include "freestanding.h"

typedef enum {
  PUSH,  // a value
  LOAD,  // a variable
  STORE, // into a variable
  ADD,
  MULTIPLY,
  HALVE,
  IS_ODD,
  IS_LESS,
  IS_EQUAL,
  JUMP,    // to an address
  JUMP_IF, // to an address, when what it pops is not 0
  CALL,    // an address
  RETURN,
  MIX, // into the checksum
  HALT,
} Opcode;

enum { LAST, CURRENT, VALUE, COUNT, VARIABLES };

static uint32_t code[128];
static uint32_t codeLength;

static void emit(Opcode opcode) { code[codeLength++] = opcode; }

// Returns the position of the operand, for jumps whose target is not known yet.
static uint32_t emitWith(Opcode opcode, uint32_t operand) {
  code[codeLength] = opcode;
  code[codeLength + 1] = operand;
  codeLength += 2;
  return codeLength - 1;
}

static void assemble(void) {
  codeLength = 0;
  emitWith(PUSH, 1);
  emitWith(STORE, CURRENT);

  uint32_t next = codeLength; // while (!(LAST < CURRENT))
  emitWith(LOAD, LAST);
  emitWith(LOAD, CURRENT);
  emit(IS_LESS);
  uint32_t toDone = emitWith(JUMP_IF, 0);
  emitWith(LOAD, CURRENT);
  emitWith(STORE, VALUE);
  uint32_t toCollatz = emitWith(CALL, 0);
  emitWith(LOAD, COUNT);
  emit(MIX);
  emitWith(LOAD, CURRENT);
  emitWith(PUSH, 1);
  emit(ADD);
  emitWith(STORE, CURRENT);
  emitWith(JUMP, next);
  code[toDone] = codeLength;
  emit(HALT);

  code[toCollatz] = codeLength;
  emitWith(PUSH, 0);
  emitWith(STORE, COUNT);
  uint32_t step = codeLength; // while (VALUE != 1)
  emitWith(LOAD, VALUE);
  emitWith(PUSH, 1);
  emit(IS_EQUAL);
  uint32_t toEnd = emitWith(JUMP_IF, 0);
  emitWith(LOAD, COUNT);
  emitWith(PUSH, 1);
  emit(ADD);
  emitWith(STORE, COUNT);
  emitWith(LOAD, VALUE);
  emit(IS_ODD);
  uint32_t toOdd = emitWith(JUMP_IF, 0);
  emitWith(LOAD, VALUE);
  emit(HALVE);
  emitWith(STORE, VALUE);
  emitWith(JUMP, step);
  code[toOdd] = codeLength;
  emitWith(LOAD, VALUE);
  emitWith(PUSH, 3);
  emit(MULTIPLY);
  emitWith(PUSH, 1);
  emit(ADD);
  emitWith(STORE, VALUE);
  emitWith(JUMP, step);
  code[toEnd] = codeLength;
  emit(RETURN);
}

static NOINLINE uint64_t interpret(uint32_t last) {
  uint32_t stack[32];
  uint32_t calls[8];
  uint32_t variables[VARIABLES] = {last, 0, 0, 0};
  uint32_t *top = stack; // the first free place
  uint32_t *caller = calls;
  const uint32_t *pc = code;
  uint64_t checksum = 0;
  for (;;) {
    switch ((Opcode)*pc++) {
      case PUSH: *top++ = *pc++; break;
      case LOAD: *top++ = variables[*pc++]; break;
      case STORE: variables[*pc++] = *--top; break;
      case ADD: top--; top[-1] += top[0]; break;
      case MULTIPLY: top--; top[-1] *= top[0]; break;
      case HALVE: top[-1] >>= 1; break;
      case IS_ODD: top[-1] &= 1; break;
      case IS_LESS: top--; top[-1] = top[-1] < top[0]; break;
      case IS_EQUAL: top--; top[-1] = top[-1] == top[0]; break;
      case JUMP: pc = code + *pc; break;
      case JUMP_IF: pc = *--top != 0 ? code + *pc : pc + 1; break;
      case CALL: *caller++ = (uint32_t)(pc - code) + 1; pc = code + *pc; break;
      case RETURN: pc = code + *--caller; break;
      case MIX: checksum = fold(checksum, *--top); break;
      case HALT: return checksum;
    }
  }
}

EXPORT(run) int64_t run(int32_t n) {
  assemble();
  return (int64_t)interpret(n < 0 ? 0 : n > 100000 ? 100000 : (uint32_t)n);
}

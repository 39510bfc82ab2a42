import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isNumType, isRefType, ValType } from "../common/value-type.ts";
import { BOTTOM, BOTTOM_REFERENCE, type TypeMatcher } from "./type-matching.ts";

/** Operands that a body may have at once: the slots of an engine's largest value stack, so more could never run. */
const MAX_OPERANDS = 1 << 23;

/** The type as an error prints it; WasmEdge prints the unknown type as i32. */
function printed(type: ValType): ValType {
  return type === BOTTOM ? ValType.I32 : type === BOTTOM_REFERENCE ? ValType.AnyRef : type;
}

/** Throws the mismatch of one type. */
export function failMismatch(expected: ValType, got: ValType): never {
  fail(ErrCode.TypeCheckFailed, {
    kind: "mismatch",
    category: "value type",
    expected: printed(expected),
    got: printed(got),
  });
}

/** Throws the mismatch of lists of types. */
export function failListMismatch(expected: readonly ValType[], got: readonly ValType[]): never {
  fail(ErrCode.TypeCheckFailed, { kind: "mismatch", category: "value types", expected, got });
}

/**
 * The types of the operands on the stack, as the specification's algorithm keeps them. Below `floor` stand the operands of
 * the enclosing blocks, which the current one cannot see. After a branch, the rest of the block is `polymorphic`: at the
 * floor stand as many operands of unknown type as are asked for.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html#data-structures — WasmEdge `FormChecker::ValStack`
 */
export class OperandStack {
  private readonly matcher: TypeMatcher;
  /** The types, the topmost at `height - 1`; replaced by a longer array where they need room. */
  types: Int32Array = new Int32Array(1024);
  /** The number of operands, those below the floor included. */
  height = 0;
  floor = 0;
  polymorphic = false;

  constructor(matcher: TypeMatcher) {
    this.matcher = matcher;
  }

  /** Forgets all operands. */
  clear(): void {
    this.height = 0;
    this.floor = 0;
    this.polymorphic = false;
  }

  /** All of them, the lowest first. */
  list(): ValType[] {
    return Array.from(this.types.subarray(0, this.height));
  }

  push(type: ValType): void {
    if (this.height === this.types.length) this.grow();
    this.types[this.height++] = type;
  }

  private grow(): void {
    if (this.height >= MAX_OPERANDS) {
      fail(ErrCode.TypeLimit, { kind: "note", text: `More than ${MAX_OPERANDS} operands on the value stack.` });
    }
    const types = new Int32Array(2 * this.types.length);
    types.set(this.types);
    this.types = types;
  }

  /** Puts the first `count` types of a list on the stack. */
  pushList(list: readonly ValType[], count: number = list.length): void {
    for (let i = 0; i < count; i++) this.push(list[i]);
  }

  /** Takes the topmost operand and returns its type, BOTTOM where it is unknown. @throws TypeCheckFailed */
  pop(): ValType {
    if (this.height > this.floor) return this.types[--this.height];
    if (!this.polymorphic) failUnderflow();
    return BOTTOM;
  }

  /** Takes the topmost operand, which must match `expected`, and returns its own type. @throws TypeCheckFailed */
  popExpected(expected: ValType): ValType {
    const actual = this.pop();
    if (actual !== expected && !this.matcher.matches(actual, expected)) failMismatch(expected, actual);
    return actual;
  }

  /** Takes an operand and puts a result: `operand -> result`. @throws TypeCheckFailed */
  replace(operand: ValType, result: ValType): void {
    const top = this.height - 1;
    if (top >= this.floor && this.types[top] === operand) {
      this.types[top] = result;
      return;
    }
    this.popExpected(operand);
    this.push(result);
  }

  /** Takes a reference of any type; one of unknown type is BOTTOM_REFERENCE. @throws TypeCheckFailed */
  popReference(): ValType {
    const actual = this.pop();
    if (actual === BOTTOM) return BOTTOM_REFERENCE;
    if (!isRefType(actual)) failMismatch(ValType.FuncRef, actual);
    return actual;
  }

  /** Takes a number or vector, or an operand of unknown type. @throws TypeCheckFailed */
  popNumber(): ValType {
    const actual = this.pop();
    if (actual !== BOTTOM && !isNumType(actual)) failMismatch(ValType.I32, actual);
    return actual;
  }

  /** Takes operands that match the first `count` types of a list, the last one topmost. @throws TypeCheckFailed */
  popList(list: readonly ValType[], count: number = list.length): void {
    for (let i = count - 1; i >= 0; i--) {
      if (this.isExhausted()) return;
      this.popExpected(list[i]);
    }
  }

  /** Takes `count` operands of one type. @throws TypeCheckFailed */
  popRepeated(expected: ValType, count: number): void {
    for (let i = 0; i < count && !this.isExhausted(); i++) this.popExpected(expected);
  }

  /**
   * Whether only operands of unknown type are left. They match all, so a list of them is not walked: its length is the
   * module's to choose.
   */
  isExhausted(): boolean {
    return this.polymorphic && this.height === this.floor;
  }

  /** Checks that the topmost operands match a list, and leaves them with their own types. @throws TypeCheckFailed */
  checkTop(list: readonly ValType[]): void {
    let at = this.height;
    for (let i = list.length - 1; i >= 0; i--) {
      if (at === this.floor) {
        if (this.polymorphic) return;
        failUnderflow();
      }
      const actual = this.types[--at];
      if (actual !== list[i] && !this.matcher.matches(actual, list[i])) failMismatch(list[i], actual);
    }
  }

  /** Checks that the current block has no operands left. @throws TypeCheckFailed */
  checkEmpty(): void {
    if (this.height !== this.floor) failUnderflow();
  }

  /** Drops the operands of the current block: what follows is never reached. */
  becomePolymorphic(): void {
    this.height = this.floor;
    this.polymorphic = true;
  }
}

/** WasmEdge says the same of too many operands at the end of a block. */
function failUnderflow(): never {
  fail(ErrCode.TypeCheckFailed, { kind: "note", text: "Value stack underflow." });
}

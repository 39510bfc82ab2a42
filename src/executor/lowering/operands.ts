import { ValType } from "../../common/value-type.ts";

/** How an entry of the lowering's operand stack stands for its value. */
export const enum Kind {
  /** In its home register. */
  Register,
  /** In a local's register: `local.get` has emitted nothing yet. */
  Local,
  /** A constant: nothing has been emitted yet. */
  Constant,
}

/** An entry as it was at some place of a function, for putting the operand stack into memory there. */
export interface OperandState {
  readonly kind: Kind;
  readonly type: ValType;
  /** Word offset of the home register in the frame. */
  readonly home: number;
  /** Word offset of the register that holds the value, or a constant's low word. */
  readonly value: number;
  /** A constant's high word. */
  readonly high: number;
}

/** The words that a value takes in a frame: a slot of two, or two slots for a v128. */
export function slotWords(type: ValType): number {
  return type === ValType.V128 ? 4 : 2;
}

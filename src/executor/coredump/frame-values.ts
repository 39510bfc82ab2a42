import { isRefType, ValType } from "../../common/value-type.ts";
import { WasmValue, wordCount } from "../../common/wasm-value.ts";
import type { Execution } from "../engine/execution.ts";
import type { Frame } from "../engine/frames.ts";
import { headOf, IR } from "../engine/generated/ir.ts";
import { sumOfLoad } from "../engine/trap-error.ts";
import type { CodeSpace } from "../lowering/code-space.ts";
import type { CodePlace } from "../lowering/lower-function.ts";
import { Kind, type OperandState, slotWords } from "../lowering/operands.ts";

/** What a frame holds, in terms of wasm. */
export interface FrameValues {
  /** Offset in the module's bytes of the instruction at which the frame stands: the one that trapped, or the call. */
  readonly offset: number;
  /** Parameters and locals. */
  readonly locals: readonly WasmValue[];
  /** The operand stack before that instruction, lowest first; of a calling frame without the call's arguments. */
  readonly stack: readonly WasmValue[];
}

/**
 * Reads the values of an execution's frames. What register code does not keep in registers (constants, locals that stand
 * for operands) is looked up where the function is lowered once more; each place once, since a deep recursion is many
 * times in the same one.
 */
export class FrameReader {
  private readonly execution: Execution;
  private readonly places = new Map<CodeSpace, Map<number, CodePlace | undefined>>();
  private readonly localTypes = new Map<CodeSpace, Map<number, readonly ValType[]>>();

  constructor(execution: Execution) {
    this.execution = execution;
  }

  /** @param trapped whether the innermost frame's instruction has trapped; false: it has not been begun */
  read(frame: Frame, trapped: boolean): FrameValues {
    const { space, func, fp, calleeFp } = frame;
    const place = this.placeOf(frame, trapped);
    const entered = place !== undefined;
    const locals = this.readLocals(space, func.index, fp, entered);
    const bound = calleeFp ?? Number.POSITIVE_INFINITY;
    const operands = place?.operands.filter(({ home }) => fp + home < bound) ?? [];
    const stack = operands.map((operand) => this.readOperand(fp, operand));
    const computed = trapped && calleeFp === undefined ? lastOperandOf(this.execution) : undefined;
    if (computed !== undefined) stack[stack.length - 1] = computed;
    return { offset: place?.offset ?? space.bodies.firstOffset(func.index), locals, stack };
  }

  private placeOf({ space, position, calleeFp }: Frame, trapped: boolean): CodePlace | undefined {
    let known = this.places.get(space);
    if (known === undefined) {
      known = new Map();
      this.places.set(space, known);
    }
    if (!known.has(position)) {
      known.set(position, calleeFp === undefined ? space.placeOf(position, trapped) : space.placeOf(position - 1));
    }
    return known.get(position);
  }

  private typesOf(space: CodeSpace, index: number): readonly ValType[] {
    let known = this.localTypes.get(space);
    if (known === undefined) {
      known = new Map();
      this.localTypes.set(space, known);
    }
    const types = known.get(index) ?? space.bodies.localTypes(index);
    known.set(index, types);
    return types;
  }

  /** @param entered false where the function's first instruction, which sets references to null, has not been executed */
  private readLocals(space: CodeSpace, index: number, fp: number, entered: boolean): WasmValue[] {
    const { stack } = this.execution;
    const parameters = space.bodies.functionType(index).params.length;
    let at = fp;
    return this.typesOf(space, index).map((type, i) => {
      const value = !entered && i >= parameters ? WasmValue.zero(type) : stack.read(at, type);
      at += slotWords(type);
      return value;
    });
  }

  private readOperand(fp: number, { kind, type, value, high }: OperandState): WasmValue {
    if (kind !== Kind.Constant) return this.execution.stack.read(fp + value, type);
    if (isRefType(type)) return WasmValue.ref(type, null);
    return new WasmValue(type, wordCount(type) === 1 ? [value] : [value, high]);
  }
}

/** The last operand of an instruction that has computed that itself, and put it in no register. */
function lastOperandOf(execution: Execution): WasmValue | undefined {
  const sum = sumOfLoad(execution);
  return sum !== undefined ? WasmValue.i32(sum[0]) : lowBytesOfStore(execution);
}

/** The vector of which a store has taken the lower half. */
function lowBytesOfStore({ code, pc, fp, i32 }: Execution): WasmValue | undefined {
  if (headOf(code[pc]) !== IR["store64 r of i8x16.shuffle low"]) return undefined;
  const [from, by, mask] = code.subarray(pc + 3, pc + 6);
  const halfwords = new Uint8Array(i32.slice(fp + from, fp + from + 4).map((word) => (word >> by) & mask).buffer);
  const bytes = Uint8Array.from(halfwords, (_, lane) => halfwords[lane < 8 ? 2 * lane : 0]);
  return new WasmValue(ValType.V128, [...new Int32Array(bytes.buffer)]);
}

import { isRefType, type ValType } from "../../common/value-type.ts";
import { WasmValue, wordCount } from "../../common/wasm-value.ts";
import type { Execution } from "../engine/execution.ts";
import type { Frame } from "../engine/frames.ts";
import { sumOfLoad } from "../engine/trap-error.ts";
import type { CodeSpace } from "../lowering/code-space.ts";
import { Kind, type OperandState, slotWords } from "../lowering/frame-builder.ts";
import type { CodePlace } from "../lowering/lower-function.ts";

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
    const sum = trapped && calleeFp === undefined ? sumOfLoad(this.execution) : undefined;
    // The load has added its address up itself, and put it in no register.
    if (sum !== undefined) stack[stack.length - 1] = WasmValue.i32(sum[0]);
    return { offset: place?.offset ?? space.firstOffset(func.index), locals, stack };
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
    const types = known.get(index) ?? space.localTypes(index);
    known.set(index, types);
    return types;
  }

  /** @param entered false where the function's first instruction, which sets references to null, has not been executed */
  private readLocals(space: CodeSpace, index: number, fp: number, entered: boolean): WasmValue[] {
    const { stack } = this.execution;
    const parameters = space.functionType(index).params.length;
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

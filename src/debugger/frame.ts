import type { ValType } from "../common/value-type.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Frame as EngineFrame, framesOf } from "../executor/engine/frames.ts";
import { HEADER_WORDS } from "../executor/lowering/lower-function.ts";
import { Kind, slotWords } from "../executor/lowering/operands.ts";
import { readNameSection } from "../loader/name-section.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { bodyOf, stepsOf } from "./code-map.ts";
import { constantValue } from "./constant-value.ts";
import { Disassembler } from "./disassembler.ts";
import { functionName } from "./text.ts";

/** A parameter or local of a frame. */
export interface Local {
  readonly index: number;
  /** From the module's `name` section. */
  readonly name: string | undefined;
  readonly type: ValType;
  readonly isParameter: boolean;
  readonly value: WasmValue;
}

/** An open call of a host function. */
export interface HostFrame {
  readonly kind: "host";
  readonly instance: ModuleInstance | undefined;
  readonly functionIndex: number;
  readonly functionName: string | undefined;
  readonly args: readonly Value[];
}

/** A place in a frame's code: the instruction there and the types on the operand stack before it. */
interface Place {
  readonly offset: number;
  readonly values: readonly WasmValue[];
  readonly takes: number;
}

/** An open call of a wasm function. It is read from the run when it is asked for: valid until that goes on. */
export class WasmFrame {
  readonly kind = "wasm";
  readonly instance: ModuleInstance;
  /** In the module's index space. */
  readonly functionIndex: number;
  /** For the debugger: the run's state. */
  readonly execution: Execution;
  private readonly frame: EngineFrame;
  private known: Place | undefined;

  constructor(execution: Execution, frame: EngineFrame) {
    this.execution = execution;
    this.frame = frame;
    this.instance = frame.space.instance;
    this.functionIndex = frame.func.index;
  }

  /** From the `name` section, else the name of an export. */
  get functionName(): string | undefined {
    return functionName(this.instance, this.functionIndex);
  }

  /** Offset in the module's bytes of the instruction that is next, or in a calling frame of the call. */
  get offset(): number {
    return this.place.offset;
  }

  /** That instruction in the notation of the text format. */
  get instruction(): string {
    return this.disassembler.textAt(this.functionIndex, this.offset);
  }

  get disassembler(): Disassembler {
    const { source } = this.instance;
    if (source === undefined) throw new Error("BUG: wasm code of a host module");
    return Disassembler.of(source);
  }

  /** The parameters, then the other locals. */
  get locals(): Local[] {
    const { space, func, fp } = this.frame;
    const { source } = this.instance;
    const names = source && readNameSection(source);
    const parameters = space.bodies.functionType(func.index).params.length;
    let at = fp;
    return space.bodies.localTypes(func.index).map((type, index) => {
      const value = this.execution.stack.read(at, type);
      at += slotWords(type);
      const name = names?.localName(func.index, index);
      return { index, name, type, isParameter: index < parameters, value };
    });
  }

  /** The operand stack, the topmost value last. In a calling frame without the arguments, which are the callee's now. */
  get operands(): readonly WasmValue[] {
    return this.place.values;
  }

  /** The operands that the next instruction takes, the topmost last; of a branch or return also those that it takes along. */
  get takes(): readonly WasmValue[] {
    const { values, takes } = this.place;
    return takes === 0 ? [] : values.slice(-takes);
  }

  isOf(execution: Execution): boolean {
    return execution === this.execution;
  }

  /** A number that no other open frame of the run has. */
  get identity(): number {
    return this.frame.fp;
  }

  /** Where the frame's code stands: for the debugger. */
  get engine(): EngineFrame {
    return this.frame;
  }

  private get place(): Place {
    this.known ??= this.frame.space.stepwise ? this.stepwisePlace() : this.optimisedPlace();
    return this.known;
  }

  /** In stepwise code all operands stand in their places behind the header. */
  private stepwisePlace(): Place {
    const { space, func, fp, position, calleeFp } = this.frame;
    const steps = stepsOf(space, func.index);
    const step = steps.holding(calleeFp === undefined ? position : position - 1) ?? steps.steps[0];
    if (step === undefined) throw new Error("BUG: a function without instructions");
    let at = fp + space.headerOffset(func.entry) + HEADER_WORDS;
    const values: WasmValue[] = [];
    for (const type of step.types) {
      if (calleeFp !== undefined && at >= calleeFp) break;
      values.push(this.execution.stack.read(at, type));
      at += slotWords(type);
    }
    return { offset: step.offset, values, takes: step.takes };
  }

  /** In optimised code operands may be constants, or stand for locals. */
  private optimisedPlace(): Place {
    const { space, func, fp, position, calleeFp } = this.frame;
    const place = calleeFp === undefined ? space.placeOf(position, true) : space.placeOf(position - 1);
    if (place === undefined) return { offset: bodyOf(this.instance, func.index).start, values: [], takes: 0 };
    const values: WasmValue[] = [];
    for (const operand of place.operands) {
      if (calleeFp !== undefined && fp + operand.home >= calleeFp) break;
      values.push(
        operand.kind === Kind.Constant
          ? constantValue(operand)
          : this.execution.stack.read(fp + operand.value, operand.type),
      );
    }
    const { offset } = place;
    return { offset, values, takes: this.disassembler.infoAt(offset).operands?.length ?? 0 };
  }
}

export type Frame = WasmFrame | HostFrame;

/** The frames of a run, innermost first. */
export function* wasmFrames(execution: Execution): Generator<WasmFrame> {
  for (const frame of framesOf(execution)) yield new WasmFrame(execution, frame);
}

export function hostFrame(func: FunctionInstance, args: readonly Value[]): HostFrame {
  const { module, index } = func;
  return { kind: "host", instance: module, functionIndex: index, functionName: functionName(module, index), args };
}

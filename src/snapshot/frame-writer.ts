import { isRefType, ValType } from "../common/value-type.ts";
import { WasmValue, wordCount } from "../common/wasm-value.ts";
import type { ByteWriter } from "../executor/coredump/byte-writer.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Frame, framesOf } from "../executor/engine/frames.ts";
import { IR, irLengths } from "../executor/engine/generated/ir.ts";
import type { CodeSpace, LoweredFunction } from "../executor/lowering/code-space.ts";
import type { CatchClause } from "../executor/lowering/exceptions.ts";
import { type CodePlace, HEADER_WORDS } from "../executor/lowering/lower-function.ts";
import { Kind, type OperandState, slotWords } from "../executor/lowering/operands.ts";
import type { Step } from "../executor/lowering/steps.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { nameOf } from "./snapshot-errors.ts";
import type { ValueWriter } from "./value-writer.ts";

/** Where the innermost frame stands. */
export const enum Stand {
  /** Before an instruction. */
  Before,
  /** In an instruction that has been counted and not executed: a call that begins anew. */
  Within,
  /** At a clause that has caught an exception. */
  Clause,
}

/** What is known of the code of one instance, each place once: a deep recursion is many times in the same one. */
class Places {
  private readonly space: CodeSpace;
  private readonly places = new Map<number, CodePlace | undefined>();
  private readonly registers = new Map<number, readonly ValType[]>();
  private readonly steps = new Map<number, readonly Step[]>();

  constructor(space: CodeSpace) {
    this.space = space;
  }

  at(position: number): CodePlace | undefined {
    if (!this.places.has(position)) this.places.set(position, this.space.placeOf(position));
    return this.places.get(position);
  }

  registersOf(index: number): readonly ValType[] {
    const types = this.registers.get(index) ?? this.space.bodies.registerTypes(index);
    this.registers.set(index, types);
    return types;
  }

  stepsOf(index: number): readonly Step[] {
    const steps = this.steps.get(index) ?? this.space.steps.ofFunction(index);
    this.steps.set(index, steps);
    return steps;
  }
}

/**
 * Writes the frames of a run in terms of wasm: functions by their index, places by the offset of the instruction, locals and
 * operand stacks as typed values. So they can be read into code of either form, and of another version.
 */
export class FrameWriter {
  private readonly execution: Execution;
  private readonly values: ValueWriter;
  private readonly places = new Map<CodeSpace, Places>();
  /** Instructions that the innermost frame has counted in but not charged. */
  owed = 0;

  constructor(execution: Execution, values: ValueWriter) {
    this.execution = execution;
    this.values = values;
  }

  /** All frames, outermost first. */
  write(writer: ByteWriter): void {
    const frames = Array.from(framesOf(this.execution)).reverse();
    writer.unsigned(frames.length);
    for (const frame of frames) this.frame(writer, frame);
    if (frames.length === 0) this.results(writer);
  }

  /** The first function has returned, and nobody has taken its results. */
  private results(writer: ByteWriter): void {
    let at = 0;
    for (const type of this.execution.type.results) {
      this.values.value(writer, this.execution.stack.read(at, type), "A result");
      at += slotWords(type);
    }
  }

  private placesOf(space: CodeSpace): Places {
    const known = this.places.get(space) ?? new Places(space);
    this.places.set(space, known);
    return known;
  }

  private frame(writer: ByteWriter, frame: Frame): void {
    const { space, func, position, calleeFp } = frame;
    const { instance } = space;
    writer.unsigned(this.values.graph.indexOf(instance)).unsigned(func.index);
    const place = this.placesOf(space).at(calleeFp === undefined ? position : position - 1);
    this.locals(writer, frame, place !== undefined);
    if (calleeFp !== undefined) {
      writer.unsigned(place?.offset ?? 0);
      this.operands(writer, frame, place?.operands ?? [], calleeFp);
    } else this.innermost(writer, frame, place);
  }

  private where(what: string, { index }: LoweredFunction, instance: ModuleInstance): string {
    return `${what} of function ${index} of ${nameOf(instance)}`;
  }

  /** @param entered false where the function's first instruction, which sets references to null, has not been executed */
  private locals(writer: ByteWriter, { space, func, fp }: Frame, entered: boolean): void {
    const parameters = space.bodies.functionType(func.index).params.length;
    let at = fp;
    this.placesOf(space)
      .registersOf(func.index)
      .forEach((type, i) => {
        const value = !entered && i >= parameters ? WasmValue.zero(type) : this.execution.stack.read(at, type);
        this.values.value(writer, value, this.where(`Local ${i}`, func, space.instance));
        at += slotWords(type);
      });
  }

  /** The operands whose homes are below a bound. */
  private operands(writer: ByteWriter, frame: Frame, operands: readonly OperandState[], bound: number): void {
    const { fp, func, space } = frame;
    const kept = operands.filter(({ home }) => fp + home < bound);
    writer.unsigned(kept.length);
    kept.forEach((operand, i) => {
      const where = this.where(`Operand ${i}`, func, space.instance);
      this.values.value(writer, this.operandValue(fp, operand), where);
    });
  }

  private operandValue(fp: number, { kind, type, value, high }: OperandState): WasmValue {
    if (kind !== Kind.Constant) return this.execution.stack.read(fp + value, type);
    if (isRefType(type)) return WasmValue.ref(type, null);
    return new WasmValue(type, wordCount(type) === 1 ? [value] : [value, high]);
  }

  private innermost(writer: ByteWriter, frame: Frame, place: CodePlace | undefined): void {
    const { space, func, position } = frame;
    const all = Number.POSITIVE_INFINITY;
    if (place === undefined) {
      // At the function's entry.
      writer.byte(Stand.Before).unsigned(space.bodies.firstOffset(func.index)).unsigned(0);
      this.operands(writer, frame, [], all);
      return;
    }
    const atStep = space.stepwise && space.code[position] === IR.step;
    const clause = atStep ? undefined : clauseAt(func, position);
    if (clause !== undefined) {
      this.clause(writer, frame, place, clause);
      return;
    }
    if (space.stepwise) this.atStep(writer, frame, place, !atStep);
    else {
      writer.byte(Stand.Before).unsigned(place.offset).unsigned(0);
      this.operands(writer, frame, place.operands, all);
      this.owed = place.cost;
    }
  }

  /** In stepwise code all operands are in their registers. @param within whether the step has been executed */
  private atStep(writer: ByteWriter, frame: Frame, { offset }: CodePlace, within: boolean): void {
    const { space, func, fp, position } = frame;
    const at = within ? position - irLengths[IR.step] : position;
    const steps = this.placesOf(space)
      .stepsOf(func.index)
      .filter((step) => step.offset === offset);
    const ordinal = steps.findIndex((step) => step.position === at);
    if (ordinal < 0) throw new Error(`BUG: no step at ${at}`);
    writer
      .byte(within ? Stand.Within : Stand.Before)
      .unsigned(offset)
      .unsigned(ordinal);
    const { types } = steps[ordinal];
    writer.unsigned(types.length);
    let home = fp + space.headerOffset(func.entry) + HEADER_WORDS;
    types.forEach((type, i) => {
      const where = this.where(`Operand ${i}`, func, space.instance);
      this.values.value(writer, this.execution.stack.read(home, type), where);
      home += slotWords(type);
    });
  }

  private clause(
    writer: ByteWriter,
    frame: Frame,
    place: CodePlace,
    [handler, index]: readonly [number, number],
  ): void {
    const { space, func, fp } = frame;
    const clause = func.handlers[handler].clauses[index];
    writer.byte(Stand.Clause).unsigned(handler).unsigned(index);
    this.operands(writer, frame, place.operands, fp + clause.landing);
    let at = fp + clause.landing;
    for (const type of payloadOf(space, clause)) {
      this.values.value(writer, this.execution.stack.read(at, type), this.where("A payload", func, space.instance));
      at += slotWords(type);
    }
  }
}

/** The clause whose code begins at a position: the handler's number and its own. */
function clauseAt({ handlers }: LoweredFunction, position: number): readonly [number, number] | undefined {
  for (let handler = 0; handler < handlers.length; handler++) {
    const clause = handlers[handler].clauses.findIndex((candidate) => candidate.position === position);
    if (clause >= 0) return [handler, clause];
  }
  return undefined;
}

/** The types of what a clause finds on the stack. */
export function payloadOf({ bodies }: CodeSpace, { tag, pushesReference }: CatchClause): ValType[] {
  const { spaces } = bodies;
  const types = tag < 0 ? [] : spaces.functionType(spaces.tags[tag].typeIndex).params.slice();
  if (pushesReference) types.push(ValType.ExnRef);
  return types;
}

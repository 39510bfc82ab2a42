import { IndexSpaces } from "../../ast/index-spaces.ts";
import { instructionInfo } from "../../ast/instructions.ts";
import type { Module } from "../../ast/module.ts";
import type { FunctionType } from "../../ast/types.ts";
import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { allProposals } from "../../common/proposal.ts";
import { ValType } from "../../common/value-type.ts";
import { Configure } from "../../config/configure.ts";
import { FileManager } from "../../loader/file-manager.ts";
import { InstructionReader } from "../../loader/instruction-reader.ts";
import { readValType } from "../../loader/type-reader.ts";
import type { ModuleCode, ModuleInstance } from "../../store/module-instance.ts";
import type { BodyChecks } from "../../validator/body-checks.ts";
import { validationOf } from "../../validator/validator.ts";
import { IR } from "../engine/generated/ir.ts";
import { chainInstructions } from "./chains.ts";
import type { CostTable } from "./cost-counter.ts";
import { type Handler, legacyTryDepth } from "./exceptions.ts";
import { LinkedCode } from "./linked-code.ts";
import { type CodePlace, FunctionLowering, type PlaceVisitor, PROLOGUE_WORDS } from "./lower-function.ts";
import type { EntranceVisitor, LoweringOptions } from "./lowering.ts";

/** A function's place in a code space. */
export interface LoweredFunction {
  /** In the index space of functions. */
  readonly index: number;
  /** Position of the prologue. */
  readonly start: number;
  /** Position of the first instruction. */
  readonly entry: number;
  /** Position after the last. */
  readonly end: number;
  /** Its try blocks. */
  readonly handlers: readonly Handler[];
}

/** A wasm instruction in stepwise code. */
export interface Step {
  /** Position of its `step`. */
  readonly position: number;
  /** Offset of the instruction in the module's bytes. */
  readonly offset: number;
  /** The types of the operand stack before it; the values stand one after the other behind the frame's header. */
  readonly types: readonly ValType[];
  /** How many of the topmost operands it takes; of a branch or return those that it takes along as well. */
  takes: number;
  /** How many a branch or return takes along, where it goes. */
  carries: number;
}

/** Of a step: it is not known yet how many operands it takes. */
const UNKNOWN = -1;

/** What a marked `step` costs: more than any fuel, so that the loop comes back before it. */
const MARKED_COST = 2 ** 30;

/** Each instruction costs one: then the cost of a run is the number of its instructions. */
export const unitCosts: CostTable = () => 1;

/** What has been validated is decoded with everything on. */
const permissive = new Configure();
for (const proposal of allProposals) permissive.addProposal(proposal);

/** A reader of code that has been validated, under whatever proposals. */
export function permissiveReader(bytes: Uint8Array): InstructionReader {
  return new InstructionReader(bytes, permissive);
}

/** Locals that a function may have: a frame of more would not fit any value stack. */
const MOST_LOCALS = 1 << 22;

/**
 * The types of a function's parameters and of the locals that its body declares.
 * @param start offset of the declarations
 * @throws ValueStackExhausted where no frame could hold them
 */
export function declaredLocals(bytes: Uint8Array, start: number, params: readonly ValType[]): ValType[] {
  const file = new FileManager(bytes);
  file.position = start;
  const types = params.slice();
  const groups = file.readU32();
  for (let i = 0; i < groups; i++) {
    const count = file.readU32();
    const type = readValType(file, permissive);
    if (types.length + count > MOST_LOCALS) {
      fail(ErrCode.ValueStackExhausted, { kind: "note", text: `A frame holds at most ${MOST_LOCALS} locals.` });
    }
    for (let k = 0; k < count; k++) types.push(type);
  }
  return types;
}

/**
 * The code of one module instance: functions lowered at their first call, one after the other in one array, so that a call
 * within the instance is a jump.
 */
export class CodeSpace implements ModuleCode {
  readonly instance: ModuleInstance;
  readonly costs: CostTable;
  readonly stepwise: boolean;
  /** Whether this is the stepwise code of runs that an observer looks at: its steps can be marked. */
  readonly watched: boolean;
  readonly spaces: IndexSpaces;
  /** The code; replaced when it grows. */
  code: Int32Array;
  /** Position of each function's first instruction by function index; 0 while it has none. */
  readonly entries: Int32Array;
  /** The largest cost that any function counts in beyond what its branches have charged. */
  largestCost = 0;
  /** Whether there are instructions of vectors in optimised code. */
  hasVectors = false;
  private length = 1;
  private linkedCode: LinkedCode | undefined;
  private readonly functions: LoweredFunction[] = [];
  private readonly lowering: FunctionLowering;
  private readonly reader: InstructionReader;
  /** The marked steps by position: what they cost, and how many marks there are. */
  private readonly marks = new Map<number, { readonly cost: number; count: number }>();
  /** The checks of the bodies, where they have been put off to here. */
  private readonly bodies: BodyChecks | undefined;

  constructor(instance: ModuleInstance, costs: CostTable, stepwise = false, watched = false) {
    this.watched = watched;
    this.instance = instance;
    this.costs = costs;
    this.stepwise = stepwise;
    this.spaces = new IndexSpaces(this.source);
    this.bodies = validationOf(this.source)?.bodies;
    this.entries = new Int32Array(this.spaces.functionCount);
    this.code = new Int32Array(1024);
    // Position 0: where the frames of this instance end.
    this.code[0] = IR["leave-instance"];
    const options: LoweringOptions = {
      spaces: this.spaces,
      typeIds: instance.typeIds,
      costs,
      stepwise,
      canonicalNaN: instance.deterministic,
    };
    this.reader = permissiveReader(this.source.bytes);
    this.lowering = new FunctionLowering(options, this.reader);
  }

  /** How much has been lowered, in words. */
  get words(): number {
    return this.length;
  }

  /** The code space of an instance, made if it has none for these costs. */
  static of(instance: ModuleInstance, costs: CostTable, stepwise = false, watched = false): CodeSpace {
    const held = instance.code;
    if (held instanceof CodeSpaces) return held.get(costs, stepwise, watched);
    const spaces = new CodeSpaces(instance);
    instance.code = spaces;
    return spaces.get(costs, stepwise, watched);
  }

  private get source(): Module {
    return this.instance.source as Module;
  }

  /** The type of a function of the index space. */
  functionType(index: number): FunctionType {
    return this.spaces.functionType(this.spaces.functionTypeIndex(index));
  }

  /** The types of a function's parameters and locals. @throws ValueStackExhausted where no frame could hold them */
  localTypes(index: number): ValType[] {
    const { bytes } = this.source;
    return declaredLocals(bytes, this.bodyOffset(index), this.functionType(index).params);
  }

  /** These, and the references behind them that legacy exceptions are kept in for `rethrow`. */
  registerTypes(index: number): ValType[] {
    const { code } = this.source;
    const defined = index - this.spaces.importedFunctionCount;
    const kept = legacyTryDepth(this.reader, code.expressionStarts[defined], code.ends[defined]);
    return this.localTypes(index).concat(new Array<ValType>(kept).fill(ValType.ExnRef));
  }

  /**
   * Lowers a function, unless it is already.
   * @returns the position of its first instruction
   * @throws WasmEdgeError where the body has not been validated before and is not valid (`lazyValidation`)
   */
  lower(index: number): number {
    if (this.entries[index] !== 0) return this.entries[index];
    this.bodies?.check(index - this.spaces.importedFunctionCount);
    const start = this.length;
    const body = this.lowerAt(index, start);
    if (!this.stepwise && chainInstructions(body.code, PROLOGUE_WORDS)) this.hasVectors = true;
    this.reserve(start + body.code.length);
    this.code.set(body.code, start);
    this.length = start + body.code.length;
    const entry = start + PROLOGUE_WORDS;
    this.functions.push({ index, start, entry, end: this.length, handlers: body.handlers });
    this.entries[index] = entry;
    this.linkedCode?.add(this.code, index, entry, this.length);
    if (body.largestCost > this.largestCost) this.largestCost = body.largestCost;
    return entry;
  }

  /** The same code as objects, made when the loop that goes through them asks for it; what is lowered later will be in it. */
  linked(): LinkedCode {
    if (this.linkedCode === undefined) {
      this.linkedCode = new LinkedCode(this.code, this.entries.length);
      for (const { index, entry, end } of this.functions) this.linkedCode.add(this.code, index, entry, end);
    }
    return this.linkedCode;
  }

  private lowerAt(index: number, base: number, visit?: PlaceVisitor, visitEntrance?: EntranceVisitor) {
    const { code } = this.source;
    const defined = index - this.spaces.importedFunctionCount;
    return this.lowering.lower(
      this.functionType(index),
      this.localTypes(index),
      code.expressionStarts[defined],
      code.ends[defined],
      base,
      visit,
      visitEntrance,
    );
  }

  /** Lowers a function that has code once more, to tell what stands where. */
  observe(index: number, visit?: PlaceVisitor, visitEntrance?: EntranceVisitor): void {
    this.lowerAt(index, this.lower(index) - PROLOGUE_WORDS, visit, visitEntrance);
  }

  private reserve(length: number): void {
    if (length <= this.code.length) return;
    const larger = new Int32Array(Math.max(length, this.code.length * 2));
    larger.set(this.code.subarray(0, this.length));
    this.code = larger;
  }

  /** The function whose code holds `position`, or undefined for position 0. */
  functionAt(position: number): LoweredFunction | undefined {
    let low = 0;
    let high = this.functions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.functions[middle].end <= position) low = middle + 1;
      else high = middle;
    }
    const found = this.functions[low];
    return found !== undefined && position >= found.start ? found : undefined;
  }

  /** The functions that have been lowered, in that order. */
  get loweredFunctions(): readonly LoweredFunction[] {
    return this.functions;
  }

  // --- Steps of stepwise code ---

  /** The steps of a function, by position; it is lowered if it is not. There are two of an `else`: one of each way. */
  stepsOf(index: number): Step[] {
    const start = this.lower(index) - PROLOGUE_WORDS;
    const steps: Step[] = [];
    this.lowerAt(index, start, (position, { offset }, _, operands) => {
      const types = operands().map(({ type }) => type);
      const last = steps[steps.length - 1];
      if (this.code[position] === IR.step) {
        // What drops emits nothing: the next instruction finds less.
        if (last?.takes === UNKNOWN) last.takes = Math.max(0, last.types.length - types.length);
        steps.push({ position, offset, types, takes: UNKNOWN, carries: 0 });
      } else if (last?.takes === UNKNOWN && last.offset === offset) {
        // Code is emitted when the operands are off the stack and before the results are on it.
        last.carries = this.lowering.carried;
        last.takes = Math.max(0, last.types.length - types.length) + last.carries;
      }
    });
    for (const step of steps) {
      const { operands } = instructionInfo(this.instructionAt(step.offset).opcode) ?? {};
      step.takes = operands?.length ?? Math.max(0, step.takes);
    }
    return steps;
  }

  /** Makes the loop come back before the step at a position, until it is unmarked as often. */
  mark(position: number): void {
    const mark = this.marks.get(position);
    if (mark !== undefined) mark.count++;
    else {
      this.marks.set(position, { cost: this.code[position + 1], count: 1 });
      this.setCost(position, MARKED_COST);
    }
  }

  unmark(position: number): void {
    const mark = this.marks.get(position);
    if (mark === undefined || --mark.count > 0) return;
    this.setCost(position, mark.cost);
    this.marks.delete(position);
  }

  private setCost(position: number, cost: number): void {
    this.code[position + 1] = cost;
    this.linkedCode?.setOperand(position, cost);
  }

  isMarked(position: number): boolean {
    return this.marks.has(position);
  }

  /** What the instruction behind a step costs. */
  costOfStep(position: number): number {
    return this.marks.get(position)?.cost ?? this.code[position + 1];
  }

  // --- Places ---

  /** The instruction at a byte offset, decoded: the reader's fields are valid until its next use. */
  instructionAt(offset: number): InstructionReader {
    this.reader.seek(offset);
    this.reader.next();
    return this.reader;
  }

  /** Offset of a function's first instruction. */
  firstOffset(index: number): number {
    return this.source.code.expressionStarts[index - this.spaces.importedFunctionCount];
  }

  /** Offset of the first byte of a function's body after its size. */
  bodyOffset(index: number): number {
    return this.source.code.starts[index - this.spaces.importedFunctionCount];
  }

  /** Offset of the instruction after the one at `offset`. */
  offsetAfter(offset: number): number {
    return this.instructionAt(offset).position;
  }

  /** Words of a frame of the function at `entry`. */
  frameWords(entry: number): number {
    return this.code[entry - 1];
  }

  /** Word offset of the frame header of the function at `entry`. */
  headerOffset(entry: number): number {
    return this.code[entry - 3];
  }

  /**
   * What stands at a position in terms of wasm. The function is lowered once more to tell, so that nothing needs to be kept
   * for what is rarely asked.
   *
   * Code that does the work of several wasm instructions stands for the first of them, of which nothing has been executed.
   * @param trapped whether the code there has trapped: then it stands for the last, which alone can trap
   */
  placeOf(position: number, trapped = false): CodePlace | undefined {
    const func = this.functionAt(position);
    if (func === undefined) return undefined;
    let found: CodePlace | undefined;
    this.lowerAt(func.index, func.start, (at, place, takesPlace) => {
      if (at <= position && (trapped || !takesPlace)) found = place;
    });
    return found;
  }

  /**
   * What `placeOf` says of trapped code, for all of a function that was lowered: each place holds up to the position of the next.
   */
  placesOf(func: LoweredFunction): { readonly position: number; readonly offset: number }[] {
    const places: { readonly position: number; readonly offset: number }[] = [];
    this.lowerAt(func.index, func.start, (position, { offset }) => {
      // Code that was undone is replaced by what stands there now.
      while (places.length > 0 && places[places.length - 1].position >= position) places.pop();
      places.push({ position, offset });
    });
    return places;
  }

  /** The position of the code of the instruction at a byte offset, in this code space. */
  positionOf(index: number, offset: number): number | undefined {
    const entry = this.lower(index);
    let found: number | undefined;
    this.lowerAt(index, entry - PROLOGUE_WORDS, (at, place) => {
      if (place.offset === offset) found ??= at;
    });
    return found;
  }
}

/** An instance's code spaces: for the cost table that it was run with last the optimised, the stepwise and the watched one. */
class CodeSpaces implements ModuleCode {
  readonly instance: ModuleInstance;
  private fast: CodeSpace | undefined;
  private slow: CodeSpace | undefined;
  private watched: CodeSpace | undefined;

  constructor(instance: ModuleInstance) {
    this.instance = instance;
  }

  get(costs: CostTable, stepwise: boolean, watched: boolean): CodeSpace {
    const held = watched ? this.watched : stepwise ? this.slow : this.fast;
    if (held?.costs === costs) return held;
    const made = new CodeSpace(this.instance, costs, stepwise, watched);
    if (watched) this.watched = made;
    else if (stepwise) this.slow = made;
    else this.fast = made;
    return made;
  }
}

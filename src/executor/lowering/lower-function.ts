import { Op } from "../../ast/generated/opcode.ts";
import type { IndexSpaces } from "../../ast/index-spaces.ts";
import { type InstructionInfo, instructionInfo } from "../../ast/instructions.ts";
import type { FunctionType } from "../../ast/types.ts";
import { isRefType, ValType } from "../../common/value-type.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import { IR } from "../engine/generated/ir.ts";
import { type Condition, emitConditionalBranch, LastComparison, negate } from "./condition.ts";
import { FrameBuilder, type OperandState, slotWords } from "./frame-builder.ts";
import { type Label, labelTypes } from "./label.ts";
import { lowerMemoryAccess } from "./memory.ts";
import { lowerBinary, lowerUnary } from "./numeric.ts";

/** Words before a function's first instruction: header's offset, end of the parameters, size of the frame. */
export const PROLOGUE_WORDS = 3;

/** Words of a frame's header: return position and the caller's frame pointer. */
export const HEADER_WORDS = 2;

/** What to lower, and how. */
export interface LoweringOptions {
  readonly spaces: IndexSpaces;
  /** The canonical id of each type. */
  readonly typeIds: Int32Array;
  /** The cost of each instruction by its ordinal. */
  readonly costs: (ordinal: number) => number;
  /** Each wasm instruction becomes one instruction behind a `step`, with all operands in their registers. */
  readonly stepwise: boolean;
}

/** A place in a function's code, in terms of wasm. */
export interface CodePlace {
  /** Offset of the wasm instruction in the module's bytes. */
  readonly offset: number;
  /** Cost counted in at that place, beyond what the branches have charged. */
  readonly cost: number;
  /** The operand stack before the instruction. */
  readonly operands: readonly OperandState[];
}

/** The result of lowering: code whose first instruction stands after the prologue. */
export interface LoweredBody {
  /** A view of the builder's buffer: copy it before the next function is lowered. */
  readonly code: Int32Array;
  /** The largest cost that is ever counted in beyond what was charged. */
  readonly largestCost: number;
}

/**
 * Lowers one function at a time from its bytes to register code, in one pass over the validated body.
 *
 * Costs: the cost of the instructions since the start of the function, along the straight way, is known at each place. A branch
 * charges that minus the cost counted in at its target, so nothing needs to be counted where ways join; see docs/rationale.md.
 */
export class FunctionLowering {
  private readonly options: LoweringOptions;
  private readonly reader: InstructionReader;
  private readonly builder = new FrameBuilder();
  private readonly comparisons = new LastComparison();
  private labels: Label[] = [];
  private reachable = true;
  /** The cost counted in at this place. */
  private cost = 0;
  private largestCost = 0;
  /** Word offset of the frame's header. */
  private header = 0;
  /** The function's result types. */
  private results: readonly ValType[] = [];
  /** Where someone watches: takes note of the place before each instruction. */
  private beforeInstruction: (() => void) | undefined;

  constructor(options: LoweringOptions, reader: InstructionReader) {
    this.options = options;
    this.reader = reader;
  }

  /**
   * @param start offset of the first instruction
   * @param end offset after the last
   * @param base position in the code space at which the result will stand
   * @param visit called before each instruction that emits code, with the position of that code
   */
  lower(
    type: FunctionType,
    locals: readonly ValType[],
    start: number,
    end: number,
    base: number,
    visit?: (position: number, place: CodePlace) => void,
  ): LoweredBody {
    const { builder, reader } = this;
    this.beginFrame(type, locals, base);
    this.observe(visit);
    this.initializeLocals(type, locals);
    reader.seek(start);
    while (reader.position < end) this.lowerNext();
    builder.onEmit = undefined;
    builder.code[2] = builder.highWater;
    return { code: builder.code.subarray(0, builder.length), largestCost: this.largestCost };
  }

  private beginFrame(type: FunctionType, locals: readonly ValType[], base: number): void {
    const { builder } = this;
    let words = 0;
    builder.localTypes = locals.slice();
    builder.localOffsets = locals.map((local) => {
      const offset = words;
      words += slotWords(local);
      return offset;
    });
    const parameterWords = type.params.reduce((sum, param) => sum + slotWords(param), 0);
    const resultWords = type.results.reduce((sum, result) => sum + slotWords(result), 0);
    // The results go to the frame's start before the header is read for the last time, so it must stand behind them.
    this.header = Math.max(words, resultWords);
    builder.begin(base, this.header + HEADER_WORDS);
    builder.word(this.header);
    builder.word(parameterWords);
    builder.word(0);
    this.comparisons.forget();
    this.reachable = true;
    this.cost = 0;
    this.largestCost = 0;
    this.labels = [];
    this.results = type.results;
    this.pushLabel("function", [], type.results);
  }

  private observe(visit: ((position: number, place: CodePlace) => void) | undefined): void {
    const { builder } = this;
    builder.onEmit = undefined;
    this.beforeInstruction = undefined;
    if (visit === undefined) return;
    let last = -1;
    this.beforeInstruction = () => {
      const place = { offset: this.reader.offset, cost: this.cost, operands: builder.snapshot() };
      builder.onEmit = () => {
        // An instruction may take the place of one that was undone: the place stays that of the first.
        if (builder.position <= last) return;
        last = builder.position;
        visit(last, place);
      };
    };
  }

  /** The zeros of numbers are written by the call; null references are not zeros. */
  private initializeLocals(type: FunctionType, locals: readonly ValType[]): void {
    for (let i = type.params.length; i < locals.length; i++) {
      if (isRefType(locals[i])) this.builder.emit(IR["ref.null"], this.builder.localOffsets[i]);
    }
  }

  private lowerNext(): void {
    const opcode = this.reader.next();
    if (!this.reachable) {
      this.skip(opcode);
      return;
    }
    this.beforeInstruction?.();
    const info = instructionInfo(opcode) as InstructionInfo;
    // These charge their cost at a place of their own.
    if (opcode !== Op.loop && opcode !== Op.else && opcode !== Op.end) this.charge(info);
    this.lowerInstruction(opcode, info);
    if (this.options.stepwise && this.reachable) this.builder.allToHome();
  }

  /** Passes over code that is never reached; its nested blocks are skipped whole. */
  private skip(opcode: number): void {
    let nested = 0;
    let next = opcode;
    for (;;) {
      if (next === Op.block || next === Op.loop || next === Op.if || next === Op.try_table) nested++;
      else if (next === Op.end) {
        if (nested === 0) {
          this.beforeInstruction?.();
          this.lowerEnd();
          return;
        }
        nested--;
      } else if (next === Op.else && nested === 0) {
        this.beforeInstruction?.();
        this.lowerElse();
        return;
      }
      next = this.reader.next();
    }
  }

  /** Counts an instruction's cost in; in the stepwise form a `step` charges it. */
  private charge(info: InstructionInfo): void {
    const cost = this.options.costs(info.ordinal);
    if (this.options.stepwise) {
      this.builder.emit(IR.step, cost);
      return;
    }
    this.cost += cost;
    if (this.cost > this.largestCost) this.largestCost = this.cost;
  }

  private chargeOf(opcode: number): void {
    this.charge(instructionInfo(opcode) as InstructionInfo);
  }

  private lowerInstruction(opcode: number, info: InstructionInfo): void {
    const { builder, reader } = this;
    switch (opcode) {
      case Op["local.get"]:
        builder.pushLocal(reader.index);
        return;
      case Op["local.set"]:
        builder.setLocal(reader.index, false);
        return;
      case Op["local.tee"]:
        builder.setLocal(reader.index, true);
        return;
      case Op["i32.const"]:
        builder.pushConstant(ValType.I32, reader.low, 0);
        return;
      case Op["i64.const"]:
        builder.pushConstant(ValType.I64, reader.low, reader.high);
        return;
      case Op["f32.const"]:
        builder.pushConstant(ValType.F32, reader.low, 0);
        return;
      case Op["f64.const"]:
        builder.pushConstant(ValType.F64, reader.low, reader.high);
        return;
      case Op["ref.null"]:
        builder.pushConstant(reader.type, 0, 0);
        return;
      case Op.nop:
        return;
      case Op.unreachable:
        builder.emit(IR.unreachable);
        this.becomeUnreachable();
        return;
      case Op.block:
        builder.localsToHome();
        this.enterBlock("block");
        return;
      case Op.loop:
        this.lowerLoop();
        return;
      case Op.if:
        this.lowerIf();
        return;
      case Op.else:
        this.lowerElse();
        return;
      case Op.end:
        this.lowerEnd();
        return;
      case Op.br:
        this.branchTo(reader.index);
        this.becomeUnreachable();
        return;
      case Op.br_if:
        this.branchIf(this.comparisons.take(builder), reader.index);
        return;
      case Op.br_table:
        this.lowerBranchTable();
        return;
      case Op.return:
        this.emitReturn(this.cost);
        this.becomeUnreachable();
        return;
      case Op.drop:
        builder.pop();
        return;
      case Op.select:
      case Op.select_t:
        this.lowerSelect();
        return;
      case Op["global.get"]:
      case Op["global.set"]:
        this.lowerGlobal(opcode);
        return;
      case Op.call:
        this.lowerCall(reader.index);
        return;
      case Op.call_indirect:
        this.lowerCallIndirect();
        return;
      case Op.call_ref:
        this.lowerCallRef();
        return;
      case Op.return_call:
      case Op.return_call_indirect:
      case Op.return_call_ref:
        this.lowerReturnCall(opcode);
        return;
      case Op.br_on_null:
      case Op.br_on_non_null:
        this.lowerBranchOnNull(opcode, reader.index);
        return;
      default:
        this.lowerOther(opcode, info);
    }
  }

  private lowerOther(opcode: number, info: InstructionInfo): void {
    const { builder, reader } = this;
    if (info.immediate === "memArg") {
      const { limit } = this.options.spaces.memories[reader.index];
      lowerMemoryAccess(builder, reader, info, reader.index === 0 && !limit.is64);
    } else if (info.operands?.length === 1 && info.immediate === "none") {
      lowerUnary(builder, this.comparisons, info);
    } else if (info.operands?.length === 2 && info.immediate === "none") {
      lowerBinary(builder, this.comparisons, info);
    } else this.lowerBulkOrReference(opcode);
  }

  // --- Blocks and branches ---

  private pushLabel(
    kind: Label["kind"],
    params: readonly ValType[],
    results: readonly ValType[],
    at: Partial<Label> = {},
  ): Label {
    const { builder } = this;
    const depth = builder.depth - params.length;
    const label: Label = {
      kind,
      params,
      results,
      depth,
      top: params.length > 0 ? builder.homes[depth] : builder.top,
      target: -1,
      targetCost: 0,
      patches: [],
      elsePatch: -1,
      costAtIf: 0,
      ...at,
    };
    this.labels.push(label);
    return label;
  }

  private blockType(): FunctionType {
    const { blockTypeIndex, blockResult } = this.reader;
    if (blockTypeIndex >= 0) return this.options.spaces.functionType(blockTypeIndex);
    return { params: [], results: blockResult === 0 ? [] : [blockResult] };
  }

  /** The parameters stand in their homes from here on, whichever way the block's code is reached. */
  private enterBlock(kind: Label["kind"], at?: Partial<Label>): void {
    const { params, results } = this.blockType();
    this.builder.topToHome(params.length);
    this.pushLabel(kind, params, results, at);
  }

  private lowerLoop(): void {
    const { builder } = this;
    builder.allToHome();
    builder.forgetLast();
    const target = builder.position;
    const targetCost = this.cost;
    this.chargeOf(Op.loop);
    this.enterBlock("loop", { target, targetCost });
  }

  private lowerIf(): void {
    const { builder } = this;
    const condition = this.comparisons.take(builder);
    builder.localsToHome();
    builder.topToHome(this.blockType().params.length);
    const patch = emitConditionalBranch(builder, negate(condition));
    builder.code[patch + 1] = this.cost;
    this.enterBlock("if", { elsePatch: patch, costAtIf: this.cost });
  }

  private lowerElse(): void {
    const { builder } = this;
    const label = this.labels[this.labels.length - 1];
    if (this.reachable) {
      builder.topToHome(label.results.length);
      this.chargeOf(Op.else);
      this.patchLater(label, builder.emit(IR.br) + 1);
    }
    this.reachable = true;
    builder.popTo(label.depth);
    for (const param of label.params) builder.pushRegister(param);
    builder.forgetLast();
    this.cost = label.costAtIf;
    const target = builder.position;
    // The way around the first part goes over the `else`, which is counted.
    this.chargeOf(Op.else);
    builder.code[label.elsePatch] = target;
    builder.code[label.elsePatch + 1] = 0;
    label.elsePatch = -1;
    label.kind = "else";
  }

  private lowerEnd(): void {
    const { builder } = this;
    const label = this.labels.pop() as Label;
    if (label.kind === "function") {
      this.lowerFunctionEnd(label);
      return;
    }
    if (label.elsePatch >= 0) {
      // An `if` without `else`: where the condition fails, the parameters are the results.
      label.patches.push(label.elsePatch);
    }
    const arrivals = label.patches.length > 0;
    if (arrivals) {
      if (this.reachable) builder.topToHome(label.results.length);
      else {
        this.cost = 0;
        builder.popTo(label.depth);
        for (const result of label.results) builder.pushRegister(result);
        this.reachable = true;
      }
      this.resolve(label);
    }
    if (this.reachable) this.chargeOf(Op.end);
  }

  private lowerFunctionEnd(label: Label): void {
    if (label.patches.length > 0) {
      if (!this.reachable) this.cost = 0;
      this.reachable = true;
      this.resolve(label);
    }
    if (!this.reachable) return;
    this.chargeOf(Op.end);
    this.emitReturn(this.cost);
  }

  /** All branches to the end of the label arrive here. */
  private resolve(label: Label): void {
    const { builder } = this;
    for (const patch of label.patches) {
      builder.code[patch] = builder.position;
      if (!this.options.stepwise) builder.code[patch + 1] -= this.cost;
    }
    builder.forgetLast();
  }

  /** Remembers that the target word at `patch` wants the end of the label, and what has been counted in here. */
  private patchLater(label: Label, patch: number): void {
    this.builder.code[patch + 1] = this.cost;
    label.patches.push(patch);
  }

  private becomeUnreachable(): void {
    this.reachable = false;
    const label = this.labels[this.labels.length - 1];
    this.builder.popTo(label.depth);
    this.builder.forgetLast();
  }

  private labelAt(index: number): Label {
    return this.labels[this.labels.length - 1 - index];
  }

  /** Writes target and cost of a branch to the label at `patch`. */
  private aim(label: Label, patch: number): void {
    if (label.kind !== "loop") {
      this.patchLater(label, patch);
      return;
    }
    this.builder.code[patch] = label.target;
    this.builder.code[patch + 1] = this.cost - label.targetCost;
  }

  /** Whether what the branch carries is not where the label wants it. A function's results leave by its return. */
  private needsMoves(label: Label): boolean {
    const types = labelTypes(label);
    if (label.kind === "function") return types.length > 0;
    const { builder } = this;
    let destination = label.top;
    for (let i = 0; i < types.length; i++) {
      const index = builder.depth - types.length + i;
      if (builder.isConstant(index) || builder.values[index] !== destination) return true;
      destination += slotWords(types[i]);
    }
    return false;
  }

  /** The destinations lie below the sources' homes or on them, so moving upwards overwrites nothing that is still wanted. */
  private moveValues(types: readonly ValType[], destination: number): void {
    const { builder } = this;
    for (let i = 0; i < types.length; i++) {
      builder.moveTo(destination, builder.depth - types.length + i);
      destination += slotWords(types[i]);
    }
  }

  private branchTo(index: number): void {
    const label = this.labelAt(index);
    if (label.kind === "function" && label.results.length > 0) {
      this.returnByBranch();
      return;
    }
    this.moveValues(labelTypes(label), label.top);
    this.aim(label, this.builder.emit(IR.br) + 1);
  }

  /** A branch to the function's own label executes its final `end` besides; in the stepwise form that needs its step. */
  private returnByBranch(): void {
    const info = instructionInfo(Op.end) as InstructionInfo;
    const cost = this.options.costs(info.ordinal);
    if (this.options.stepwise) {
      this.builder.emit(IR.step, cost);
      this.emitReturn(0);
    } else this.emitReturn(this.cost + cost);
    if (!this.options.stepwise && this.cost + cost > this.largestCost) this.largestCost = this.cost + cost;
  }

  private branchIf(condition: Condition, index: number): void {
    const { builder } = this;
    const label = this.labelAt(index);
    if (!this.needsMoves(label)) {
      this.aim(label, emitConditionalBranch(builder, condition));
      return;
    }
    // Around the moves and the branch where the condition fails. What the moves put into homes for the branch alone is
    // not there on the other way, so the entries' state before them is the one that goes on.
    const around = emitConditionalBranch(builder, negate(condition));
    const kinds = builder.kinds.slice(0, builder.depth);
    const values = builder.values.slice(0, builder.depth);
    this.branchTo(index);
    for (let i = 0; i < builder.depth; i++) {
      builder.kinds[i] = kinds[i];
      builder.values[i] = values[i];
    }
    builder.code[around] = builder.position;
    builder.code[around + 1] = 0;
    builder.forgetLast();
  }

  /** The reference stays on the one way and is gone on the other. */
  private lowerBranchOnNull(opcode: number, index: number): void {
    const { builder } = this;
    const reference = builder.register(builder.depth - 1);
    builder.result(IR["ref.is_null"], ValType.I32, reference);
    const isNull = this.comparisons.take(builder);
    if (opcode === Op.br_on_non_null) {
      this.branchIf(negate(isNull), index);
      builder.pop();
      return;
    }
    builder.pop();
    this.branchIf(isNull, index);
    builder.restore();
  }

  private lowerBranchTable(): void {
    const { builder, reader } = this;
    const selector = builder.register(builder.depth - 1);
    builder.pop();
    const count = reader.count;
    const indices: number[] = [];
    reader.beginVector();
    for (let i = 0; i <= count; i++) indices.push(reader.vectorU32());
    builder.emit(IR["br-table"], selector, count);
    const list = builder.length;
    for (let i = 0; i <= count; i++) {
      builder.word(0);
      builder.word(0);
    }
    const stubs = new Map<number, number[]>();
    indices.forEach((index, i) => {
      const patch = list + 2 * i;
      if (!this.needsMoves(this.labelAt(index))) this.aim(this.labelAt(index), patch);
      else {
        const places = stubs.get(index);
        if (places === undefined) stubs.set(index, [patch]);
        else places.push(patch);
      }
    });
    // Where values must be moved, the table leads to a piece of code that moves them and goes on.
    const kinds = builder.kinds.slice(0, builder.depth);
    const values = builder.values.slice(0, builder.depth);
    for (const [index, places] of stubs) {
      for (const place of places) builder.code[place] = builder.position;
      this.branchTo(index);
      for (let i = 0; i < builder.depth; i++) {
        builder.kinds[i] = kinds[i];
        builder.values[i] = values[i];
      }
    }
    this.becomeUnreachable();
  }

  private emitReturn(cost: number): void {
    const { builder, header } = this;
    const { results } = this;
    const charged = this.options.stepwise ? 0 : cost;
    const [result] = results;
    if (results.length === 1 && !isRefType(result) && result !== ValType.V128) {
      const wide = result === ValType.I64 || result === ValType.F64;
      const register = builder.register(builder.depth - 1);
      builder.emit(wide ? IR.return64 : IR.return32, header, charged, register);
      return;
    }
    const words = results.reduce((sum, type) => sum + slotWords(type), 0);
    // A local whose register a result goes to may be wanted for a later result: such locals are saved first.
    if (results.length > 1) {
      for (let i = builder.depth - results.length; i < builder.depth; i++) {
        if (!builder.isConstant(i) && builder.values[i] < words) builder.toHome(i);
      }
    }
    this.moveValues(results, 0);
    builder.emit(IR.return, header, charged);
  }

  // --- Variables and select ---

  private lowerSelect(): void {
    const { builder } = this;
    const condition = builder.register(builder.depth - 1);
    const second = builder.register(builder.depth - 2);
    const first = builder.register(builder.depth - 3);
    const type = builder.types[builder.depth - 3];
    builder.popTo(builder.depth - 3);
    const wide = type === ValType.I64 || type === ValType.F64;
    const narrow = type === ValType.I32 || type === ValType.F32;
    const ir = narrow ? IR.select32 : wide ? IR.select64 : type === ValType.V128 ? IR.select128 : IR["select-ref"];
    builder.result(ir, type, first, second, condition);
  }

  private lowerGlobal(opcode: number): void {
    const { builder, reader } = this;
    const { spaces } = this.options;
    const { index } = reader;
    const type = spaces.globals[index].valType;
    const cell = 4 * (index - spaces.importedGlobalCount);
    const own = cell >= 0;
    const narrow = type === ValType.I32 || type === ValType.F32;
    const wide = type === ValType.I64 || type === ValType.F64;
    if (opcode === Op["global.get"]) {
      if (own && narrow) builder.result(IR["global.get32"], type, cell);
      else if (own && wide) builder.result(IR["global.get64"], type, cell);
      else builder.result(IR["global.get"], type, index);
      return;
    }
    const value = builder.register(builder.depth - 1);
    builder.pop();
    if (own && narrow) builder.emit(IR["global.set32"], cell, value);
    else if (own && wide) builder.emit(IR["global.set64"], cell, value);
    else builder.emit(IR["global.set"], index, value);
  }

  // --- Calls ---

  /** Puts the arguments where the callee's frame begins. @returns the word offset of that place */
  private passArguments(type: FunctionType): number {
    const { builder } = this;
    builder.topToHome(type.params.length);
    builder.popTo(builder.depth - type.params.length);
    return builder.top;
  }

  /** The callee leaves its results where its frame began. */
  private takeResults(type: FunctionType): void {
    for (const result of type.results) this.builder.pushRegister(result);
    this.builder.forgetLast();
    this.cost = 0;
  }

  /** A call charges all that was counted in before it, so that the callee begins to count anew. */
  private get callCost(): number {
    return this.options.stepwise ? 0 : this.cost;
  }

  private lowerCall(index: number): void {
    const { spaces } = this.options;
    const type = spaces.functionType(spaces.functionTypeIndex(index));
    const base = this.passArguments(type);
    const imported = index < spaces.importedFunctionCount;
    this.builder.emit(imported ? IR["call-outside"] : IR.call, index, base, this.callCost);
    this.takeResults(type);
  }

  private lowerCallIndirect(): void {
    const { builder, reader } = this;
    const type = this.options.spaces.functionType(reader.index);
    const selector = builder.register(builder.depth - 1);
    builder.pop();
    const base = this.passArguments(type);
    const typeId = this.options.typeIds[reader.index];
    const { limit } = this.options.spaces.tables[reader.index2];
    const ir = limit.is64 ? IR["call-indirect-outside"] : IR["call-indirect"];
    builder.emit(ir, typeId, reader.index2, selector, base, this.callCost);
    this.takeResults(type);
  }

  private lowerCallRef(): void {
    const { builder } = this;
    const type = this.options.spaces.functionType(this.reader.index);
    const callee = builder.register(builder.depth - 1);
    builder.pop();
    const base = this.passArguments(type);
    builder.emit(IR["call-ref"], callee, base, this.callCost);
    this.takeResults(type);
  }

  private lowerReturnCall(opcode: number): void {
    const { builder, reader, header } = this;
    const { spaces } = this.options;
    if (opcode === Op.return_call) {
      const type = spaces.functionType(spaces.functionTypeIndex(reader.index));
      const base = this.passArguments(type);
      builder.emit(IR["return-call"], reader.index, header, base, argumentWords(type), this.callCost);
    } else {
      const type = spaces.functionType(reader.index);
      const callee = builder.register(builder.depth - 1);
      builder.pop();
      const base = this.passArguments(type);
      const words = argumentWords(type);
      if (opcode === Op.return_call_ref) {
        builder.emit(IR["return-call-ref"], callee, header, base, words, this.callCost);
      } else {
        const typeId = this.options.typeIds[reader.index];
        builder.emit(IR["return-call-indirect"], typeId, reader.index2, callee, header, base, words, this.callCost);
      }
    }
    this.becomeUnreachable();
  }

  // --- Bulk memory, tables, references ---

  /** Emits a cold instruction whose operands are the topmost registers, and then the immediates. */
  private lowerStatement(ir: IR, operands: number, ...immediates: number[]): void {
    const { builder } = this;
    const registers = this.operandRegisters(operands);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = [...registers, ...immediates];
    builder.emit(ir, a, b, c, d, e);
  }

  private lowerExpression(ir: IR, type: ValType, operands: number, ...immediates: number[]): void {
    const [a = 0, b = 0, c = 0] = [...this.operandRegisters(operands), ...immediates];
    this.builder.result(ir, type, a, b, c);
  }

  private operandRegisters(count: number): number[] {
    const { builder } = this;
    const registers: number[] = [];
    for (let i = builder.depth - count; i < builder.depth; i++) registers.push(builder.register(i));
    builder.popTo(builder.depth - count);
    return registers;
  }

  private lowerBulkOrReference(opcode: number): void {
    const { builder, reader } = this;
    const { spaces } = this.options;
    const { index, index2 } = reader;
    switch (opcode) {
      case Op["memory.size"]:
        this.lowerExpression(IR["memory.size"], addressType(spaces.memories[index]), 0, index);
        return;
      case Op["memory.grow"]:
        this.lowerExpression(IR["memory.grow"], addressType(spaces.memories[index]), 1, index);
        return;
      case Op["memory.fill"]:
        this.lowerStatement(IR["memory.fill"], 3, index);
        return;
      case Op["memory.copy"]:
        this.lowerStatement(IR["memory.copy"], 3, index, index2);
        return;
      case Op["memory.init"]:
        this.lowerStatement(IR["memory.init"], 3, index, index2);
        return;
      case Op["data.drop"]:
        this.lowerStatement(IR["data.drop"], 0, index);
        return;
      case Op["table.get"]:
        this.lowerExpression(IR["table.get"], spaces.tables[index].elementType, 1, index);
        return;
      case Op["table.set"]:
        this.lowerStatement(IR["table.set"], 2, index);
        return;
      case Op["table.size"]:
        this.lowerExpression(IR["table.size"], addressType(spaces.tables[index]), 0, index);
        return;
      case Op["table.grow"]:
        this.lowerExpression(IR["table.grow"], addressType(spaces.tables[index]), 2, index);
        return;
      case Op["table.fill"]:
        this.lowerStatement(IR["table.fill"], 3, index);
        return;
      case Op["table.copy"]:
        this.lowerStatement(IR["table.copy"], 3, index, index2);
        return;
      case Op["table.init"]:
        this.lowerStatement(IR["table.init"], 3, index, index2);
        return;
      case Op["elem.drop"]:
        this.lowerStatement(IR["elem.drop"], 0, index);
        return;
      case Op["ref.as_non_null"]:
        this.lowerStatement(IR["ref.as_non_null"], 1);
        builder.restore();
        return;
      case Op["ref.is_null"]:
        this.lowerExpression(IR["ref.is_null"], ValType.I32, 1);
        return;
      case Op["ref.func"]:
        builder.result(IR["ref.func"], ValType.FuncRef, index);
        return;
      default:
        throw new Error(`BUG: no lowering for ${instructionInfo(opcode)?.name}`);
    }
  }
}

function argumentWords(type: FunctionType): number {
  return type.params.reduce((sum, param) => sum + slotWords(param), 0);
}

/** The type of the addresses of a memory, or of the indices of a table. */
function addressType(space: { readonly limit: { readonly is64: boolean } }): ValType {
  return space.limit.is64 ? ValType.I64 : ValType.I32;
}

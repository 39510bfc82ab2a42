import { Op } from "../../ast/generated/opcode.ts";
import { type InstructionInfo, instructionInfo } from "../../ast/instructions.ts";
import type { FunctionType } from "../../ast/types.ts";
import { Proposal } from "../../common/proposal.ts";
import { isRefType, ValType } from "../../common/value-type.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import { IR } from "../engine/generated/ir.ts";
import { lowerAtomic } from "./atomics.ts";
import { lowerBlock, lowerElse, lowerEnd, lowerIf, lowerLoop } from "./blocks.ts";
import {
  branchIf,
  emitBranch,
  emitReturn,
  lowerBranchOnCast,
  lowerBranchOnNull,
  lowerBranchTable,
} from "./branches.ts";
import { lowerBulk } from "./bulk.ts";
import { lowerCall, lowerCallIndirect, lowerCallRef, lowerReturnCall } from "./calls.ts";
import { canonicalizeNaN } from "./canonical-nan.ts";
import {
  type Handler,
  lowerCatch,
  lowerDelegate,
  lowerRethrow,
  lowerThrow,
  lowerThrowRef,
  lowerTry,
  lowerTryTable,
} from "./exceptions.ts";
import { type FunctionBody, registersOf } from "./function-bodies.ts";
import { lowerGC } from "./gc.ts";
import { type EntranceVisitor, Lowering, type LoweringOptions, wordsOf } from "./lowering.ts";
import { lowerMemoryAccess } from "./memory.ts";
import { lowerBinary, lowerUnary, lowerWide } from "./numeric.ts";
import { type OperandState, slotWords } from "./operands.ts";
import { lowerGlobal, lowerSelect } from "./variables.ts";
import { isVectorInstruction, lowerVector } from "./vector.ts";

/** Words before a function's first instruction: header's offset, end of the parameters, size of the frame. */
export const PROLOGUE_WORDS = 3;

/** Words of a frame's header: return position and the caller's frame pointer. */
export const HEADER_WORDS = 2;

/** A place in a function's code, in terms of wasm. */
export interface CodePlace {
  /** Offset of the wasm instruction in the module's bytes. */
  readonly offset: number;
  /** Cost counted in at that place, beyond what the branches have charged. */
  readonly cost: number;
  /** The operand stack before the instruction. */
  readonly operands: readonly OperandState[];
}

/**
 * Is told each place as it is lowered.
 * @param operands gives the operand stack as it is when that code is reached
 * @param carried how many values that code takes along, of a branch or return
 */
export type PlaceVisitor = (
  position: number,
  place: CodePlace,
  takesPlace: boolean,
  operands: () => OperandState[],
  carried: number,
) => void;

/** The result of lowering: code whose first instruction stands after the prologue. */
export interface LoweredBody {
  /** A view of the builder's buffer: copy it before the next function is lowered. */
  readonly code: Int32Array;
  /** The largest cost that is ever counted in beyond what was charged. */
  readonly largestCost: number;
  /** The function's try blocks, in the order in which they begin. */
  readonly handlers: readonly Handler[];
}

/**
 * Lowers one function at a time from its bytes to register code, in one pass over the validated body.
 *
 * The families of instructions have files of their own beside this one; here is the walk over the body.
 */
export class FunctionLowering {
  private readonly lowering: Lowering;
  /** Where someone watches: takes note of the place before each instruction. */
  private beforeInstruction: (() => void) | undefined;

  constructor(options: LoweringOptions, reader: InstructionReader) {
    this.lowering = new Lowering(options, reader);
  }

  /**
   * @param base position in the code space at which the result will stand
   * @param visit called before each instruction that emits code, with the position of that code, and whether it takes the
   *   place of the instruction before: that has become a part of it
   * @param visitEntrance called for the function's start, each loop and each place after a call
   */
  lower(body: FunctionBody, base: number, visit?: PlaceVisitor, visitEntrance?: EntranceVisitor): LoweredBody {
    const { builder, cost, reader } = this.lowering;
    const { type, start, end } = body;
    const registers = registersOf(body);
    this.lowering.firstLegacyRegister = body.locals.length;
    this.lowering.handlers = [];
    this.beginFrame(type, registers, base);
    this.observe(visit);
    this.lowering.onEntrance = visitEntrance;
    visitEntrance?.(start, builder.position, 0);
    this.initializeLocals(type, registers);
    reader.seek(start);
    while (reader.position < end) this.lowerNext();
    builder.onEmit = undefined;
    builder.code[2] = builder.highWater;
    const code = builder.code.subarray(0, builder.length);
    return { code, largestCost: cost.largest, handlers: this.lowering.handlers };
  }

  private beginFrame(type: FunctionType, locals: readonly ValType[], base: number): void {
    const { builder, comparisons, cost, labels } = this.lowering;
    let words = 0;
    builder.localTypes = locals.slice();
    builder.localOffsets = locals.map((local) => {
      const offset = words;
      words += slotWords(local);
      return offset;
    });
    // The results go to the frame's start before the header is read for the last time, so it must stand behind them.
    const header = Math.max(words, wordsOf(type.results));
    builder.begin(base, header + HEADER_WORDS);
    builder.word(header);
    builder.word(wordsOf(type.params));
    builder.word(0);
    comparisons.forget();
    cost.begin();
    labels.begin(header, type.results);
  }

  private observe(visit: PlaceVisitor | undefined): void {
    const { builder, cost, reader } = this.lowering;
    builder.onEmit = undefined;
    this.beforeInstruction = undefined;
    this.lowering.onJoin = undefined;
    if (visit === undefined) return;
    let last = -1;
    this.beforeInstruction = () => {
      this.lowering.carried = 0;
      const place = { offset: reader.offset, cost: cost.value, operands: builder.snapshot() };
      builder.onEmit = () => {
        const takesPlace = builder.position <= last;
        last = builder.position;
        visit(last, place, takesPlace, () => builder.snapshot(), this.lowering.carried);
      };
    };
    this.lowering.onJoin = this.beforeInstruction;
  }

  /** The zeros of numbers are written by the call; null references are not zeros. */
  private initializeLocals(type: FunctionType, locals: readonly ValType[]): void {
    const { builder } = this.lowering;
    for (let i = type.params.length; i < locals.length; i++) {
      if (!isRefType(locals[i])) continue;
      // Declared one after the other, they are set in one go.
      const first = i;
      while (i + 1 < locals.length && isRefType(locals[i + 1])) i++;
      const offset = builder.localOffsets[first];
      if (i === first) builder.emit(IR["ref.null"], offset);
      else builder.emit(IR["ref.nulls"], offset, i - first + 1);
    }
  }

  private lowerNext(): void {
    const { builder, cost, labels, options, reader } = this.lowering;
    const opcode = reader.next();
    if (!labels.reachable) {
      this.skip(opcode);
      return;
    }
    this.beforeInstruction?.();
    const info = instructionInfo(opcode) as InstructionInfo;
    if (!chargesItself(opcode)) cost.charge(info);
    this.lowerInstruction(opcode, info);
    if (options.canonicalNaN) canonicalizeNaN(this.lowering, info);
    if (options.stepwise && labels.reachable) builder.allToHome();
  }

  /** Passes over code that is never reached; its nested blocks are skipped whole. */
  private skip(opcode: number): void {
    let nested = 0;
    let next = opcode;
    for (;;) {
      if (opensBlock(next)) nested++;
      else if (nested === 0 && (closesBlock(next) || next === Op.else || next === Op.catch || next === Op.catch_all)) {
        this.beforeInstruction?.();
        this.lowerInstruction(next, instructionInfo(next) as InstructionInfo);
        return;
      } else if (closesBlock(next)) nested--;
      next = this.lowering.reader.next();
    }
  }

  private lowerInstruction(opcode: number, info: InstructionInfo): void {
    const { lowering } = this;
    const { builder, labels, reader } = lowering;
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
        labels.becomeUnreachable();
        return;
      case Op.block:
        lowerBlock(lowering);
        return;
      case Op.loop:
        lowerLoop(lowering);
        return;
      case Op.if:
        lowerIf(lowering);
        return;
      case Op.else:
        lowerElse(lowering);
        return;
      case Op.end:
        lowerEnd(lowering);
        return;
      case Op.br:
        emitBranch(lowering, reader.index);
        labels.becomeUnreachable();
        return;
      case Op.br_if:
        branchIf(lowering, lowering.comparisons.take(builder), reader.index);
        return;
      case Op.br_table:
        lowerBranchTable(lowering);
        return;
      case Op.return:
        emitReturn(lowering, lowering.cost.value);
        labels.becomeUnreachable();
        return;
      case Op.drop:
        builder.pop();
        return;
      case Op.select:
      case Op.select_t:
        lowerSelect(lowering);
        return;
      case Op["global.get"]:
      case Op["global.set"]:
        lowerGlobal(lowering, opcode);
        return;
      case Op.call:
        lowerCall(lowering);
        return;
      case Op.call_indirect:
        lowerCallIndirect(lowering);
        return;
      case Op.call_ref:
        lowerCallRef(lowering);
        return;
      case Op.return_call:
      case Op.return_call_indirect:
      case Op.return_call_ref:
        lowerReturnCall(lowering, opcode);
        return;
      case Op.try_table:
        lowerTryTable(lowering);
        return;
      case Op.throw:
        lowerThrow(lowering);
        return;
      case Op.throw_ref:
        lowerThrowRef(lowering);
        return;
      case Op.try:
        lowerTry(lowering);
        return;
      case Op.catch:
      case Op.catch_all:
        lowerCatch(lowering, opcode);
        return;
      case Op.delegate:
        lowerDelegate(lowering);
        return;
      case Op.rethrow:
        lowerRethrow(lowering);
        return;
      case Op.br_on_null:
      case Op.br_on_non_null:
        lowerBranchOnNull(lowering, opcode, reader.index);
        return;
      case Op.br_on_cast:
      case Op.br_on_cast_fail:
        lowerBranchOnCast(lowering, opcode, reader.index);
        return;
      default:
        this.lowerOther(opcode, info);
    }
  }

  private lowerOther(opcode: number, info: InstructionInfo): void {
    const { builder, comparisons, options, reader } = this.lowering;
    if (isVectorInstruction(opcode)) {
      lowerVector(this.lowering, info);
    } else if (info.proposals[0] === Proposal.Threads) {
      lowerAtomic(this.lowering, info);
    } else if (info.immediate === "memArg") {
      lowerMemoryAccess(builder, reader, info, options.spaces);
    } else if (info.results?.length === 2) {
      lowerWide(this.lowering, info);
    } else if (info.operands?.length === 1 && info.immediate === "none") {
      lowerUnary(builder, comparisons, info);
    } else if (info.operands?.length === 2 && info.immediate === "none") {
      lowerBinary(builder, comparisons, info);
    } else if (info.proposals[0] === Proposal.GC) lowerGC(this.lowering, opcode);
    else lowerBulk(this.lowering, opcode);
  }
}

function opensBlock(opcode: number): boolean {
  return opcode === Op.block || opcode === Op.loop || opcode === Op.if || opcode === Op.try_table || opcode === Op.try;
}

function closesBlock(opcode: number): boolean {
  return opcode === Op.end || opcode === Op.delegate;
}

/** These charge their cost at a place of their own: before or after the position that branches go to. */
function chargesItself(opcode: number): boolean {
  switch (opcode) {
    case Op.loop:
    case Op.else:
    case Op.end:
    case Op.catch:
    case Op.catch_all:
    case Op.delegate:
      return true;
    default:
      return false;
  }
}

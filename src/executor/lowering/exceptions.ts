import { Op } from "../../ast/generated/opcode.ts";
import { isRefType, ValType } from "../../common/value-type.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import { IR } from "../engine/generated/ir.ts";
import { lowerEnd } from "./blocks.ts";
import { emitBranch } from "./branches.ts";
import type { Lowering } from "./lowering.ts";

/**
 * Lowering of exceptions. A try block emits nothing where no exception passes: its handler is a range of code positions in
 * a list beside the code, and unwinding looks positions up in it (`engine/unwind.ts`).
 *
 * https://webassembly.github.io/spec/core/exec/instructions.html#exec-try-table and, for the legacy instructions,
 * https://webassembly.github.io/exception-handling/legacy/core/
 */

/** What becomes of an exception with that tag. */
export interface CatchClause {
  /** Index of the tag; -1 catches all. */
  readonly tag: number;
  /** How many words of payload it takes, and whether there are references among them. */
  readonly words: number;
  readonly takesReferences: boolean;
  /** Whether the exception itself is pushed behind its payload. */
  readonly pushesReference: boolean;
  /** Word offset at which the payload is put. */
  readonly landing: number;
  /** Where the run goes on. */
  readonly position: number;
  /** Word offset of the register that keeps the exception for `rethrow`; -1 for none. */
  readonly keeps: number;
}

/** The handler of a try block: the code from `start` up to `end` is guarded by it. */
export interface Handler {
  readonly start: number;
  end: number;
  /** How many blocks are open around the try block. */
  readonly level: number;
  readonly clauses: CatchClause[];
  /** With `delegate`: exceptions go on to the handlers of blocks up to this level; -1 without. */
  delegateLevel: number;
}

const enum CatchKind {
  Catch = 0,
  CatchRef = 1,
  CatchAll = 2,
}

/** The types that a clause for that tag takes of an exception. */
function payloadTypes({ options }: Lowering, tag: number): readonly ValType[] {
  if (tag < 0) return [];
  return options.spaces.functionType(options.spaces.tags[tag].typeIndex).params;
}

/**
 * Each catch clause gets a piece of code that moves what is caught to where the clause's label wants it and branches
 * there. The normal way goes around these.
 */
export function lowerTryTable(lowering: Lowering): void {
  const { builder, cost, labels } = lowering;
  const { params, results } = lowering.blockType();
  builder.localsToHome();
  builder.topToHome(params.length);
  const around = builder.emit(IR.br) + 1;
  const costBefore = cost.value;
  const state = builder.saveStack();
  builder.popTo(builder.depth - params.length);
  const clauses = lowerClauses(lowering);
  builder.restoreStack(state);
  cost.value = costBefore;
  builder.code[around] = builder.position;
  builder.code[around + 1] = 0;
  builder.forgetLast();
  const handler = lowering.addHandler(clauses);
  labels.push("try", params, results, { handler });
}

function lowerClauses(lowering: Lowering): CatchClause[] {
  const { builder, cost, reader } = lowering;
  const clauses: CatchClause[] = [];
  const depth = builder.depth;
  reader.beginVector();
  for (let i = 0; i < reader.count; i++) {
    const kind = reader.vectorByte();
    const tag = (kind & CatchKind.CatchAll) !== 0 ? -1 : reader.vectorU32();
    const pushesReference = (kind & CatchKind.CatchRef) !== 0;
    const label = reader.vectorU32();
    // The throw has charged everything before it.
    cost.value = 0;
    clauses.push(beginClause(lowering, tag, pushesReference, -1));
    if (pushesReference) builder.pushRegister(ValType.ExnRef);
    emitBranch(lowering, label);
    builder.popTo(depth);
  }
  return clauses;
}

/** The clause whose code begins here, with what it takes on the stack. */
function beginClause(lowering: Lowering, tag: number, pushesReference: boolean, keeps: number): CatchClause {
  const { builder } = lowering;
  const { position, top: landing } = builder;
  const types = payloadTypes(lowering, tag);
  for (const type of types) builder.pushRegister(type);
  return {
    tag,
    words: builder.top - landing,
    takesReferences: types.some(isRefType),
    pushesReference,
    landing,
    position,
    keeps,
  };
}

export function lowerThrow(lowering: Lowering): void {
  const { builder, cost, labels, reader } = lowering;
  const types = payloadTypes(lowering, reader.index);
  builder.topToHome(types.length);
  builder.popTo(builder.depth - types.length);
  builder.emit(IR.throw, reader.index, builder.top, cost.value);
  labels.becomeUnreachable();
}

export function lowerThrowRef({ builder, cost, labels }: Lowering): void {
  const exception = builder.register(builder.depth - 1);
  builder.pop();
  builder.emit(IR["throw-ref"], exception, cost.value);
  labels.becomeUnreachable();
}

// --- The legacy instructions ---

/** The largest number of legacy try blocks that are open at once in a body: each needs a register for `rethrow`. */
export function legacyTryDepth(reader: InstructionReader, start: number, end: number): number {
  // Most functions have none, and most of those do not even have the byte.
  if (!reader.file.bytes.subarray(start, end).includes(Op.try)) return 0;
  let deepest = 0;
  const blocks: boolean[] = [];
  let depth = 0;
  reader.seek(start);
  while (reader.position < end) {
    switch (reader.next()) {
      case Op.try:
        depth++;
        blocks.push(true);
        deepest = Math.max(deepest, depth);
        break;
      case Op.block:
      case Op.loop:
      case Op.if:
      case Op.try_table:
        blocks.push(false);
        break;
      case Op.end:
      case Op.delegate:
        if (blocks.pop()) depth--;
        break;
    }
  }
  return deepest;
}

export function lowerTry(lowering: Lowering): void {
  const { builder, labels } = lowering;
  const { params, results } = lowering.blockType();
  builder.localsToHome();
  builder.topToHome(params.length);
  builder.forgetLast();
  const keeps = lowering.legacyRegister(labels.legacyTries);
  labels.push("try", params, results, { handler: lowering.addHandler([]), keeps });
}

/** `catch` and `catch_all`: the part before ends here, and this part begins with the payload on the stack. */
export function lowerCatch(lowering: Lowering, opcode: number): void {
  const { builder, cost, labels, reader } = lowering;
  const label = labels.innermost;
  const { handler } = label;
  if (handler === undefined) return;
  if (handler.end < 0) handler.end = builder.position;
  if (labels.reachable) {
    builder.topToHome(label.results.length);
    cost.chargeOpcode(opcode);
    labels.patchLater(label, builder.emit(IR.br) + 1);
  }
  labels.reachable = true;
  builder.popTo(label.depth);
  builder.forgetLast();
  cost.value = 0;
  const tag = opcode === Op.catch_all ? -1 : reader.index;
  handler.clauses.push(beginClause(lowering, tag, false, label.keeps));
}

/** Ends a try block: its exceptions go on to the handlers around the label. */
export function lowerDelegate(lowering: Lowering): void {
  const { builder, labels, reader } = lowering;
  const { handler } = labels.innermost;
  if (handler !== undefined) {
    handler.end = builder.position;
    // The index counts from outside of the try block.
    handler.delegateLevel = labels.levelOf(reader.index + 1);
  }
  lowerEnd(lowering);
}

export function lowerRethrow({ builder, cost, labels, reader }: Lowering): void {
  builder.emit(IR["throw-ref"], labels.at(reader.index).keeps, cost.value);
  labels.becomeUnreachable();
}

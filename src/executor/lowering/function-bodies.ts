import { IndexSpaces } from "../../ast/index-spaces.ts";
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
import { type Validation, validationOf } from "../../validator/validator.ts";
import { legacyTryDepth } from "./exceptions.ts";

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

/** How many locals a body declares, beside its parameters. @param start offset of the declarations */
export function declaredLocalCount(bytes: Uint8Array, start: number): number {
  const file = new FileManager(bytes);
  file.position = start;
  let sum = 0;
  for (let groups = file.readU32(); groups > 0; groups--) {
    sum += file.readU32();
    readValType(file, permissive);
  }
  return sum;
}

/** The types of a function's locals, and of the exceptions behind them. */
export function registersOf({ locals, legacyTries }: FunctionBody): ValType[] {
  return locals.concat(new Array<ValType>(legacyTries).fill(ValType.ExnRef));
}

/** A function as it is lowered. */
export interface FunctionBody {
  readonly type: FunctionType;
  /** The types of its parameters and locals. */
  readonly locals: readonly ValType[];
  /** How many legacy `try` are open at once at most: each keeps an exception for `rethrow` in a register behind the locals. */
  readonly legacyTries: number;
  /** Offset of its first instruction. */
  readonly start: number;
  /** Offset after its last one. */
  readonly end: number;
}

/** The functions of a validated module as they stand in its bytes. Indices are those of the index space of functions. */
export class FunctionBodies {
  readonly spaces: IndexSpaces;
  /** Its fields are those of the instruction that was asked for last. */
  readonly reader: InstructionReader;
  private readonly module: Module;
  private readonly validation: Validation | undefined;

  constructor(module: Module) {
    this.module = module;
    this.spaces = new IndexSpaces(module);
    this.reader = permissiveReader(module.bytes);
    this.validation = validationOf(module);
  }

  /** @throws WasmEdgeError where the body has not been validated before and is not valid (`lazyValidation`) */
  check(index: number): void {
    this.validation?.bodies?.check(this.defined(index));
  }

  private defined(index: number): number {
    return index - this.spaces.importedFunctionCount;
  }

  functionType(index: number): FunctionType {
    return this.spaces.functionType(this.spaces.functionTypeIndex(index));
  }

  /** The types of a function's parameters and locals. @throws ValueStackExhausted where no frame could hold them */
  localTypes(index: number): ValType[] {
    return declaredLocals(this.module.bytes, this.startOf(index), this.functionType(index).params);
  }

  /** These, and the references behind them that legacy exceptions are kept in for `rethrow`. */
  registerTypes(index: number): ValType[] {
    return registersOf(this.body(index));
  }

  /** What is lowered. @throws ValueStackExhausted where no frame could hold its locals */
  body(index: number): FunctionBody {
    const [start, end] = [this.firstOffset(index), this.endOf(index)];
    const mayTry = this.validation?.features.legacyTry ?? true;
    const legacyTries = mayTry ? legacyTryDepth(this.reader, start, end) : 0;
    return { type: this.functionType(index), locals: this.localTypes(index), legacyTries, start, end };
  }

  /** Offset of the first byte of a function's body after its size. */
  startOf(index: number): number {
    return this.module.code.starts[this.defined(index)];
  }

  /** Offset of a function's first instruction. */
  firstOffset(index: number): number {
    return this.module.code.expressionStarts[this.defined(index)];
  }

  /** Offset after the last. */
  endOf(index: number): number {
    return this.module.code.ends[this.defined(index)];
  }

  /** The instruction at a byte offset, decoded: the reader's fields are valid until its next use. */
  instructionAt(offset: number): InstructionReader {
    this.reader.seek(offset);
    this.reader.next();
    return this.reader;
  }

  /** Offset of the instruction after the one at `offset`. */
  offsetAfter(offset: number): number {
    return this.instructionAt(offset).position;
  }
}

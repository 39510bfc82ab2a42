import { Op } from "../ast/generated/opcode.ts";
import { ADDRESS, instructionInfo, type Opcode } from "../ast/instructions.ts";
import type { CodeSection, DataSegment } from "../ast/module.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { aggregateRules } from "./aggregate-rules.ts";
import { CheckerState, type Rule } from "./checker-state.ts";
import { Check } from "./checks.ts";
import { ConstantExpressions } from "./constant-expressions.ts";
import { controlRules } from "./control-rules.ts";
import { exceptionRules } from "./exception-rules.ts";
import {
  alignmentOf,
  checkOf,
  operandsStart,
  resultsEnd,
  resultsStart,
  signatureOf,
  signatureTypes,
  widthOf,
} from "./generated/signatures.ts";
import { instructionContext } from "./instruction-context.ts";
import { memoryRules } from "./memory-rules.ts";
import { checkIndex, type ModuleContext } from "./module-context.ts";
import type { OperandStack } from "./operand-stack.ts";
import { PlainInstructions } from "./plain-instructions.ts";
import { referenceRules } from "./reference-rules.ts";
import { variableRules } from "./variable-rules.ts";

/** By name of the instruction. */
const namedRules: readonly { readonly [name: string]: Rule }[] = [
  controlRules,
  variableRules,
  memoryRules,
  referenceRules,
  aggregateRules,
  exceptionRules,
];

/** Per opcode: its rule, where it has one and it has been asked for. */
const rules = new Map<Opcode, Rule>();

/** The rule of an instruction that has no signature. */
function ruleOf(opcode: Opcode): Rule {
  const known = rules.get(opcode);
  if (known !== undefined) return known;
  const name = instructionInfo(opcode)?.name ?? "";
  const rule = namedRules.find((family) => family[name] !== undefined)?.[name];
  if (rule === undefined) throw new Error(`BUG: neither signature nor rule: ${name}`);
  rules.set(opcode, rule);
  return rule;
}

/** The operand stack as the checker has it at some place. */
export interface CheckedStack {
  /** The types, the topmost last; BOTTOM and BOTTOM_REFERENCE stand for what no instruction has left there. */
  readonly types: readonly ValType[];
  /** How many of them belong to the blocks around the present one, which it cannot see. */
  readonly floor: number;
  /** The place is never reached: above the floor stands whatever is asked for. */
  readonly polymorphic: boolean;
}

/** An instruction that was found valid. */
export interface CheckedInstruction {
  readonly opcode: Opcode;
  /** Offset in the module's bytes. */
  readonly offset: number;
  /** Open blocks before it, the function's own included. */
  readonly depth: number;
  readonly before: CheckedStack;
  readonly after: CheckedStack;
}

const noStack: CheckedStack = { types: [], floor: 0, polymorphic: false };

function stackOf({ types, height, floor, polymorphic }: OperandStack): CheckedStack {
  return { types: Array.from(types.subarray(0, height)), floor, polymorphic };
}

/**
 * Checks function bodies and constant expressions of one module, straight from its bytes: the specification's algorithm, in
 * one pass, without an object an instruction.
 *
 * https://webassembly.github.io/spec/core/appendix/algorithm.html — WasmEdge `FormChecker`
 */
export class FormChecker {
  private readonly context: ModuleContext;
  private readonly state: CheckerState;
  private readonly constants: ConstantExpressions;
  private readonly plain: PlainInstructions;

  constructor(bytes: Uint8Array, context: ModuleContext, configure: Configure) {
    this.context = context;
    this.state = new CheckerState(bytes, context, configure);
    this.constants = new ConstantExpressions(context, configure);
    this.plain = new PlainInstructions(this.state, configure);
  }

  /**
   * Checks bodies, one after the other: what is plain in the fast lane, the rest here.
   * @param typeIndices the type index of each defined function
   * @param code where the bodies stand; their instructions need not have been walked
   * @param first the first body to be checked
   * @param end the first body not to be checked
   * @throws WasmEdgeError of the validation phase, with the instruction and the AST node "expression"; of the loading phase for
   *   a malformed body that has not been walked, though not always what loading it would tell
   */
  checkBodies(typeIndices: Uint32Array, code: CodeSection, first: number, end: number): void {
    const { plain } = this;
    const { control, reader } = this.state;
    reader.hasDataCount = this.context.hasDataCount;
    control.clear();
    plain.begin(typeIndices, code, first, end);
    while (control.depth > 0 || plain.body < end) {
      if (plain.check()) continue;
      if (control.depth > 0) {
        this.checkInstruction();
        if (control.depth === 0) this.checkBound(code.ends[plain.body - 1]);
      } else if (plain.body < end) {
        this.openBody(typeIndices[plain.body], code.starts[plain.body]);
        plain.body++;
      }
    }
  }

  /** A body has to end where its size says. */
  private checkBound(end: number): void {
    const { position } = this.state.reader;
    if (position !== end) fail(ErrCode.SectionSizeMismatch, { kind: "loading", offset: position });
  }

  /** Reads a body's declarations, and opens its block. @throws WasmEdgeError without instruction and node */
  private openBody(typeIndex: number, start: number): void {
    const { params, results } = this.context.definedFunctionType(typeIndex);
    const { locals, reader } = this.state;
    locals.begin(params);
    reader.seek(start);
    locals.readDeclarations(reader.file);
    this.begin(results);
  }

  /** Checks one instruction, of whatever form. */
  private checkInstruction(): void {
    try {
      this.checkAny(this.state.reader.next());
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * The operand stack before an instruction of a valid body.
   * @param offset of the instruction
   * @returns undefined where no instruction that can be reached begins there
   */
  operandTypesAt(typeIndex: number, start: number, offset: number): ValType[] | undefined {
    const { reader, operands, control } = this.state;
    let types: ValType[] | undefined;
    this.openBody(typeIndex, start);
    do {
      if (reader.position === offset && !operands.polymorphic) types = operands.list();
      this.checkInstruction();
    } while (control.depth > 0);
    return types;
  }

  /**
   * Checks a constant expression.
   * @param start offset of its first instruction
   * @param type that of its value
   * @throws ConstExprRequired where an instruction is not constant; else as `checkBodies`
   */
  checkConstant(start: number, type: ValType): void {
    try {
      this.checkConstantInstructions(start, type);
    } catch (error) {
      this.fail(error);
    }
  }

  /**
   * The fast lane through data segments: passes over passive ones, and those whose offset is one `i32.const`, where memory 0 is
   * wanted and has addresses of that type. Linkers write such segments by the ten thousand.
   * @param next the segment to begin with
   * @returns the first one that is not of this kind, or the number of segments
   */
  passPlainOffsets(segments: readonly DataSegment[], next: number): number {
    const { context, state } = this;
    const { bytes } = state.reader;
    if (context.memoryAddressTypes[0] !== ValType.I32) return next;
    let i = next;
    for (; i < segments.length; i++) {
      const { memoryIndex, offset } = segments[i];
      if (offset === undefined) continue;
      if (memoryIndex !== 0 || bytes[offset.start] !== Op["i32.const"]) break;
      // The loader has walked the expression, so this comes to an end.
      let last = offset.start + 1;
      while (bytes[last] >= 0x80) last++;
      if (last + 2 !== offset.end) break;
    }
    return i;
  }

  /** Apart from the bodies' loop, which V8 would optimise for these few instructions and then have to do again. */
  private checkConstantInstructions(start: number, type: ValType): void {
    const { state, constants } = this;
    const { locals, reader, control } = state;
    locals.begin([]);
    reader.seek(start);
    this.begin(state.lists.single(type));
    do {
      const opcode = reader.next();
      constants.check(reader);
      if (checkOf[opcode] === Check.rule) ruleOf(opcode)(state);
      else this.applySignature(opcode);
    } while (control.depth > 0);
  }

  /**
   * Checks a function's body as `checkBodies` does, and tells of each instruction: slower, for those who want to see it.
   * @param watch called behind each instruction that was found valid
   * @throws as `checkBodies`
   */
  watchBody(typeIndex: number, start: number, watch: (checked: CheckedInstruction) => void): void {
    const { control, operands, reader } = this.state;
    this.openBody(typeIndex, start);
    try {
      do {
        const depth = control.depth;
        const before = stackOf(operands);
        const opcode = reader.next();
        const { offset } = reader;
        this.checkAny(opcode);
        // Behind the last `end` there is no stack.
        const after = control.depth > 0 ? stackOf(operands) : noStack;
        watch({ opcode, offset, depth, before, after });
      } while (control.depth > 0);
    } catch (error) {
      this.fail(error);
    }
  }

  /** Checks the instruction that was read, of whatever form. */
  private checkAny(opcode: Opcode): void {
    const check = checkOf[opcode];
    switch (check) {
      case Check.constant:
      case Check.unary:
      case Check.binary:
        this.applySignature(opcode);
        return;
      case Check.load:
      case Check.store:
        this.applySignature(opcode, this.checkAccess(opcode));
        return;
      case Check.rule:
        ruleOf(opcode)(this.state);
        return;
      default:
        this.checkRare(opcode, check);
    }
  }

  private begin(results: readonly ValType[]): void {
    const { state } = this;
    state.operands.clear();
    state.control.clear();
    state.control.push(Op["block"], state.reader.position, [], results);
  }

  /** Tells the instruction, unless the error knows it already or arose in reading one. */
  private fail(error: unknown): never {
    if (!(error instanceof WasmEdgeError)) throw error;
    const { opcode, offset } = this.state.reader;
    if (!error.context.some(({ kind }) => kind === "instruction" || kind === "loading")) {
      error.withContext(instructionContext(opcode, offset));
    }
    throw error.withContext({ kind: "ast", node: "expression" });
  }

  /** What few bodies have. */
  private checkRare(opcode: Opcode, check: Check): void {
    const { reader, context } = this.state;
    switch (check) {
      case Check.signature:
        this.applySignature(opcode);
        return;
      case Check.memoryAccess:
        this.applySignature(opcode, this.checkAccess(opcode));
        return;
      case Check.atomicAccess:
        this.applySignature(opcode, this.checkAtomicAccess(opcode));
        return;
      case Check.laneAccess: {
        const address = this.checkAccess(opcode);
        checkIndex("lane", reader.lane, 16 / widthOf[opcode]);
        this.applySignature(opcode, address);
        return;
      }
      case Check.lane:
        checkIndex("lane", reader.lane, widthOf[opcode]);
        this.applySignature(opcode);
        return;
      case Check.shuffle:
        this.checkShuffle();
        this.applySignature(opcode);
        return;
      case Check.memory:
        this.applySignature(opcode, context.memoryAddressType(reader.index));
        return;
      case Check.data:
        checkIndex("data", reader.index, context.dataCount);
        return;
      case Check.elem:
        checkIndex("elem", reader.index, context.elementTypes.length);
    }
  }

  /** Takes the operands of the signature and puts its results. @param address what ADDRESS stands for in it */
  private applySignature(opcode: Opcode, address: ValType = ADDRESS): void {
    const { operands } = this.state;
    const signature = signatureOf[opcode];
    const middle = resultsStart[signature];
    const end = resultsEnd[signature];
    for (let i = middle - 1; i >= operandsStart[signature]; i--) operands.popExpected(signatureTypes[i] || address);
    for (let i = middle; i < end; i++) operands.push(signatureTypes[i] || address);
  }

  /**
   * Checks memory, alignment and offset of an access, and returns the type of its address.
   * @throws InvalidMemoryIdx, AlignmentTooLarge, InvalidOffset
   */
  private checkAccess(opcode: Opcode): ValType {
    const { reader, context } = this.state;
    const address = context.memoryAddressType(reader.index);
    if (reader.align > alignmentOf[opcode]) this.failAlignment(ErrCode.AlignmentTooLarge);
    if (reader.high !== 0 && address === ValType.I32) fail(ErrCode.InvalidOffset);
    return address;
  }

  /** The same, of an access that must be aligned exactly. @throws InvalidMemoryIdx, InvalidAlignment, InvalidOffset */
  private checkAtomicAccess(opcode: Opcode): ValType {
    const { reader, context } = this.state;
    context.memoryAddressType(reader.index);
    if (reader.align !== alignmentOf[opcode]) this.failAlignment(ErrCode.InvalidAlignment);
    return this.checkAccess(opcode);
  }

  private failAlignment(code: number): never {
    const { align, opcode } = this.state.reader;
    fail(code, { kind: "mismatch", category: "memory alignment", expected: widthOf[opcode], got: 2 ** align });
  }

  private checkShuffle(): void {
    const { reader } = this.state;
    reader.beginVector();
    for (let i = 0; i < 16; i++) checkIndex("lane", reader.vectorByte(), 32);
  }
}

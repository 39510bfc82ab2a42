import { Op } from "../ast/generated/opcode.ts";
import type { FunctionType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ValType } from "../common/value-type.ts";
import { type Boundary, Execution } from "../executor/engine/execution.ts";
import { GCHeap } from "../executor/engine/gc/gc-heap.ts";
import { IR, irLengths } from "../executor/engine/generated/ir.ts";
import { ValueStack } from "../executor/engine/value-stack.ts";
import type { Executor } from "../executor/executor.ts";
import { CodeSpace } from "../executor/lowering/code-space.ts";
import { HEADER_WORDS } from "../executor/lowering/lower-function.ts";
import { wordsOf } from "../executor/lowering/lowering.ts";
import { slotWords } from "../executor/lowering/operands.ts";
import type { Step } from "../executor/lowering/steps.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { canonicalValType, matchesCanonical } from "../validator/canonical-types.ts";
import { type Validation, validationOf } from "../validator/validator.ts";
import { payloadOf, Stand } from "./frame-writer.ts";
import { malformed } from "./snapshot-errors.ts";
import type { SnapshotReader } from "./snapshot-reader.ts";
import type { ValueReader } from "./value-reader.ts";

/** What a frame waits for: a call at which it stands. */
interface OpenCall {
  /** The types that the called function has to give, over canonical ids. */
  readonly results: readonly ValType[];
  /** Word offset of the callee's frame. */
  readonly calleeFp: number;
  readonly space: CodeSpace;
  /** Where the frame goes on. */
  readonly next: number;
  readonly fp: number;
}

/** Of one function: its steps, and where its calls go on, by the offset of what comes next. */
interface FunctionCode {
  readonly steps: readonly Step[];
  readonly afterCalls: ReadonlyMap<number, number>;
  readonly registers: readonly ValType[];
}

/**
 * Reads the frames of a run into stepwise code. What a frame may hold is known from its function and its place, so whatever
 * the bytes are, each value has the type that the code after it relies on.
 */
export class FrameReader {
  private readonly reader: SnapshotReader;
  private readonly values: ValueReader;
  private readonly executor: Executor;
  private readonly stack: ValueStack;
  private readonly boundaries: Boundary[] = [];
  private readonly codes = new Map<CodeSpace, Map<number, FunctionCode>>();

  constructor(reader: SnapshotReader, values: ValueReader, executor: Executor) {
    this.reader = reader;
    this.values = values;
    this.executor = executor;
    this.stack = new ValueStack(executor.configure.runtime.maxValueStackBytes);
  }

  /**
   * @param func that was called from outside
   * @throws MalformedSnapshot; CallStackExhausted, ValueStackExhausted where the limits are lower than they were
   */
  read(func: FunctionInstance): Execution {
    const { reader, executor, stack } = this;
    const { runtime } = executor.configure;
    const heap = new GCHeap(runtime);
    heap.restoreUsage(reader.unsigned(), reader.unsigned());
    const count = reader.count(3);
    if (count === 0) return this.returned(func, heap);
    if (count > runtime.maxCallDepth) fail(ErrCode.CallStackExhausted);
    let open: OpenCall | undefined;
    for (let i = 0; i < count - 1; i++) open = this.caller(func, open);
    const { space, fp, index } = this.enter(func, open);
    const pc = this.stand(space, fp, index);
    const execution = new Execution(stack, space, func.type, runtime.maxCallDepth);
    execution.heap = heap;
    for (const boundary of this.boundaries) execution.boundaries.push(boundary);
    execution.fp = fp;
    execution.pc = pc;
    execution.depth = count;
    return execution;
  }

  /** A run of which the results are left. */
  private returned(func: FunctionInstance, heap: GCHeap): Execution {
    const { executor, stack } = this;
    const instance = func.module as ModuleInstance;
    stack.reserve(wordsOf(func.type.results));
    let at = 0;
    for (const type of func.type.results) {
      stack.write(at, this.values.value(type, instance));
      at += slotWords(type);
    }
    const space = CodeSpace.of(instance, executor.costs, true);
    const execution = new Execution(stack, space, func.type, executor.configure.runtime.maxCallDepth);
    execution.heap = heap;
    execution.boundaries.push({ space: undefined, position: 0 });
    return execution;
  }

  /** Makes a frame: its header and its locals. */
  private enter(func: FunctionInstance, caller: OpenCall | undefined) {
    const { reader, stack } = this;
    const instance = this.values.instance();
    if (instance.source === undefined) malformed("A frame is of a host module.");
    const index = reader.index(instance.functionCount, "function");
    const space = CodeSpace.of(instance, this.executor.costs, true);
    if (index < space.bodies.spaces.importedFunctionCount) malformed("A frame is of an imported function.");
    this.requireResults(instance.getFunction(index), caller?.results ?? resultsOf(func));
    const fp = caller?.calleeFp ?? 0;
    const entry = space.lower(index);
    stack.reserve(fp + space.frameWords(entry));
    const header = fp + space.headerOffset(entry);
    const within = caller?.space === space;
    stack.i32[header] = within ? caller.next : 0;
    stack.i32[header + 1] = caller?.fp ?? 0;
    if (!within) this.boundaries.push({ space: caller?.space, position: caller?.next ?? 0 });
    const parameters = space.bodies.functionType(index).params.length;
    let at = fp;
    this.codeOf(space, index).registers.forEach((type, i) => {
      stack.write(at, this.values.value(type, instance, i >= parameters));
      at += slotWords(type);
    });
    return { space, fp, index };
  }

  private requireResults(func: FunctionInstance, wanted: readonly ValType[]): void {
    const got = resultsOf(func);
    const fits = got.length === wanted.length && got.every((type, i) => matchesCanonical(type, wanted[i]));
    if (!fits) malformed(`Function ${func.index} does not give what its caller wants.`);
  }

  private codeOf(space: CodeSpace, index: number): FunctionCode {
    let ofSpace = this.codes.get(space);
    if (ofSpace === undefined) {
      ofSpace = new Map();
      this.codes.set(space, ofSpace);
    }
    let code = ofSpace.get(index);
    if (code === undefined) {
      const afterCalls = new Map<number, number>();
      space.observe(index, undefined, (offset, position) => afterCalls.set(offset, position));
      code = { steps: space.steps.ofFunction(index), afterCalls, registers: space.bodies.registerTypes(index) };
      ofSpace.set(index, code);
    }
    return code;
  }

  /** A frame that stands at a call. */
  private caller(func: FunctionInstance, open: OpenCall | undefined): OpenCall {
    const { space, fp, index } = this.enter(func, open);
    const { steps, afterCalls } = this.codeOf(space, index);
    const offset = this.reader.unsigned();
    const step = steps.find((candidate) => candidate.offset === offset);
    const called = step === undefined ? undefined : calledAt(space, offset);
    const next = called === undefined ? undefined : afterCalls.get(space.bodies.offsetAfter(offset));
    if (called === undefined || next === undefined) malformed(`There is no call at offset ${offset}.`);
    const types = this.typesBefore(space, index, offset);
    const below = types.slice(0, types.length - called.operands);
    const calleeFp = this.operands(space, fp, index, below);
    const { typeIds } = space.instance;
    const results = called.type.results.map((type) => canonicalValType(type, typeIds));
    return { results, calleeFp, space, next, fp };
  }

  /** The types of the operand stack before an instruction, as validation knows them. */
  private typesBefore(space: CodeSpace, index: number, offset: number): readonly ValType[] {
    const { instance, bodies } = space;
    const { spaces } = bodies;
    const { operandTypes } = validationOf(spaces.module) as Validation;
    const defined = index - spaces.importedFunctionCount;
    const types = operandTypes.before(defined, offset);
    if (types !== undefined) return types;
    // An `end` that is reached by branches alone: what it leaves is what there is.
    if (bodies.instructionAt(offset).opcode === Op.end) {
      const next = bodies.offsetAfter(offset);
      if (next === bodies.endOf(index)) return bodies.functionType(index).results;
      return this.typesBefore(space, index, next);
    }
    return malformed(`Nothing of function ${index} of "${instance.name}" begins at offset ${offset}.`);
  }

  /** Reads operands. @returns the word offset after them */
  private operands(space: CodeSpace, fp: number, index: number, types: readonly ValType[]): number {
    const count = this.reader.unsigned();
    if (count !== types.length) malformed(`A frame has ${count} operands instead of ${types.length}.`);
    const entry = space.lower(index);
    let at = fp + space.headerOffset(entry) + HEADER_WORDS;
    for (const type of types) {
      this.stack.write(at, this.values.value(type, space.instance));
      at += slotWords(type);
    }
    return at;
  }

  /** Where the innermost frame goes on. */
  private stand(space: CodeSpace, fp: number, index: number): number {
    const { reader } = this;
    const stand = reader.choice(3, "place of a frame");
    if (stand === Stand.Clause) return this.clause(space, fp, index);
    const offset = reader.unsigned();
    const steps = this.codeOf(space, index).steps.filter((step) => step.offset === offset);
    const ordinal = reader.index(steps.length, `step at offset ${offset}`);
    const step = steps[ordinal];
    const { opcode } = space.bodies.instructionAt(offset);
    // There are two ways to an `else`. The last is that of a condition that failed: nothing of the first part is there.
    const from = ordinal === steps.length - 1 && opcode === Op.else ? space.bodies.offsetAfter(offset) : offset;
    const types = this.typesBefore(space, index, from).slice(0, step.types.length);
    if (types.length < step.types.length) malformed(`Operands are missing at offset ${offset}.`);
    if (stand === Stand.Within && calledAt(space, offset) === undefined && !isTailCall(opcode)) {
      malformed(`The instruction at offset ${offset} cannot begin anew.`);
    }
    this.operands(space, fp, index, types);
    return stand === Stand.Within ? step.position + irLengths[IR.step] : step.position;
  }

  private clause(space: CodeSpace, fp: number, index: number): number {
    const { reader, stack } = this;
    const func = space.functionAt(space.lower(index));
    const handlers = func?.handlers ?? [];
    const { clauses } = handlers[reader.index(handlers.length, "try block")];
    const clause = clauses[reader.index(clauses.length, "catch clause")];
    const place = space.placeOf(clause.position);
    if (place === undefined) malformed("A clause stands nowhere.");
    const kept = place.operands.filter(({ home }) => home < clause.landing).length;
    this.operands(space, fp, index, this.typesBefore(space, index, place.offset).slice(0, kept));
    let at = fp + clause.landing;
    for (const type of payloadOf(space, clause)) {
      stack.write(at, this.values.value(type, space.instance));
      at += slotWords(type);
    }
    return clause.position;
  }
}

function resultsOf({ type, module }: FunctionInstance): ValType[] {
  const typeIds = (module as ModuleInstance).typeIds;
  return type.results.map((result) => canonicalValType(result, typeIds));
}

/** What the call at an offset calls, and how many operands it takes; undefined where there is another instruction. */
function calledAt(
  { bodies }: CodeSpace,
  offset: number,
): { readonly type: FunctionType; readonly operands: number } | undefined {
  const { opcode, index } = bodies.instructionAt(offset);
  if (opcode === Op.call) {
    const type = bodies.functionType(index);
    return { type, operands: type.params.length };
  }
  if (opcode !== Op.call_indirect && opcode !== Op.call_ref) return undefined;
  const type = bodies.spaces.functionType(index);
  return { type, operands: type.params.length + 1 };
}

function isTailCall(opcode: number): boolean {
  return opcode === Op.return_call || opcode === Op.return_call_indirect || opcode === Op.return_call_ref;
}

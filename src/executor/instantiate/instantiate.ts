import { Op } from "../../ast/generated/opcode.ts";
import { IndexSpaces } from "../../ast/index-spaces.ts";
import { type ElementSegment, type Expression, elementCount, type Module } from "../../ast/module.ts";
import { fail, WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { ASTNode } from "../../common/error-context.ts";
import { Proposal } from "../../common/proposal.ts";
import type { Reference, WasmValue } from "../../common/wasm-value.ts";
import { GlobalInstance } from "../../store/global-instance.ts";
import { MemoryInstance } from "../../store/memory-instance.ts";
import { ModuleInstance } from "../../store/module-instance.ts";
import { DataInstance, ElementInstance } from "../../store/segment-instances.ts";
import { TableInstance } from "../../store/table-instance.ts";
import { TagInstance } from "../../store/tag-instance.ts";
import { canonicalValType } from "../../validator/canonical-types.ts";
import { validationOf } from "../../validator/validator.ts";
import { GCHeap } from "../engine/gc/gc-heap.ts";
import type { Executor } from "../executor.ts";
import type { StopToken } from "../stop-token.ts";
import { ConstantCharges } from "./constant-charges.ts";
import { ConstantEvaluator } from "./constant-evaluator.ts";
import { type ImportSource, linkImports } from "./imports.ts";

/** Looking at the clock takes as long as an expression does. */
const EVALUATIONS_BETWEEN_CHECKS = 1024;

/**
 * Makes an instance of a validated module: links the imports, makes what the module defines, and copies the active segments; all
 * of an instantiation but the start function. What a failing segment has changed in imported memories and tables stays.
 *
 * @param name the instance's own
 * @param stop ends it between its steps
 * @throws NotValidated, UnknownImport, IncompatibleImportType, Interrupted, limits, traps
 */
export function makeInstance(
  executor: Executor,
  imports: ImportSource,
  module: Module,
  name: string,
  stop: StopToken,
): ModuleInstance {
  const validation = validationOf(module);
  if (validation === undefined) fail(ErrCode.NotValidated);
  const instance = new ModuleInstance(name, undefined, module, validation.canonicalIds);
  instance.deterministic = executor.configure.runtime.deterministic;
  within("import section", () => linkImports(imports, module, instance));
  if (instance.deterministic) refuseThreads(instance, module);
  new Instantiation(executor, module, instance, stop).run();
  return instance;
}

/** In which order threads run is nobody's to say. @throws SharedMemoryUnsupported */
export function refuseThreads({ memories }: ModuleInstance, module: Module): void {
  if (!memories.some(({ isShared }) => isShared) && !module.memories.some(({ limit }) => limit.shared)) return;
  fail(ErrCode.SharedMemoryUnsupported, { kind: "note", text: "Runs are deterministic, and threads are not." });
}

/** Names the part of the module where an error comes from. */
function locate(error: unknown, node: ASTNode): unknown {
  return error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node }) : error;
}

/** Names the part of the module in errors from `action`. */
function within<T>(node: ASTNode, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw locate(error, node);
  }
}

/** Makes the memories that a module defines, empty ones. @throws MemoryLimitExceeded, MemoryAllocationFailed */
export function makeMemories({ configure, limits }: Executor, { memories }: ModuleInstance, module: Module): void {
  for (const type of module.memories) {
    // The limit is in pages of 64 KiB, whatever the pages of the memory are.
    const limit = configure.runtime.maxMemoryPage * 2 ** (16 - type.pageSizeLog2);
    const memory = new MemoryInstance(type, limit, undefined, limits.memories);
    memory.deterministic = configure.runtime.deterministic;
    memories.push(memory);
  }
}

export function makeTags(instance: ModuleInstance, module: Module): void {
  const spaces = new IndexSpaces(module);
  for (const { typeIndex } of module.tags) {
    instance.tags.push(new TagInstance(spaces.functionType(typeIndex), instance.typeIds[typeIndex]));
  }
}

export function makeExports(instance: ModuleInstance, module: Module): void {
  for (const { kind, name, index } of module.exports) instance.addExport(kind, name, index);
}

/** Of an active segment: exactly what the expression gives, also where no place is so far. */
type Offset = number | bigint;

/** An offset as a number. @throws `code` where it is outside of what is initialised, whose length is `limit` */
function inside(
  code: number,
  target: MemoryInstance | TableInstance,
  limit: number,
  offset: Offset,
  length: number,
): number {
  const at = Number(offset);
  if (target.contains(at, length)) return at;
  fail(code, { kind: "boundary", offset: BigInt(offset), length: BigInt(length), limit: BigInt(limit) });
}

/** The steps after linking, in WasmEdge's order. */
class Instantiation {
  private readonly executor: Executor;
  private readonly module: Module;
  private readonly instance: ModuleInstance;
  private readonly stop: StopToken;
  private readonly charges: ConstantCharges;
  private readonly evaluator: ConstantEvaluator;
  private evaluations = 0;
  /** The rule of version 1.0: nothing is copied unless everything fits. */
  private readonly mustFit: boolean;

  constructor(executor: Executor, module: Module, instance: ModuleInstance, stop: StopToken) {
    this.executor = executor;
    this.module = module;
    this.instance = instance;
    this.stop = stop;
    this.charges = new ConstantCharges(executor);
    const { configure } = executor;
    this.evaluator = new ConstantEvaluator(instance, module, new GCHeap(configure.runtime), this.charges);
    this.mustFit =
      !configure.hasProposal(Proposal.BulkMemoryOperations) && !configure.hasProposal(Proposal.ReferenceTypes);
  }

  run(): void {
    this.stop.check();
    within("memory section", () => makeMemories(this.executor, this.instance, this.module));
    makeTags(this.instance, this.module);
    within("global section", () => this.makeGlobals());
    within("table section", () => this.makeTables());
    makeExports(this.instance, this.module);
    const elementOffsets = within("element section", () => this.makeElements());
    const dataOffsets = within("data section", () => this.makeData());
    within("element section", () => this.copyElements(elementOffsets));
    within("data section", () => this.copyData(dataOffsets));
  }

  private evaluate(expression: Expression): WasmValue {
    if (++this.evaluations % EVALUATIONS_BETWEEN_CHECKS === 0) this.stop.check();
    try {
      return this.evaluator.evaluate(expression);
    } catch (error) {
      throw locate(error, "expression");
    }
  }

  /** Each may use the ones before it. */
  private makeGlobals(): void {
    const { instance, module } = this;
    instance.globalCells = new Int32Array(4 * module.globals.length);
    module.globals.forEach(({ type, init }, i) => {
      const valType = canonicalValType(type.valType, instance.typeIds);
      const value = this.evaluate(init);
      instance.globals.push(new GlobalInstance({ ...type, valType }, value, instance.globalCells, 4 * i));
    });
  }

  private makeTables(): void {
    const { instance, module } = this;
    const { limits } = this.executor;
    const { maxTableElements } = this.executor.configure.runtime;
    for (const { type, init } of module.tables) {
      const elementType = canonicalValType(type.elementType, instance.typeIds);
      const reference = init === undefined ? null : this.evaluate(init).reference;
      instance.tables.push(new TableInstance({ ...type, elementType }, reference, maxTableElements, limits.tables));
    }
  }

  /** @returns the offsets of the active segments */
  private makeElements(): (Offset | undefined)[] {
    return this.module.elements.map((segment) => {
      this.stop.check();
      return within("element segment", () => this.makeElementSegment(segment));
    });
  }

  /** @returns the offset of an active segment */
  private makeElementSegment(segment: ElementSegment): Offset | undefined {
    const { instance } = this;
    this.chargeIndices(segment);
    const content = segment.functionIndices ?? this.evaluateElements(segment.expressionBounds, elementCount(segment));
    const type = canonicalValType(segment.type, instance.typeIds);
    instance.elements.push(new ElementInstance(type, instance, content));
    if (segment.offset === undefined) return undefined;
    const offset = this.address(segment.offset);
    if (this.mustFit && !instance.tables[segment.tableIndex].contains(Number(offset), elementCount(segment))) {
      fail(ErrCode.ElemSegDoesNotFit);
    }
    return offset;
  }

  /** Function indices are short for expressions of `ref.func`, and cost as much. */
  private chargeIndices({ functionIndices }: ElementSegment): void {
    if (functionIndices === undefined || !this.charges.measures) return;
    within("expression", () => {
      for (const _ of functionIndices) {
        this.charges.charge(Op["ref.func"], 0);
        this.charges.charge(Op.end, 0);
      }
    });
  }

  private evaluateElements(bounds: Uint32Array | undefined, count: number): Reference[] {
    const references: Reference[] = [];
    if (bounds === undefined) return references;
    for (let i = 0; i < count; i++) {
      references.push(this.evaluate({ start: bounds[i], end: bounds[i + 1] }).reference);
    }
    return references;
  }

  /** @returns the offsets of the active segments */
  private makeData(): (Offset | undefined)[] {
    const { instance, module } = this;
    return module.data.map(({ memoryIndex, offset: expression, start, end }) => {
      instance.data.push(new DataInstance(module.bytes.subarray(start, end)));
      if (expression === undefined) return undefined;
      return within("data segment", () => {
        const offset = this.address(expression);
        if (this.mustFit && !instance.memories[memoryIndex].contains(Number(offset), end - start)) {
          fail(ErrCode.DataSegDoesNotFit);
        }
        return offset;
      });
    });
  }

  // --- Active segments: elements are copied, then data, up to the first that does not fit ---

  private address(offset: Expression): Offset {
    const value = this.evaluate(offset);
    return value.words.length === 1 ? value.bits32 : value.bits64;
  }

  private copyElements(offsets: readonly (Offset | undefined)[]): void {
    const { instance, module } = this;
    module.elements.forEach(({ mode, tableIndex }, i) => {
      this.stop.check();
      const offset = offsets[i];
      const segment = instance.elements[i];
      if (offset !== undefined) {
        within("element segment", () => {
          const table = instance.tables[tableIndex];
          const at = inside(ErrCode.TableOutOfBounds, table, table.size, offset, segment.length);
          table.initialize(segment, at, 0, segment.length);
        });
      }
      // Only passive segments can be used later.
      if (mode !== "passive") segment.clear();
    });
  }

  private copyData(offsets: readonly (Offset | undefined)[]): void {
    const { instance, module } = this;
    module.data.forEach(({ memoryIndex }, i) => {
      this.stop.check();
      const offset = offsets[i];
      if (offset === undefined) return;
      within("data segment", () => {
        const memory = instance.memories[memoryIndex];
        const { bytes } = instance.data[i];
        memory.setBytes(bytes, inside(ErrCode.MemoryOutOfBounds, memory, memory.byteLength, offset, bytes.length));
      });
      instance.data[i].clear();
    });
  }
}

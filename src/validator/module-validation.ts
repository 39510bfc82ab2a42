import type { DataSegment, ElementSegment, Expression, GlobalSegment, Module, TableSegment } from "../ast/module.ts";
import type { ExportDescription, ImportDescription, MemoryType, TagType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import { isNullableRefType, withNullability } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { within } from "./ast-nodes.ts";
import { BodyChecks } from "./body-checks.ts";
import { type CheckedInstruction, FormChecker } from "./form-checker.ts";
import { addressType, checkIndex, ModuleContext, type Validation } from "./module-context.ts";
import { failMismatch } from "./operand-stack.ts";
import { OperandTypes } from "./operand-types.ts";
import { checkMemoryType, checkTableType } from "./size-ranges.ts";
import { checkTypes } from "./type-section.ts";

/**
 * The validation of one module, section by section, in WasmEdge's order.
 * https://webassembly.github.io/spec/core/valid/modules.html — WasmEdge `Validator::validate(Module)`
 */
export class ModuleValidation {
  private readonly module: Module;
  private readonly configure: Configure;
  private readonly context: ModuleContext;
  private readonly checker: FormChecker;

  constructor(module: Module, configure: Configure) {
    this.module = module;
    this.configure = configure;
    const canonicalIds = within("type section", () => checkTypes(module.types, configure));
    this.context = new ModuleContext(module, canonicalIds);
    this.checker = new FormChecker(module.bytes, this.context, configure);
  }

  check(): Validation {
    const { module, context } = this;
    // Sections have many entries, so the nodes of the structure are told once for all entries of a section.
    within("import section", () =>
      within("import description", () => {
        for (const item of module.imports) this.checkImport(item);
      }),
    );
    within("function section", () => this.addFunctions(module.functionTypeIndices));
    within("table section", () =>
      within("table segment", () => {
        for (const segment of module.tables) this.checkTable(segment);
      }),
    );
    within("memory section", () =>
      within("memory type", () => {
        for (const type of module.memories) this.addMemory(type);
      }),
    );
    within("global section", () =>
      within("global segment", () => {
        for (const segment of module.globals) this.checkGlobal(segment);
      }),
    );
    within("tag section", () => {
      for (const tag of module.tags) this.checkTag(tag);
    });
    within("export section", () => within("export description", () => this.checkExports(module.exports)));
    within("start section", () => this.checkStart(module.start));
    within("element section", () =>
      within("element segment", () => {
        for (const segment of module.elements) this.checkElement(segment);
      }),
    );
    within("data section", () => within("data segment", () => this.checkDataSegments(module.data)));
    const bodies = new BodyChecks(module, this.checker, this.configure);
    const { lazyValidation } = this.configure.runtime;
    if (!lazyValidation) bodies.checkAll();
    this.checkCounts();
    return context.validation(lazyValidation ? bodies : undefined, new OperandTypes(module, context, this.configure));
  }

  /**
   * Checks one body, once `check` has been called, and tells of each of its instructions.
   * @param index of the defined function (without imports)
   */
  watchBody(index: number, watch: (checked: CheckedInstruction) => void): void {
    const { code, functionTypeIndices } = this.module;
    within("code section", () =>
      within("code segment", () => this.checker.watchBody(functionTypeIndices[index], code.starts[index], watch)),
    );
  }

  private checkImport({ type }: ImportDescription): void {
    const { context } = this;
    switch (type.kind) {
      case "function":
        this.checkFunctionType(type.typeIndex);
        // An import does not declare the function: it names a type, not a function index. (WasmEdge takes it for declared.)
        context.addFunction(type.typeIndex);
        return;
      case "table":
        within("table type", () => checkTableType(type, this.configure, context));
        context.tables.push(type);
        return;
      case "memory":
        within("memory type", () => this.addMemory(type));
        return;
      case "global":
        within("global type", () => context.checkValType(type.valType));
        context.globals.push(type);
        context.importedGlobalCount++;
        return;
      case "tag":
        this.checkTag(type);
    }
  }

  /** @throws InvalidFuncTypeIdx where the index names no function type */
  private checkFunctionType(typeIndex: number): void {
    checkIndex("type", typeIndex, this.context.types.length);
    if (this.context.functionTypes[typeIndex] === undefined) {
      failKind(ErrCode.InvalidFuncTypeIdx, typeIndex);
    }
  }

  private addFunctions(typeIndices: Uint32Array): void {
    const { context } = this;
    const { functionTypes } = context;
    for (let i = 0; i < typeIndices.length; i++) {
      const typeIndex = typeIndices[i];
      if (functionTypes[typeIndex] === undefined) within("function type", () => this.checkFunctionType(typeIndex));
    }
    context.addFunctions(typeIndices);
  }

  private addMemory(type: MemoryType): void {
    checkMemoryType(type, this.configure);
    this.context.addMemory(type);
  }

  private checkTable({ type, init }: TableSegment): void {
    // The type first, where WasmEdge looks at the value first: the value's check relies on it.
    within("table type", () => checkTableType(type, this.configure, this.context));
    if (init !== undefined) {
      this.checker.checkConstant(init.start, type.elementType);
    } else if (!isNullableRefType(type.elementType)) {
      failMismatch(withNullability(type.elementType, true), type.elementType);
    }
    this.context.tables.push(type);
  }

  private checkGlobal({ type, init }: GlobalSegment): void {
    within("global type", () => this.context.checkValType(type.valType));
    this.checker.checkConstant(init.start, type.valType);
    this.context.globals.push(type);
  }

  /** @throws InvalidTagIdx, InvalidTagResultType */
  private checkTag({ typeIndex }: TagType): void {
    const { context } = this;
    const bound = context.types.length;
    if (typeIndex >= bound) {
      fail(ErrCode.InvalidTagIdx, { kind: "index", category: "tag type", index: typeIndex, bound });
    }
    const type = context.functionTypes[typeIndex];
    if (type === undefined) failKind(ErrCode.InvalidTagIdx, typeIndex);
    if (type.results.length > 0) fail(ErrCode.InvalidTagResultType);
    context.tagTypeIndices.push(typeIndex);
  }

  private checkExports(exports: readonly ExportDescription[]): void {
    const names = new Set<string>();
    for (const item of exports) {
      if (names.has(item.name)) fail(ErrCode.DupExportName, { kind: "exporting", name: item.name });
      names.add(item.name);
      this.checkExport(item);
    }
  }

  private checkExport({ kind, index }: ExportDescription): void {
    const { context } = this;
    switch (kind) {
      case "function":
        checkIndex("func", index, context.functionCount);
        context.declaredFunctions[index] = 1;
        return;
      case "table":
        checkIndex("table", index, context.tables.length);
        return;
      case "memory":
        checkIndex("memory", index, context.memories.length);
        return;
      case "global":
        // WasmEdge asks for the proposal at imports only.
        if (context.global(index).mutable && !this.configure.hasProposal(Proposal.ImportExportMutGlobals)) {
          fail(ErrCode.InvalidMut, { kind: "proposal", proposal: proposalText(Proposal.ImportExportMutGlobals) });
        }
        return;
      case "tag":
        checkIndex("tag", index, context.tagTypeIndices.length);
    }
  }

  private checkStart(start: number | undefined): void {
    if (start === undefined) return;
    const type = this.context.functionType(start);
    if (type.params.length === 0 && type.results.length === 0) return;
    fail(ErrCode.InvalidStartFunc, {
      kind: "mismatch",
      category: "function type",
      expected: { params: [], results: [] },
      got: type,
    });
  }

  private checkElement(segment: ElementSegment): void {
    const { context, checker } = this;
    const { type, functionIndices, expressionBounds } = segment;
    context.checkValType(type);
    if (functionIndices !== undefined) {
      const { functionCount, declaredFunctions } = context;
      for (let i = 0; i < functionIndices.length; i++) {
        const index = functionIndices[i];
        if (index >= functionCount) within("expression", () => checkIndex("func", index, functionCount));
        declaredFunctions[index] = 1;
      }
    }
    if (expressionBounds !== undefined) {
      for (let i = 0; i + 1 < expressionBounds.length; i++) checker.checkConstant(expressionBounds[i], type);
    }
    if (segment.mode === "active") {
      const table = context.table(segment.tableIndex);
      if (!context.matcher.matches(type, table.elementType)) failMismatch(table.elementType, type);
      checker.checkConstant((segment.offset as Expression).start, addressType(table.limit));
    }
    context.elementTypes.push(type);
  }

  private checkDataSegments(segments: readonly DataSegment[]): void {
    const { checker } = this;
    let next = checker.passPlainOffsets(segments, 0);
    while (next < segments.length) {
      this.checkDataSegment(segments[next]);
      next = checker.passPlainOffsets(segments, next + 1);
    }
  }

  private checkDataSegment(segment: DataSegment): void {
    if (segment.mode === "passive") return;
    const type = this.context.memoryAddressType(segment.memoryIndex);
    this.checker.checkConstant((segment.offset as Expression).start, type);
  }

  /** More than one table or memory, which WasmEdge looks at last. */
  private checkCounts(): void {
    const { context, configure } = this;
    if (context.tables.length > 1 && !configure.hasProposal(Proposal.ReferenceTypes)) {
      fail(ErrCode.MultiTables, { kind: "proposal", proposal: proposalText(Proposal.ReferenceTypes) });
    }
    if (context.memories.length > 1 && !configure.hasProposal(Proposal.MultiMemories)) {
      fail(ErrCode.MultiMemories, { kind: "proposal", proposal: proposalText(Proposal.MultiMemories) });
    }
  }
}

function failKind(code: number, typeIndex: number): never {
  fail(code, { kind: "note", text: `Defined type index ${typeIndex} is not a function type.` });
}

import type { ExternalKind, Limit } from "./external.ts";
import { type ValType, valTypeName } from "./value-type.ts";

/**
 * What an error says of its place and cause: WasmEdge's `ErrInfo` structures as values, and the text that WasmEdge
 * prints for each. WasmEdge `common/errinfo.h`.
 */

/** What was compared in a mismatch. */
export type FunctionSignature = { readonly params: readonly ValType[]; readonly results: readonly ValType[] };

/** An index space, as an out-of-range index names it. */
export type IndexCategory =
  | "label"
  | "local"
  | "defined type"
  | "function type"
  | "function"
  | "table"
  | "memory"
  | "global"
  | "element"
  | "data"
  | "lane"
  | "field"
  | "tag type"
  | "tag";

/** A node of the module's structure, as WasmEdge names it. */
export type ASTNode =
  | "module"
  | "component model module"
  | `${
      | "custom"
      | "type"
      | "import"
      | "function"
      | "table"
      | "memory"
      | "global"
      | "export"
      | "start"
      | "element"
      | "code"
      | "data"
      | "data count"
      | "tag"} section`
  | "import description"
  | "export description"
  | `${"table" | "global" | "element" | "code" | "data"} segment`
  | "recursive type"
  | "sub type"
  | "limit"
  | `${"function" | "memory" | "table" | "global" | "tag"} type`
  | "expression"
  | "instruction";

/** One frame of a backtrace. */
export interface BacktraceFrame {
  /** The module's own name; the empty string for an anonymous one. */
  readonly moduleName: string;
  /** The same for frames of the same module instance, which tells anonymous ones apart. */
  readonly moduleId: number;
  readonly functionIndex: number;
  /** From the `name` section or an export; undefined where neither names it. */
  readonly functionName: string | undefined;
  /** Offset in the module's bytes of the instruction that runs or calls; undefined for a host function. */
  readonly offset: number | undefined;
}

export type Mismatch =
  | { readonly category: "memory alignment"; readonly expected: number; readonly got: number }
  | { readonly category: "value type"; readonly expected: ValType; readonly got: ValType }
  | { readonly category: "value types"; readonly expected: readonly ValType[]; readonly got: readonly ValType[] }
  | { readonly category: "mutation"; readonly expected: boolean; readonly got: boolean }
  | { readonly category: "external type"; readonly expected: ExternalKind; readonly got: ExternalKind }
  | { readonly category: "function type"; readonly expected: FunctionSignature; readonly got: FunctionSignature }
  | { readonly category: "table"; readonly expected: TableShape; readonly got: TableShape }
  | { readonly category: "memory"; readonly expected: Limit; readonly got: Limit }
  | { readonly category: "global"; readonly expected: GlobalShape; readonly got: GlobalShape }
  | { readonly category: "version"; readonly expected: number; readonly got: number };

interface TableShape {
  readonly elementType: ValType;
  readonly limit: Limit;
}

interface GlobalShape {
  readonly valType: ValType;
  readonly mutable: boolean;
}

/** One entry of `WasmEdgeError.context`. The comment tells WasmEdge's structure. */
export type ErrorContext =
  /** InfoFile */
  | { readonly kind: "file"; readonly path: string }
  /** InfoLoading: offset in bytes from the start of the module */
  | { readonly kind: "loading"; readonly offset: number }
  /** InfoAST */
  | { readonly kind: "ast"; readonly node: ASTNode }
  /** InfoForbidIndex: `bound` is the first index that does not exist */
  | { readonly kind: "index"; readonly category: IndexCategory; readonly index: number; readonly bound: number }
  /** InfoExporting */
  | { readonly kind: "exporting"; readonly name: string }
  /** InfoLimit */
  | { readonly kind: "limit"; readonly limit: Limit }
  /** InfoRegistering */
  | { readonly kind: "registering"; readonly module: string }
  /** InfoLinking */
  | { readonly kind: "linking"; readonly module: string; readonly name: string; readonly external: ExternalKind }
  /** InfoExecuting */
  | { readonly kind: "executing"; readonly module: string; readonly name: string }
  /** InfoMismatch */
  | ({ readonly kind: "mismatch" } & Mismatch)
  /** InfoInstruction: `opcode` are the wire bytes; `args` the operands as they print */
  | {
      readonly kind: "instruction";
      readonly name: string;
      readonly opcode: readonly number[];
      readonly offset: number;
      readonly args?: readonly string[];
    }
  /** InfoBoundary: the range [offset, offset + length) of a space of `limit` units */
  | { readonly kind: "boundary"; readonly offset: bigint; readonly length: bigint; readonly limit: bigint }
  /** InfoProposal: the proposal's name as it prints */
  | { readonly kind: "proposal"; readonly proposal: string }
  /**
   * the call stack, outermost first (WasmEdge leaves the innermost out; we have it); `skipped` frames are left out after
   * the first `skippedAfter`
   */
  | {
      readonly kind: "backtrace";
      readonly frames: readonly BacktraceFrame[];
      readonly skipped: number;
      readonly skippedAfter: number;
    }
  /** a line of its own, indented */
  | { readonly kind: "note"; readonly text: string }
  /** a line that WasmEdge logs before the head line */
  | { readonly kind: "preface"; readonly text: string };

/** The context of an access to [offset, offset + length) of a space of `limit` units. Of a host's numbers, the whole part. */
export function boundaryOf(offset: number, length: number, limit: number): ErrorContext {
  const whole = (value: number): bigint => BigInt(Number.isFinite(value) ? Math.trunc(value) : 0);
  return { kind: "boundary", offset: whole(offset), length: whole(length), limit: whole(limit) };
}

function hex(value: number | bigint, digits: number): string {
  return `0x${value.toString(16).padStart(digits, "0")}`;
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function listOf(types: readonly ValType[]): string {
  return types.map(valTypeName).join(" , ");
}

function signatureText(type: FunctionSignature): string {
  return `FuncType {params{${listOf(type.params)}} returns{${listOf(type.results)}}}`;
}

function limitText(limit: Limit): string {
  return limit.max === undefined ? `${limit.min}` : `${limit.min} , ${limit.max}`;
}

function mutationText(mutable: boolean): string {
  return mutable ? "var" : "const";
}

function tableText(shape: TableShape): string {
  return `TableType {RefType{${valTypeName(shape.elementType)}} Limit{${limitText(shape.limit)}}}`;
}

function globalText(shape: GlobalShape): string {
  return `GlobalType {Mutation{${mutationText(shape.mutable)}} ValType{${valTypeName(shape.valType)}}}`;
}

function expectedAndGot(mismatch: Mismatch): readonly [expected: string, got: string] {
  switch (mismatch.category) {
    case "memory alignment":
      // WasmEdge compares the natural width with the exponent here; both are widths in bytes with us.
      return [`need to ${mismatch.got < mismatch.expected ? "==" : "<="} ${mismatch.expected}`, `${mismatch.got}`];
    case "value type":
      return [valTypeName(mismatch.expected), valTypeName(mismatch.got)];
    case "value types":
      return [`types{${listOf(mismatch.expected)}}`, `types{${listOf(mismatch.got)}}`];
    case "mutation":
      return [mutationText(mismatch.expected), mutationText(mismatch.got)];
    case "external type":
      return [mismatch.expected, mismatch.got];
    case "function type":
      return [signatureText(mismatch.expected), signatureText(mismatch.got)];
    case "table":
      return [tableText(mismatch.expected), tableText(mismatch.got)];
    case "memory":
      return [`MemoryType {Limit{${limitText(mismatch.expected)}}}`, `MemoryType {Limit{${limitText(mismatch.got)}}}`];
    case "global":
      return [globalText(mismatch.expected), globalText(mismatch.got)];
    case "version":
      return [`${mismatch.expected}`, `${mismatch.got}`];
  }
}

/** A frame as the backtrace prints it: `module:index`, and with a name `module:index name`. */
function frameText(frame: BacktraceFrame, moduleLabel: string): string {
  const name = frame.functionName === undefined ? "" : ` ${frame.functionName}`;
  const place = frame.offset === undefined ? "" : `@${hex(frame.offset, 8)}`;
  return `${moduleLabel}:${frame.functionIndex}${name}${place}`;
}

function backtraceText(frames: readonly BacktraceFrame[], skipped: number, skippedAfter: number): string {
  // Anonymous modules are numbered in the order of their first appearance, as in WasmEdge.
  const anonymous = new Map<number, string>();
  const labelOf = ({ moduleName, moduleId }: BacktraceFrame): string => {
    if (moduleName !== "") return moduleName;
    const label = anonymous.get(moduleId) ?? `module[${anonymous.size}]`;
    anonymous.set(moduleId, label);
    return label;
  };
  const texts = frames.map((frame) => frameText(frame, labelOf(frame)));
  if (skipped > 0) texts.splice(skippedAfter, 0, `… ${skipped} more …`);
  return `calling stack:${texts.join(", ")}`;
}

/** The line that WasmEdge logs for an entry, with its indentation. */
export function formatContext(entry: ErrorContext): string {
  switch (entry.kind) {
    case "file":
      return `    File name: ${quoted(entry.path)}`;
    case "loading":
      return `    Bytecode offset: ${hex(entry.offset, 8)}`;
    case "ast":
      return `    At AST node: ${entry.node}`;
    case "index": {
      const boundary = entry.bound === 0 ? "empty" : `${entry.bound - 1}`;
      return `    When checking ${entry.category} index: ${entry.index} , Out of boundary: ${boundary}`;
    }
    case "exporting":
      return `    Duplicated exporting name: ${quoted(entry.name)}`;
    case "limit": {
      const max = entry.limit.max === undefined ? "" : ` , max: ${entry.limit.max}`;
      return `    In Limit type: { min: ${entry.limit.min}${max} }`;
    }
    case "registering":
      return `    Module name: ${quoted(entry.module)}`;
    case "linking":
      return `    When linking module: ${quoted(entry.module)} , ${entry.external} name: ${quoted(entry.name)}`;
    case "executing": {
      const module = entry.module === "" ? "" : `module name: ${quoted(entry.module)} , `;
      return `    When executing ${module}function name: ${quoted(entry.name)}`;
    }
    case "mismatch": {
      const [expected, got] = expectedAndGot(entry);
      return `    Mismatched ${entry.category}. Expected: ${expected} , Got: ${got}`;
    }
    case "instruction": {
      const opcode = entry.opcode.map((byte) => hex(byte, 2)).join(" ");
      const args = entry.args === undefined ? "" : ` , Args: [${entry.args.join(" , ")}]`;
      return `    In instruction: ${entry.name} (${opcode}) , Bytecode offset: ${hex(entry.offset, 8)}${args}`;
    }
    case "boundary": {
      const last = entry.offset + (entry.length > 0n ? entry.length - 1n : 0n);
      const bound = entry.limit > 0n ? entry.limit - 1n : 0n;
      return `    Accessing offset from: ${hex(entry.offset, 8)} to: ${hex(last, 8)} , Out of boundary: ${hex(bound, 8)}`;
    }
    case "proposal":
      return `    This instruction or syntax requires enabling ${entry.proposal} proposal`;
    case "backtrace":
      return backtraceText(entry.frames, entry.skipped, entry.skippedAfter);
    case "note":
      return `    ${entry.text}`;
    case "preface":
      return entry.text;
  }
}

import { type Class, isInstance } from "../common/host-values.ts";
import { numberText } from "../common/number-text.ts";
import {
  heapCodeOf,
  heapTypeName,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  TypeCode,
  typeIndexOf,
  ValType,
  valTypeName,
} from "../common/value-type.ts";
import type { Reference, WasmValue } from "../common/wasm-value.ts";
import { readNameSection } from "../loader/name-section.ts";
import { CompositeInstance } from "../store/composite-instance.ts";
import { ExceptionInstance } from "../store/exception-instance.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { I31 } from "../store/i31.ts";
import type { ModuleInstance } from "../store/module-instance.ts";

/** Types, values and names as people read them: in the notation of the text format. */

/** Beyond it, what is nested deeper is indented no further: lines would grow with the square of the depth. */
const DEEPEST_INDENT = 40;

/** What stands before a text that is nested so deep. */
export function indentation(depth: number): string {
  return "  ".repeat(Math.min(depth, DEEPEST_INDENT));
}

/** The nullable abstract types that are not their heap type's name and `ref`. */
const shortNames = new Map<number, string>([
  [TypeCode.NullRef, "nullref"],
  [TypeCode.NullFuncRef, "nullfuncref"],
  [TypeCode.NullExternRef, "nullexternref"],
  [TypeCode.NullExnRef, "nullexnref"],
]);

/** `i32`, `funcref`, `(ref null 3)`. */
export function typeText(type: ValType): string {
  if (!isRefType(type)) return valTypeName(type);
  const nullable = isNullableRefType(type);
  if (isIndexedRefType(type)) return `(ref ${nullable ? "null " : ""}${typeIndexOf(type)})`;
  const heap = heapTypeName(heapCodeOf(type));
  return nullable ? (shortNames.get(heapCodeOf(type)) ?? `${heap}ref`) : `(ref ${heap})`;
}

/** References that wasm makes; what the host's objects say of themselves may be anything, and as long as it likes. */
function tellsItself(reference: Reference): boolean {
  return [CompositeInstance, I31, ExceptionInstance].some((kind: Class<unknown>) => isInstance(reference, kind));
}

function referenceText(reference: Reference): string {
  if (reference === null) return "null";
  if (isInstance(reference, FunctionInstance)) return `function ${functionText(reference)}`;
  if (tellsItself(reference)) return String(reference);
  return `host ${typeof reference}`;
}

/** A value without its type: integers signed, vectors as four words, the lowest first. */
export function valueText(value: WasmValue): string {
  if (value.type !== ValType.V128) return numberText(value) ?? referenceText(value.reference);
  return `i32x4 ${value.words.map((word) => `0x${(word >>> 0).toString(16).padStart(8, "0")}`).join(" ")}`;
}

/** A value with its type: `i32 5`. */
export function typedText(value: WasmValue): string {
  return `${typeText(value.type)} ${valueText(value)}`;
}

/** A function's name: from the `name` section, else the one under which it is exported. */
export function functionName(instance: ModuleInstance | undefined, index: number): string | undefined {
  const { source } = instance ?? {};
  const named = source && readNameSection(source).functionName(index);
  return named ?? instance?.exportNameOfFunction(index);
}

/** `$name`, or the index where there is no name. A host function has its module's name before it. */
export function functionText(func: Pick<FunctionInstance, "module" | "index" | "hostFunction">): string {
  const name = functionName(func.module, func.index);
  if (func.hostFunction !== undefined) return `${func.module?.name ?? ""}.${name ?? func.index}`;
  return name === undefined ? `function[${func.index}]` : `$${name}`;
}

/** `0x1f`, with as many digits as a small module's offsets have. */
export function offsetText(offset: number): string {
  return `0x${offset.toString(16).padStart(4, "0")}`;
}

import type { FunctionType, ImportDescription } from "../ast/types.ts";
import type { Value } from "../common/wasm-value.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { HostFunction } from "../store/host-function.ts";
import { canonicalFunctionType, isCanonicalSubtype } from "../validator/canonical-types.ts";
import { jsString } from "./js-string.ts";

/**
 * Functions of JavaScript itself, which a module can import without anybody handing them over.
 * https://webassembly.github.io/spec/js-api/#builtins
 */

/** One of them. What `run` throws is a trap. */
export interface Builtin {
  /** Over canonical ids. */
  readonly type: FunctionType;
  readonly run: (...args: Value[]) => Value;
}

/** The sets that there are, by name. */
const sets: ReadonlyMap<string, () => ReadonlyMap<string, Builtin>> = new Map([["js-string", jsString]]);

/**
 * What an import means, where it means a builtin.
 * @param enabled names of sets; those that there are not mean nothing
 */
export function findBuiltin(
  enabled: readonly string[],
  { moduleName, name }: Pick<ImportDescription, "moduleName" | "name">,
): Builtin | undefined {
  const set = enabled.find((known) => moduleName === `wasm:${known}`);
  return set === undefined ? undefined : sets.get(set)?.().get(name);
}

/** Whether an import of a builtin has a type that this can have. */
export function fitsBuiltin({ type }: Builtin, imported: ImportDescription["type"], typeIds: Int32Array): boolean {
  return imported.kind === "function" && isCanonicalSubtype(canonicalFunctionType(type), typeIds[imported.typeIndex]);
}

/** The function of a builtin. @param index of it among the imported functions */
export function builtinFunction({ type, run }: Builtin, index: number): FunctionInstance {
  const host = new HostFunction(type, (_frame, args) => [run(...args)]);
  return new FunctionInstance(type, canonicalFunctionType(type), undefined, index, host);
}

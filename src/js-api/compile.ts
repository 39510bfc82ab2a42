import type { Module } from "../ast/module.ts";
import type { ImportDescription } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ValType, withNullability } from "../common/value-type.ts";
import { Loader } from "../loader/loader.ts";
import { canonicalValType, matchesCanonical } from "../validator/canonical-types.ts";
import { Validator, validationOf } from "../validator/validator.ts";
import { findBuiltin, fitsBuiltin } from "./builtins.ts";
import { errorOf } from "./failures.ts";
import { exceededLimit } from "./limits.ts";
import type { Realm } from "./realm.ts";
import { dictionary, sequence, toScalarText } from "./web-idl.ts";

/** https://webassembly.github.io/spec/js-api/#dictdef-webassemblycompileoptions */
export interface CompileOptions {
  /** Sets of builtin functions that may be imported: "js-string". */
  readonly builtins?: Iterable<string>;
  /** The module whose imports are strings: each is its own name. */
  readonly importedStringConstants?: string | null;
}

/** The same as values. */
export interface ReadOptions {
  readonly builtins: readonly string[];
  readonly importedStringModule: string | undefined;
}

/** What a `WebAssembly.Module` holds. */
export interface CompiledModule extends ReadOptions {
  readonly module: Module;
  /** The canonical id of each of its types. */
  readonly typeIds: Int32Array;
}

/** @throws TypeError */
export function readOptions(value: unknown): ReadOptions {
  const options = dictionary<"builtins" | "importedStringConstants">(value, "The options");
  const { builtins } = options;
  const names = builtins === undefined ? [] : sequence(builtins, "The builtins").map(toScalarText);
  const { importedStringConstants: strings } = options;
  return {
    builtins: names,
    importedStringModule: strings === undefined || strings === null ? undefined : toScalarText(strings),
  };
}

/**
 * Loads and validates a module, and what it imports of builtins.
 * https://webassembly.github.io/spec/js-api/#compile-a-webassembly-module
 * @param bytes that nobody else can change
 * @param where for the error's text
 * @throws CompileError
 */
export function compile(realm: Realm, bytes: Uint8Array, options: ReadOptions, where: string): CompiledModule {
  const { configure } = realm.executor;
  try {
    const module = new Validator(configure).parseAndValidate(new Loader(configure), bytes);
    const typeIds = validationOf(module)?.canonicalIds ?? new Int32Array(0);
    const compiled = { ...options, module, typeIds };
    const refused = exceededLimit(module) ?? refusal(compiled);
    if (refused !== undefined) throw new realm.CompileError(`${where}: ${refused}`);
    return compiled;
  } catch (error) {
    throw error instanceof WasmEdgeError ? errorOf(realm.CompileError, where, error) : error;
  }
}

/**
 * Why a module cannot have its builtins and strings; undefined where it can.
 * https://webassembly.github.io/spec/js-api/#validate-builtins-and-imported-string-for-a-webassembly-module
 */
function refusal(compiled: CompiledModule): string | undefined {
  const { builtins, module } = compiled;
  if (new Set(builtins).size < builtins.length) return "A set of builtins is named twice.";
  const wrong = module.imports.find((description) => !hasFittingType(compiled, description));
  return wrong && `The import "${wrong.name}" of "${wrong.moduleName}" is of another type.`;
}

function hasFittingType(compiled: CompiledModule, description: ImportDescription): boolean {
  const { builtins, typeIds } = compiled;
  const { type } = description;
  if (isImportedString(compiled, description)) {
    const string = withNullability(ValType.ExternRef, false);
    return type.kind === "global" && !type.mutable && matchesCanonical(string, canonicalValType(type.valType, typeIds));
  }
  const builtin = findBuiltin(builtins, description);
  return builtin === undefined || fitsBuiltin(builtin, type, typeIds);
}

/** Whether an import is a string, which is its name. */
export function isImportedString(
  { importedStringModule }: ReadOptions,
  { moduleName }: Pick<ImportDescription, "moduleName">,
): boolean {
  return moduleName === importedStringModule;
}

import type { Module } from "../../src/ast/module.ts";
import type { FunctionType } from "../../src/ast/types.ts";
import { externalKinds } from "../../src/common/external.ts";
import {
  heapCodeOf,
  isIndexedRefType,
  isRefType,
  TypeCode,
  typeIndexOf,
  ValType,
} from "../../src/common/value-type.ts";
import { Loader } from "../../src/loader/loader.ts";
import { TypeMatcher } from "../../src/validator/type-matching.ts";
import { Validator, validationOf } from "../../src/validator/validator.ts";
import { name, SectionEditor, SectionId, u32, valType, vector } from "./binary.ts";
import { ConstantMaker, i32 } from "./constants.ts";
import { configureOf, type Profile } from "./profiles.ts";
import { Random } from "./random.ts";

/** How many times each function is called, each time with other arguments. */
export const ROUNDS = 3;

/** The name of the function that calls function `index` with its arguments of a round. */
export function driverName(index: number, round: number): string {
  return `call ${index} ${round}`;
}

/** The number of turns and calls that binaryen's fuzzer grants a module, in its last global; then it traps. */
const HANG_LIMIT = 100;

/** A function that is put behind the module's own. */
interface Driver {
  readonly name: string;
  readonly results: readonly ValType[];
  readonly locals: readonly ValType[];
  readonly code: readonly number[];
}

/**
 * Makes a module drive itself: for each function and round a function `call N R` without parameters that calls it with
 * constants; for each global `global N`, which gives its value; `reset`, which refills what the module may do before it is
 * stopped. So a run needs no arguments, and functions whose types JavaScript cannot express are called too. All
 * functions, tables, memories, tags are exported, as `function N` and so on. Of the module's own exports only its table stays,
 * which the host functions of binaryen's fuzzer ask for.
 *
 * What a driver gives back is what JavaScript can see: numbers; functions and external references; of a vector its two
 * halves; of an exception whether it is null; of the rest what kind it is, and itself as external reference.
 *
 * @throws WasmEdgeError where the module is not valid
 */
export function withDrivers(bytes: Uint8Array, profile: Profile, seed: number): Driven {
  const configure = configureOf(profile);
  const module = new Loader(configure).parseModule(bytes);
  new Validator(configure).validate(module);
  const drivers = new DriverMaker(module, new Random(`arguments of ${profile.name}:${seed}`)).make();
  const functions = drivers.filter((driver) => driver.name.endsWith(" 0") && driver.name.startsWith("call ")).length;
  return { bytes: insert(module, drivers), functions };
}

/** A module that drives itself. */
export interface Driven {
  readonly bytes: Uint8Array;
  /** How many of its functions are called. */
  readonly functions: number;
}

class DriverMaker {
  private readonly module: Module;
  private readonly random: Random;
  private readonly constants: ConstantMaker;
  /** The type index of each function, imports first. */
  private readonly functionTypes: Uint32Array;

  constructor(module: Module, random: Random) {
    const { functionTypeIndices, canonicalIds } = validationOf(module)!;
    this.module = module;
    this.random = random;
    this.functionTypes = functionTypeIndices;
    this.constants = new ConstantMaker(module, new TypeMatcher(canonicalIds), functionTypeIndices);
  }

  make(): Driver[] {
    const drivers: Driver[] = [];
    const imported = this.functionTypes.length - this.module.functionTypeIndices.length;
    for (let round = 0; round < ROUNDS; round++) {
      for (let index = imported; index < this.functionTypes.length; index++) {
        const driver = this.call(index, round);
        if (driver !== undefined) drivers.push(driver);
      }
    }
    const globals = globalTypes(this.module);
    globals.forEach((type, index) => {
      drivers.push({ name: `global ${index}`, ...this.visible([type], [0x23, ...u32(index)]) });
    });
    drivers.push(this.reset(globals.length - 1));
    return drivers;
  }

  /** Undefined where no arguments could be made. */
  private call(index: number, round: number): Driver | undefined {
    const { params, results } = this.functionType(this.functionTypes[index]);
    const args = params.map((param) => this.constants.make(param, this.random));
    if (args.some((arg) => arg === undefined)) return undefined;
    const code = [...(args as number[][]).flat(), 0x10, ...u32(index)];
    return { name: driverName(index, round), ...this.visible(results, code) };
  }

  /** The limit is the module's last global, which is never exported and starts with the limit. */
  private reset(global: number): Driver {
    const { globals } = this.module;
    const last = globals.at(-1);
    const isLimit = last?.type.mutable === true && last.type.valType === ValType.I32;
    const code = isLimit ? [...i32(BigInt(HANG_LIMIT)), 0x24, ...u32(global)] : [];
    return { name: "reset", results: [], locals: [], code };
  }

  private functionType(typeIndex: number): FunctionType {
    const { composite } = this.module.types[typeIndex];
    if (composite.kind !== "function") throw new Error(`type ${typeIndex} is no function type`);
    return composite.type;
  }

  /** Code that leaves values of some types, continued so that it leaves what JavaScript can see of them. */
  private visible(types: readonly ValType[], code: readonly number[]): Omit<Driver, "name"> {
    const views = types.map((type, local) => this.view(type, [0x20, ...u32(local)]));
    const results = views.flatMap((view) => view.results);
    const store = types.flatMap((_, i) => [0x21, ...u32(types.length - 1 - i)]);
    return { results, locals: types, code: [...code, ...store, ...views.flatMap((view) => view.code)] };
  }

  private view(type: ValType, get: readonly number[]): { results: ValType[]; code: number[] } {
    if (type === ValType.V128) {
      // i64x2.extract_lane
      return { results: [ValType.I64, ValType.I64], code: [...get, 0xfd, 0x1d, 0, ...get, 0xfd, 0x1d, 1] };
    }
    if (!isRefType(type)) return { results: [type], code: [...get] };
    switch (this.hierarchy(type)) {
      case "func":
        return { results: [ValType.FuncRef], code: [...get] };
      case "extern":
        return { results: [ValType.ExternRef], code: [...get] };
      case "exn":
        return { results: [ValType.I32], code: [...get, 0xd1] };
      case "any": {
        // Bit 0: struct, bit 1: array; ref.test. Then extern.convert_any.
        const isArray = [...get, 0xfb, 0x14, 0x6a, ...i32(1n), 0x74];
        const code = [...get, 0xfb, 0x14, 0x6b, ...isArray, 0x72, ...get, 0xfb, 0x1b];
        return { results: [ValType.I32, ValType.ExternRef], code };
      }
    }
  }

  private hierarchy(type: ValType): "func" | "extern" | "exn" | "any" {
    if (isIndexedRefType(type)) {
      return this.module.types[typeIndexOf(type)].composite.kind === "function" ? "func" : "any";
    }
    switch (heapCodeOf(type)) {
      case TypeCode.FuncRef:
      case TypeCode.NullFuncRef:
        return "func";
      case TypeCode.ExternRef:
      case TypeCode.NullExternRef:
        return "extern";
      case TypeCode.ExnRef:
      case TypeCode.NullExnRef:
        return "exn";
      default:
        return "any";
    }
  }
}

function globalTypes({ imports, globals }: Module): ValType[] {
  const imported = imports.flatMap(({ type }) => (type.kind === "global" ? [type.valType] : []));
  return [...imported, ...globals.map(({ type }) => type.valType)];
}

/** Puts drivers behind a module's functions, and exports what there is. */
function insert(module: Module, drivers: readonly Driver[]): Uint8Array {
  const { types } = module;
  const keys = drivers.map(({ results }) => results.join());
  const newTypes = [...new Set(keys)];
  const editor = new SectionEditor(module);
  editor.append(
    SectionId.Type,
    newTypes.map((key) => [0x60, 0, ...vector(drivers[keys.indexOf(key)].results.map(valType))]),
  );
  editor.append(
    SectionId.Function,
    keys.map((key) => u32(types.length + newTypes.indexOf(key))),
  );
  editor.append(SectionId.Code, drivers.map(body));
  const counts = indexSpaces(module);
  const exports = externalKinds.flatMap((kind, code) =>
    kind === "global" ? [] : Array.from({ length: counts[kind] }, (_, i) => [...name(`${kind} ${i}`), code, ...u32(i)]),
  );
  const own = module.exports.filter((item) => item.kind === "table" && item.name === "table");
  exports.push(...own.map(({ index }) => [...name("table"), externalKinds.indexOf("table"), ...u32(index)]));
  const first = counts.function;
  const named = drivers.map((driver, i) => [...name(driver.name), 0, ...u32(first + i)]);
  editor.replace(SectionId.Export, vector([...exports, ...named]));
  return editor.toBytes();
}

function body({ locals, code }: Driver): number[] {
  const content = [...vector(locals.map((type) => [1, ...valType(type)])), ...code, 0x0b];
  return [...u32(content.length), ...content];
}

function indexSpaces(module: Module): { readonly [kind in (typeof externalKinds)[number]]: number } {
  const imported = (kind: string) => module.imports.filter(({ type }) => type.kind === kind).length;
  return {
    function: imported("function") + module.functionTypeIndices.length,
    table: imported("table") + module.tables.length,
    memory: imported("memory") + module.memories.length,
    global: imported("global") + module.globals.length,
    tag: imported("tag") + module.tags.length,
  };
}

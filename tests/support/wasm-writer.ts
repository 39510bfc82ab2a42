import { instructions } from "../../src/ast/instruction-list.ts";
import { opcodeBytes } from "../../src/ast/instructions.ts";
import { sleb, u32 } from "../loader/support.ts";

/** Modules byte by byte, for tests that generate them: the text beside it is for reading what failed. */

const byName = new Map(instructions.map((info) => [info.name, info]));

/** The wire bytes of value types and block types. */
export const wire = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b, funcref: 0x70, externref: 0x6f } as const;
export type TypeName = keyof typeof wire;

/** A block type: nothing, one result, or a type index. */
export type BlockTypeName = TypeName | "empty" | number;

type Immediate = number | bigint;

function littleEndian(bits: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((bits >> BigInt(8 * i)) & 0xffn));
}

/** A sequence of instructions. */
export class CodeWriter {
  readonly bytes: number[] = [];
  readonly lines: string[] = [];
  private indent = 0;

  private write(name: string, bytes: readonly number[], text = ""): void {
    const info = byName.get(name);
    if (info === undefined) throw new Error(`no instruction is named ${name}`);
    const [first = 0, second] = opcodeBytes(info.opcode);
    this.bytes.push(first, ...(second === undefined ? [] : u32(second)), ...bytes);
    if (name === "end" || name === "else") this.indent--;
    this.lines.push("  ".repeat(Math.max(0, this.indent)) + name + text);
    if (["block", "loop", "if", "else"].includes(name)) this.indent++;
  }

  /** An instruction whose immediates are unsigned numbers, if it has any: indices, alignment, offset, lanes. */
  op(name: string, ...immediates: readonly Immediate[]): this {
    this.write(
      name,
      immediates.flatMap((value) => (value < 128 ? [Number(value)] : u32(value))),
      immediates.map((value) => ` ${value}`).join(""),
    );
    return this;
  }

  /** `block`, `loop` or `if`. */
  open(name: "block" | "loop" | "if", type: BlockTypeName): this {
    const bytes = type === "empty" ? [0x40] : typeof type === "number" ? sleb(type) : [wire[type]];
    this.write(name, bytes, ` ${type}`);
    return this;
  }

  end(): this {
    return this.op("end");
  }

  /** A constant by its bits, taken modulo the type's width. */
  constant(type: "i32" | "i64" | "f32" | "f64", bits: bigint): this {
    const width = type.endsWith("32") ? 32 : 64;
    const value = BigInt.asUintN(width, bits);
    const bytes = type.startsWith("i") ? sleb(BigInt.asIntN(width, bits)) : littleEndian(value, width / 8);
    this.write(`${type}.const`, bytes, ` 0x${value.toString(16)}`);
    return this;
  }

  /** @param labels the last is the default */
  brTable(labels: readonly number[]): this {
    this.write(
      "br_table",
      [...u32(labels.length - 1), ...labels.flatMap((label) => u32(label))],
      ` ${labels.join(" ")}`,
    );
    return this;
  }

  /** `select` with its type. */
  typedSelect(type: TypeName): this {
    this.write("select_t", [1, wire[type]], ` ${type}`);
    return this;
  }

  refNull(type: "func" | "extern"): this {
    this.write("ref.null", [type === "func" ? wire.funcref : wire.externref], ` ${type}`);
    return this;
  }
}

export interface FunctionShape {
  readonly params: readonly TypeName[];
  readonly results: readonly TypeName[];
}

export interface FunctionPlan {
  /** Index of its type. */
  readonly type: number;
  readonly locals: readonly TypeName[];
  readonly code: CodeWriter;
  /** Names under which it is exported. */
  readonly exports?: readonly string[];
}

export interface GlobalPlan {
  readonly type: "i32" | "i64" | "f32" | "f64";
  readonly bits: bigint;
}

/** What a module consists of; every table, memory and global is its own, and globals are mutable. */
export interface ModulePlan {
  readonly types: readonly FunctionShape[];
  /** Imported functions: module, name, type index. */
  readonly imports?: readonly (readonly [module: string, name: string, type: number])[];
  readonly functions: readonly FunctionPlan[];
  /** The functions in the only table, by index; undefined leaves a null. Absent: no table. */
  readonly table?: readonly (number | undefined)[];
  /** Pages of the only memory, which is exported as `memory`. Absent: no memory. */
  readonly memory?: readonly [min: number, max: number];
  readonly globals?: readonly GlobalPlan[];
  /** Passive data segments. */
  readonly data?: readonly Uint8Array[];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...u32(items.length), ...items.flat()];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...u32(content.length), ...content];
}

function text(value: string): number[] {
  const bytes = new TextEncoder().encode(value);
  return [...u32(bytes.length), ...bytes];
}

function shapeBytes({ params, results }: FunctionShape): number[] {
  return [0x60, ...vector(params.map((type) => [wire[type]])), ...vector(results.map((type) => [wire[type]]))];
}

function globalBytes({ type, bits }: GlobalPlan): number[] {
  return [wire[type], 1, ...new CodeWriter().constant(type, bits).end().bytes];
}

function bodyBytes({ locals, code }: FunctionPlan): number[] {
  const body = [...vector(locals.map((type) => [1, wire[type]])), ...code.bytes];
  return [...u32(body.length), ...body];
}

/** One active segment an element, so that some can stay null. */
function elementBytes(table: readonly (number | undefined)[]): number[][] {
  return table.flatMap((func, place) =>
    func === undefined ? [] : [[0, ...new CodeWriter().constant("i32", BigInt(place)).end().bytes, 1, ...u32(func)]],
  );
}

/** The binary of a plan. */
export function writeModule(plan: ModulePlan): Uint8Array {
  const { types, imports = [], functions, table, memory, globals = [], data = [] } = plan;
  const exports = functions.flatMap(({ exports = [] }, i) =>
    exports.map((name) => [...text(name), 0, ...u32(imports.length + i)]),
  );
  if (memory !== undefined) exports.push([...text("memory"), 2, 0]);
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, vector(types.map(shapeBytes))),
    ...section(2, vector(imports.map(([module, name, type]) => [...text(module), ...text(name), 0, ...u32(type)]))),
    ...section(3, vector(functions.map(({ type }) => u32(type)))),
    ...section(4, vector(table === undefined ? [] : [[0x70, 1, ...u32(table.length), ...u32(table.length + 4)]])),
    ...section(5, vector(memory === undefined ? [] : [[1, ...u32(memory[0]), ...u32(memory[1])]])),
    ...section(6, vector(globals.map(globalBytes))),
    ...section(7, vector(exports)),
    ...section(9, vector(elementBytes(table ?? []))),
    ...(data.length === 0 ? [] : section(12, u32(data.length))),
    ...section(10, vector(functions.map(bodyBytes))),
    ...section(11, vector(data.map((bytes) => [1, ...u32(bytes.length), ...bytes]))),
  ]);
}

/** The functions of a plan as text, for reading. */
export function describeModule({ types, imports = [], functions, table }: ModulePlan): string {
  const shape = (index: number): string => {
    const { params = [], results = [] } = types[index] ?? {};
    return `[${params.join(" ")}] -> [${results.join(" ")}]`;
  };
  const texts = functions.map(
    ({ type, locals, code }, i) =>
      `func ${imports.length + i} ${shape(type)} locals ${locals.join(" ")}\n  ${code.lines.join("\n  ")}`,
  );
  return [`table ${JSON.stringify(table)}`, ...types.map((_, i) => `type ${i} ${shape(i)}`), ...texts].join("\n");
}

import { decode, type Node } from "@webassemblyjs/wasm-parser";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { type InstructionInfo, instructionText } from "../../src/ast/instructions.ts";
import type { Module } from "../../src/ast/module.ts";
import { valTypeName } from "../../src/common/value-type.ts";
import { InstructionReader } from "../../src/loader/instruction-reader.ts";
import { type Bytes, configureWith, load, name, section, sleb, u32, wasm } from "./support.ts";

/**
 * The oracle: `@webassemblyjs/wasm-parser`, which decodes WebAssembly 1.0 and sign extension without validating it. Both
 * read random modules, and what they found is compared as text.
 */

// What both understand.
const simple = instructions.filter(
  ({ opcode, immediate }) => opcode <= 0xc4 && opcode >= 0x1a && immediate === "none" && opcode < 0xd0,
);
const indexed = instructions.filter(({ name }) => /^(local|global)\.|^br(_if)?$|^call$/.test(name));
const accesses = instructions.filter(({ opcode, immediate }) => opcode < 0x40 && immediate === "memArg");
const numbers = [0x7f, 0x7e, 0x7d, 0x7c];

/** Indices stay within the functions and types that each module has. */
const index = fc.nat(2);

const plain: fc.Arbitrary<number[]> = fc.oneof(
  fc.constantFrom(...simple).map(({ opcode }) => [opcode]),
  fc.tuple(fc.constantFrom(...indexed), index).map(([{ opcode }, value]) => [opcode, ...u32(value)]),
  fc
    .tuple(fc.constantFrom(...accesses), fc.nat(3), fc.nat(0xffffff))
    .map(([{ opcode }, align, offset]) => [opcode, align, ...u32(offset)]),
  fc.integer().map((value) => [0x41, ...sleb(value)]),
  fc.integer().map((value) => [0x42, ...sleb(value)]),
  fc.constant<number[]>([0x44, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]),
  fc.array(index, { maxLength: 4 }).map((labels) => [0x0e, labels.length, ...labels, 0]),
  index.map((type) => [0x11, type, 0]),
  fc.constantFrom<number[]>([0x3f, 0], [0x40, 0], [0x00], [0x01], [0x0f]),
);

const { sequence } = fc.letrec<{ sequence: number[]; instruction: number[] }>((tie) => ({
  sequence: fc.array(tie("instruction"), { maxLength: 6 }).map((parts) => parts.flat()),
  instruction: fc.oneof(
    { depthSize: "small" },
    { arbitrary: plain, weight: 6 },
    fc.tuple(fc.constantFrom(0x02, 0x03), tie("sequence")).map(([opcode, body]) => [opcode, 0x40, ...body, 0x0b]),
    fc
      .tuple(tie("sequence"), tie("sequence"))
      .map(([then, otherwise]) => [0x04, 0x40, ...then, 0x05, ...otherwise, 0x0b]),
  ),
}));

const functionType = fc.tuple(
  fc.array(fc.constantFrom(...numbers), { maxLength: 4 }),
  fc.array(fc.constantFrom(...numbers), { maxLength: 1 }),
);
const text = fc.string({ maxLength: 6 });
const limit = fc.tuple(fc.nat(500), fc.option(fc.nat(500)));

function limitBytes([min, more]: [number, number | null]): Bytes {
  return more === null ? [0, u32(min)] : [1, u32(min), u32(min + more)];
}

const randomModule = fc
  .record({
    types: fc.array(functionType, { minLength: 3, maxLength: 5 }),
    imports: fc.array(fc.tuple(text, text, index), { minLength: 3, maxLength: 5 }),
    functions: fc.array(
      fc.tuple(index, fc.array(fc.tuple(fc.nat(5), fc.constantFrom(...numbers)), { maxLength: 3 }), sequence),
      { maxLength: 4 },
    ),
    table: limit,
    memory: limit,
    globals: fc.array(fc.tuple(fc.boolean(), fc.integer()), { minLength: 3, maxLength: 5 }),
    exports: fc.uniqueArray(text, { maxLength: 4 }),
    elements: fc.array(fc.array(index, { maxLength: 4 }), { maxLength: 3 }),
    data: fc.array(fc.uint8Array({ maxLength: 9 }), { maxLength: 3 }),
  })
  .map((parts) =>
    wasm(
      section(
        1,
        parts.types.length,
        parts.types.map(([params, results]) => [0x60, params.length, params, results.length, results]),
      ),
      section(
        2,
        parts.imports.length,
        parts.imports.map(([module, field, type]) => [name(module), name(field), 0, type]),
      ),
      section(
        3,
        parts.functions.length,
        parts.functions.map(([type]) => type),
      ),
      section(4, 1, 0x70, limitBytes(parts.table)),
      section(5, 1, limitBytes(parts.memory)),
      section(
        6,
        parts.globals.length,
        parts.globals.map(([mutable, value]) => [0x7f, mutable ? 1 : 0, 0x41, sleb(value), 0x0b]),
      ),
      section(
        7,
        parts.exports.length,
        parts.exports.map((field, i) => [name(field), 0, i % 3]),
      ),
      section(
        9,
        parts.elements.length,
        parts.elements.map((indices) => [0, 0x41, 0, 0x0b, indices.length, indices]),
      ),
      section(
        10,
        parts.functions.length,
        parts.functions.map(([, locals, body]) => {
          const bytes = [locals.length, ...locals.flat(), ...body, 0x0b];
          return [u32(bytes.length), bytes];
        }),
      ),
      section(
        11,
        parts.data.length,
        parts.data.map((bytes) => [0, 0x41, 0, 0x0b, bytes.length, [...bytes]]),
      ),
    ),
  );

/** The oracle's names of instructions are those of before 2019, with `u32` where it means an i32 in memory. */
function modernName(node: Node): string {
  const id = String(node.id)
    .replace(/^(get|set|tee)_(local|global)$/, "$2.$1")
    .replace(/^(current|grow)_memory$/, (_, verb) => (verb === "grow" ? "memory.grow" : "memory.size"))
    .replace(/^(\w+?)(_[su])?\/(\w+)$/, (_, verb, sign, type) => `${verb}_${type}${sign ?? ""}`);
  return node.object === undefined ? id : `${node.object.replace("u", "i")}.${id}`;
}

/** The oracle's instructions in a row, without `end` and `else`; with arguments where they are indices or an i32. */
function oracleInstructions(nodes: readonly Node[]): string[] {
  return nodes.flatMap((node): string[] => {
    switch (node.type) {
      case "BlockInstruction":
        return ["block", ...oracleInstructions(node.instr ?? [])];
      case "LoopInstruction":
        return ["loop", ...oracleInstructions(node.instr ?? [])];
      case "IfInstruction":
        return ["if", ...oracleInstructions(node.consequent ?? []), ...oracleInstructions(node.alternate ?? [])];
      case "CallInstruction":
        return [`call ${node.index?.value}`];
      case "CallIndirectInstruction":
        return ["call_indirect"];
      default: {
        const name = modernName(node);
        if (name === "end" || name === "local") return [];
        const args = /^(local|global)\.|^br|^i32.const$/.test(name)
          ? (node.args ?? []).map(({ value }) => ` ${value}`)
          : [];
        return [name + args.join("")];
      }
    }
  });
}

function ourInstructions(reader: InstructionReader, start: number, end: number): string[] {
  const result: string[] = [];
  reader.seek(start);
  while (reader.position < end) {
    const opcode = reader.next();
    const text = instructionText(opcode);
    if (text === "end" || text === "else") continue;
    if (text === "br_table") {
      reader.beginVector();
      const labels = Array.from({ length: reader.count + 1 }, () => reader.vectorU32());
      result.push(`br_table ${labels.join(" ")}`);
    } else if (text === "i32.const") result.push(`${text} ${reader.low}`);
    else if (/^(local|global)\.|^br|^call$/.test(text)) result.push(`${text} ${reader.index}`);
    else result.push(text);
  }
  return result;
}

/** What the oracle found. */
function oracleView(bytes: Uint8Array) {
  const fields = decode(bytes, {}).body?.[0]?.fields ?? [];
  const of = (type: string) => fields.filter((field) => field.type === type);
  return {
    types: of("TypeInstruction").map(
      ({ functype }) => `${functype?.params.map(({ valtype }) => valtype)} -> ${functype?.results}`,
    ),
    imports: of("ModuleImport").map(({ module, name }) => [module, name]),
    tables: of("Table").map(({ limits }) => [limits?.min, limits?.max]),
    memories: of("Memory").map(({ limits }) => [limits?.min, limits?.max]),
    globals: of("Global").map(({ globalType }) => [globalType?.valtype, globalType?.mutability]),
    exports: of("ModuleExport").map(({ name, descr }) => [
      name,
      descr?.exportType?.toLowerCase().replace("func", "function"),
    ]),
    elements: of("Elem").map(({ funcs }) => funcs?.map(({ value }) => value)),
    data: of("Data").map(({ init }) => [...(init?.values ?? [])]),
    functions: of("Func").map(({ body }) => oracleInstructions(body ?? [])),
  };
}

/** What we found, in the same form. */
function ourView(module: Module): ReturnType<typeof oracleView> {
  const reader = new InstructionReader(module.bytes, configureWith());
  const numberOf = (bound: bigint | undefined) => (bound === undefined ? undefined : Number(bound));
  return {
    types: module.types.map(({ composite }) => {
      if (composite.kind !== "function") throw new Error(composite.kind);
      const { params, results } = composite.type;
      return `${params.map(valTypeName)} -> ${results.map(valTypeName)}`;
    }),
    imports: module.imports.map(({ moduleName, name }) => [moduleName, name]),
    tables: module.tables.map(({ type: { limit } }) => [Number(limit.min), numberOf(limit.max)]),
    memories: module.memories.map(({ limit }) => [Number(limit.min), numberOf(limit.max)]),
    globals: module.globals.map(({ type }) => [valTypeName(type.valType), type.mutable ? "var" : "const"]),
    exports: module.exports.map(({ name, kind }) => [name, kind]),
    elements: module.elements.map(({ functionIndices }) => [...(functionIndices ?? [])]),
    data: module.data.map(({ start, end }) => [...module.bytes.subarray(start, end)]),
    functions: [...module.code.expressionStarts].map((start, i) =>
      ourInstructions(reader, start, module.code.ends[i] as number),
    ),
  };
}

describe("Beside another parser", () => {
  it("every module reads the same", () => {
    fc.assert(
      fc.property(randomModule, (bytes) => {
        expect(ourView(load(bytes))).toEqual(oracleView(bytes));
      }),
      { numRuns: 200 },
    );
  });

  it("the modules hold every instruction that both know", () => {
    const kinds = (rows: readonly InstructionInfo[]) => rows.length;
    expect([kinds(simple), kinds(indexed), kinds(accesses)]).toEqual([130, 8, 23]);
  });
});

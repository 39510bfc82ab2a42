import { describe, expect, it } from "vitest";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { ASTNode } from "../../src/common/error-context.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { indexedRefType, MAX_TYPE_INDEX, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { Standard } from "../../src/config/configure.ts";
import {
  type Bytes,
  everyProposal,
  load,
  type Options,
  proposalText,
  refusal,
  START,
  section,
  sleb,
  u32,
  wasm,
} from "./support.ts";

/** WasmEdge's `typeTest`, with codes and places: reference, chapter 13.1. */

const { WASM_1, WASM_2, WASM_3 } = Standard;

/** Offset of the first element of a section's vector. */
const ELEMENT = START + 3;

function refused(
  bytes: Uint8Array,
  options: Options,
  code: ErrCodeName,
  offset: number,
  nodes: ASTNode[],
  missing?: Proposal,
) {
  expect(refusal(bytes, options)).toEqual({
    code,
    offset,
    nodes: [...nodes, "module"],
    ...(missing !== undefined && { proposal: proposalText(missing) }),
  });
}

describe("Limits", () => {
  const memory = (...bytes: Bytes) => wasm(section(5, 1, bytes));
  const nodes: ASTNode[] = ["limit", "memory type", "memory section"];
  const limitOf = (bytes: Uint8Array, options?: Options) => load(bytes, options).memories[0]?.limit;

  it("have a minimum, and may have a maximum", () => {
    const none = { shared: false, is64: false };
    for (const standard of [WASM_1, WASM_2, WASM_3]) {
      expect(limitOf(memory(0, u32(0xffffffff)), { standard })).toEqual({ min: 0xffffffffn, max: undefined, ...none });
      expect(limitOf(memory(1, u32(0xfffffff1), u32(0xffffffff)), { standard })).toEqual({
        min: 0xfffffff1n,
        max: 0xffffffffn,
        ...none,
      });
    }
  });

  it("are refused where a part is missing", () => {
    refused(wasm(section(5, 1)), {}, "UnexpectedEnd", ELEMENT, nodes);
    refused(memory(0), {}, "UnexpectedEnd", ELEMENT + 1, nodes);
    refused(memory(1, 0), {}, "UnexpectedEnd", ELEMENT + 2, nodes);
  });

  it("have 64-bit bounds with Memory64, whatever their address type", () => {
    const large = 2n ** 64n - 1n;
    expect(limitOf(memory(1, u32(0), u32(large)))).toEqual({ min: 0n, max: large, shared: false, is64: false });
    expect(limitOf(memory(5, u32(large), u32(large)))).toEqual({ min: large, max: large, shared: false, is64: true });
    expect(limitOf(memory(4, 1))).toEqual({ min: 1n, max: undefined, shared: false, is64: true });
    refused(memory(0, u32(2n ** 64n)), {}, "IntegerTooLarge", ELEMENT + 1, nodes);
    refused(memory(0, u32(2 ** 32)), { standard: WASM_2 }, "IntegerTooLarge", ELEMENT + 1, nodes);
    refused(memory(4, 1), { standard: WASM_2 }, "IntegerTooLarge", ELEMENT, nodes, Proposal.Memory64);
  });

  it("of memories may be shared with Threads, even without a maximum: that is for the validator", () => {
    const threads: Options = { enable: [Proposal.Threads] };
    expect(limitOf(memory(3, 1, 2), threads)).toEqual({ min: 1n, max: 2n, shared: true, is64: false });
    expect(limitOf(memory(2, 1), threads)).toEqual({ min: 1n, max: undefined, shared: true, is64: false });
    expect(limitOf(memory(6, 1), threads)).toEqual({ min: 1n, max: undefined, shared: true, is64: true });
    expect(limitOf(memory(7, 1, 2), threads)).toEqual({ min: 1n, max: 2n, shared: true, is64: true });
    refused(memory(3, 1, 2), {}, "MalformedLimitFlags", ELEMENT, nodes, Proposal.Threads);
    refused(memory(3, 1, 2), { standard: WASM_2 }, "IntegerTooLarge", ELEMENT, nodes, Proposal.Threads);
  });

  it("of tables are never shared", () => {
    for (const flags of [2, 3, 6, 7]) {
      refused(wasm(section(4, 1, 0x70, flags, 1, 2)), everyProposal, "MalformedLimitFlags", ELEMENT + 1, [
        "limit",
        "table type",
        "table segment",
        "table section",
      ]);
    }
  });

  it("have no other flags; before Memory64 these are an integer of one bit", () => {
    for (const flags of [0x10, 0x7f, 0x80, 0x81, 0xff]) {
      refused(memory(flags, 0), {}, "MalformedLimitFlags", ELEMENT, nodes);
      const code = flags === 0x80 || flags === 0x81 ? "IntegerTooLong" : "IntegerTooLarge";
      refused(memory(flags, 0), { standard: WASM_2 }, code, ELEMENT, nodes);
    }
  });

  it("of memories have a page size with custom page sizes", () => {
    const custom: Options = { enable: [Proposal.CustomPageSizes] };
    expect(load(memory(8, 3, 0), custom).memories).toEqual([
      { limit: { min: 3n, max: undefined, shared: false, is64: false }, pageSizeLog2: 0 },
    ]);
    expect(load(memory(15, 1, 2, 16), { enable: [Proposal.CustomPageSizes, Proposal.Threads] }).memories).toEqual([
      { limit: { min: 1n, max: 2n, shared: true, is64: true }, pageSizeLog2: 16 },
    ]);
    expect(load(memory(0, 3), custom).memories[0]?.pageSizeLog2).toBe(16);
    expect(load(memory(8, 0, 63), custom).memories[0]?.pageSizeLog2).toBe(63);
    // The case of the proposal's own tests: 2^65.
    refused(memory(8, 0, 0x41), custom, "MalformedPageSize", ELEMENT + 2, nodes);
    refused(memory(8, 3, 0), {}, "MalformedLimitFlags", ELEMENT, nodes, Proposal.CustomPageSizes);
    refused(memory(8, 3, 0), { standard: WASM_2 }, "IntegerTooLarge", ELEMENT, nodes, Proposal.CustomPageSizes);
  });

  it("of tables have none", () => {
    refused(wasm(section(4, 1, 0x70, 8, 1, 0)), everyProposal, "MalformedLimitFlags", ELEMENT + 1, [
      "limit",
      "table type",
      "table segment",
      "table section",
    ]);
  });
});

describe("Table types", () => {
  const table = (...bytes: Bytes) => wasm(section(4, 1, bytes));
  const nodes: ASTNode[] = ["table type", "table segment", "table section"];
  const typeOf = (bytes: Uint8Array, options?: Options) => load(bytes, options).tables[0]?.type.elementType;

  it("are refused where a part is missing", () => {
    refused(wasm(section(4, 1)), {}, "UnexpectedEnd", ELEMENT, ["table segment", "table section"]);
    refused(table(0x70), {}, "UnexpectedEnd", ELEMENT + 1, ["limit", ...nodes]);
  });

  it("have funcref elements in every version, externref with reference types", () => {
    expect(typeOf(table(0x70, 0, 0), { standard: WASM_1 })).toBe(ValType.FuncRef);
    expect(typeOf(table(0x6f, 0, 0), { standard: WASM_2 })).toBe(ValType.ExternRef);
    refused(table(0x6f, 0, 0), { standard: WASM_1 }, "MalformedElemType", ELEMENT, nodes, Proposal.ReferenceTypes);
  });

  it("name their failure after the version", () => {
    for (const code of [0x7f, 0x60, 0xff, 0x00]) {
      refused(table(code, 0, 0), { standard: WASM_1 }, "MalformedElemType", ELEMENT, nodes);
      refused(table(code, 0, 0), {}, "MalformedRefType", ELEMENT, nodes);
    }
  });
});

describe("Value types", () => {
  const global = (...type: Bytes) => wasm(section(6, 1, type, 0, 0x0b));
  const nodes: ASTNode[] = ["global type", "global segment", "global section"];
  const typeOf = (bytes: Uint8Array, options?: Options) => load(bytes, options).globals[0]?.type.valType;

  it("are the four numbers in every version", () => {
    for (const code of [0x7f, 0x7e, 0x7d, 0x7c]) expect(typeOf(global(code), { standard: WASM_1 })).toBe(code);
  });

  it("have v128 with SIMD", () => {
    expect(typeOf(global(0x7b), { standard: WASM_2 })).toBe(ValType.V128);
    refused(global(0x7b), { standard: WASM_1 }, "MalformedValType", ELEMENT, nodes, Proposal.SIMD);
  });

  it("have funcref and externref with reference types", () => {
    expect(typeOf(global(0x70), { standard: WASM_2 })).toBe(ValType.FuncRef);
    expect(typeOf(global(0x6f), { standard: WASM_2 })).toBe(ValType.ExternRef);
    refused(global(0x70), { standard: WASM_1 }, "MalformedValType", ELEMENT, nodes, Proposal.ReferenceTypes);
    refused(global(0x6f), { standard: WASM_1 }, "MalformedElemType", ELEMENT, nodes, Proposal.ReferenceTypes);
  });

  it("have the short reference types of GC and exception handling with these", () => {
    const { GC, ExceptionHandling } = Proposal;
    const short: [name: keyof typeof TypeCode, proposal: Proposal, code: ErrCodeName][] = [
      ["NullFuncRef", GC, "MalformedRefType"],
      ["NullExternRef", GC, "MalformedRefType"],
      ["NullRef", GC, "MalformedRefType"],
      ["AnyRef", GC, "MalformedRefType"],
      ["EqRef", GC, "MalformedRefType"],
      ["I31Ref", GC, "MalformedRefType"],
      ["StructRef", GC, "MalformedRefType"],
      ["ArrayRef", GC, "MalformedRefType"],
      ["ExnRef", ExceptionHandling, "MalformedValType"],
      ["NullExnRef", ExceptionHandling, "MalformedValType"],
    ];
    for (const [name, proposal, code] of short) {
      const byte = TypeCode[name];
      expect(typeOf(global(byte))).toBe(refType(byte, true));
      expect(typeOf(global(0x63, byte))).toBe(refType(byte, true));
      expect(typeOf(global(0x64, byte))).toBe(refType(byte, false));
      refused(global(byte), { disable: [proposal] }, code, ELEMENT, nodes, proposal);
      refused(global(0x64, byte), { disable: [proposal] }, code, ELEMENT + 1, nodes, proposal);
    }
  });

  it("have references to types with typed function references", () => {
    expect(typeOf(global(0x64, 40))).toBe(indexedRefType(40, false));
    expect(typeOf(global(0x63, sleb(100)))).toBe(indexedRefType(100, true));
    for (const standard of [WASM_1, WASM_2]) {
      const code = standard === WASM_1 ? "MalformedElemType" : "MalformedRefType";
      for (const prefix of [0x63, 0x64]) {
        refused(global(prefix, 40), { standard }, code, ELEMENT, nodes, Proposal.FunctionReferences);
      }
    }
  });

  it("take a type index that no module can have for one that this module has not", () => {
    for (const index of [MAX_TYPE_INDEX - 1, MAX_TYPE_INDEX, 2 ** 32 - 1]) {
      expect(typeOf(global(0x64, sleb(index)))).toBe(indexedRefType(MAX_TYPE_INDEX - 1, false));
    }
    refused(global(0x64, sleb(2 ** 32)), {}, "IntegerTooLarge", ELEMENT + 1, nodes);
  });

  it("are never a type index alone, nor an abstract heap type in more than one byte", () => {
    refused(global(0x00), {}, "MalformedRefType", ELEMENT, nodes);
    refused(global(sleb(100)), {}, "MalformedRefType", ELEMENT, nodes);
    refused(global(sleb(-16, 2)), {}, "MalformedRefType", ELEMENT, nodes);
    refused(global(0x64, sleb(-16, 2)), {}, "MalformedRefType", ELEMENT + 1, nodes);
  });

  it("are never packed", () => {
    refused(global(0x78), everyProposal, "MalformedValType", ELEMENT, nodes);
    refused(global(0x77), everyProposal, "MalformedValType", ELEMENT, nodes);
  });

  it("are nothing else", () => {
    const valid = new Set<number>([0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x63, 0x64, 0x78, 0x77]);
    for (let code = 0x40; code < 0x80; code++) {
      if (valid.has(code) || (code >= 0x69 && code <= 0x74)) continue;
      refused(global(code), everyProposal, "MalformedRefType", ELEMENT, nodes);
      refused(global(code), { standard: WASM_1 }, "MalformedElemType", ELEMENT, nodes);
    }
  });
});

describe("Global types", () => {
  const global = (...bytes: Bytes) => wasm(section(6, 1, bytes));
  const nodes: ASTNode[] = ["global type", "global segment", "global section"];

  it("are refused where a part is missing", () => {
    refused(wasm(section(6, 1)), {}, "UnexpectedEnd", ELEMENT, nodes);
    refused(global(0x7c), {}, "UnexpectedEnd", ELEMENT + 1, nodes);
  });

  it("are constant or variable", () => {
    expect(load(global(0x7c, 0, 0x0b)).globals[0]?.type).toEqual({ valType: ValType.F64, mutable: false });
    expect(load(global(0x7c, 1, 0x0b)).globals[0]?.type).toEqual({ valType: ValType.F64, mutable: true });
    for (const flag of [2, 0x7f, 0xff]) refused(global(0x7c, flag, 0x0b), {}, "InvalidMut", ELEMENT + 1, nodes);
  });
});

describe("Tag types", () => {
  const nodes: ASTNode[] = ["tag type", "tag section"];

  it("have attribute zero and a type index", () => {
    expect(load(wasm(section(13, 1, 0, u32(0xffffffff)))).tags).toEqual([{ typeIndex: 0xffffffff }]);
    refused(wasm(section(13, 1, 1, 0)), {}, "ExpectedZeroByte", ELEMENT, nodes);
    refused(wasm(section(13, 1, 0)), {}, "UnexpectedEnd", ELEMENT + 1, nodes);
  });
});

describe("Function types", () => {
  const types = (...bytes: Bytes) => wasm(section(1, 1, bytes));

  it("name their node twice for a parameter, once for a count, as WasmEdge does", () => {
    const element: ASTNode[] = ["function type", "function type", "type section"];
    refused(types(0x60, 1, 0x7b, 0), { standard: WASM_1 }, "MalformedValType", ELEMENT + 2, element, Proposal.SIMD);
    refused(types(0x60, 0, 1, 0x78), {}, "MalformedValType", ELEMENT + 3, element);
    refused(types(0x60, 1), {}, "UnexpectedEnd", ELEMENT + 2, element);
    refused(types(0x60), {}, "UnexpectedEnd", ELEMENT + 1, element.slice(1));
    refused(types(0x60, 0), {}, "UnexpectedEnd", ELEMENT + 2, element.slice(1));
    refused(types(0x60, 9, 0), {}, "IntegerTooLong", ELEMENT + 1, element.slice(1));
  });

  it("are the only types without GC", () => {
    for (const code of [0x4e, 0x4f, 0x50, 0x5e, 0x5f, 0x00, 0xe0]) {
      refused(types(code, 0, 0), { disable: [Proposal.GC] }, "IntegerTooLong", ELEMENT, ["type section"], Proposal.GC);
    }
    refused(wasm(section(1, 1)), { standard: WASM_1 }, "UnexpectedEnd", ELEMENT, ["type section"]);
  });
});

describe("Types of GC", () => {
  const types = (...bytes: Bytes) => wasm(section(1, 1, bytes));
  const node: ASTNode[] = ["recursive type", "type section"];
  const twice: ASTNode[] = ["recursive type", ...node];

  it("are structs and arrays of storage types", () => {
    const loaded = load(types(0x4e, 2, [0x5f, 3, [0x78, 0], [0x77, 1], [0x64, 1, 0]], [0x5e, 0x7b, 1])).types;
    expect(loaded.map(({ composite }) => composite)).toEqual([
      {
        kind: "struct",
        fields: [
          { type: ValType.I8, mutable: false },
          { type: ValType.I16, mutable: true },
          { type: indexedRefType(1, false), mutable: false },
        ],
      },
      { kind: "array", field: { type: ValType.V128, mutable: true } },
    ]);
  });

  it("stand in recursion groups, an empty one adds none", () => {
    const func = [0x60, 0, 0];
    const loaded = load(
      wasm(
        section(
          1,
          5,
          func,
          [0x4e, 0],
          [0x4e, 2, [0x50, 1, 0, func], [0x4f, 0, func]],
          [0x4e, 1, func],
          [0x50, 2, 0, 1, func],
        ),
      ),
    ).types;
    expect(
      loaded.map(({ groupStart, groupSize, isFinal, superTypes }) => [groupStart, groupSize, isFinal, superTypes]),
    ).toEqual([
      [0, 1, true, []],
      [1, 2, false, [0]],
      [1, 2, true, []],
      [3, 1, true, []],
      [4, 1, false, [0, 1]],
    ]);
  });

  it("are refused where a part is missing or unknown", () => {
    refused(types(0x4e), {}, "UnexpectedEnd", ELEMENT + 1, ["type section"]);
    refused(types(0x4e, 1), {}, "UnexpectedEnd", ELEMENT + 2, node);
    refused(types(0x50), {}, "UnexpectedEnd", ELEMENT + 1, node);
    refused(types(0x50, 1), {}, "UnexpectedEnd", ELEMENT + 2, twice);
    refused(types(0x50, 0), {}, "UnexpectedEnd", ELEMENT + 2, node);
    refused(types(0x5f), {}, "UnexpectedEnd", ELEMENT + 1, node);
    refused(types(0x5f, 1), {}, "UnexpectedEnd", ELEMENT + 2, twice);
    refused(types(0x5f, 1, 0x7f), {}, "UnexpectedEnd", ELEMENT + 3, twice);
    refused(types(0x5f, 1, 0x7f, 2), {}, "InvalidMut", ELEMENT + 3, twice);
    refused(types(0x5e, 0x7f, 2), {}, "InvalidMut", ELEMENT + 2, node);
    refused(types(0x5e, 0x60, 0), {}, "MalformedRefType", ELEMENT + 1, node);
    refused(types(0x61, 0, 0), {}, "IntegerTooLong", ELEMENT, node);
    refused(types(0x50, 0, 0x50, 0), {}, "IntegerTooLong", ELEMENT + 2, node);
    refused(types(0x4e, 1, 0x4e, 0), {}, "IntegerTooLong", ELEMENT + 2, node);
  });
});

import { describe, expect, it } from "vitest";
import { elementCount } from "../../src/ast/module.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { ASTNode } from "../../src/common/error-context.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { Standard } from "../../src/config/configure.ts";
import { MAX_LOCALS } from "../../src/loader/code-section.ts";
import { type Bytes, load, name, type Options, proposalText, refusal, START, section, u32, wasm } from "./support.ts";

/** WasmEdge's `segmentTest`, with codes and places: reference, chapter 13.1. */

const { WASM_1, WASM_2 } = Standard;
const FIRST = START + 3;
/** An offset expression; whether it is constant is for the validator. */
const offset = [0x45, 0x46, 0x47, 0x0b];

function refused(
  bytes: Uint8Array,
  code: ErrCodeName,
  place: number,
  nodes: ASTNode[],
  options?: Options,
  missing?: Proposal,
) {
  expect(refusal(bytes, options)).toEqual({
    code,
    offset: place,
    nodes: [...nodes, "module"],
    ...(missing !== undefined && { proposal: proposalText(missing) }),
  });
}

describe("Table segments", () => {
  const tables = (...bytes: Bytes) => wasm(section(4, 1, bytes));
  const nodes: ASTNode[] = ["table segment", "table section"];

  it("may be a type alone, or a type with an expression", () => {
    expect(load(tables(0x70, 1, 0, 9)).tables[0]?.init).toBeUndefined();
    const withInit = load(tables(0x40, 0, 0x64, 0x70, 0, 2, offset)).tables[0];
    expect(withInit?.type.elementType).toBe(refType(TypeCode.FuncRef, false));
    expect(withInit?.init).toEqual({ start: FIRST + 6, end: FIRST + 10 });
  });

  it("have an expression with typed function references only", () => {
    refused(
      tables(0x40, 0, 0x70, 0, 2, offset),
      "MalformedTable",
      FIRST,
      nodes,
      { standard: WASM_2 },
      Proposal.FunctionReferences,
    );
  });

  it("are refused where a part is missing or wrong", () => {
    refused(tables(), "UnexpectedEnd", FIRST, nodes);
    refused(tables(0x40), "UnexpectedEnd", FIRST + 1, nodes);
    refused(tables(0x40, 1, 0x70, 0, 2, offset), "MalformedTable", FIRST + 1, nodes);
    refused(tables(0x40, 0), "UnexpectedEnd", FIRST + 2, ["table type", ...nodes]);
    refused(tables(0x40, 0, 0x70), "UnexpectedEnd", FIRST + 3, ["limit", "table type", ...nodes]);
    refused(tables(0x40, 0, 0x70, 0, 2, 0x45), "UnexpectedEnd", FIRST + 6, ["instruction", "expression", ...nodes]);
  });
});

describe("Global segments", () => {
  const globals = (...bytes: Bytes) => wasm(section(6, 1, bytes));
  const nodes: ASTNode[] = ["global segment", "global section"];

  it("have an expression of any instructions", () => {
    expect(load(globals(0x7f, 0, 0x0b)).globals[0]?.init).toEqual({ start: FIRST + 2, end: FIRST + 3 });
    expect(load(globals(0x7f, 0, offset)).globals[0]?.init).toEqual({ start: FIRST + 2, end: FIRST + 6 });
  });

  it("are refused where a part is missing", () => {
    refused(globals(), "UnexpectedEnd", FIRST, ["global type", ...nodes]);
    refused(globals(0x7f, 0), "UnexpectedEnd", FIRST + 2, ["instruction", "expression", ...nodes]);
    refused(globals(0x7f, 0, 0xff), "IllegalOpCode", FIRST + 2, ["instruction", "expression", ...nodes]);
  });
});

describe("Element segments", () => {
  const elements = (...bytes: Bytes) => wasm(section(9, 1, bytes));
  const nodes: ASTNode[] = ["element segment", "element section"];
  const segment = (bytes: Uint8Array, options?: Options) => {
    const [first] = load(bytes, options).elements;
    if (first === undefined) throw new Error("no segment");
    return first;
  };
  const nonNull = refType(TypeCode.FuncRef, false);

  it.each([
    [0, [offset], "active", 0],
    [1, [0], "passive", 0],
    [2, [u32(200), offset, 0], "active", 200],
    [3, [0], "declarative", 0],
  ] as const)("of kind %i hold function indices", (kind, head, mode, tableIndex) => {
    const read = segment(elements(kind, head, 3, u32(0xffffffff), 0, u32(12345)));
    expect(read).toMatchObject({ mode, tableIndex, type: nonNull, expressionBounds: undefined });
    expect([...(read.functionIndices ?? [])]).toEqual([0xffffffff, 0, 12345]);
    expect(elementCount(read)).toBe(3);
    expect(read.offset !== undefined).toBe(mode === "active");
  });

  it.each([
    [4, [offset], "active", 0, ValType.FuncRef],
    [5, [0x6f], "passive", 0, ValType.ExternRef],
    [6, [u32(200), offset, [0x64, 3]], "active", 200, indexedRefType(3, false)],
    [7, [0x70], "declarative", 0, ValType.FuncRef],
  ] as const)("of kind %i hold expressions", (kind, head, mode, tableIndex, type) => {
    const bytes = elements(kind, head, 2, [0xd2, 1, 0x0b], [0xd0, 0x70, 0x0b]);
    const read = segment(bytes);
    expect(read).toMatchObject({ mode, tableIndex, type, functionIndices: undefined });
    expect(elementCount(read)).toBe(2);
    expect([...(read.expressionBounds ?? [])]).toEqual([6, 3, 0].map((rest) => bytes.length - rest));
  });

  it("without bulk memory and reference types begin with a table index, which WasmEdge forgets", () => {
    const read = segment(elements(9, offset, 1, 4), { standard: WASM_1 });
    expect(read).toMatchObject({ mode: "active", tableIndex: 9 });
    expect([...(read.functionIndices ?? [])]).toEqual([4]);
    // The passive form is none there: its kind byte is an opcode.
    refused(elements(1, 0, 1, 4), "UnexpectedEnd", FIRST + 4, ["instruction", "expression", ...nodes], {
      standard: WASM_1,
    });
    expect(segment(elements(1, 0, 1, 4), { standard: WASM_1, enable: [Proposal.BulkMemoryOperations] }).mode).toBe(
      "passive",
    );
  });

  it("have eight kinds", () => {
    for (const kind of [8, 9, 0x7f, 300]) {
      refused(elements(u32(kind), offset, 0), "IllegalGrammar", FIRST, nodes);
    }
  });

  it("have elements of kind zero: functions", () => {
    for (const kind of [1, 2, 3]) {
      const head = kind === 2 ? [0, offset] : [];
      refused(elements(kind, head, 8, 1, 0), "ExpectedZeroByte", FIRST + 1 + head.flat().length, nodes);
    }
  });

  it("are refused where a part is missing", () => {
    const instruction: ASTNode[] = ["instruction", ...nodes];
    const expression: ASTNode[] = ["instruction", "expression", ...nodes];
    refused(elements(), "UnexpectedEnd", FIRST, nodes);
    refused(elements(2), "UnexpectedEnd", FIRST + 1, nodes);
    refused(elements(0, 0x45, 0x46, 0x47), "UnexpectedEnd", FIRST + 4, expression);
    refused(elements(1), "UnexpectedEnd", FIRST + 1, nodes);
    refused(elements(1, 0), "UnexpectedEnd", FIRST + 2, nodes);
    refused(elements(1, 0, 3, 10), "UnexpectedEnd", FIRST + 4, instruction);
    refused(elements(5), "UnexpectedEnd", FIRST + 1, nodes);
    refused(elements(5, 0x7f, 0), "MalformedRefType", FIRST + 1, nodes);
    refused(elements(4, offset), "UnexpectedEnd", FIRST + 5, nodes);
    refused(elements(5, 0x70, 2, 0xd2, 0, 0x0b, 0xd2), "UnexpectedEnd", FIRST + 7, expression);
    refused(elements(5, 0x70, 9, 0x0b), "IntegerTooLong", FIRST + 2, nodes);
  });
});

describe("Code segments", () => {
  const code = (...bytes: Bytes) => wasm(section(3, 1, 0), section(10, 1, bytes));
  const nodes: ASTNode[] = ["code segment", "code section"];
  const instruction: ASTNode[] = ["instruction", "expression", ...nodes];
  const SEGMENT = FIRST + 4;

  it("have locals and an expression", () => {
    const section = load(code(9, 2, [5, 0x7c], [6, 0x7d], offset)).code;
    expect(section).toEqual({
      segmentOffsets: Uint32Array.of(SEGMENT),
      starts: Uint32Array.of(SEGMENT + 1),
      expressionStarts: Uint32Array.of(SEGMENT + 6),
      ends: Uint32Array.of(SEGMENT + 10),
      scanned: true,
    });
  });

  it("are refused where a part is missing", () => {
    refused(wasm(section(10, 1)), "UnexpectedEnd", FIRST, nodes);
    refused(code(0), "UnexpectedEnd", SEGMENT + 1, nodes);
    refused(code(1, 0), "UnexpectedEnd", SEGMENT + 2, instruction);
    refused(code(4, 2, 1, 0x7c, 3), "UnexpectedEnd", SEGMENT + 5, nodes);
    refused(code(2, 1, 1), "UnexpectedEnd", SEGMENT + 3, nodes);
    refused(code(2, 9, 0x0b), "IntegerTooLong", SEGMENT + 1, nodes);
  });

  it("have locals of value types", () => {
    refused(code(4, 1, 1, 0x78, 0x0b), "MalformedValType", SEGMENT + 3, nodes);
    refused(
      code(4, 1, 1, 0x70, 0x0b),
      "MalformedValType",
      SEGMENT + 3,
      nodes,
      { standard: WASM_1 },
      Proposal.ReferenceTypes,
    );
    refused(code(4, 1, 1, 0x7b, 0x0b), "MalformedValType", SEGMENT + 3, nodes, { standard: WASM_1 }, Proposal.SIMD);
  });

  it("have 2^26 locals at most, over all groups", () => {
    const most = (...counts: number[]) => {
      const locals = counts.flatMap((count) => [...u32(count), 0x7f]);
      return code(locals.length + 2, counts.length, locals, 0x0b);
    };
    expect(load(most(MAX_LOCALS)).code.starts.length).toBe(1);
    expect(load(most(MAX_LOCALS - 1, 1, 0)).code.starts.length).toBe(1);
    refused(most(MAX_LOCALS + 1), "TooManyLocals", SEGMENT + 2, nodes);
    refused(most(0xffffffff), "TooManyLocals", SEGMENT + 2, nodes);
    refused(most(1, 0xffffffff), "TooManyLocals", SEGMENT + 4, nodes);
    refused(most(MAX_LOCALS, 1), "TooManyLocals", SEGMENT + 7, nodes);
  });

  it("end exactly with their expression", () => {
    refused(code(3, 0, 0x0b, 0x0b), "JunkSection", SEGMENT + 3, instruction);
    refused(code(1, 0, 0x0b), "SectionSizeMismatch", SEGMENT + 3, instruction);
    refused(code(2, 0, 0x41, 0, 0x0b), "SectionSizeMismatch", SEGMENT + 5, instruction);
    refused(code(u32(0xffffffff), 0, 0x0b), "JunkSection", SEGMENT + 7, instruction);
  });
});

describe("Data segments", () => {
  const data = (...bytes: Bytes) => wasm(section(11, 1, bytes));
  const nodes: ASTNode[] = ["data segment", "data section"];
  const segment = (bytes: Uint8Array, options?: Options) => load(bytes, options).data[0];

  it("are active, passive, or active in a memory", () => {
    expect(segment(data(0, 0x0b, 0))).toEqual({
      mode: "active",
      memoryIndex: 0,
      offset: { start: FIRST + 1, end: FIRST + 2 },
      start: FIRST + 3,
      end: FIRST + 3,
    });
    expect(segment(data(1, name("test")))).toEqual({
      mode: "passive",
      memoryIndex: 0,
      offset: undefined,
      start: FIRST + 2,
      end: FIRST + 6,
    });
    expect(segment(data(2, u32(200), offset, name("test")))).toMatchObject({ mode: "active", memoryIndex: 200 });
  });

  it("have three kinds", () => {
    for (const kind of [3, 6, 0x7f, 300]) refused(data(u32(kind), offset, 0), "IllegalGrammar", FIRST, nodes);
  });

  it("are all active without bulk memory and reference types", () => {
    expect(segment(data(0, offset, 0), { standard: WASM_1 })?.mode).toBe("active");
    for (const kind of [1, 2, 6]) {
      refused(
        data(kind, 0, 0x0b, 0),
        "ExpectedZeroByte",
        FIRST,
        nodes,
        { standard: WASM_1 },
        Proposal.BulkMemoryOperations,
      );
    }
    expect(segment(data(1, 0), { standard: WASM_1, enable: [Proposal.ReferenceTypes] })?.mode).toBe("passive");
  });

  it("are refused where a part is missing", () => {
    refused(data(), "UnexpectedEnd", FIRST, nodes);
    refused(data(2), "UnexpectedEnd", FIRST + 1, nodes);
    refused(data(2, 0x45, 0x46), "UnexpectedEnd", FIRST + 3, ["instruction", "expression", ...nodes]);
    refused(data(2, 0x45, 0x46, 0x0b), "UnexpectedEnd", FIRST + 4, nodes);
    refused(data(1, 2, 1), "UnexpectedEnd", FIRST + 3, nodes);
    refused(data(1, 9, 1), "IntegerTooLong", FIRST + 1, nodes);
  });
});

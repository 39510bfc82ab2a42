import { describe, expect, it } from "vitest";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { ASTNode } from "../../src/common/error-context.ts";
import { TypeCode, ValType } from "../../src/common/value-type.ts";
import { Standard } from "../../src/config/configure.ts";
import { type Bytes, load, name, refusal, START, section, u32, wasm } from "./support.ts";

/** WasmEdge's sectionTest: every section without size, without content, empty and filled. */

const sectionNodes: readonly (readonly [id: number, node: ASTNode])[] = [
  [0, "custom section"],
  [1, "type section"],
  [2, "import section"],
  [3, "function section"],
  [4, "table section"],
  [5, "memory section"],
  [6, "global section"],
  [7, "export section"],
  [8, "start section"],
  [9, "element section"],
  [10, "code section"],
  [11, "data section"],
  [12, "data count section"],
  [13, "tag section"],
];

describe.each(sectionNodes)("Section %i, the %s", (id, node) => {
  const refused = (bytes: Bytes, code: ErrCodeName, offset: number) =>
    expect(refusal(wasm(bytes))).toEqual({ code, offset, nodes: [node, "module"] });

  it("needs a size", () => refused([id], "UnexpectedEnd", START + 1));

  it("needs content", () => refused([id, 0], "UnexpectedEnd", START + 2));

  it("has a size that the module holds", () => {
    refused([id, 2, 0], "LengthOutOfBounds", START + 1);
    refused([id, u32(0xffffffff), 0], "LengthOutOfBounds", START + 1);
  });

  it("has a size of at most five bytes and 32 bits", () => {
    refused([id, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "IntegerTooLong", START + 1);
    refused([id, 0x80, 0x80, 0x80, 0x80, 0x70], "IntegerTooLarge", START + 1);
  });

  it("ends where its content ends, and not before", () => {
    if (id === 0) return expect(load(wasm(section(0, 0, 1, 2))).customSections).toHaveLength(1);
    return refused([id, 3, 0, 0, 0], "SectionSizeMismatch", START + 3);
  });

  it("ends where its content ends, and not after", () => {
    // Reads beyond a section are noticed at its end: the one number reaches over it. A custom section knows its rest.
    if (id === 0) return refused([0, 1, 1, 0x61, 0], "UnexpectedEnd", START + 2);
    return refused([id, 1, 0x80, 0x00], "SectionSizeMismatch", START + 4);
  });

  it("has an integer of at most 32 bits first", () => {
    refused([id, 5, 0x80, 0x80, 0x80, 0x80, 0x70], "IntegerTooLarge", START + 2);
    refused([id, 6, 0x80, 0x80, 0x80, 0x80, 0x80, 0x00], "IntegerTooLong", START + 2);
  });

  it("announces no more elements than the module can hold", () => {
    if (id === 0) refused([id, 1, 5], "LengthOutOfBounds", START + 3);
    else if (id !== 8 && id !== 12) refused([id, 1, 2], "IntegerTooLong", START + 2);
  });
});

describe("The content of sections", () => {
  it("custom: name and bytes", () => {
    const module = load(wasm(section(0, 0), section(0, name("é"), 0xff, 0xee, 0xdd)));
    expect(module.customSections).toEqual([
      { name: "", start: START + 3, end: START + 3 },
      { name: "é", start: START + 8, end: START + 11 },
    ]);
  });

  it("custom: the name is UTF-8", () => {
    expect(refusal(wasm(section(0, 1, 0xff)))).toEqual({
      code: "MalformedUTF8",
      offset: START + 2,
      nodes: ["custom section", "module"],
    });
  });

  it("types: functions", () => {
    const { types } = load(
      wasm(section(1, 3, [0x60, 2, 0x7c, 0x7d, 1, 0x7c], [0x60, 2, 0x7d, 0x7e, 0], [0x60, 0, 2, 0x7f, 0x7e])),
      { standard: Standard.WASM_1 },
    );
    const { I32, I64, F32, F64 } = ValType;
    expect(types.map(({ composite }) => composite)).toEqual([
      { kind: "function", type: { params: [F64, F32], results: [F64] } },
      { kind: "function", type: { params: [F32, I64], results: [] } },
      { kind: "function", type: { params: [], results: [I32, I64] } },
    ]);
    expect(
      types.map(({ isFinal, superTypes, groupStart, groupSize }) => [isFinal, superTypes, groupStart, groupSize]),
    ).toEqual([0, 1, 2].map((index) => [true, [], index, 1]));
  });

  it("imports: function, memory, global, table, tag", () => {
    const { imports } = load(
      wasm(
        section(
          2,
          5,
          [name("test"), name("Loader"), 0x00, u32(300)],
          [name("test"), name("Loader"), 0x02, 0x01, 0, 15],
          [name("test"), name("Loader"), 0x03, 0x7c, 0],
          [name(""), name("t"), 0x01, 0x70, 0x00, 3],
          [name(""), name(""), 0x04, 0, 9],
        ),
      ),
    );
    const none = { shared: false, is64: false };
    expect(imports).toEqual([
      { moduleName: "test", name: "Loader", type: { kind: "function", typeIndex: 300 } },
      {
        moduleName: "test",
        name: "Loader",
        type: { kind: "memory", limit: { min: 0n, max: 15n, ...none }, pageSizeLog2: 16 },
      },
      { moduleName: "test", name: "Loader", type: { kind: "global", valType: ValType.F64, mutable: false } },
      {
        moduleName: "",
        name: "t",
        type: { kind: "table", elementType: ValType.FuncRef, limit: { min: 3n, max: undefined, ...none } },
      },
      { moduleName: "", name: "", type: { kind: "tag", typeIndex: 9 } },
    ]);
  });

  it("functions and code: indices of any size, locals and instructions", () => {
    const bodies = [1, 3, 5].map((count) => [9, 2, count, 0x7c, count + 1, 0x7d, 0x45, 0x46, 0x47, 0x0b]);
    const { functionTypeIndices, code } = load(
      wasm(section(3, 3, u32(0xffffffff), 0, u32(12345)), section(10, 3, bodies)),
    );
    expect([...functionTypeIndices]).toEqual([0xffffffff, 0, 12345]);
    const first = START + 2 + 9 + 3;
    expect([...code.segmentOffsets]).toEqual([first, first + 10, first + 20]);
    expect([...code.starts]).toEqual([first + 1, first + 11, first + 21]);
    expect([...code.expressionStarts]).toEqual([first + 6, first + 16, first + 26]);
    expect([...code.ends]).toEqual([first + 10, first + 20, first + 30]);
  });

  it("functions: an index that is cut off names the section twice, as WasmEdge does", () => {
    expect(refusal(wasm(section(3, 1, 0x80)))).toEqual({
      code: "UnexpectedEnd",
      offset: START + 4,
      nodes: ["function section", "function section", "module"],
    });
  });

  it("tables, memories, globals and tags", () => {
    const { tables, memories, globals, tags } = load(
      wasm(
        section(4, 2, [0x70, 0x01, 0, 15], [0x6f, 0x00, 14]),
        section(5, 2, [0x01, 0, 15], [0x00, 14]),
        section(13, 2, [0, 0], [0, u32(200)]),
        section(6, 3, [0x7c, 0, 0x0b], [0x7d, 0, 0x45, 0x0b], [0x7e, 1, 0x46, 0x47, 0x0b]),
      ),
    );
    expect(tables.map(({ type }) => [type.elementType, type.limit.min, type.limit.max])).toEqual([
      [ValType.FuncRef, 0n, 15n],
      [ValType.ExternRef, 14n, undefined],
    ]);
    expect(memories.map(({ limit }) => [limit.min, limit.max])).toEqual([
      [0n, 15n],
      [14n, undefined],
    ]);
    expect(tags).toEqual([{ typeIndex: 0 }, { typeIndex: 200 }]);
    const first = START + 10 + 8 + 8 + 3;
    expect(globals).toEqual([
      { type: { valType: ValType.F64, mutable: false }, init: { start: first + 2, end: first + 3 } },
      { type: { valType: ValType.F32, mutable: false }, init: { start: first + 5, end: first + 7 } },
      { type: { valType: ValType.I64, mutable: true }, init: { start: first + 9, end: first + 12 } },
    ]);
  });

  it("exports: names that are equal are for the validator", () => {
    const { exports } = load(
      wasm(
        section(
          7,
          5,
          [name("Loader"), 0, u32(0xffffffff)],
          [name("Loader"), 1, u32(0xfffffffd)],
          [name("Loader"), 2, 0],
          [name("g"), 3, 1],
          [name("t"), 4, 2],
        ),
      ),
    );
    expect(exports).toEqual([
      { name: "Loader", kind: "function", index: 0xffffffff },
      { name: "Loader", kind: "table", index: 0xfffffffd },
      { name: "Loader", kind: "memory", index: 0 },
      { name: "g", kind: "global", index: 1 },
      { name: "t", kind: "tag", index: 2 },
    ]);
  });

  it("start: an index, and nothing after it", () => {
    expect(load(wasm(section(8, u32(0xffffffff)))).start).toBe(0xffffffff);
    expect(refusal(wasm([8, 5, 0xff, 0xff, 0x0f]))).toEqual({
      code: "LengthOutOfBounds",
      offset: START + 1,
      nodes: ["start section", "module"],
    });
  });

  it("elements and data: segments", () => {
    const offset = [0x45, 0x46, 0x47, 0x0b];
    const { elements, data, dataCount } = load(
      wasm(
        section(9, 2, [0, offset, 3, 0, 10, 15], [0, offset, 1, 3]),
        section(12, 3),
        section(11, 3, [0, offset, name("test")], [1, name("test")], [2, u32(0xfffffff0), offset, name("")]),
      ),
    );
    expect(elements.map(({ functionIndices }) => [...(functionIndices ?? [])])).toEqual([[0, 10, 15], [3]]);
    expect(elements[0]?.type).toBe(0x100 | TypeCode.FuncRef);
    expect(dataCount).toBe(3);
    expect(data.map(({ mode, memoryIndex, start, end }) => [mode, memoryIndex, end - start])).toEqual([
      ["active", 0, 4],
      ["passive", 0, 4],
      ["active", 0xfffffff0, 0],
    ]);
    expect(data.map(({ offset }) => offset && offset.end - offset.start)).toEqual([4, undefined, 4]);
  });
});

import { describe, expect, it } from "vitest";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { IndexCategory } from "../../src/common/error-context.ts";
import { load, section, u32 } from "../loader/support.ts";
import { contextOf, invalid, module, nodesOf, refusedWith, validate } from "./support.ts";
import { surroundings } from "./surroundings.ts";

const around = module(`${surroundings} (func $f)`);

/** The module with the last function's body, locals and final `end` included, made of these bytes. */
function withBody(...body: readonly number[]): Uint8Array {
  const { code, sections } = load(around);
  const codeSection = sections.find(({ id }) => id === 10);
  if (codeSection === undefined) throw new Error("no code section");
  const before = around.subarray(codeSection.start, code.segmentOffsets[code.segmentOffsets.length - 1]);
  const content = section(10, [...before], u32(body.length), body).flat(3) as number[];
  return Uint8Array.from([...around.subarray(0, codeSection.offset), ...content, ...around.subarray(codeSection.end)]);
}

const i32 = [0x41, 0];
const i64 = [0x42, 0];
const drop = 0x1a;
const block = [0x02, 0x40];
const end = 0x0b;
const unreachable = 0x00;

/** Instructions as bytes, the error's code, and what its context says: the space, the index, the first one too large. */
type Case = readonly [
  text: string,
  bytes: readonly number[],
  code: ErrCodeName,
  category: IndexCategory,
  index: number,
  bound: number,
];

const cases: readonly Case[] = [
  [
    "block (result (ref null 99))",
    [0x02, 0x63, 0xe3, 0, unreachable, end, drop],
    "InvalidFuncTypeIdx",
    "function type",
    99,
    13,
  ],
  ["block (type 99)", [0x02, 0xe3, 0, end], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["br 1", [0x0c, 1], "InvalidLabelIdx", "label", 1, 1],
  ["block br 2 end", [...block, 0x0c, 2, end], "InvalidLabelIdx", "label", 2, 2],
  ["br_if 7", [...i32, 0x0d, 7], "InvalidLabelIdx", "label", 7, 1],
  ["br_table 0 2", [...i32, 0x0e, 1, 0, 2], "InvalidLabelIdx", "label", 2, 1],
  ["br_table 9 0", [...i32, 0x0e, 1, 9, 0], "InvalidLabelIdx", "label", 9, 1],
  ["br_on_null 5", [0xd0, 0x70, 0xd5, 5, drop], "InvalidLabelIdx", "label", 5, 1],
  ["try_table (catch_all 1)", [0x1f, 0x40, 1, 2, 1, end], "InvalidLabelIdx", "label", 1, 1],
  ["try_table (catch $empty 9)", [0x1f, 0x40, 1, 0, 0, 9, end], "InvalidLabelIdx", "label", 9, 1],
  ["try_table (catch 9 0)", [0x1f, 0x40, 1, 0, 9, 0, end], "InvalidTagIdx", "tag", 9, 2],
  ["throw 9", [0x08, 9], "InvalidTagIdx", "tag", 9, 2],
  ["call 99", [0x10, 99], "InvalidFuncIdx", "function", 99, 6],
  ["return_call 99", [0x12, 99], "InvalidFuncIdx", "function", 99, 6],
  ["call_indirect of table 9", [...i32, 0x11, 0, 9], "InvalidTableIdx", "table", 9, 4],
  ["call_indirect of type 99", [...i32, 0x11, 99, 0], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["call_ref 99", [0xd0, 0x70, 0x14, 99], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["call_ref 2^32 - 1", [0xd0, 0x70, 0x14, ...u32(0xffffffff)], "InvalidFuncTypeIdx", "function type", 0xffffffff, 13],
  [
    "select (result (ref null 99))",
    [unreachable, 0x1c, 1, 0x63, 0xe3, 0, drop],
    "InvalidFuncTypeIdx",
    "function type",
    99,
    13,
  ],
  ["local.get 0", [0x20, 0, drop], "InvalidLocalIdx", "local", 0, 0],
  ["local.set 0", [...i32, 0x21, 0], "InvalidLocalIdx", "local", 0, 0],
  ["local.tee 4096", [...i32, 0x22, 0x80, 0x20, drop], "InvalidLocalIdx", "local", 4096, 0],
  ["global.get 99", [0x23, 99, drop], "InvalidGlobalIdx", "global", 99, 2],
  ["global.set 99", [...i32, 0x24, 99], "InvalidGlobalIdx", "global", 99, 2],
  ["i32.load of memory 9", [...i32, 0x28, 0x42, 9, 0, drop], "InvalidMemoryIdx", "memory", 9, 2],
  ["memory.size 7", [0x3f, 7, drop], "InvalidMemoryIdx", "memory", 7, 2],
  ["memory.grow 7", [...i32, 0x40, 7, drop], "InvalidMemoryIdx", "memory", 7, 2],
  ["memory.init of data 9", [...i32, ...i32, ...i32, 0xfc, 8, 9, 0], "InvalidDataIdx", "data", 9, 1],
  ["memory.init of memory 9", [...i32, ...i32, ...i32, 0xfc, 8, 0, 9], "InvalidMemoryIdx", "memory", 9, 2],
  ["memory.copy from memory 9", [...i32, ...i32, ...i32, 0xfc, 10, 0, 9], "InvalidMemoryIdx", "memory", 9, 2],
  ["memory.fill of memory 9", [...i32, ...i32, ...i32, 0xfc, 11, 9], "InvalidMemoryIdx", "memory", 9, 2],
  ["data.drop 9", [0xfc, 9, 9], "InvalidDataIdx", "data", 9, 1],
  ["table.get 9", [...i32, 0x25, 9, drop], "InvalidTableIdx", "table", 9, 4],
  ["table.set 9", [...i32, 0xd0, 0x70, 0x26, 9], "InvalidTableIdx", "table", 9, 4],
  ["table.size 9", [0xfc, 16, 9, drop], "InvalidTableIdx", "table", 9, 4],
  ["table.grow 9", [0xd0, 0x70, ...i32, 0xfc, 15, 9, drop], "InvalidTableIdx", "table", 9, 4],
  ["table.fill 9", [...i32, 0xd0, 0x70, ...i32, 0xfc, 17, 9], "InvalidTableIdx", "table", 9, 4],
  ["table.copy from table 9", [...i32, ...i32, ...i32, 0xfc, 14, 0, 9], "InvalidTableIdx", "table", 9, 4],
  ["table.init of segment 9", [...i32, ...i32, ...i32, 0xfc, 12, 9, 0], "InvalidElemIdx", "element", 9, 2],
  ["table.init of table 9", [...i32, ...i32, ...i32, 0xfc, 12, 0, 9], "InvalidTableIdx", "table", 9, 4],
  ["elem.drop 9", [0xfc, 13, 9], "InvalidElemIdx", "element", 9, 2],
  ["ref.null 99", [0xd0, 0xe3, 0, drop], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["ref.cast (ref null 99)", [0xd0, 0x6e, 0xfb, 23, 0xe3, 0, drop], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["ref.test (ref 99)", [0xd0, 0x6e, 0xfb, 20, 0xe3, 0, drop], "InvalidFuncTypeIdx", "function type", 99, 13],
  [
    "br_on_cast to (ref 99)",
    [unreachable, 0xfb, 24, 1, 0, 0x6e, 0xe3, 0],
    "InvalidFuncTypeIdx",
    "function type",
    99,
    13,
  ],
  ["struct.new 99", [0xfb, 0, 99, drop], "InvalidFuncTypeIdx", "function type", 99, 13],
  ["struct.get of field 9", [unreachable, 0xfb, 2, 4, 9, drop], "InvalidFieldIdx", "field", 9, 3],
  ["struct.set of field 3", [unreachable, 0xfb, 5, 4, 3], "InvalidFieldIdx", "field", 3, 3],
  ["array.new_data of data 9", [...i32, ...i32, 0xfb, 9, 7, 9, drop], "InvalidDataIdx", "data", 9, 1],
  ["array.new_elem of segment 9", [...i32, ...i32, 0xfb, 10, 10, 9, drop], "InvalidElemIdx", "element", 9, 2],
  ["array.copy from type 99", [unreachable, 0xfb, 17, 7, 99], "InvalidFuncTypeIdx", "function type", 99, 13],
];

describe("An index that is too large", () => {
  it.each(cases)("in %s", (_text, bytes, code, category, index, bound) => {
    const error = invalid(withBody(0, ...bytes, end));
    expect(error.codeName).toBe(code);
    expect(contextOf(error, "index")).toEqual({ kind: "index", category, index, bound });
    expect(contextOf(error, "instruction")).toBeDefined();
    expect(nodesOf(error)).toEqual(["expression", "code segment", "code section", "module"]);
  });

  it("in the type of a local is told without an instruction", () => {
    const error = invalid(withBody(1, 1, 0x63, 0xe3, 0, end));
    expect(error.codeName).toBe("InvalidFuncTypeIdx");
    expect(contextOf(error, "instruction")).toBeUndefined();
    expect(nodesOf(error)).toEqual(["code segment", "code section", "module"]);
  });

  it("of a function is one error with an undeclared one in ref.func", () => {
    expect(refusedWith(withBody(0, 0xd2, 99, drop, end))).toBe("InvalidRefIdx");
    expect(refusedWith(withBody(0, 0xd2, 3, drop, end))).toBe("InvalidRefIdx");
    expect(validate(withBody(0, 0xd2, 0, drop, end))).toBeDefined();
  });
});

describe("An offset of a memory access", () => {
  const offset = (memory: number, ...bytes: number[]) =>
    withBody(0, ...(memory === 0 ? i32 : i64), 0x28, 0x42, memory, ...bytes, drop, end);

  it("has 32 bits in a memory of 32-bit addresses", () => {
    expect(validate(offset(0, ...u32(0xffffffff)))).toBeDefined();
    expect(refusedWith(offset(0, ...u32(0x100000000)))).toBe("InvalidOffset");
  });

  it("has 64 bits in a memory of 64-bit addresses", () => {
    expect(validate(offset(1, ...u32(0xffffffffffffffffn)))).toBeDefined();
  });
});

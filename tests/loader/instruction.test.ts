import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { opcodeBytes } from "../../src/ast/instructions.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Standard } from "../../src/config/configure.ts";
import {
  BODY,
  type Bytes,
  everyProposal,
  functionModule,
  instructionNodes,
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

/** WasmEdge's `instructionTest`, with codes and places: reference, chapter 13.1. */

const { WASM_1, WASM_2 } = Standard;

/** Offset of the first instruction of a body without locals. */
const CODE = BODY + 1;

function accepted(body: Bytes, options?: Options) {
  expect(load(functionModule(0, body), options).code.starts.length).toBe(1);
}

function refused(body: Bytes, code: ErrCodeName, offset: number, options?: Options, missing?: Proposal) {
  expect(refusal(functionModule(0, body), options)).toEqual({
    code,
    offset: CODE + offset,
    nodes: instructionNodes,
    ...(missing !== undefined && { proposal: proposalText(missing) }),
  });
}

describe("Opcodes", () => {
  const known = new Set(instructions.map(({ opcode }) => opcodeBytes(opcode).join()));

  it("without prefix that no instruction has are illegal, where they stand", () => {
    for (let byte = 0; byte < 0x100; byte++) {
      if (known.has(`${byte}`) || (byte >= 0xfb && byte <= 0xfe)) continue;
      refused([0x01, byte, 0x0b], "IllegalOpCode", 1, everyProposal);
    }
  });

  it("with prefix that no instruction has are illegal, where their second part stands", () => {
    for (const prefix of [0xfb, 0xfc, 0xfd, 0xfe]) {
      for (let code = 0; code < 0x220; code++) {
        if (!known.has(`${prefix},${code}`)) refused([prefix, u32(code, 2), 0x0b], "IllegalOpCode", 1, everyProposal);
      }
      for (const code of [0x400, 0xffff, 0xffffffff]) {
        refused([prefix, u32(code), 0x0b], "IllegalOpCode", 1, everyProposal);
      }
      refused([prefix, 0x80, 0x80, 0x80, 0x80, 0x70], "IntegerTooLarge", 1, everyProposal);
      refused([prefix], "UnexpectedEnd", 1, everyProposal);
    }
  });

  it("behind a prefix may be padded", () => {
    accepted([0xfc, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b]);
  });
});

describe("Blocks", () => {
  it.each([
    ["block", 0x02],
    ["loop", 0x03],
    ["if", 0x04],
  ])("%s ends with its own end", (_, opcode) => {
    accepted([opcode, 0x40, 0x0b, 0x0b]);
    accepted([opcode, 0x40, 0x45, 0x46, 0x47, 0x0b, 0x0b]);
    refused([opcode, 0x40, 0x0b], "UnexpectedEnd", 3);
    refused([opcode], "UnexpectedEnd", 1);
    refused([opcode, 0x40, 0x45, 0xed, 0xee, 0x0b, 0x0b], "IllegalOpCode", 3);
  });

  it("nest to any depth", () => {
    const depth = 10_000;
    const open = new Array<number[]>(depth).fill([0x02, 0x40]);
    const close = new Array<number>(depth).fill(0x0b);
    const bytes = [0, ...open.flat(), ...close, 0x0b];
    const module = wasm(section(3, 1, 0), section(10, 1, u32(bytes.length), bytes));
    expect(load(module).code.ends[0]).toBe(module.length);
    const unclosed = [0, ...open.flat(), ...close];
    expect(refusal(wasm(section(3, 1, 0), section(10, 1, u32(unclosed.length), unclosed))).code).toBe("UnexpectedEnd");
  });

  it("part an if by one else", () => {
    accepted([0x04, 0x40, 0x05, 0x0b, 0x0b]);
    accepted([0x04, 0x40, 0x45, 0x05, 0x46, 0x0b, 0x0b]);
    accepted([0x04, 0x40, 0x04, 0x40, 0x05, 0x0b, 0x05, 0x0b, 0x0b]);
    refused([0x04, 0x40, 0x05, 0x05, 0x0b, 0x0b], "IllegalOpCode", 3);
    refused([0x45, 0x05, 0x0b], "IllegalOpCode", 1);
    refused([0x02, 0x40, 0x05, 0x0b, 0x0b], "IllegalOpCode", 2);
    refused([0x03, 0x40, 0x05, 0x0b, 0x0b], "IllegalOpCode", 2);
    refused([0x04, 0x40, 0x02, 0x40, 0x05, 0x0b, 0x0b, 0x0b], "IllegalOpCode", 4);
  });

  it("blame the missing end where the else stands beyond the body", () => {
    // A body of two bytes, whose block goes on behind it.
    const module = wasm(section(3, 1, 0), [10, 5, 1, 3, 0, 0x02, 0x40], 0x05, 0x0b);
    expect(refusal(module)).toEqual({ code: "ENDCodeExpected", offset: CODE + 2, nodes: instructionNodes });
  });

  it("have types in one byte, references to types, or type indices with multi-value", () => {
    accepted([0x02, 0x7f, 0x0b, 0x0b], { standard: WASM_1 });
    accepted([0x02, 0x64, 0x05, 0x0b, 0x0b]);
    accepted([0x02, 0x05, 0x0b, 0x0b], { standard: WASM_2 });
    accepted([0x02, sleb(0xffffffff), 0x0b, 0x0b]);
    refused([0x02, 0x05, 0x0b, 0x0b], "MalformedValType", 1, { standard: WASM_1 }, Proposal.MultiValue);
    refused([0x02, 0x7b, 0x0b, 0x0b], "MalformedValType", 1, { standard: WASM_1 }, Proposal.SIMD);
    refused([0x02, 0x78, 0x0b, 0x0b], "MalformedValType", 1);
    refused([0x02, 0x41, 0x0b, 0x0b], "MalformedRefType", 1);
    refused([0x02, 0xc0, 0x40, 0x0b, 0x0b], "MalformedValType", 1);
    refused([0x02, sleb(-1, 2), 0x0b, 0x0b], "MalformedValType", 1);
    refused([0x02, sleb(-64, 5), 0x0b, 0x0b], "MalformedValType", 1);
    refused([0x02, sleb(2 ** 32), 0x0b], "IntegerTooLarge", 1);
  });
});

describe("Legacy exception handling", () => {
  const options: Options = { enable: [Proposal.LegacyExceptionHandling] };
  const open = [0x06, 0x40];
  const handle = [0x07, 0x00];
  const END = 0x0b;

  it("needs its proposal, for each of its instructions", () => {
    for (const body of [open, handle, [0x09, 0], [0x18, 0], [0x19]]) {
      refused([body, END, END], "IllegalOpCode", 0, {}, Proposal.LegacyExceptionHandling);
    }
  });

  it("has try blocks with clauses, a last one for all, or a delegate instead of the end", () => {
    accepted([open, END, END], options);
    accepted([open, handle, END, END], options);
    accepted([open, 0x45, handle, 0x46, handle, 0x47, 0x19, 0x45, END, END], options);
    accepted([open, 0x19, END, END], options);
    accepted([open, 0x18, 0x00, END], options);
    accepted([open, open, 0x18, 0x00, handle, 0x09, 0x00, END, END], options);
    accepted([open, handle, open, handle, END, 0x19, END, END], options);
  });

  it("has no clause outside a try block", () => {
    for (const clause of [handle, [0x19], [0x18, 0x00]]) {
      refused([clause, END], "IllegalOpCode", 0, options);
      for (const block of [0x02, 0x03, 0x04]) {
        refused([block, 0x40, clause, END, END], "IllegalOpCode", 2, options);
        refused([open, block, 0x40, clause, END, END, END], "IllegalOpCode", 4, options);
      }
    }
    refused([open, 0x05, END, END], "IllegalOpCode", 2, options);
  });

  it("has nothing after a clause for all, and no delegate after a clause", () => {
    refused([open, 0x19, handle, END, END], "IllegalOpCode", 3, options);
    refused([open, 0x19, 0x19, END, END], "IllegalOpCode", 3, options);
    refused([open, 0x19, 0x18, 0x00, END, END], "IllegalOpCode", 3, options);
    refused([open, handle, 0x18, 0x00, END, END], "IllegalOpCode", 4, options);
  });

  it("knows a delegate as the end of its block", () => {
    refused([open, 0x18, 0x00, END, END], "JunkSection", 5, options);
    refused([open, 0x18, 0x00], "UnexpectedEnd", 4, options);
  });
});

describe("Exception handling", () => {
  it("has catch clauses of four kinds", () => {
    accepted([0x1f, 0x40, 4, [0, 0, 0], [1, 0, 0], [2, 0], [3, 0], 0x0b, 0x0b]);
    for (const flags of [4, 0x7f, 0xff]) {
      refused([0x1f, 0x40, 2, [2, 0], flags, 0, 0, 0x0b, 0x0b], "MalformedCatchFlags", 5);
    }
    refused([0x1f, 0x40, 99, 0x0b, 0x0b], "IntegerTooLong", 2);
  });
});

describe("Branches and calls", () => {
  it("take labels and indices of 32 bits", () => {
    for (const opcode of [0x0c, 0x0d, 0x10, 0x12, 0x14, 0x15, 0xd5, 0xd6]) {
      accepted([opcode, u32(0xffffffff), 0x0b]);
      refused([opcode], "UnexpectedEnd", 1);
      refused([opcode, 0x80, 0x80, 0x80, 0x80, 0x10], "IntegerTooLarge", 1);
    }
  });

  it("br_table takes a vector and one label more", () => {
    accepted([0x0e, 0, u32(0xffffffff), 0x0b]);
    accepted([0x0e, 3, u32(0xfffffff1), u32(0xfffffff2), u32(0xfffffff3), u32(0xffffffff), 0x0b]);
    refused([0x0e], "UnexpectedEnd", 1);
    refused([0x0e, 3, 1, 2], "UnexpectedEnd", 4);
    refused([0x0e, u32(0xffffffff), 0x0b], "IntegerTooLong", 1);
  });

  it("call_indirect names a table with reference types, and has one zero byte before", () => {
    accepted([0x11, u32(0xffffffff), u32(0xffffffff), 0x0b]);
    accepted([0x11, 0, 0, 0x0b], { standard: WASM_1 });
    refused([0x11, 0], "UnexpectedEnd", 2);
    refused([0x11, 0, 1, 0x0b], "ExpectedZeroByte", 2, { standard: WASM_1 }, Proposal.ReferenceTypes);
    refused([0x11, 0, 0x80, 0, 0x0b], "ExpectedZeroByte", 2, { standard: WASM_1 }, Proposal.ReferenceTypes);
  });

  it("br_on_cast has two flags", () => {
    for (const opcode of [0x18, 0x19]) {
      for (const flags of [0, 1, 2, 3]) accepted([0xfb, opcode, flags, 0, 0x6d, 0x6d, 0x0b]);
      for (const flags of [4, 0xff]) refused([0xfb, opcode, flags, 0, 0x6d, 0x6d, 0x0b], "MalformedCastFlags", 2);
      refused([0xfb, opcode, 0, 0, 0x6d, 0x5c, 0x0b], "MalformedRefType", 5);
    }
  });
});

describe("References, select and tables", () => {
  it("ref.null takes a heap type of the proposals", () => {
    accepted([0xd0, 0x70, 0x0b], { standard: WASM_2 });
    accepted([0xd0, 0x28, 0x0b]);
    refused([0xd0], "UnexpectedEnd", 1);
    refused([0xd0, 0x5c, 0x0b], "MalformedRefType", 1);
    refused([0xd0, 0x28, 0x0b], "MalformedRefType", 1, { standard: WASM_2 }, Proposal.FunctionReferences);
    refused([0xd0, 0x6e, 0x0b], "MalformedRefType", 1, { standard: WASM_2 }, Proposal.GC);
    refused([0xd0, 0x69, 0x0b], "MalformedValType", 1, { standard: WASM_2 }, Proposal.ExceptionHandling);
    const bulk = { standard: WASM_1, enable: [Proposal.BulkMemoryOperations] };
    accepted([0xd0, 0x70, 0x0b], bulk);
    refused([0xd0, 0x6f, 0x0b], "MalformedElemType", 1, bulk, Proposal.ReferenceTypes);
  });

  it("select takes a vector of types; how many is for the validator", () => {
    accepted([0x1c, 0, 0x0b]);
    accepted([0x1c, 2, 0x7c, 0x7d, 0x0b]);
    refused([0x1c], "UnexpectedEnd", 1);
    refused([0x1c, 2, 0x7c], "UnexpectedEnd", 3);
    refused([0x1c, 1, 0x78, 0x0b], "MalformedValType", 2);
    refused([0x1c, 1, 0x7b, 0x0b], "MalformedValType", 2, { disable: [Proposal.SIMD] }, Proposal.SIMD);
  });

  it("table instructions take indices", () => {
    for (const body of [[0x25], [0x26], [0xfc, 0x0c], [0xfc, 0x0e], [0xfc, 0x0d], [0xfc, 0x0f]]) {
      refused([body], "UnexpectedEnd", body.length);
      accepted([body, u32(300), body[1] === 0x0c || body[1] === 0x0e ? u32(300) : [], 0x0b]);
    }
  });
});

describe("Memory instructions", () => {
  it("take an exponent of alignment and an offset", () => {
    accepted([0x28, u32(31), u32(0xffffffff), 0x0b], { standard: WASM_1 });
    accepted([0x28, u32(63), u32(2n ** 64n - 1n), 0x0b]);
    refused([0x28], "UnexpectedEnd", 1);
    refused([0x28, 0], "UnexpectedEnd", 2);
    refused([0x28, 0, u32(2 ** 32), 0x0b], "IntegerTooLarge", 2, { standard: WASM_2 });
    refused([0x28, 0, u32(2n ** 64n), 0x0b], "IntegerTooLarge", 2);
  });

  it("have flags below 32, with Memory64 below 64", () => {
    const memory64 = { standard: WASM_2, enable: [Proposal.Memory64] };
    accepted([0x28, 32, 0, 0x0b], memory64);
    refused([0x28, 32, 0, 0x0b], "MalformedMemoryOpFlags", 1, { standard: WASM_2 });
    refused([0x28, 64, 0, 0x0b], "MalformedMemoryOpFlags", 1, memory64);
    refused([0x28, u32(0xffffffff), 0, 0x0b], "MalformedMemoryOpFlags", 1, memory64);
  });

  it("name a memory with multiple memories, by the flag 64", () => {
    const multi = { standard: WASM_2, enable: [Proposal.MultiMemories] };
    accepted([0x28, 64 + 2, u32(300), 0, 0x0b], multi);
    refused([0x28, 64 + 2], "UnexpectedEnd", 2, multi);
    refused([0x28, 64 + 32, 5, 0, 0x0b], "MalformedMemoryOpFlags", 2, multi);
    // What is wrong with a flag of 128 shows at the place where WasmEdge has read on to.
    refused([0x28, u32(128), 5, 0, 0x0b], "MalformedMemoryOpFlags", 3);
  });

  it("have a zero byte in the place of a memory without multiple memories", () => {
    for (const body of [[0x3f], [0x40], [0xfc, 0x0b]]) {
      accepted([body, 0, 0x0b], { standard: WASM_2 });
      accepted([body, u32(300), 0x0b]);
      refused([body], "UnexpectedEnd", body.length);
      refused([body, 1, 0x0b], "ExpectedZeroByte", body.length, { standard: WASM_2 });
      refused([body, 0x80, 0, 0x0b], "ExpectedZeroByte", body.length, { standard: WASM_2 });
    }
    accepted([0xfc, 0x0a, 0, 0, 0x0b], { standard: WASM_2 });
    refused([0xfc, 0x0a, 1, 0, 0x0b], "ExpectedZeroByte", 2, { standard: WASM_2 });
    refused([0xfc, 0x0a, 0, 1, 0x0b], "ExpectedZeroByte", 3, { standard: WASM_2 });
    refused([0xfc, 0x0a, 0], "UnexpectedEnd", 3);
  });

  it("atomic.fence has a zero byte", () => {
    accepted([0xfe, 3, 0, 0x0b], everyProposal);
    refused([0xfe, 3, 1, 0x0b], "ExpectedZeroByte", 2, everyProposal);
  });

  it("that name data need the data count section, those of GC included", () => {
    const bodies = [
      [0xfc, 0x08, 0, 0],
      [0xfc, 0x09, 0],
      [0xfb, 0x09, 0, 0],
      [0xfb, 0x12, 0, 0],
    ];
    for (const body of bodies) {
      refused([0x01, body, 0x0b], "DataCountRequired", 1);
      const code = [0, ...body, 0x0b];
      const module = wasm(section(3, 1, 0), section(12, 0), section(10, 1, code.length, code));
      expect(load(module).dataCount).toBe(0);
    }
    accepted([0xfb, 0x0a, 0, 0, 0x0b]);
  });

  it("that name data may stand in constant expressions, where the count has not been told yet", () => {
    expect(load(wasm(section(6, 1, 0x7f, 0, [0xfb, 0x09, 0, 0], 0x0b))).globals).toHaveLength(1);
  });
});

describe("Constants", () => {
  it("have all their bytes", () => {
    accepted([0x41, sleb(-(2 ** 31)), 0x0b], { standard: WASM_1 });
    accepted([0x42, sleb(-(2n ** 63n)), 0x0b], { standard: WASM_1 });
    accepted([0x43, 0, 0, 0x49, 0xc0, 0x0b], { standard: WASM_1 });
    accepted([0x44, 0, 0, 0, 0, 0, 0x21, 0x09, 0xc0, 0x0b], { standard: WASM_1 });
    refused([0x41, sleb(2 ** 31)], "IntegerTooLarge", 1);
    refused([0x41, 0x80, 0x80, 0x80, 0x80, 0x80, 0], "IntegerTooLong", 1);
    refused([0x42, sleb(2n ** 63n)], "IntegerTooLarge", 1);
    refused([0x43, 0, 0], "UnexpectedEnd", 3);
    refused([0x44, 0, 0, 0, 0, 0], "UnexpectedEnd", 6);
  });

  it("of integers are refused at the same place whatever follows", () => {
    const rest = new Array<number>(20).fill(0x01);
    refused([0x41, 0x80, 0x80, 0x80, 0x80, 0x08, rest], "IntegerTooLarge", 1);
    refused([0x42, sleb(2n ** 63n), rest], "IntegerTooLarge", 1);
    refused([0x20, 0x80, 0x80, 0x80, 0x80, 0x10, rest], "IntegerTooLarge", 1);
    refused([0x28, 0, u32(2n ** 64n), rest], "IntegerTooLarge", 2);
  });
});

describe("SIMD instructions", () => {
  it("are refused where a part is missing", () => {
    refused([0xfd, 0x00], "UnexpectedEnd", 2);
    refused([0xfd, 0x00, 0], "UnexpectedEnd", 3);
    refused([0xfd, 0x54], "UnexpectedEnd", 2);
    refused([0xfd, 0x54, 0], "UnexpectedEnd", 3);
    refused([0xfd, 0x54, 0, 0], "UnexpectedEnd", 4);
    refused([0xfd, 0x0d, 1, 2, 3, 4, 5, 6, 7, 8, 9], "UnexpectedEnd", 11);
    refused([0xfd, 0x0c, 1, 2, 3], "UnexpectedEnd", 5);
    refused([0xfd, 0x15], "UnexpectedEnd", 2);
  });
});

describe("Instructions of proposals", () => {
  const { ReferenceTypes, TailCall, FunctionReferences } = Proposal;
  it.each<[name: string, body: Bytes, standard: Standard, missing: Proposal]>([
    ["i32.trunc_sat_f32_s", [0xfc, 0x00], WASM_1, Proposal.NonTrapFloatToIntConversions],
    ["i64.trunc_sat_f64_u", [0xfc, 0x07], WASM_1, Proposal.NonTrapFloatToIntConversions],
    ["i32.extend8_s", [0xc0], WASM_1, Proposal.SignExtensionOperators],
    ["i64.extend32_s", [0xc4], WASM_1, Proposal.SignExtensionOperators],
    ["memory.copy", [0xfc, 0x0a, 0, 0], WASM_1, ReferenceTypes],
    ["ref.func", [0xd2, 0], WASM_1, ReferenceTypes],
    ["select with types", [0x1c, 1, 0x7f], WASM_1, ReferenceTypes],
    ["table.get", [0x25, 0], WASM_1, ReferenceTypes],
    ["v128.const", [0xfd, 0x0c, new Array<number>(16).fill(0)], WASM_1, Proposal.SIMD],
    ["i8x16.relaxed_swizzle", [0xfd, u32(0x100)], WASM_2, Proposal.RelaxSIMD],
    ["return_call", [0x12, 0], WASM_2, TailCall],
    ["return_call_indirect", [0x13, 0, 0], WASM_2, TailCall],
    ["call_ref", [0x14, 0], WASM_2, FunctionReferences],
    ["return_call_ref", [0x15, 0], WASM_2, FunctionReferences],
    ["ref.as_non_null", [0xd4], WASM_2, FunctionReferences],
    ["br_on_null", [0xd5, 0], WASM_2, FunctionReferences],
    ["ref.eq", [0xd3], WASM_2, Proposal.GC],
    ["struct.new", [0xfb, 0x00, 0], WASM_2, Proposal.GC],
    ["throw", [0x08, 0], WASM_2, Proposal.ExceptionHandling],
    ["throw_ref", [0x0a], WASM_2, Proposal.ExceptionHandling],
    ["memory.atomic.notify", [0xfe, 0x00, 0, 0], Standard.WASM_3, Proposal.Threads],
    ["atomic.fence", [0xfe, 0x03, 0], Standard.WASM_3, Proposal.Threads],
    ["i32.atomic.load", [0xfe, 0x10, 0, 0], Standard.WASM_3, Proposal.Threads],
    ["i64.atomic.rmw32.cmpxchg_u", [0xfe, 0x4e, 0, 0], Standard.WASM_3, Proposal.Threads],
    ["i64.add128", [0xfc, 0x13], Standard.WASM_3, Proposal.WideArithmetic],
  ])("%s is refused without its proposal, which is named, and read with it", (_, body, standard, missing) => {
    refused([0x01, body, 0x0b], "IllegalOpCode", 1, { standard }, missing);
    accepted([0x01, body, 0x0b], everyProposal);
  });

  it("of the bulk memory proposal are read with reference types alone, and the other way round", () => {
    for (const proposal of [Proposal.BulkMemoryOperations, ReferenceTypes]) {
      accepted([0xfc, 0x0a, 0, 0, 0xd2, 0, 0x0b], { standard: WASM_1, enable: [proposal] });
    }
  });

  it("return_call_ref needs tail calls too", () => {
    refused([0x15, 0, 0x0b], "IllegalOpCode", 0, { disable: [TailCall] }, TailCall);
  });
});

describe("Places beyond the first function", () => {
  it("are counted from the module's start", () => {
    const bodies = [
      [2, 0, 0x0b],
      [3, 0, 0xff, 0x0b],
    ];
    const module = wasm(section(3, 2, 0, 0), section(10, 2, bodies));
    expect(refusal(module)).toEqual({ code: "IllegalOpCode", offset: START + 13, nodes: instructionNodes });
  });
});

import { describe, expect, it } from "vitest";
import { difference } from "../../../spec-tests/fuzz/compare.ts";
import { kindOfCode, nativeKind } from "../../../spec-tests/fuzz/trap-kinds.ts";

const log = (...lines: string[]) => ({ lines, returned: 0 });

describe("Two runs of a module", () => {
  it("are the same where each line is", () => {
    expect(difference(log("a", "b"), log("a", "b"))).toBeUndefined();
  });

  it("part at the first line that is another or is missing", () => {
    expect(difference(log("a", "b"), log("a", "c"))).toBe("line 2 of 2\nours: b\nnative: c");
    expect(difference(log("a"), log("a", "c"))).toBe("line 2 of 2\nours: (nothing)\nnative: c");
    expect(difference(log("a", "b"), log("a"))).toBe("line 2 of 2\nours: b\nnative: (nothing)");
  });

  it("differ where one of them broke off", () => {
    expect(difference({ error: "leaked" }, log())).toBe("ours: leaked\nnative: ran");
    expect(difference(log(), { error: "unknown trap" })).toBe("ours: ran\nnative: unknown trap");
  });
});

describe("A trap", () => {
  it.each([
    ["unreachable", "Unreachable"],
    ["remainder by zero", "DivideByZero"],
    ["divide result unrepresentable", "IntegerOverflow"],
    ["table index is out of bounds", "UndefinedElement"],
    ["null function or function signature (IndirectCall)", "IndirectCallTypeMismatch"],
    ["dereferencing a null pointer", "AccessNullStruct"],
    ["illegal cast", "CastFailed"],
    ["operation does not support unaligned accesses", "UnalignedAtomicAccess"],
    ["WebAssembly.Instance(): data segment 1 is out of bounds (offset 65536)", "MemoryOutOfBounds"],
    ["requested new array is too large", "GCObjectSizeLimit"],
  ])("that V8 calls %s is our %s", (message, codeName) => {
    expect(nativeKind(message)).toBeDefined();
    expect(nativeKind(message)).toBe(kindOfCode(codeName));
  });

  it("is not what neither engine calls one", () => {
    expect(nativeKind("is not a function")).toBeUndefined();
    expect(kindOfCode("HostFuncError")).toBeUndefined();
  });
});

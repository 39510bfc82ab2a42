import { describe, expect, it } from "vitest";
import packageJson from "../../package.json" with { type: "json" };
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCategory, ErrCode, errCategory, errPhase, userErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, type LogRecord, log, parseLogLevel, setLogCallback, setLogLevel } from "../../src/common/log.ts";
import { refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { VERSION, versionNumbers } from "../../src/common/version.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { globalType, memoryType, tableType } from "../../src/sdk/value-types.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { failureOf } from "../support/engine.ts";

/** WasmEdge's `APIUnitTest` over our classes, instances and values: reference, chapter 13.6. */

const fails = (code: number) => expect.objectContaining({ code });

describe("a table instance", () => {
  it("is read and written within its bounds, and grows to its maximum", () => {
    const table = new TableInstance(tableType("externref", { min: 10, max: 20 }));
    expect(table.type.limit).toMatchObject({ min: 10n, max: 20n });
    expect(table.getRef(9)).toBeNull();
    table.setRef(9, "x");
    expect(table.getRef(9)).toBe("x");
    expect(() => table.getRef(10)).toThrow(fails(ErrCode.TableOutOfBounds));
    expect(() => table.setRef(10, null)).toThrow(fails(ErrCode.TableOutOfBounds));
    expect(table.growTable(8)).toBe(true);
    expect(table.size).toBe(18);
    expect(table.growTable(8)).toBe(false);
    expect(table.size).toBe(18);
  });

  it("has a value in each element from the start", () => {
    expect(new TableInstance(tableType("externref", { min: 2 }), "x").getRef(1)).toBe("x");
  });
});

describe("a memory instance", () => {
  it("is read and written within its bounds, and grows to its maximum", () => {
    const memory = new MemoryInstance(memoryType({ min: 1, max: 3 }));
    memory.setBytes(Uint8Array.of(1, 2, 3), 100);
    expect(memory.getBytes(101, 2)).toEqual(Uint8Array.of(2, 3));
    expect(() => memory.getBytes(65535, 2)).toThrow(fails(ErrCode.MemoryOutOfBounds));
    expect(() => memory.setBytes(Uint8Array.of(1, 2), 65535)).toThrow(fails(ErrCode.MemoryOutOfBounds));
    expect(memory.getSpan(65536, 0)).toEqual(new Uint8Array(0));
    expect(memory.getSpan(65536, 1)).toBeNull();
    expect(memory.growPage(2)).toBe(true);
    expect(memory.pageCount).toBe(3);
    expect(memory.growPage(1)).toBe(false);
    expect(memory.getBytes(101, 2)).toEqual(Uint8Array.of(2, 3));
  });
});

describe("a global instance", () => {
  it("is set where it is variable, to values of its type", () => {
    const variable = new GlobalInstance(globalType("i64", "var"), 77n);
    expect(variable.getValue()).toBe(77n);
    variable.setValue(-1n);
    expect(variable.getTypedValue()).toEqual(WasmValue.i64(-1n));
    expect(() => variable.setValue(1)).toThrow(fails(ErrCode.SetValueErrorType));
    expect(() => variable.setValue(WasmValue.f64(1))).toThrow(fails(ErrCode.SetValueErrorType));
    expect(() => new GlobalInstance(globalType("f32", "const"), 1).setValue(2)).toThrow(fails(ErrCode.SetValueToConst));
    expect(variable.getValue()).toBe(-1n);
  });

  it("holds references, null only where the type allows it", () => {
    const nonNull = globalType(refType(TypeCode.ExternRef, false), "var");
    const global = new GlobalInstance(nonNull, "x");
    expect(() => global.setValue(null)).toThrow(fails(ErrCode.NonNullRequired));
    expect(global.getValue()).toBe("x");
    expect(() => new GlobalInstance(nonNull)).toThrow(fails(ErrCode.NonNullRequired));
    expect(() => global.setValue(WasmValue.i32(1))).toThrow(fails(ErrCode.RefTypeMismatch));
    expect(new GlobalInstance(globalType("funcref", "const"), null).getValue()).toBeNull();
  });

  it("keeps the bits of a NaN", () => {
    const global = new GlobalInstance(globalType("f32", "var"), 0);
    global.setValue(WasmValue.f32Bits(0x7fa00001));
    expect(global.getTypedValue().bits32).toBe(0x7fa00001);
  });
});

describe("typed values", () => {
  it("keep what they are made of", () => {
    expect(WasmValue.i32(0xffffffff).toI32()).toBe(-1);
    expect(WasmValue.i64(2n ** 64n - 1n).toI64()).toBe(-1n);
    expect(WasmValue.f32(1.5).toF32()).toBe(1.5);
    expect(WasmValue.f64(-0).toF64()).toBe(-0);
    expect(WasmValue.v128(2n ** 127n + 5n).bits128).toBe(2n ** 127n + 5n);
    expect(WasmValue.externRef("x").reference).toBe("x");
    expect([
      WasmValue.funcRef(null).isNullRef(),
      WasmValue.externRef("x").isNullRef(),
      WasmValue.i32(0).isNullRef(),
    ]).toEqual([true, false, false]);
    expect(WasmValue.i32(1).type).toBe(ValType.I32);
  });
});

describe("results", () => {
  it("have category, code, name and message", () => {
    const user = new WasmEdgeError(userErrCode(0x12345678));
    expect(user.code).toBe(0x01345678);
    expect(errCategory(user.code)).toBe(ErrCategory.UserLevelError);
    expect(user.message).toBe("user defined error code");
    expect(user.headline()).toBe("user defined failed: user defined error code, Code: 0x345678");
    const core = new WasmEdgeError(ErrCode.WrongVMWorkflow);
    expect(errCategory(core.code)).toBe(ErrCategory.WASM);
    expect(core.headline()).toBe("wasmedge runtime failed: wrong VM workflow, Code: 0x004");
    expect(
      [ErrCode.UnexpectedEnd, ErrCode.TypeCheckFailed, ErrCode.UnknownImport, ErrCode.Unreachable].map(errPhase),
    ).toEqual(["loading", "validation", "instantiation", "execution"]);
  });
});

describe("the version", () => {
  it("is the package's", () => {
    expect(VERSION).toBe(packageJson.version);
    const { major, minor, patch } = versionNumbers();
    expect(`${major}.${minor}.${patch}`).toBe(packageJson.version);
  });
});

describe("the log", () => {
  it("goes to the callback from the level on, and back to the console with null", () => {
    const records: LogRecord[] = [];
    setLogCallback((record) => records.push(record));
    setLogLevel("warning");
    try {
      log.info("no");
      log.warning("yes");
      log.critical("yes");
      setLogLevel("off");
      log.critical("no");
      expect(getLogLevel()).toBe("off");
    } finally {
      setLogLevel("info");
      setLogCallback(null);
    }
    expect(records).toEqual([
      { level: "warning", message: "yes" },
      { level: "critical", message: "yes" },
    ]);
  });

  it("knows WasmEdge's names of levels and no others", () => {
    const names = ["trace", "debug", "info", "warn", "warning", "error", "fatal", "critical", "off"];
    expect(names.map(parseLogLevel)).toEqual([
      "trace",
      "debug",
      "info",
      "warning",
      "warning",
      "error",
      "critical",
      "critical",
      "off",
    ]);
    for (const name of ["", "INFO", "Info", " info", "info ", "none", "verbose", "0"]) {
      expect(parseLogLevel(name)).toBeUndefined();
    }
    const before = getLogLevel();
    expect(failureOf(() => setLogLevel("loud" as "info")).lines()[1]).toBe('    There is no log level "loud".');
    expect(getLogLevel()).toBe(before);
  });
});

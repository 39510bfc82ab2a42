import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType, withNullability } from "../../src/common/value-type.ts";
import { TableInstance } from "../../src/store/table-instance.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

function table(min: number, max?: number, elementType = ValType.ExternRef as number, limit?: number): TableInstance {
  const bounds = { min: BigInt(min), max: max === undefined ? undefined : BigInt(max), shared: false, is64: false };
  return new TableInstance({ elementType, limit: bounds }, null, limit);
}

describe("a table", () => {
  it("is read and written within its bounds", () => {
    const own = table(2);
    own.setRef(1, "one");
    expect([own.getRef(0), own.getRef(1)]).toEqual([null, "one"]);
    for (const index of [2, -1, Number.NaN, 0.5, 2 ** 32]) {
      expect(failureOf(() => own.getRef(index)).code).toBe(ErrCode.TableOutOfBounds);
      expect(failureOf(() => own.setRef(index, "x")).code).toBe(ErrCode.TableOutOfBounds);
    }
    expect(failureOf(() => own.getRef(2)).lines()).toEqual([
      "execution failed: out of bounds table access, Code: 0x407",
      "    Accessing offset from: 0x00000002 to: 0x00000002 , Out of boundary: 0x00000001",
    ]);
  });

  it("takes references of its type only", () => {
    const functions = table(1, 4, ValType.FuncRef);
    expect(failureOf(() => functions.setRef(0, "no function")).code).toBe(ErrCode.RefTypeMismatch);
    expect(failureOf(() => functions.growTable(1, 5)).code).toBe(ErrCode.RefTypeMismatch);
    expect(functions.size).toBe(1);
    const limit = { min: 1n, max: undefined, shared: false, is64: false };
    const elementType = withNullability(ValType.FuncRef, false);
    expect(failureOf(() => new TableInstance({ elementType, limit })).code).toBe(ErrCode.NonNullRequired);
  });

  it("grows up to its maximum and up to the configured limit", () => {
    const own = table(1, 3);
    expect(own.growTable(2, "new")).toBe(true);
    expect([own.getRef(1), own.getRef(2)]).toEqual(["new", "new"]);
    expect(own.growTable(1)).toBe(false);
    expect([-1, 0.5, Number.NaN].map((count) => own.growTable(count))).toEqual([false, false, false]);
    expect(own.growTable(0)).toBe(true);
    expect(own.type.limit).toMatchObject({ min: 3n, max: 3n });
    const limited = table(1, undefined, ValType.ExternRef, 5);
    expect(limited.growTable(5)).toBe(false);
    expect(limited.growTable(4)).toBe(true);
    const error = failureOf(() => table(6, undefined, ValType.ExternRef, 5));
    expect(error.lines()).toEqual([
      "instantiation failed: table minimum exceeds the configured limit, Code: 0x3e3",
      "    In Limit type: { min: 6 }",
      "    Table Instance: Limited 5 elements in configuration.",
    ]);
  });

  it("has ten million elements at most where nothing is said, and never more than a list of the engine's can hold", () => {
    const usual = table(1);
    expect([usual.growTable(10_000_000), usual.growTable(2 ** 31), usual.size]).toEqual([false, false, 1]);
    const open = new TableInstance(usual.type, null, Number.POSITIVE_INFINITY);
    expect([open.growTable(2 ** 25), open.growTable(10), open.size]).toEqual([false, true, 11]);
    expect(failureOf(() => table(10_000_001)).code).toBe(ErrCode.TableLimitExceeded);
    const beyond = { ...usual.type, limit: { ...usual.type.limit, min: 2n ** 25n + 1n } };
    expect(failureOf(() => new TableInstance(beyond, null, Number.POSITIVE_INFINITY)).code).toBe(
      ErrCode.TableLimitExceeded,
    );
  });

  it("copies ranges that overlap as if through a copy, and changes nothing where they do not fit", () => {
    const own = table(5);
    for (let i = 0; i < 5; i++) own.setRef(i, i);
    own.copyFrom(own, 1, 0, 3);
    expect(own.elements).toEqual([0, 0, 1, 2, 4]);
    own.copyFrom(own, 0, 1, 3);
    expect(own.elements).toEqual([0, 1, 2, 2, 4]);
    expect(failureOf(() => own.copyFrom(own, 3, 0, 3)).code).toBe(ErrCode.TableOutOfBounds);
    expect(failureOf(() => own.fillRefs("x", 4, 2)).code).toBe(ErrCode.TableOutOfBounds);
    expect(own.elements).toEqual([0, 1, 2, 2, 4]);
    own.fillRefs("x", 3, 2);
    expect(own.elements).toEqual([0, 1, 2, "x", "x"]);
  });

  it("makes instances of a module's functions when they are looked at, once each", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (table (export "t") 3 funcref) (elem (i32.const 0) $f $g)
      (func $f (export "f") (result i32) (i32.const 1)) (func $g (result i32) (i32.const 2)))`);
    const own = instance.findTableExports("t") as TableInstance;
    expect(own.getRef(0)).toBe(exported(instance, "f"));
    expect(own.getRef(1)).toBe(own.getRef(1));
    expect(engine.executor.invoke(own.getRef(1) as ReturnType<typeof exported>)).toEqual([2]);
    const other = table(3, undefined, ValType.FuncRef);
    other.copyFrom(own, 1, 0, 2);
    expect([0, 1, 2].map((i) => other.getRef(i))).toEqual([null, own.getRef(0), own.getRef(1)]);
  });
});

import { describe, expect, it } from "vitest";
import { type Bytes, section, u32, wasm } from "../loader/support.ts";
import { contextOf, invalid, module, refusedWith, validate } from "./support.ts";

/** Types of which each, but for the first, is a subtype of the one before. */
function chain(length: number): Uint8Array {
  const types: Bytes = Array.from({ length }, (_, i) =>
    i === 0 ? [0x50, 0, 0x60, 0, 0] : [0x50, 1, u32(i - 1), 0x60, 0, 0],
  );
  return wasm(section(1, u32(length), types));
}

/** WasmEdge's `ValidatorRegressionTest`: reference, chapter 13.4. */
describe("The regressions of WasmEdge's validator", () => {
  it("a chain of subtypes may have 63 links, not more", () => {
    expect(validate(chain(64))).toBeDefined();
    const error = invalid(chain(65));
    expect(error.codeName).toBe("InvalidSubType");
    expect(contextOf(error, "note")?.text).toBe("Subtype depth for type 64 exceeded the limits of 63");
    expect(refusedWith(chain(3000))).toBe("InvalidSubType");
  });

  it("a supertype index out of range is InvalidSubType", () => {
    for (const index of [1, 2, 0xffffffff]) {
      const bytes = wasm(section(1, 2, [0x60, 0, 0], [0x50, 1, u32(index), 0x60, 0, 0]));
      expect(refusedWith(bytes)).toBe("InvalidSubType");
    }
  });

  it("a type is not its own supertype", () => {
    expect(refusedWith(wasm(section(1, 1, [0x50, 1, 0, 0x60, 0, 0])))).toBe("InvalidSubType");
  });

  it("a supertype stands before its subtype, in its recursion group too", () => {
    const forward = wasm(section(1, 1, 0x4e, 2, [0x50, 1, 1, 0x60, 0, 1, 0x7f], [0x50, 0, 0x60, 0, 1, 0x7f]));
    const error = invalid(forward);
    expect(error.codeName).toBe("InvalidSubType");
    expect(contextOf(error, "note")?.text).toBe("Super type index 1 must be smaller than the sub type index 0.");
    const backward = wasm(section(1, 1, 0x4e, 2, [0x50, 0, 0x60, 0, 1, 0x7f], [0x50, 1, 0, 0x60, 0, 1, 0x7f]));
    expect(validate(backward)).toBeDefined();
  });

  it("a wrong supertype deep in a recursion group is found", () => {
    const bytes = module(
      `(rec (type $base (sub (struct (field i32)))) (type $parent (sub (struct (field (ref $base)))))
            (type $other (sub (struct (field f32)))) (type $child (sub $parent (struct (field (ref $other))))))
       (type (func (param (ref $child))))`,
    );
    expect(refusedWith(bytes)).toBe("InvalidSubType");
  });

  it("a final supertype is InvalidSubType", () => {
    const bytes = module("(type $a (struct)) (type $b (sub $a (struct (field i32))))");
    const error = invalid(bytes);
    expect(error.codeName).toBe("InvalidSubType");
    expect(contextOf(error, "note")?.text).toBe("Super type should not be final.");
  });

  it("elements of a supertype do not fit into a table of the subtype", () => {
    const elements = (table: string, segment: string) =>
      module(
        `(type $super (sub (func))) (type $sub (sub final $super (func))) (import "m" "f" (func $f (type $super)))
         (import "m" "g" (func $g (type $sub))) (table 1 ${table}) (elem (table 0) (i32.const 0) ${segment})`,
      );
    expect(refusedWith(elements("(ref null $sub)", "(ref $super) (ref.func $f)"))).toBe("TypeCheckFailed");
    expect(validate(elements("(ref null $super)", "(ref $sub) (ref.func $g)"))).toBeDefined();
    expect(validate(elements("(ref null $sub)", "(ref $sub) (ref.func $g)"))).toBeDefined();
  });

  it("elements given as function indices are of type (ref func), too wide for a typed table", () => {
    const indices = (type: string) =>
      module(`(type $t (func)) (func $f (type $t)) (table 1 ${type}) (elem (i32.const 0) func $f)`);
    expect(refusedWith(indices("(ref null $t)"))).toBe("TypeCheckFailed");
    expect(validate(indices("funcref"))).toBeDefined();
  });

  it("ref.test and ref.cast take the unknown operand after unreachable", () => {
    const types = "(type $f (func)) (type $s (struct))";
    for (const type of ["(ref $f)", "(ref null $f)", "(ref $s)", "(ref null extern)", "(ref i31)"]) {
      expect(validate(module(`${types} (func (result i32) unreachable ref.test ${type})`))).toBeDefined();
      expect(validate(module(`${types} (func (result ${type}) unreachable ref.cast ${type})`))).toBeDefined();
    }
  });

  it("call_indirect on a table of structs is refused", () => {
    const bytes = module(
      "(type $s (struct)) (type $f (func)) (table 1 (ref null $s)) (func (call_indirect (type $f) (i32.const 0)))",
    );
    expect(refusedWith(bytes)).toBe("TypeCheckFailed");
  });
});

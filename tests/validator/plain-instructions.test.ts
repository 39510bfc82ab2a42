import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { Loader } from "../../src/loader/loader.ts";
import { trainingModule } from "../../src/loader/training-module.ts";
import { PlainInstructions } from "../../src/validator/plain-instructions.ts";
import { Validator } from "../../src/validator/validator.ts";
import { type Bytes, section, u32, wasm } from "../loader/support.ts";
import { mutated, seeds } from "./seeds.ts";
import { contextOf, invalid, refusedWith, validate } from "./support.ts";

/** A module of one function without parameters and results. */
function withBody(...code: number[]): Uint8Array {
  const body = [0, ...code, 0x0b];
  return wasm(section(1, 1, [0x60, 0, 0]), section(3, 1, 0), section(10, 1, u32(body.length), body), custom());
}

/** Bytes behind the code, so that it is not left to the FormChecker for being at the module's end. */
function custom(): Bytes {
  return section(0, 1, 0x78, new Array<number>(16).fill(0));
}

/** The lines of what refuses a module, or none. */
function refusal(bytes: Uint8Array): readonly string[] {
  // Custom sections, so that the bodies do not stand at the module's end.
  const padded = Uint8Array.from([...bytes, 0x00, 0x16, 0x01, 0x78, ...new Array<number>(20).fill(0)]);
  try {
    new Validator().validate(new Loader().parseModule(padded));
    return [];
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return error.lines();
  }
}

/** The same without the fast lane. */
function refusalOfFormChecker(bytes: Uint8Array): readonly string[] {
  const check = vi.spyOn(PlainInstructions.prototype, "check").mockReturnValue(false);
  try {
    return refusal(bytes);
  } finally {
    check.mockRestore();
  }
}

describe("The fast lane of the FormChecker", () => {
  it("lets pass what the FormChecker does, and leaves it all errors", () => {
    for (const seed of seeds) expect([refusal(seed), refusalOfFormChecker(seed)]).toEqual([[], []]);
    const outcomes = { valid: 0, refused: 0 };
    fc.assert(
      fc.property(mutated, (bytes) => {
        const lines = refusal(bytes);
        outcomes[lines.length === 0 ? "valid" : "refused"]++;
        expect(lines).toEqual(refusalOfFormChecker(bytes));
      }),
      { numRuns: 5000 },
    );
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(200);
  });

  it("takes each instruction that the training module has, but for long immediates", () => {
    const check = vi.spyOn(PlainInstructions.prototype, "check");
    try {
      expect(refusal(trainingModule())).toEqual([]);
      expect(check.mock.calls.length).toBeLessThan(12);
    } finally {
      check.mockRestore();
    }
  });

  it("takes a block type of two bytes for the index that it is", () => {
    expect(validate(withBody(0x02, 0x40, 0x0b))).toBeDefined();
    expect(refusedWith(withBody(0x02, 0xc0, 0x00, 0x0b))).toBe("InvalidFuncTypeIdx");
  });

  it("leaves a wrong instruction to the FormChecker, which names it with its offset", () => {
    // i32.const, i64.const, i32.add behind a block that has been closed.
    const error = invalid(withBody(0x02, 0x40, 0x0b, 0x41, 0x01, 0x42, 0x02, 0x6a, 0x1a));
    expect(error.codeName).toBe("TypeCheckFailed");
    expect(contextOf(error, "instruction")).toMatchObject({ name: "i32.add" });
  });

  it("knows that operands below a block's floor are not the block's", () => {
    // i32.const, block, drop, end, drop
    expect(refusedWith(withBody(0x41, 0x00, 0x02, 0x40, 0x1a, 0x0b, 0x1a))).toBe("TypeCheckFailed");
    expect(validate(withBody(0x41, 0x00, 0x02, 0x40, 0x0b, 0x1a))).toBeDefined();
  });

  it("goes on after code that is never reached, in the block around it", () => {
    // block, block, br 1, i32.add, drop, end, end — and the same with an operand that is left over
    expect(validate(withBody(0x02, 0x40, 0x02, 0x40, 0x0c, 0x01, 0x6a, 0x1a, 0x0b, 0x0b))).toBeDefined();
    expect(refusedWith(withBody(0x02, 0x40, 0x02, 0x40, 0x0c, 0x01, 0x6a, 0x0b, 0x0b))).toBe("TypeCheckFailed");
  });
});

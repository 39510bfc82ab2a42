import { describe, expect, it } from "vitest";
import { attempt, checkError, refusedInstruction } from "../../spec-tests/outcome.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";

describe("checkError", () => {
  const trap = new WasmEdgeError(ErrCode.DivideByZero);

  it("passes where phase and message agree, the message as a prefix of the text", () => {
    expect(checkError(trap, ["execution"], "integer divide by zero")).toEqual({ status: "passed" });
    expect(checkError(trap, ["instantiation", "execution"], "integer divide by zero: of 1")).toEqual({
      status: "passed",
    });
    expect(checkError(trap, ["execution"], undefined)).toEqual({ status: "passed" });
  });

  it("fails where the phase, or the text, is another; a text that is a prefix of the message does not do", () => {
    expect(checkError(trap, ["validation"], "integer divide by zero").status).toBe("failed");
    expect(checkError(trap, ["execution"], "integer divide").status).toBe("failed");
    expect(checkError(trap, ["execution"], "").status).toBe("failed");
    expect(checkError(trap, ["execution"], "integer overflow")).toEqual({
      status: "failed",
      reason: 'expected execution error "integer overflow", got execution error DivideByZero "integer divide by zero"',
    });
  });

  it("fails where the message is not that of the code, or empty", () => {
    const other = new WasmEdgeError(ErrCode.DivideByZero);
    other.message = "integer overflow";
    expect(checkError(other, ["execution"], "integer overflow").status).toBe("failed");
    other.message = "";
    expect(checkError(other, ["execution"], "integer overflow").status).toBe("failed");
  });
});

describe("attempt", () => {
  it("gives the value, or the WasmEdgeError", () => {
    const error = new WasmEdgeError(ErrCode.Unreachable);
    expect(attempt(() => 1)).toEqual({ ok: true, value: 1 });
    expect(
      attempt(() => {
        throw error;
      }),
    ).toEqual({ ok: false, error });
  });

  it("does not take another exception for a trap", () => {
    expect(() =>
      attempt(() => {
        throw new RangeError("Maximum call stack size exceeded");
      }),
    ).toThrow("leaked RangeError");
  });
});

describe("refusedInstruction", () => {
  const bytes = Uint8Array.of(0x00, 0xfd, 0x0c, 0x00, 0x06, 0xfd, 0x8c, 0x80, 0x00);
  const refusal = (name: string, opcode: readonly number[], offset: number): WasmEdgeError =>
    new WasmEdgeError(ErrCode.InstructionNotExecutable, { kind: "instruction", name, opcode, offset });

  it("gives the instruction that the module holds at the place that the refusal tells", () => {
    expect(refusedInstruction(refusal("v128.const", [0xfd, 0x0c], 1), bytes)).toBe("v128.const");
    expect(refusedInstruction(refusal("try", [0x06], 4), bytes)).toBe("try");
  });

  it("reads codes behind a prefix in any length", () => {
    expect(refusedInstruction(refusal("v128.const", [0xfd, 0x0c], 5), bytes)).toBe("v128.const");
  });

  it("is nothing for other errors", () => {
    expect(refusedInstruction(new WasmEdgeError(ErrCode.UnknownImport), bytes)).toBeUndefined();
  });

  it("does not believe a refusal that names no instruction, or one that is not there", () => {
    expect(() => refusedInstruction(new WasmEdgeError(ErrCode.InstructionNotExecutable), bytes)).toThrow("names none");
    expect(() => refusedInstruction(refusal("v128.load", [0xfd, 0x00], 1), bytes)).toThrow("not at 0x1");
    expect(() => refusedInstruction(refusal("v128.const", [0xfd, 0x0c], 4), bytes)).toThrow("not at 0x4");
    expect(() => refusedInstruction(refusal("v128.const", [0xfd, 0x0c], 100), bytes)).toThrow("not at 0x64");
  });
});

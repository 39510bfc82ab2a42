import { describe, expect, it } from "vitest";
import { attempt, checkError } from "../../spec-tests/outcome.ts";
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

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { Configure, Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { Validator } from "../../src/validator/validator.ts";
import { mutated, seeds } from "./seeds.ts";

/** What of native WebAssembly is used here. */
declare const WebAssembly: {
  validate(bytes: Uint8Array): boolean;
  Module: new (bytes: Uint8Array) => unknown;
};

const configure = new Configure().setWASMStandard(Standard.WASM_2);

/** What refuses the module here; undefined where it is valid. Whatever else is thrown escapes and fails the test. */
function refusalOf(bytes: Uint8Array): WasmEdgeError | undefined {
  try {
    new Validator(configure).validate(new Loader(configure).parseModule(bytes));
    return undefined;
  } catch (error) {
    if (error instanceof WasmEdgeError) return error;
    throw error;
  }
}

function nativeMessage(bytes: Uint8Array): string {
  try {
    new WebAssembly.Module(bytes);
    return "";
  } catch (error) {
    return String(error);
  }
}

/** What the engine has beyond WebAssembly 2.0; an error here names the proposal or is about the bits that it uses. */
function isNewerFeature(refusal: WasmEdgeError): boolean {
  const newer = ["ExpectedZeroByte", "IntegerTooLarge", "IntegerTooLong", "MalformedMemoryOpFlags"];
  return refusal.context.some(({ kind }) => kind === "proposal") || newer.includes(refusal.codeName);
}

/** Sizes that web engines refuse and the specification does not. */
const engineLimit = /implementation limit|local count too large/;

describe("Mutated modules", () => {
  it("are valid here exactly when they are for native WebAssembly", () => {
    for (const seed of seeds) expect([refusalOf(seed), WebAssembly.validate(seed)]).toEqual([undefined, true]);
    const outcomes = { valid: 0, malformed: 0, invalid: 0 };
    fc.assert(
      fc.property(mutated, (bytes) => {
        const refusal = refusalOf(bytes);
        const isNative = WebAssembly.validate(bytes);
        if (refusal === undefined) {
          outcomes.valid++;
          if (!isNative) expect(nativeMessage(bytes)).toMatch(engineLimit);
        } else {
          outcomes[refusal.phase === "loading" ? "malformed" : "invalid"]++;
          if (isNative) expect([refusal.lines(), isNewerFeature(refusal)]).toEqual([refusal.lines(), true]);
        }
      }),
      { numRuns: 20_000 },
    );
    // The mutations are of all three sorts, so that the comparison means something.
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(500);
  });
});

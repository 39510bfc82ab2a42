import { expect, it } from "vitest";
import wabtInitialise from "wabt";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { ASTNode, ErrorContext } from "../../src/common/error-context.ts";
import { Loader } from "../../src/loader/loader.ts";
import { type Validation, Validator, validationOf } from "../../src/validator/validator.ts";
import { configureWith, type Options } from "../loader/support.ts";

/** A binary module from the text of its fields. Nothing is checked on the way. */
export function module(fields: string): Uint8Array {
  return compile(`(module ${fields})`);
}

const wabt = await wabtInitialise();

/** The same through wabt, which knows the legacy exceptions. */
export function legacyModule(fields: string): Uint8Array {
  const parsed = wabt.parseWat("legacy.wat", `(module ${fields})`, { exceptions: true, multi_value: true });
  const { buffer } = parsed.toBinary({});
  parsed.destroy();
  return new Uint8Array(buffer);
}

/** Loads and validates. @throws what refuses the module */
export function validate(bytes: Uint8Array, options?: Options): Validation {
  const configure = configureWith(options);
  const parsed = new Loader(configure).parseModule(bytes);
  new Validator(configure).validate(parsed);
  return validationOf(parsed) as Validation;
}

/** Loads a module, and validates it in vain; the error is of the validation phase. */
export function invalid(bytes: Uint8Array, options?: Options): WasmEdgeError {
  const configure = configureWith(options);
  const parsed = new Loader(configure).parseModule(bytes);
  try {
    new Validator(configure).validate(parsed);
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    expect(validationOf(parsed)).toBeUndefined();
    return error;
  }
  throw new Error("accepted");
}

/** The code with which a module is refused in validation. */
export function refusedWith(bytes: Uint8Array, options?: Options): ErrCodeName {
  const error = invalid(bytes, options);
  expect(error.phase).toBe("validation");
  return error.codeName;
}

/** An error's entry of one kind. */
export function contextOf<Kind extends ErrorContext["kind"]>(error: WasmEdgeError, kind: Kind) {
  return error.context.find((entry): entry is ErrorContext & { kind: Kind } => entry.kind === kind);
}

/** The nodes of the module's structure that an error tells, from the inside outwards. */
export function nodesOf(error: WasmEdgeError): ASTNode[] {
  return error.context.flatMap((entry) => (entry.kind === "ast" ? [entry.node] : []));
}

/** A text, and the code with which its module is refused, or "valid"; where wanted, the proposals. */
export type Case = readonly [text: string, code: ErrCodeName | "valid", options?: Options];

/** A test for each text. @param build makes its module */
export function checkCases(cases: readonly Case[], build: (text: string) => Uint8Array): void {
  for (const [text, code, options] of cases) {
    it(`${text}: ${code}`, () => {
      if (code === "valid") expect(validate(build(text), options)).toBeDefined();
      else expect(refusedWith(build(text), options)).toBe(code);
    });
  }
}

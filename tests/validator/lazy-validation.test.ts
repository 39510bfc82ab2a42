import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";
import { Engine, failureOf } from "../support/engine.ts";
import { CodeWriter, writeModule } from "../support/wasm-writer.ts";

/** `lazyValidation`: the bodies are scanned and checked at their first call. */

const types = [{ params: [], results: ["i32"] }] as const;

/** Three functions: `good` gives 7, `bad` has the given code, `caller` calls `bad`. */
function moduleWith(bad: CodeWriter, good = new CodeWriter().constant("i32", 7n).end()): Uint8Array {
  const caller = new CodeWriter().op("call", 1).end();
  return writeModule({
    types,
    functions: [
      { type: 0, locals: [], code: good, exports: ["good"] },
      { type: 0, locals: [], code: bad, exports: ["bad"] },
      { type: 0, locals: [], code: caller, exports: ["caller"] },
    ],
  });
}

const mistyped = moduleWith(new CodeWriter().constant("i64", 7n).end());

/** An opcode that no instruction has. */
function malformedCode(): CodeWriter {
  const code = new CodeWriter();
  code.bytes.push(0xff, 0x0b);
  return code;
}

function lazyConfigure(): Configure {
  const configure = new Configure();
  configure.runtime.lazyValidation = true;
  return configure;
}

describe.each([
  ["optimised", {}],
  ["stepwise", { instructionCounting: true, costMeasuring: true, costLimit: 100n }],
])("with lazy validation, in %s code,", (_, statistics) => {
  function instance(bytes: Uint8Array) {
    const engine = new Engine({ runtime: { lazyValidation: true }, statistics });
    const made = engine.instantiate(bytes);
    return (name: string) => engine.call(made, name);
  }

  it("an invalid body is refused at its first call, and at each later one", () => {
    const call = instance(mistyped);
    expect(call("good")).toEqual([7]);
    for (const name of ["bad", "caller", "bad"]) {
      const error = failureOf(() => call(name));
      expect(error.code).toBe(ErrCode.TypeCheckFailed);
      expect(error.phase).toBe("validation");
      const nodes = error.context.flatMap((item) => (item.kind === "ast" ? [item.node] : []));
      expect(nodes).toEqual(["expression", "code segment", "code section", "module"]);
    }
    expect(call("good")).toEqual([7]);
  });

  it("a malformed body is refused at its first call, with its offset", () => {
    const bytes = moduleWith(malformedCode());
    const call = instance(bytes);
    expect(call("good")).toEqual([7]);
    expect(failureOf(() => call("caller")).code).toBe(ErrCode.IllegalOpCode);
    const error = failureOf(() => call("bad"));
    const eager = failureOf(() => new Loader().parseModule(bytes));
    expect(error.lines().slice(0, eager.lines().length)).toEqual(eager.lines());
    expect(error.phase).toBe("loading");
  });

  it("a valid body runs as ever", () => {
    expect(instance(moduleWith(new CodeWriter().op("call", 0).end()))("caller")).toEqual([7]);
  });
});

describe("lazy validation", () => {
  it("of the validator alone leaves the loader's checks where they are", () => {
    expect(failureOf(() => new Loader().parseModule(moduleWith(malformedCode()))).code).toBe(ErrCode.IllegalOpCode);
    const module = new Loader().parseModule(mistyped);
    new Validator(lazyConfigure()).validate(module);
    expect(failureOf(() => new Validator().validate(module)).code).toBe(ErrCode.TypeCheckFailed);
  });

  it("of the loader alone makes the validator find what is malformed", () => {
    const module = new Loader(lazyConfigure()).parseModule(moduleWith(malformedCode()));
    const error = failureOf(() => new Validator().validate(module));
    expect(error.code).toBe(ErrCode.IllegalOpCode);
    expect(error.phase).toBe("loading");
  });

  it("asks for the data count section where a body names a segment of data", () => {
    const code = new CodeWriter().op("data.drop", 0).constant("i32", 1n).end();
    const module = new Loader(lazyConfigure()).parseModule(moduleWith(code));
    expect(failureOf(() => new Validator().validate(module)).code).toBe(ErrCode.DataCountRequired);
  });

  it("leaves what stands outside of the bodies to be checked at once", () => {
    const doubled = writeModule({
      types,
      functions: [{ type: 0, locals: [], code: malformedCode(), exports: ["f", "f"] }],
    });
    const module = new Loader(lazyConfigure()).parseModule(doubled);
    expect(failureOf(() => new Validator(lazyConfigure()).validate(module)).code).toBe(ErrCode.DupExportName);
  });

  it("does not follow a body beyond the module's end, nor one that ends within its locals", () => {
    const bytes = moduleWith(new CodeWriter().constant("i32", 7n).end());
    const [last] = new Loader().parseModule(bytes).code.segmentOffsets.slice(-1);
    const size = bytes.slice();
    size[last as number] = 100;
    expect(failureOf(() => new Loader(lazyConfigure()).parseModule(size)).code).toBe(ErrCode.LengthOutOfBounds);
    size[last as number] = 0;
    expect(failureOf(() => new Loader(lazyConfigure()).parseModule(size)).code).toBe(ErrCode.SectionSizeMismatch);
  });

  it("checks the start function when it is called", () => {
    const module = new Loader(lazyConfigure()).parseModule(mistyped);
    const started = { ...module, start: 1, types: [{ ...module.types[0], composite: emptyFunction }] };
    new Validator(lazyConfigure()).validate(started as typeof module);
    const error = failureOf(() => new Executor().instantiateModule(new StoreManager(), started as typeof module));
    expect(error.code).toBe(ErrCode.TypeCheckFailed);
  });
});

const emptyFunction = { kind: "function", type: { params: [], results: [] } };

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it, vi } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { WasmValue } from "../../src/common/wasm-value.ts";
import { Configure, HostRegistration, Standard } from "../../src/config/configure.ts";
import { FunctionLowering } from "../../src/executor/lowering/lower-function.ts";
import { type ExplainOptions, explain } from "../../src/explain/explain.ts";
import type { ExplainedTypes, Explanation } from "../../src/explain/explanation.ts";
import { explanationText } from "../../src/explain/explanation-text.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { VM } from "../../src/vm/vm.ts";
import { failureOf } from "../support/engine.ts";
import { namedModule } from "../support/named-module.ts";

/** What `explain` shows of modules. */

const gcd = namedModule(readFileSync(fileURLToPath(new URL("gcd.wat", import.meta.url)), "utf8"));

function explained(text: string, options?: ExplainOptions): Explanation {
  return explain(compile(text), options);
}

/** The steps of the call: instruction, stack behind it, what it did. */
function stepsOf({ execution }: Explanation): unknown[] {
  return execution?.steps.map(({ text, stack, effects }) => [text, stack?.join(" "), effects.join("; ")]) ?? [];
}

function typesOf({ types }: ExplainedTypes): string {
  return types.join(" ");
}

/** The checks: instruction, types before and after. */
function checksOf({ validation }: Explanation): unknown[] {
  return validation?.instructions.map(({ text, before, after }) => [text, typesOf(before), typesOf(after)]) ?? [];
}

describe("explaining a module of twenty lines", () => {
  it("reads like this", async () => {
    const text = explanationText(explain(gcd), "gcd.wasm").join("\n");
    await expect(text).toMatchFileSnapshot("gcd.txt");
  });

  it("is this data, all of which JSON keeps", async () => {
    const explanation = explain(gcd, { steps: 5 });
    const json = JSON.stringify(explanation, undefined, 2);
    expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(explanation)));
    await expect(`${json}\n`).toMatchFileSnapshot("gcd.json.txt");
  });

  it("goes on to the result where it may", () => {
    const args = () => [WasmValue.i32(48), WasmValue.i32(18)];
    const { execution, failure } = explain(gcd, { steps: 1000, args });
    expect(failure).toBeUndefined();
    expect([execution?.call, execution?.results, execution?.goesOn]).toEqual(["$gcd(48, 18)", ["i32 6"], false]);
    // docs/architecture.md has the count for other arguments.
    expect(explain(gcd, { steps: 1000 }).execution?.steps).toHaveLength(50);
    expect(explanationText(explain(gcd, { steps: 1000, args }), "x").join("\n")).toContain("It gives back i32 6.");
  });
});

describe("the sections", () => {
  it("stand where they are in the file, each with what it holds", () => {
    const bytes = compile(
      `(module
      (import "env" "f" (func (param i64))) (import "env" "t" (table 1 2 externref))
      (import "env" "m" (memory i64 1 2)) (import "env" "g" (global (mut f32))) (import "env" "e" (tag))
      (rec (type (struct (field i32 (mut i8)))) (type (array (mut anyref))))
      (memory 3) (table 4 funcref) (tag (param i32)) (global i32 (i32.const 7))
      (func $a) (func $b (start $a)) (start $a) (export "b" (func $b))
      (elem (i32.const 0) $a $b) (data (i32.const 0) "abc"))`.replace("(func $b (start $a))", "(func $b)"),
    );
    const { loading } = explain(bytes);
    const sections = loading?.sections ?? [];
    let end = 0;
    for (const { offset, byteLength } of sections) {
      expect(offset).toBe(end);
      end = offset + byteLength;
    }
    expect(end).toBe(bytes.length);
    const entries = Object.fromEntries(sections.map(({ name, entries: lines }) => [name, lines]));
    expect(entries["Import"]).toEqual([
      'function 0: type 2, from "env" "f"',
      'table 0: 1 element, at most 2 of externref, from "env" "t"',
      'memory 0: 1 page, at most 2, 64-bit addresses, from "env" "m"',
      'global 0: (mut f32), from "env" "g"',
      'tag 0: type 3, from "env" "e"',
    ]);
    expect(entries["Type"]?.slice(0, 2)).toEqual(["type 0: struct of i32 (mut i8)", "type 1: array of (mut anyref)"]);
    expect(entries["Memory"]).toEqual(["memory 1: 3 pages"]);
    expect(entries["Table"]).toEqual(["table 1: 4 elements of funcref"]);
    expect(entries["Tag"]).toEqual(["tag 1: type 4"]);
    expect(entries["Global"]).toEqual(["global 1: i32, begins as i32.const 7"]);
    expect(entries["Start"]).toEqual(["function 1"]);
    expect(entries["Export"]).toEqual(['"b": function 2']);
    expect(entries["Element"]).toEqual(["segment 0: active, 2 elements"]);
    expect(entries["Data"]).toEqual(["segment 0: active, 3 bytes"]);
  });

  it("of many entries show the first twelve and count the others", () => {
    const { loading } = explained(`(module ${"(func)".repeat(30)})`);
    const code = loading?.sections.find(({ name }) => name === "Code")?.entries ?? [];
    expect([code.length, code[12]]).toEqual([13, "and 18 more"]);
  });
});

describe("the types on the stack", () => {
  it("of unreachable code are anything, below what the block itself puts there", () => {
    const body = "(i64.const 1) (block (br 0) (drop) (i32.const 1)) (drop) (unreachable) (i32.add)";
    const explanation = explained(
      `(module (func (result i32) ${body.replace("(i32.const 1))", "(i32.const 1) (drop))")}))`,
    );
    expect(checksOf(explanation)).toEqual([
      ["i64.const 1", "", "i64"],
      ["block", "i64", "i64"],
      ["br 0", "i64", "i64 anything"],
      ["drop", "i64 anything", "i64 anything"],
      ["i32.const 1", "i64 anything", "i64 anything i32"],
      ["drop", "i64 anything i32", "i64 anything"],
      ["end", "i64 anything", "i64"],
      ["drop", "i64", ""],
      ["unreachable", "", "anything"],
      ["i32.add", "anything", "anything i32"],
      ["end", "anything i32", ""],
    ]);
    expect(explanation.validation?.instructions[2]?.after).toEqual({ types: ["i64", "anything"], unreachable: true });
  });

  it("are shown up to the instruction that is not valid, and the error behind it", () => {
    const explanation = explained('(module (func (export "f") (param i64) (result i32) (local.get 0) (i32.eqz)))');
    expect(checksOf(explanation)).toEqual([["local.get 0", "", "i64"]]);
    expect(explanation.failure).toEqual({
      stage: "validation",
      lines: expect.arrayContaining([
        "validation failed: type mismatch, Code: 0x202",
        "    Mismatched value type. Expected: i32 , Got: i64",
      ]),
    });
    expect([explanation.instantiation, explanation.lowering, explanation.execution]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it("are those of the function that is asked for, and the module's other errors end it all the same", () => {
    const text = `(module (func $good (export "good") (result i32) (i32.const 1)) (func (export "bad") (result i32) (i64.const 1)))`;
    const good = explained(text, { functionName: "good" });
    expect(checksOf(good)).toEqual([
      ["i32.const 1", "", "i32"],
      ["end", "i32", ""],
    ]);
    expect(good.failure?.stage).toBe("validation");
    expect(checksOf(explained(text, { functionName: "bad" }))).toEqual([["i64.const 1", "", "i64"]]);
  });

  it("have the names of defined types and blocks inside one another", () => {
    const { validation } = explained(`(module (type $p (struct (field i32)))
      (func (param (ref null $p)) (result i32) (if (result i32) (ref.is_null (local.get 0)) (then (i32.const 0)) (else (struct.get $p 0 (local.get 0))))))`);
    expect(validation?.instructions.map(({ text, depth, after }) => [depth, text, typesOf(after)])).toEqual([
      [0, "local.get 0", "(ref null 0)"],
      [0, "ref.is_null", "i32"],
      [0, "if (result i32)", ""],
      [1, "i32.const 0", "i32"],
      [0, "else", ""],
      [1, "local.get 0", "(ref null 0)"],
      [1, "struct.get 0 0", "i32"],
      [0, "end", "i32"],
      [0, "end", ""],
    ]);
  });
});

describe("the function that is shown", () => {
  const text = `(module (import "env" "f" (func)) (func $first) (func $second) (func $third) (export "2" (func $third)) (export "third" (func $third)))`;
  const nameOf = (options: ExplainOptions): number | undefined => explain(namedModule(text), options).function?.index;

  it("is an export, a name, or an index", () => {
    expect(["third", "2", "second", "$second", "1", "3"].map((functionName) => nameOf({ functionName }))).toEqual([
      3, 3, 2, 2, 1, 3,
    ]);
  });

  it("is the start function, _start, the first export, or the first of all, where none is asked for", () => {
    const index = (source: string): number | undefined => explained(source).function?.index;
    expect(nameOf({})).toBe(3);
    expect(index('(module (func) (func) (func (export "_start")) (start 1))')).toBe(1);
    expect(index('(module (func (export "a")) (func (export "_start")))')).toBe(1);
    expect(index("(module (func) (func))")).toBe(0);
    expect(explained("(module (memory 1))").function).toBeUndefined();
    expect(explanationText(explained("(module)"), "x").join("\n")).toContain("The module defines no function.");
  });

  it("must be one that the module defines", () => {
    for (const functionName of ["none", "0", "4", "f"]) {
      const error = failureOf(() => explain(namedModule(text), { functionName }));
      expect(error.lines()).toEqual([
        "wasmedge runtime failed: wasm function not found, Code: 0x005",
        `    The module defines no function "${functionName}".`,
      ]);
    }
  });
});

describe("the steps of a call", () => {
  it("tell of locals, globals, memory, branches, calls, and of the host", () => {
    const vm = new VM();
    const host = new ModuleInstance("env");
    host.addHostFunction("answer", new HostFunction({ params: [], results: [ValType.I32] }, () => 42));
    vm.registerModule(host);
    const explanation = explained(
      `(module (import "env" "answer" (func $answer (result i32)))
        (memory 1) (global $g (mut i32) (i32.const 0))
        (func $add (param i32) (result i32) (i32.add (local.get 0) (global.get $g)))
        (func (export "f") (param i64) (result i32)
          (global.set $g (call $answer))
          (i64.store16 offset=6 (i32.const 4) (local.get 0))
          (br_if 0 (i32.const 7) (i32.const 0))
          (call $add)))`,
      { vm },
    );
    expect(stepsOf(explanation)).toEqual([
      ["call 0", "42", "calls env.answer of the host"],
      ["global.set 0", "", "global 0 = 42"],
      ["i32.const 4", "4", ""],
      ["local.get 0", "4 12", ""],
      ["i64.store16 offset=6", "", "2 bytes of memory 0 at 0x000a"],
      ["i32.const 7", "7", ""],
      ["i32.const 0", "7 0", ""],
      ["br_if 0", "7", "does not branch"],
      ["call 1", "", "a new frame for function[1] with local 0 = 7"],
      ["local.get 0", "7", ""],
      ["global.get 0", "7 42", ""],
      ["i32.add", "49", ""],
      ["end", "49", "back in $f"],
      ["end", undefined, "the run has ended"],
    ]);
    expect(explanation.execution?.steps.map(({ depth }) => depth)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 1]);
    expect([explanation.execution?.call, explanation.execution?.results]).toEqual(["$f(12)", ["i32 49"]]);
  });

  it("end at a trap, with its lines", () => {
    const explanation = explained(
      '(module (func (export "f") (param i32) (result i32) (i32.div_u (local.get 0) (i32.const 0))))',
    );
    expect(stepsOf(explanation)).toEqual([
      ["local.get 0", "12", ""],
      ["i32.const 0", "12 0", ""],
      ["i32.div_u", undefined, "the run fails here"],
    ]);
    expect(explanation.failure?.stage).toBe("execution");
    expect(explanation.failure?.lines[0]).toBe("execution failed: integer divide by zero, Code: 0x404");
    expect(explanationText(explanation, "x").join("\n")).toContain("It ends here: the execution fails.");
  });

  it("end where a guest ends itself, which is no failure", () => {
    const vm = new VM(new Configure().addHostRegistration(HostRegistration.Wasi));
    vm.getImportModule(HostRegistration.Wasi)?.init([], "x");
    const explanation = explained(
      `(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i32))) (func (export "_start") (call 0 (i32.const 3))))`,
      { vm },
    );
    expect(explanation.failure).toBeUndefined();
    expect(stepsOf(explanation)).toEqual([
      ["i32.const 3", "3", ""],
      ["call 0", undefined, "calls wasi_snapshot_preview1.proc_exit of the host; which ends the run"],
    ]);
  });

  it("begin with arguments of every type, made up where there are none", () => {
    const call = explained(`(module (func (export "f") (param i32 i64 f32 f64 v128 funcref)))`).execution?.call;
    expect(call).toBe("$f(12, 18, 24, 30, i32x4 0x00000024 0x00000000 0x00000000 0x00000000, null)");
  });

  it("are as many as are asked for", () => {
    const endless = `(module (func (export "f") (loop (br 0))))`;
    for (const steps of [0, 1, 7, 100]) {
      const { execution } = explained(endless, { steps });
      expect([execution?.steps.length, execution?.goesOn, execution?.results]).toEqual([steps, true, undefined]);
    }
    expect(explained(endless).execution?.steps).toHaveLength(40);
  });
});

describe("what cannot be explained", () => {
  it("is told at its stage", () => {
    const stages: [Explanation, string, string][] = [
      [explain(new Uint8Array([1, 2, 3, 4])), "loading", "loading failed: magic header not detected, Code: 0x103"],
      [
        explained('(module (import "a" "b" (func)) (func))'),
        "instantiation",
        "instantiation failed: unknown import, Code: 0x302",
      ],
      [
        explained("(module (func $f unreachable) (start $f))"),
        "instantiation",
        "execution failed: unreachable, Code: 0x40a",
      ],
      [
        explained("(module (func (result v128) (v128.const i32x4 1 2 3 4)))", {
          vm: new VM(new Configure().setWASMStandard(Standard.WASM_1)),
        }),
        "loading",
        "loading failed: malformed value type, Code: 0x111",
      ],
    ];
    for (const [{ failure }, stage, line] of stages)
      expect([failure?.stage, failure?.lines.includes(line)]).toEqual([stage, true]);
  });
});

describe("a long function", () => {
  it("is lowered as often as a short one: not once more for each of its instructions", () => {
    const lowerings = vi.spyOn(FunctionLowering.prototype, "lower");
    const count = (instructions: number): number => {
      lowerings.mockClear();
      const body = "(i32.store (i32.const 0) (i32.load (i32.const 4)))".repeat(instructions);
      const { lowering } = explained(`(module (memory 1) (func ${body}))`, { steps: 3 });
      expect(lowering?.code.length).toBeGreaterThan(instructions);
      return lowerings.mock.calls.length;
    };
    expect(count(2000)).toBe(count(10));
    lowerings.mockRestore();
  });
});

describe("the text", () => {
  it("draws the topmost entries of a high stack", () => {
    const text = `(module (func ${Array.from({ length: 9 }, (_, i) => `(i64.const ${i})`).join("")} ${"drop ".repeat(9)}))`;
    const lines = explanationText(explained(text), "x");
    expect(lines.some((line) => line.endsWith("┃ … │ 3 │ 4 │ 5 │ 6 │ 7 │ 8  leaves 8"))).toBe(true);
  });

  it("shows the first instructions of a long function and counts the others", () => {
    const text = explanationText(
      explained(`(module (memory 1) (func ${"(drop (i32.load (i32.const 0)))".repeat(100)}))`),
      "x",
    );
    expect(text).toContain("  and 51 more instructions: --json has them all");
    expect(text.filter((line) => /^ {2}0x\w{4} +i32\.load /.test(line))).toHaveLength(83);
  });

  it("draws the locals beside the steps, unless there are more than four", () => {
    const head = (locals: string): string | undefined => {
      const lines = explanationText(explained(`(module (func (local ${locals}) (nop)))`), "x");
      return lines.find((line) => line.startsWith("  step "))?.trim();
    };
    expect(head("i32 i64 f32 f64")).toBe(
      "step  instruction  stack after  local 0  local 1  local 2  local 3  what happens",
    );
    expect(head("i32 i64 f32 f64 i32")).toBe("step  instruction  stack after  what happens");
    const { execution } = explained(`(module (func (param i32) (local.set 0 (i32.const 5)) (nop)))`);
    expect(execution?.steps.map(({ locals }) => locals?.map(({ name, value }) => `${name}=${value}`))).toEqual([
      ["local 0=12"],
      ["local 0=5"],
      ["local 0=5"],
      undefined,
    ]);
  });

  it("names WasmEdge's classes at each stage", () => {
    const text = explanationText(explain(gcd), "x").join("\n");
    expect(text.match(/^WasmEdge: .*$/gm)).toHaveLength(5);
    for (const name of [
      "Loader::FileMgr",
      "Validator::FormChecker",
      "Runtime::StoreManager",
      "Runtime::StackManager",
    ]) {
      expect(text).toContain(name);
    }
  });

  it("wants a file that can be read, and a number of steps", () => {
    expect(failureOf(() => explain("no/such/file.wasm")).code).toBe(ErrCode.IllegalPath);
    expect(failureOf(() => explain(gcd, { steps: Number.NaN })).code).toBe(ErrCode.RuntimeError);
    expect(explain(gcd, { steps: Number.POSITIVE_INFINITY }).execution?.goesOn).toBe(false);
  });

  it("keeps its paragraphs within 80 columns; only rules and rows of tables may be longer", () => {
    const lines = explanationText(explain(gcd), "gcd.wasm");
    const long = lines.filter((line) => line.length > 80);
    expect(long.every((line) => line.includes("https://") || / {2}\S/.test(line.trim()))).toBe(true);
  });
});

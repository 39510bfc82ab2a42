import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../../spec-tests/options.ts";
import { run } from "../../spec-tests/run.ts";
import {
  arithmetic,
  i32,
  importing,
  invalid,
  invoke,
  type Modules,
  malformed,
  module0,
  type Ran,
  runFiles,
  runUnit,
  trapping,
  unitFiles,
} from "./run-support.ts";
import { temporaryFolder, writeFiles } from "./support.ts";

describe("a unit whose commands are as they should be", () => {
  it("passes each kind of command, and skips text", () => {
    const ran = runUnit(
      [arithmetic, invalid, importing, trapping, malformed],
      [
        { ...module0, name: "$A" },
        { type: "action", action: invoke("none"), expected: [] },
        { type: "assert_return", action: invoke("add", [i32(1), i32(-2)]), expected: [i32(-1)] },
        {
          type: "assert_return",
          action: invoke("two"),
          expected: [i32(1), { type: "i64", value: `${2n ** 64n - 1n}` }],
        },
        { type: "assert_return", action: invoke("add", [i32(1), i32(1)], "$A"), either: [i32(1), i32(2)] },
        { type: "assert_return", action: { type: "get", field: "g" }, expected: [i32(42)] },
        { type: "assert_return", action: invoke("nan"), expected: [{ type: "f32", value: "nan:arithmetic" }] },
        { type: "assert_trap", action: invoke("div", [i32(1), i32(0)]), text: "integer divide by zero", expected: [] },
        { type: "assert_exhaustion", action: invoke("loop"), text: "call stack exhausted", expected: [] },
        { type: "assert_unlinkable", filename: "u.2.wasm", text: "unknown import", module_type: "binary" },
        { type: "register", as: "lib", name: "$A" },
        { type: "module", filename: "u.2.wasm" },
        { type: "register", as: "lib2" },
        { type: "assert_invalid", filename: "u.1.wasm", text: "type mismatch", module_type: "binary" },
        { type: "assert_malformed", filename: "u.4.wasm", text: "malformed section id", module_type: "binary" },
        { type: "assert_malformed", filename: "u.9.wat", text: "unknown operator", module_type: "text" },
        { type: "assert_uninstantiable", filename: "u.3.wasm", text: "unreachable", module_type: "binary" },
        { type: "module_definition", filename: "u.0.wasm", name: "$D" },
        { type: "module_instance", name: "$I", definition: "$D" },
        { type: "assert_return", action: invoke("add", [i32(2), i32(3)], "$I"), expected: [i32(5)] },
      ],
    );
    expect(ran.failures).toEqual([]);
    expect(ran.last).toBe("19 passed, 0 failed, 1 skipped");
    expect(ran.lines).toContain("of the skipped: 1 text, 0 not executable yet");
    expect(ran.code).toBe(0);
  });

  it("keeps the current module through assertions on other modules", () => {
    const ran = runUnit(
      [arithmetic, trapping],
      [
        module0,
        { type: "assert_uninstantiable", filename: "u.1.wasm", text: "unreachable", module_type: "binary" },
        { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(2)] },
      ],
    );
    expect(ran.last).toBe("3 passed, 0 failed, 0 skipped");
  });

  it("gives each unit a spectest module of its own", () => {
    const growing = `(module (import "spectest" "memory" (memory 1 2))
      (import "spectest" "print_f64_f64" (func (param f64 f64)))
      (import "spectest" "global_f32" (global f32))
      (import "spectest" "table" (table 10 20 funcref))
      (func (export "f32") (result f32) (global.get 0))
      (func (export "grow") (result i32) (memory.grow (i32.const 1))))`;
    const commands = [
      { type: "module" },
      { type: "assert_return", action: invoke("grow"), expected: [i32(1)] },
      { type: "assert_return", action: invoke("f32"), expected: [{ type: "f32", value: "1143383654" }] },
    ];
    const of = (unit: string): object =>
      unitFiles(`mine/${unit}`, [growing], [{ ...commands[0], filename: `${unit}.0.wasm` }, ...commands.slice(1)]);
    const ran = runFiles({ files: { ...of("a"), ...of("b") } });
    expect(ran.failures).toEqual([]);
    expect(ran.last).toBe("6 passed, 0 failed, 0 skipped");
  });

  it("gives a thread a registry of its own, with the modules that are shared with it, and counts its commands", () => {
    const ran = runUnit(
      [arithmetic, importing],
      [
        { ...module0, name: "$A" },
        { type: "register", as: "lib", name: "$A" },
        {
          type: "thread",
          name: "$T",
          shared: [{ module: "$A" }],
          commands: [
            { type: "assert_unlinkable", line: 1, filename: "u.1.wasm", text: "unknown import", module_type: "binary" },
            { type: "register", line: 2, as: "lib", name: "$A" },
            { type: "module", line: 3, filename: "u.1.wasm" },
            {
              type: "thread",
              line: 4,
              name: "$U",
              shared: [],
              commands: [{ type: "register", line: 5, as: "x", name: "$A" }],
            },
            { type: "wait", line: 6, thread: "$U" },
          ],
        },
        { type: "wait", thread: "$T" },
        { type: "wait", thread: "$T" },
      ],
    );
    expect(ran.failures).toEqual(["5 register: no instance $A", "5 wait: no thread $T runs"]);
    expect(ran.last).toBe("9 passed, 2 failed, 0 skipped");
  });
});

describe("a unit whose commands are not as they should be", () => {
  const failuresOf = (modules: Modules, ...commands: object[]): readonly string[] => {
    const ran = runUnit(modules, commands);
    expect(ran.code).toBe(1);
    expect(ran.last).toBe(`${commands.length - ran.failures.length} passed, ${ran.failures.length} failed, 0 skipped`);
    return ran.failures;
  };

  it("fails results that differ in a bit, in number or in type", () => {
    expect(
      failuresOf(
        [arithmetic],
        module0,
        { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(3)] },
        { type: "assert_return", action: invoke("nan"), expected: [{ type: "f32", value: "nan:canonical" }] },
        { type: "assert_return", action: invoke("two"), expected: [i32(1)] },
        { type: "assert_return", action: invoke("none"), expected: [i32(1)] },
        { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), either: [i32(1), i32(3)] },
        { type: "action", action: invoke("two"), expected: [] },
      ),
    ).toEqual([
      "2 assert_return: expected [i32:3], got [i32:2]",
      "3 assert_return: expected [f32:nan:canonical], got [f32:2143289345]",
      "4 assert_return: expected [i32:1], got [i32:1, i64:18446744073709551615]",
      "5 assert_return: expected [i32:1], got []",
      "6 assert_return: expected [i32:1] or [i32:3], got [i32:2]",
      "7 action: expected [], got [i32:1, i64:18446744073709551615]",
    ]);
  });

  it("fails traps that do not come, come with another text, or come unexpected", () => {
    const failures = failuresOf(
      [arithmetic],
      module0,
      { type: "assert_trap", action: invoke("add", [i32(1), i32(1)]), text: "unreachable", expected: [] },
      { type: "assert_trap", action: invoke("div", [i32(1), i32(0)]), text: "integer overflow", expected: [] },
      { type: "assert_return", action: invoke("div", [i32(1), i32(0)]), expected: [i32(0)] },
      {
        type: "assert_exhaustion",
        action: invoke("div", [i32(1), i32(0)]),
        text: "call stack exhausted",
        expected: [],
      },
      { type: "assert_exhaustion", action: invoke("none"), text: "call stack exhausted", expected: [] },
      { type: "assert_exception", action: invoke("div", [i32(1), i32(0)]), expected: [] },
      { type: "assert_exception", action: invoke("none"), expected: [] },
    );
    expect(failures).toHaveLength(7);
    expect(failures[0]).toBe('2 assert_trap: expected a trap "unreachable", got [i32:2]');
    expect(failures[1]).toContain('expected execution error "integer overflow", got execution error DivideByZero');
    expect(failures[5]).toContain("expected an uncaught exception, got execution error DivideByZero");
  });

  it("fails modules that are refused in another phase, with another text, or not at all", () => {
    const failures = failuresOf(
      [arithmetic, invalid, importing, trapping, malformed],
      { type: "assert_invalid", filename: "u.0.wasm", text: "type mismatch", module_type: "binary" },
      { type: "assert_invalid", filename: "u.1.wasm", text: "unknown local", module_type: "binary" },
      { type: "assert_invalid", filename: "u.4.wasm", text: "malformed section id", module_type: "binary" },
      { type: "assert_malformed", filename: "u.0.wasm", text: "unexpected end", module_type: "binary" },
      { type: "assert_malformed", filename: "u.1.wasm", text: "type mismatch", module_type: "binary" },
      { type: "assert_malformed", filename: "u.4.wasm", text: "unexpected end", module_type: "binary" },
      { type: "assert_unlinkable", filename: "u.0.wasm", text: "unknown import", module_type: "binary" },
      { type: "assert_unlinkable", filename: "u.2.wasm", text: "incompatible import type", module_type: "binary" },
      { type: "assert_unlinkable", filename: "u.1.wasm", text: "type mismatch", module_type: "binary" },
      { type: "assert_uninstantiable", filename: "u.3.wasm", text: "out of bounds", module_type: "binary" },
      { type: "module", filename: "u.1.wasm" },
      { type: "module", filename: "u.2.wasm" },
      { type: "module", filename: "u.3.wasm" },
      { type: "module_definition", filename: "u.1.wasm" },
    );
    expect(failures).toHaveLength(14);
  });

  it("fails what the unit has wrong: files, names, exports, forms, commands", () => {
    const failures = failuresOf(
      [arithmetic],
      { type: "action", action: invoke("none"), expected: [] },
      { type: "register", as: "x" },
      { type: "module", filename: "u.7.wasm" },
      { type: "action", action: invoke("none"), expected: [] },
      module0,
      { type: "action", action: invoke("nope"), expected: [] },
      { type: "action", action: { type: "get", field: "add" }, expected: [] },
      { type: "action", action: invoke("none", [], "$B"), expected: [] },
      { type: "assert_return", action: invoke("none", [{ type: "i31ref", value: "1" }]), expected: [] },
      { type: "module_instance", name: "$I", definition: "$D" },
      { type: "nope" },
    );
    expect(failures.map((failure) => failure.replace(/ENOENT.*/, "ENOENT"))).toEqual([
      "1 action: no instance is current",
      "2 register: no instance is current",
      "3 module: ENOENT",
      "4 action: its module has no instance: ENOENT",
      '6 action: no function "nope" is exported',
      '7 action: no global "add" is exported',
      "8 action: no instance $B",
      '9 assert_return: unknown argument {"type":"i31ref","value":"1"}',
      "10 module_instance: no module is defined as $D",
      '11 nope: unknown command "nope"',
    ]);
  });

  it("fails a file of commands that cannot be read", () => {
    const ran = runFiles({ files: { "mine/u/u.json": "{", "mine/v/v.json": "{}" } });
    expect(ran.code).toBe(1);
    expect(ran.lines.filter((line) => line.startsWith("PROBLEM mine: u could not be run"))).toHaveLength(1);
    expect(ran.lines.filter((line) => line.startsWith("PROBLEM mine: v could not be run"))).toHaveLength(1);
  });
});

describe("modules that the executor does not run yet", () => {
  // Replace by another instruction when this one is executed.
  const instruction = "i32.atomic.load";
  const refused = '(module (memory 1) (func (export "f") (drop (i32.atomic.load (i32.const 0)))))';
  const args = ["--enable", "Threads"];
  const runThreaded = (modules: Modules, commands: readonly object[], setting: { readonly list?: object } = {}): Ran =>
    runUnit(modules, commands, { ...setting, args });
  const dependent = '(module (import "lib" "f" (func)))';
  const commands = [
    { ...module0, name: "$A" },
    { type: "action", action: invoke("f"), expected: [] },
    { type: "register", as: "lib" },
    { type: "module", filename: "u.1.wasm" },
    { type: "module", filename: "u.2.wasm" },
    { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(2)] },
    { type: "assert_trap", action: invoke("f", [], "$A"), text: "unreachable", expected: [] },
  ];
  const modules = [refused, dependent, arithmetic];
  const list = { mine: { u: { [instruction]: "0", [`${instruction} in u.0.wasm`]: "1" } } };

  it("are skipped with all that needs an instance of them, where they are listed", () => {
    const ran = runThreaded(modules, commands, { list });
    expect(ran.failures).toEqual([]);
    expect(ran.code).toBe(0);
    expect(ran.last).toBe("2 passed, 0 failed, 5 skipped");
    expect(ran.lines).toContain("of the skipped: 0 text, 5 not executable yet");
  });

  it("fail where they are not listed", () => {
    const ran = runThreaded(modules, commands);
    expect(ran.code).toBe(1);
    expect(ran.last).toBe("2 passed, 5 failed, 0 skipped");
  });

  it("are written into the list on request, and nothing else is", () => {
    const folder = temporaryFolder();
    writeFiles(
      folder,
      unitFiles("mine/u", [...modules, invalid], [...commands, { type: "module", filename: "u.3.wasm" }]),
    );
    const file = join(folder, "list.json");
    const lines: string[] = [];
    const code = run(parseOptions([...args, "--write-expected", join(folder, "mine")]), {
      places: { shared: "", store: "", cache: "" },
      counts: { tag: "", suites: {} },
      expectedFailures: file,
      print: (line) => lines.push(line),
    });
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual(list);
    expect(lines.at(-1)).toBe("2 passed, 1 failed, 5 skipped");
    expect(code).toBe(1);
  });

  it("excuse a result that another module gives, if both import the memory, and the command is listed", () => {
    const storing = `(module (import "lib" "mem" (memory 1))
      (func (export "run") (drop (i32.atomic.load (i32.const 0))) (i32.store (i32.const 0) (i32.const 1))))`;
    const loading = `(module (import "lib" "mem" (memory 1))
      (func (export "load") (result i32) (i32.load (i32.const 0))))`;
    const apart = '(module (memory 1) (func (export "load") (result i32) (i32.load (i32.const 0))))';
    const load = { type: "assert_return", action: invoke("load"), expected: [i32(1)] };
    const shared = [
      module0,
      { type: "register", as: "lib" },
      { type: "module", filename: "u.1.wasm" },
      { type: "action", action: invoke("run"), expected: [] },
      { type: "module", filename: "u.2.wasm" },
      load,
      { ...load, expected: [i32(0)] },
      { type: "module", filename: "u.3.wasm" },
      load,
    ];
    const own = { mine: { u: { [instruction]: "1", [`${instruction} in u.1.wasm`]: "2:6" } } };
    const listed = runThreaded([arithmetic, storing, loading, apart], shared, { list: own });
    expect(listed.failures).toEqual(["9 assert_return: expected [i32:1], got [i32:0]"]);
    expect(listed.last).toBe("5 passed, 1 failed, 3 skipped");
    const unlisted = runThreaded([arithmetic, storing, loading, apart], shared, {
      list: { mine: { u: { [instruction]: "1" } } },
    });
    expect(unlisted.last).toBe("5 passed, 2 failed, 2 skipped");
  });

  it("may be listed only where they are refused", () => {
    const wrong = { mine: { u: { ...list.mine.u, "i32.atomic.store": "2" } } };
    const ran = runThreaded(modules, commands, { list: wrong });
    expect(ran.code).toBe(1);
    expect(ran.failures).toEqual([
      "5 module: passes, though u.2.wasm is listed as not executable for i32.atomic.store",
      "6 assert_return: passes, though u.2.wasm is listed as not executable for i32.atomic.store",
    ]);
  });

  it("may be listed only for the instruction for which they are refused", () => {
    const wrong = { mine: { u: { "i32.atomic.store": "0", [`${instruction} in u.0.wasm`]: "1" } } };
    expect(runThreaded(modules, commands, { list: wrong }).last).toBe("2 passed, 4 failed, 1 skipped");
  });
});

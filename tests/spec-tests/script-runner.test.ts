import { describe, expect, it } from "vitest";
import {
  arithmetic,
  i32,
  importing,
  invalid,
  invoke,
  type Modules,
  malformed,
  module0,
  runFiles,
  runUnit,
  trapping,
  unitFiles,
} from "./run-support.ts";

describe("a unit whose commands are as they should be", () => {
  it("passes each kind of command, and skips text", async () => {
    const ran = await runUnit(
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
    expect(ran.lines).toContain("of the skipped: 1 about modules in text form");
    expect(ran.code).toBe(0);
  });

  it("keeps the current module through assertions on other modules", async () => {
    const ran = await runUnit(
      [arithmetic, trapping],
      [
        module0,
        { type: "assert_uninstantiable", filename: "u.1.wasm", text: "unreachable", module_type: "binary" },
        { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(2)] },
      ],
    );
    expect(ran.last).toBe("3 passed, 0 failed, 0 skipped");
  });

  it("gives each unit a spectest module of its own", async () => {
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
    const ran = await runFiles({ files: { ...of("a"), ...of("b") } });
    expect(ran.failures).toEqual([]);
    expect(ran.last).toBe("6 passed, 0 failed, 0 skipped");
  });

  it("runs a thread in a worker, with a registry of its own and the memories that are shared with it", async () => {
    const sharing = `(module (memory (export "mem") 1 1 shared)
      (func (export "load") (result i32) (i32.load (i32.const 8)))
      (func (export "wake") (loop (br_if 0 (i32.eqz (memory.atomic.notify (i32.const 0) (i32.const 1)))))))`;
    const waiting = `(module (import "lib" "mem" (memory 1 1 shared))
      (func (export "wait") (result i32) (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
      (func (export "store") (i32.store (i32.const 8) (i32.const 5))))`;
    const ran = await runUnit(
      [sharing, waiting],
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
            { type: "assert_return", line: 4, action: invoke("wait"), expected: [i32(0)] },
            { type: "action", line: 5, action: invoke("store"), expected: [] },
            {
              type: "thread",
              line: 6,
              name: "$U",
              shared: [],
              commands: [{ type: "register", line: 7, as: "x", name: "$A" }],
            },
            { type: "wait", line: 8, thread: "$U" },
          ],
        },
        // Both threads have to run at the same time: this one goes on until the other waits.
        { type: "action", action: invoke("wake"), expected: [] },
        { type: "wait", thread: "$T" },
        { type: "assert_return", action: invoke("load"), expected: [i32(5)] },
        { type: "wait", thread: "$T" },
        { type: "thread", name: "$V", shared: [{ module: "$B" }], commands: [] },
      ],
      { args: ["--enable", "Threads"] },
    );
    expect(ran.failures).toEqual([
      "7 register: no instance $A",
      "7 wait: no thread $T runs",
      "8 thread: no instance $B to share",
    ]);
    expect(ran.last).toBe("13 passed, 3 failed, 0 skipped");
  });
});

describe("a unit whose commands are not as they should be", () => {
  const failuresOf = async (modules: Modules, ...commands: object[]): Promise<readonly string[]> => {
    const ran = await runUnit(modules, commands);
    expect(ran.code).toBe(1);
    expect(ran.last).toBe(`${commands.length - ran.failures.length} passed, ${ran.failures.length} failed, 0 skipped`);
    return ran.failures;
  };

  it("fails results that differ in a bit, in number or in type", async () => {
    expect(
      await failuresOf(
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

  it("fails traps that do not come, come with another text, or come unexpected", async () => {
    const failures = await failuresOf(
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

  it("fails modules that are refused in another phase, with another text, or not at all", async () => {
    const failures = await failuresOf(
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

  it("fails what the unit has wrong: files, names, exports, forms, commands", async () => {
    const failures = await failuresOf(
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

  it("fails a file of commands that cannot be read", async () => {
    const ran = await runFiles({ files: { "mine/u/u.json": "{", "mine/v/v.json": "{}" } });
    expect(ran.code).toBe(1);
    expect(ran.lines.filter((line) => line.startsWith("PROBLEM mine: u could not be run"))).toHaveLength(1);
    expect(ran.lines.filter((line) => line.startsWith("PROBLEM mine: v could not be run"))).toHaveLength(1);
  });
});

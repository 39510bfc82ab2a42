import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, failureOf } from "../support/engine.ts";

/** Imports against exports: reference, chapters 2.6 and 3.7. */

/** An engine with a module `p` that exports one of everything. */
function withProvider(): Engine {
  const engine = new Engine();
  engine.instantiate(
    `(module
      (func (export "f") (param i32) (result i64) (i64.const 1))
      (table (export "t") 2 5 funcref)
      (table (export "t64") i64 2 5 funcref)
      (table (export "externs") 1 externref)
      (memory (export "m") 2 5)
      (memory (export "open") 1)
      (memory (export "m64") i64 1 2)
      (global (export "const") i32 (i32.const 7))
      (global (export "var") (mut i32) (i32.const 7))
      (global (export "null") (ref null func) (ref.null func))
      (tag (export "e") (param i32)))`,
    "p",
  );
  return engine;
}

/** The lines of a failed link of one import. */
function refusal(fields: string): string[] {
  const engine = withProvider();
  return failureOf(() => engine.instantiate(`(module ${fields})`)).lines();
}

const trailer = (kind: string, name: string): string[] => [
  `    When linking module: "p" , ${kind} name: "${name}"`,
  "    At AST node: import description",
  "    At AST node: import section",
  "    At AST node: module",
];

describe("an import", () => {
  it.each([
    `(import "p" "f" (func (param i32) (result i64)))`,
    `(import "p" "t" (table 2 5 funcref))`,
    `(import "p" "t" (table 0 6 funcref))`,
    `(import "p" "t" (table 1 funcref))`,
    `(import "p" "t64" (table i64 2 funcref))`,
    `(import "p" "m" (memory 1 5))`,
    `(import "p" "m" (memory 2))`,
    `(import "p" "open" (memory 1))`,
    `(import "p" "m64" (memory i64 1 2))`,
    `(import "p" "const" (global i32))`,
    `(import "p" "var" (global (mut i32)))`,
    `(import "p" "null" (global (ref null func)))`,
    `(import "p" "e" (tag (param i32)))`,
  ])("that asks for no more than there is, is linked: %s", (fields) => {
    expect(withProvider().instantiate(`(module ${fields})`)).toBeInstanceOf(ModuleInstance);
  });

  it.each([
    [`(import "p" "nope" (func))`, "function", "nope"],
    [`(import "p" "nope" (memory 1))`, "memory", "nope"],
    [`(import "p" "F" (func (param i32) (result i64)))`, "function", "F"],
  ])("that nobody exports is unknown: %s", (fields, kind, name) => {
    expect(refusal(fields)).toEqual(["instantiation failed: unknown import, Code: 0x302", ...trailer(kind, name)]);
  });

  it.each([
    [`(import "p" "f" (memory 1))`, "external type. Expected: memory , Got: function", "memory", "f"],
    [`(import "p" "m" (func))`, "external type. Expected: function , Got: memory", "function", "m"],
    [`(import "p" "e" (global i32))`, "external type. Expected: global , Got: tag", "global", "e"],
    [
      `(import "p" "f" (func (param i64)))`,
      "function type. Expected: FuncType {params{i64} returns{}} , Got: FuncType {params{i32} returns{i64}}",
      "function",
      "f",
    ],
    [
      `(import "p" "t" (table 3 funcref))`,
      "table. Expected: TableType {RefType{ref_null func} Limit{3}} , Got: TableType {RefType{ref_null func} Limit{2 , 5}}",
      "table",
      "t",
    ],
    [
      `(import "p" "t" (table 2 4 funcref))`,
      "table. Expected: TableType {RefType{ref_null func} Limit{2 , 4}} , Got: TableType {RefType{ref_null func} Limit{2 , 5}}",
      "table",
      "t",
    ],
    [
      `(import "p" "externs" (table 1 funcref))`,
      "table. Expected: TableType {RefType{ref_null func} Limit{1}} , Got: TableType {RefType{ref_null extern} Limit{1}}",
      "table",
      "externs",
    ],
    [
      `(import "p" "t64" (table 2 5 funcref))`,
      "table. Expected: TableType {RefType{ref_null func} Limit{2 , 5}} , Got: TableType {RefType{ref_null func} Limit{2 , 5}}",
      "table",
      "t64",
    ],
    [
      `(import "p" "m" (memory 3 5))`,
      "memory. Expected: MemoryType {Limit{3 , 5}} , Got: MemoryType {Limit{2 , 5}}",
      "memory",
      "m",
    ],
    [
      `(import "p" "open" (memory 1 9))`,
      "memory. Expected: MemoryType {Limit{1 , 9}} , Got: MemoryType {Limit{1}}",
      "memory",
      "open",
    ],
    [
      `(import "p" "m64" (memory 1 2))`,
      "memory. Expected: MemoryType {Limit{1 , 2}} , Got: MemoryType {Limit{1 , 2}}",
      "memory",
      "m64",
    ],
    [
      `(import "p" "const" (global (mut i32)))`,
      "global. Expected: GlobalType {Mutation{var} ValType{i32}} , Got: GlobalType {Mutation{const} ValType{i32}}",
      "global",
      "const",
    ],
    [
      `(import "p" "var" (global i32))`,
      "global. Expected: GlobalType {Mutation{const} ValType{i32}} , Got: GlobalType {Mutation{var} ValType{i32}}",
      "global",
      "var",
    ],
    [
      `(import "p" "const" (global i64))`,
      "global. Expected: GlobalType {Mutation{const} ValType{i64}} , Got: GlobalType {Mutation{const} ValType{i32}}",
      "global",
      "const",
    ],
    [
      `(import "p" "null" (global (ref func)))`,
      "global. Expected: GlobalType {Mutation{const} ValType{ref func}} , Got: GlobalType {Mutation{const} ValType{ref_null func}}",
      "global",
      "null",
    ],
    [
      `(import "p" "e" (tag (param i64)))`,
      "function type. Expected: FuncType {params{i64} returns{}} , Got: FuncType {params{i32} returns{}}",
      "tag",
      "e",
    ],
  ])("of another type is incompatible: %s", (fields, mismatch, kind, name) => {
    expect(refusal(fields)).toEqual([
      "instantiation failed: incompatible import type, Code: 0x301",
      `    Mismatched ${mismatch}`,
      ...trailer(kind, name),
    ]);
  });

  it("from a module that is missing comes with advice where the module is well known", () => {
    const lines = (module: string): string[] =>
      failureOf(() => new Engine().instantiate(`(module (import "${module}" "x" (func)))`)).lines();
    expect(lines("env")).toEqual([
      "instantiation failed: unknown import, Code: 0x302",
      '    When linking module: "env" , function name: "x"',
      "    At AST node: import description",
      "    This may be the import of host environment like JavaScript or Golang. Please check that you've registered the necessary host modules from the host programming language.",
      "    At AST node: import section",
      "    At AST node: module",
    ]);
    expect(lines("wasi_snapshot_preview1")[3]).toBe("    Please configure your host environment with WASI enabled.");
    expect(lines("somewhere")).toHaveLength(5);
  });

  it("is matched with the size at present, not the one at the start", () => {
    const engine = withProvider();
    const provider = engine.store.findModule("p");
    expect(provider?.findMemoryExports("m")?.growPage(2)).toBe(true);
    expect(provider?.findTableExports("t")?.growTable(2)).toBe(true);
    engine.instantiate(`(module (import "p" "m" (memory 4 5)) (import "p" "t" (table 4 5 funcref)))`);
    expect(failureOf(() => engine.instantiate(`(module (import "p" "m" (memory 5 5)))`)).lines()[1]).toBe(
      "    Mismatched memory. Expected: MemoryType {Limit{5 , 5}} , Got: MemoryType {Limit{4 , 5}}",
    );
  });

  it("of a constant may be of a wider type, of a variable must be of the same", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (func $f) (elem declare func $f)
        (global (export "const") (ref func) (ref.func $f)) (global (export "var") (mut (ref func)) (ref.func $f)))`,
      "p",
    );
    engine.instantiate(`(module (import "p" "const" (global funcref)))`);
    engine.instantiate(`(module (import "p" "var" (global (mut (ref func)))))`);
    const error = failureOf(() => engine.instantiate(`(module (import "p" "var" (global (mut funcref))))`));
    expect(error.code).toBe(ErrCode.IncompatibleImportType);
  });

  it("of a function may be of a supertype, by the structure of the types in both modules", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (type $super (sub (func))) (type $sub (sub $super (func)))
        (func (export "sub") (type $sub)) (func (export "super") (type $super)))`,
      "p",
    );
    const types = `(type $unused (func (param f64))) (type $super (sub (func))) (type $sub (sub $super (func)))`;
    engine.instantiate(`(module ${types} (import "p" "sub" (func (type $super))))`);
    engine.instantiate(`(module ${types} (import "p" "sub" (func (type $sub))))`);
    for (const type of ["$sub", "$unused"]) {
      const error = failureOf(() => engine.instantiate(`(module ${types} (import "p" "super" (func (type ${type}))))`));
      expect(error.code).toBe(ErrCode.IncompatibleImportType);
    }
  });

  it("finds a provider under its aliases, and not under its own name where only those are registered", () => {
    const engine = new Engine();
    const provider = engine.instantiate(`(module (func (export "f") (result i32) (i32.const 5)))`);
    engine.store.registerModule(provider, "first");
    engine.store.registerModule(provider, "second");
    const instance = engine.instantiate(`(module (import "first" "f" (func $a (result i32)))
      (import "second" "f" (func $b (result i32))) (export "a" (func $a)) (export "b" (func $b)))`);
    expect(exported(instance, "a")).toBe(exported(instance, "b"));
    expect(engine.call(instance, "b")).toEqual([5]);
  });

  it("of a socket in its other form gets that form, where the name has both", () => {
    const engine = new Engine();
    const wasi = new ModuleInstance("wasi_snapshot_preview1");
    const of = (count: number): HostFunction =>
      new HostFunction({ params: new Array(count).fill(ValType.I32), results: [ValType.I32] }, () => count);
    wasi.addHostFunction("sock_accept", of(2));
    wasi.addHostFunction("sock_accept_v2", of(3));
    wasi.addHostFunction("sock_shutdown", of(2));
    wasi.addHostFunction("sock_shutdown_v2", of(3));
    engine.store.registerModule(wasi);
    const link = (name: string, params: string): ModuleInstance =>
      engine.instantiate(`(module (import "wasi_snapshot_preview1" "${name}" (func $f (param ${params}) (result i32)))
        (func (export "f") (result i32) (call $f ${params.replaceAll("i32", "(i32.const 0)")})))`);
    expect(engine.call(link("sock_accept", "i32 i32"), "f")).toEqual([2]);
    const second = link("sock_accept", "i32 i32 i32");
    expect(engine.call(second, "f")).toEqual([3]);
    expect(second.wasiModule).toBe(wasi);
    expect(failureOf(() => link("sock_accept", "i32")).lines()[1]).toMatch(/Got: FuncType {params{i32 , i32} returns/);
    expect(failureOf(() => link("sock_shutdown", "i32 i32 i32")).code).toBe(ErrCode.IncompatibleImportType);
  });
});

describe("what is shared by linking", () => {
  it("is seen by all: growth and bytes of a memory, in the midst of a call, through every module", () => {
    const engine = new Engine();
    const provider = engine.instantiate(
      `(module (memory (export "m") 1 9)
        (func (export "grow") (result i32) (drop (memory.grow (i32.const 1))) (i32.store (i32.const 65536) (i32.const 42)) (memory.size)))`,
      "p",
    );
    const user = engine.instantiate(`(module (import "p" "m" (memory 1)) (import "p" "grow" (func $grow (result i32)))
      (func (export "f") (result i32 i32 i32)
        (call $grow) (i32.load (i32.const 65536)) (memory.size)))`);
    expect(engine.call(user, "f")).toEqual([2, 42, 2]);
    provider.findMemoryExports("m")?.growPage(3);
    expect(engine.call(user, "f")).toEqual([6, 42, 6]);
  });

  it("is seen by all: globals, from wasm, from other modules and from the host", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const global = new GlobalInstance({ valType: ValType.I64, mutable: true }, 5n);
    host.addHostGlobal("g", global);
    engine.store.registerModule(host);
    const source = `(module (import "host" "g" (global $g (mut i64)))
      (func (export "add") (param i64) (result i64)
        (global.set $g (i64.add (global.get $g) (local.get 0))) (global.get $g)))`;
    const [first, second] = [engine.instantiate(source), engine.instantiate(source)];
    expect(engine.call(first, "add", 1n)).toEqual([6n]);
    expect(engine.call(second, "add", 10n)).toEqual([16n]);
    global.setValue(-1n);
    expect(engine.call(first, "add", 0n)).toEqual([-1n]);
  });

  it("is seen by all: table elements, whose functions run in the modules that define them", () => {
    const engine = new Engine();
    engine.instantiate(
      `(module (table (export "t") 3 funcref) (global $x i32 (i32.const 100))
        (func $own (result i32) (global.get $x)) (elem (i32.const 0) $own))`,
      "p",
    );
    const user = engine.instantiate(`(module (import "p" "t" (table 3 funcref)) (global $x i32 (i32.const 200))
      (func $own (result i32) (global.get $x)) (elem (i32.const 1) $own)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))`);
    expect(engine.call(user, "call", 0)).toEqual([100]);
    expect(engine.call(user, "call", 1)).toEqual([200]);
    expect(failureOf(() => engine.call(user, "call", 2)).code).toBe(ErrCode.UninitializedElement);
  });

  it("may be a memory that the host grows while wasm runs", () => {
    const engine = new Engine();
    const host = new ModuleInstance("host");
    const limit = { min: 1n, max: 4n, shared: false, is64: false };
    const memory = new MemoryInstance({ limit, pageSizeLog2: 16 });
    host.addHostMemory("m", memory);
    host.addHostFunction("grow", new HostFunction({ params: [], results: [] }, () => void memory.growPage(1)));
    engine.store.registerModule(host);
    const instance = engine.instantiate(`(module (import "host" "m" (memory 1)) (import "host" "grow" (func $grow))
      (func (export "f") (result i32 i32)
        (i32.store (i32.const 4) (i32.const 1))
        (call $grow)
        (i32.store (i32.const 65540) (i32.const 2))
        (i32.load (i32.const 4)) (i32.load (i32.const 65540))))`);
    expect(engine.call(instance, "f")).toEqual([1, 2]);
    expect(memory.bytes[65540]).toBe(2);
  });
});

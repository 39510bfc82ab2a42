import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { Standard } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import { ModuleInstance as HostModule } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** From module to instance: reference, chapter 3.7, and what is left of an instantiation that fails. */

/** An engine with a module `p` whose table and memory others write to. */
function withShared(options?: ConstructorParameters<typeof Engine>[0]): { engine: Engine; provider: ModuleInstance } {
  const engine = new Engine(options);
  const provider = engine.instantiate(
    `(module (table (export "t") 4 funcref) (memory (export "m") 1)
      (func (export "call") (param i32) (result i32) (call_indirect (result i32) (local.get 0))))`,
    "p",
  );
  return { engine, provider };
}

const imports = `(import "p" "t" (table $t 4 funcref)) (import "p" "m" (memory $m 1))`;

function memoryOf(provider: ModuleInstance, offset: number, length: number): number[] {
  return Array.from(provider.findMemoryExports("m")?.getBytes(offset, length) ?? []);
}

describe("an instantiation", () => {
  it("needs a validated module", () => {
    const module = new Loader().parseModule(Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
    const error = failureOf(() => new Executor().instantiateModule(new StoreManager(), module));
    expect(error.lines()).toEqual([
      "wasmedge runtime failed: wasm module hasn't passed validation yet, Code: 0x008",
      "    At AST node: module",
    ]);
  });

  it("gives an anonymous instance, or one that is registered under the name", () => {
    const engine = new Engine();
    const module = engine.parse(`(module (func (export "f") (result i32) (i32.const 7)))`);
    const anonymous = engine.executor.instantiateModule(engine.store, module);
    expect(anonymous.name).toBe("");
    expect(engine.store.moduleListSize).toBe(0);
    const named = engine.executor.registerModule(engine.store, module, "name");
    expect(named.name).toBe("name");
    expect(engine.store.findModule("name")).toBe(named);
    expect(named).not.toBe(anonymous);
  });

  it("does nothing where the name is taken", () => {
    const engine = new Engine();
    const ran: number[] = [];
    const host = new HostModule("host");
    host.addHostFunction("start", new HostFunction({ params: [], results: [] }, () => void ran.push(1)));
    engine.store.registerModule(host);
    const source = `(module (import "host" "start" (func $s)) (start $s))`;
    engine.instantiate(source, "a");
    expect(failureOf(() => engine.instantiate(source, "a")).code).toBe(ErrCode.ModuleNameConflict);
    expect(ran).toEqual([1]);
  });

  it("that fails is not registered", () => {
    const engine = new Engine();
    failureOf(() => engine.instantiate(`(module (func $s unreachable) (start $s))`, "a"));
    expect(engine.store.findModule("a")).toBeNull();
    engine.instantiate("(module)", "a");
  });

  it("runs the start function last, when exports, segments and globals are in place", () => {
    const engine = new Engine();
    const instance =
      engine.instantiate(`(module (memory 1) (data (i32.const 0) "\\05") (table 1 funcref) (elem (i32.const 0) $get)
      (global $g (export "g") (mut i32) (i32.const 2))
      (func $get (result i32) (i32.load8_u (i32.const 0)))
      (func $s (global.set $g (i32.mul (global.get $g) (call_indirect (result i32) (i32.const 0))))) (start $s))`);
    expect(instance.findGlobalExports("g")?.getValue()).toBe(10);
  });

  it("shows a trap of the start function with its frames and the module", () => {
    const lines = failureOf(() => new Engine().instantiate(`(module (func $s unreachable) (start $s))`)).lines();
    expect(lines[0]).toBe("execution failed: unreachable, Code: 0x40a");
    expect(lines.at(-1)).toBe("    At AST node: module");
  });
});

describe("constant expressions", () => {
  it("know the globals before them, functions, and arithmetic", () => {
    const engine = new Engine();
    engine.instantiate(`(module (global (export "base") i32 (i32.const 1000)))`, "p");
    const instance = engine.instantiate(`(module (import "p" "base" (global $base i32))
      (global $a (export "a") i32 (i32.sub (i32.mul (global.get $base) (i32.const 3)) (i32.const 1)))
      (global (export "b") i64 (i64.add (i64.mul (i64.const 0x7fffffffffffffff) (i64.const 2)) (i64.const 5)))
      (global (export "c") i32 (i32.add (global.get $a) (i32.const 1)))
      (global (export "f32") f32 (f32.const -0)) (global (export "f64") f64 (f64.const nan:0x123))
      (global $ref (export "ref") funcref (ref.func $f)) (global (export "null") externref (ref.null extern))
      (table (export "t") 2 funcref (ref.func $f))
      (memory (export "m") 1) (data (i32.sub (global.get $a) (i32.const 2990)) "\\01")
      (func $f (export "f")))`);
    const value = (name: string): unknown => instance.findGlobalExports(name)?.getValue();
    expect(value("a")).toBe(2999);
    expect(value("b")).toBe(3n);
    expect(value("c")).toBe(3000);
    expect(value("f32")).toBe(-0);
    expect(instance.findGlobalExports("f64")?.getTypedValue().bits64).toBe(0x7ff0000000000123n);
    expect(value("ref")).toBe(instance.findFuncExports("f"));
    expect(value("null")).toBeNull();
    expect(instance.findTableExports("t")?.getRef(1)).toBe(instance.findFuncExports("f"));
    expect(instance.findMemoryExports("m")?.bytes[9]).toBe(1);
  });
});

describe("active segments", () => {
  it("are written in order, elements before data, up to the first that does not fit", () => {
    const { engine, provider } = withShared();
    const error = failureOf(() =>
      engine.instantiate(`(module ${imports} (func $f (result i32) (i32.const 11))
        (elem (table $t) (i32.const 0) func $f)
        (data (i32.const 0) "abc") (data (i32.const 65535) "xy") (data (i32.const 10) "never"))`),
    );
    expect(error.lines()).toEqual([
      "execution failed: out of bounds memory access, Code: 0x408",
      "    Accessing offset from: 0x0000ffff to: 0x00010000 , Out of boundary: 0x0000ffff",
      "    At AST node: data segment",
      "    At AST node: data section",
      "    At AST node: module",
    ]);
    expect(memoryOf(provider, 0, 4)).toEqual([97, 98, 99, 0]);
    expect(memoryOf(provider, 65535, 1)).toEqual([0]);
    expect(memoryOf(provider, 10, 1)).toEqual([0]);
    // The failed instance's function lives on in the table.
    expect(engine.call(provider, "call", 0)).toEqual([11]);
  });

  it("of elements that do not fit leave memory untouched", () => {
    const { engine, provider } = withShared();
    const error = failureOf(() =>
      engine.instantiate(`(module ${imports} (func $f (result i32) (i32.const 12))
        (elem (table $t) (i32.const 1) func $f) (elem (table $t) (i32.const 3) func $f $f) (data (i32.const 0) "abc"))`),
    );
    expect(error.lines()).toEqual([
      "execution failed: out of bounds table access, Code: 0x407",
      "    Accessing offset from: 0x00000003 to: 0x00000004 , Out of boundary: 0x00000003",
      "    At AST node: element segment",
      "    At AST node: element section",
      "    At AST node: module",
    ]);
    expect(engine.call(provider, "call", 1)).toEqual([12]);
    expect(provider.findTableExports("t")?.getRef(3)).toBeNull();
    expect(memoryOf(provider, 0, 1)).toEqual([0]);
  });

  it("of two failed instantiations both live on: WasmEdge keeps the last only", () => {
    const { engine, provider } = withShared();
    for (const place of [0, 1, 2]) {
      const error = failureOf(() =>
        engine.instantiate(`(module ${imports} (func $f (result i32) (i32.const ${70 + place}))
          (elem (table $t) (i32.const ${place}) func $f) (func $s unreachable) (start $s))`),
      );
      expect(error.code).toBe(ErrCode.Unreachable);
    }
    expect([0, 1, 2].map((place) => engine.call(provider, "call", place)[0])).toEqual([70, 71, 72]);
  });

  it.each([
    [
      `(memory i64 1) (data (i64.const -1) "abc")`,
      "0xffffffffffffffff to: 0x10000000000000001 , Out of boundary: 0x0000ffff",
    ],
    [
      `(memory i64 1) (data (i64.const 0x20000000000001) "abc")`,
      "0x20000000000001 to: 0x20000000000003 , Out of boundary: 0x0000ffff",
    ],
    [
      `(table i64 1 funcref) (func $f) (elem (i64.const -1) func $f $f)`,
      "0xffffffffffffffff to: 0x10000000000000000 , Out of boundary: 0x00000000",
    ],
  ])("tell exactly how far outside they are: %s", (definitions, range) => {
    const error = failureOf(() => new Engine().instantiate(`(module ${definitions})`));
    expect(error.lines()[1]).toBe(`    Accessing offset from: ${range}`);
  });

  it("may be empty at the very end, and not beyond", () => {
    const { engine } = withShared();
    engine.instantiate(`(module ${imports} (data (i32.const 65536) "") (elem (table $t) (i32.const 4) func))`);
    for (const segment of [`(data (i32.const 65537) "")`, `(data (i32.const -1) "")`]) {
      const error = failureOf(() => engine.instantiate(`(module ${imports} ${segment})`));
      expect(error.code).toBe(ErrCode.MemoryOutOfBounds);
    }
    const elements = failureOf(() => engine.instantiate(`(module ${imports} (elem (table $t) (i32.const 5) func))`));
    expect(elements.code).toBe(ErrCode.TableOutOfBounds);
  });

  it("are all checked before any is written, under the rules of version 1.0", () => {
    const engine = new Engine({ standard: Standard.WASM_1 });
    const provider = engine.instantiate(`(module (table (export "t") 4 funcref) (memory (export "m") 1))`, "p");
    const data = failureOf(() =>
      engine.instantiate(`(module (import "p" "t" (table 4 funcref)) (import "p" "m" (memory 1)) (func $f)
        (elem (i32.const 0) $f) (data (i32.const 0) "abc") (data (i32.const 65535) "xy"))`),
    );
    expect(data.lines()).toEqual([
      "instantiation failed: data segment does not fit, Code: 0x303",
      "    At AST node: data segment",
      "    At AST node: data section",
      "    At AST node: module",
    ]);
    const elements = failureOf(() =>
      engine.instantiate(`(module (import "p" "t" (table 4 funcref)) (func $f) (elem (i32.const 3) $f $f))`),
    );
    expect(elements.lines()[0]).toBe("instantiation failed: elements segment does not fit, Code: 0x304");
    expect(provider.findTableExports("t")?.getRef(0)).toBeNull();
    expect(memoryOf(provider, 0, 1)).toEqual([0]);
  });

  it("are dropped once they are written; passive ones stay until they are", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module (memory 1) (table 2 funcref) (func $f)
      (data $active (i32.const 0) "a") (data $passive "b") (elem $e (i32.const 0) $f) (elem $p func $f) (elem $d declare func $f)
      (func (export "active") (memory.init $active (i32.const 0) (i32.const 0) (i32.const 1)))
      (func (export "passive") (memory.init $passive (i32.const 0) (i32.const 0) (i32.const 1)))
      (func (export "drop") (data.drop $passive) (elem.drop $p))
      (func (export "elements") (param i32) (if (i32.eqz (local.get 0)) (then (table.init $e (i32.const 0) (i32.const 0) (i32.const 1))))
        (if (i32.eq (local.get 0) (i32.const 1)) (then (table.init $p (i32.const 0) (i32.const 0) (i32.const 1))))
        (if (i32.eq (local.get 0) (i32.const 2)) (then (table.init $d (i32.const 0) (i32.const 0) (i32.const 1))))))`);
    expect(failureOf(() => engine.call(instance, "active")).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(failureOf(() => engine.call(instance, "elements", 0)).code).toBe(ErrCode.TableOutOfBounds);
    expect(failureOf(() => engine.call(instance, "elements", 2)).code).toBe(ErrCode.TableOutOfBounds);
    engine.call(instance, "passive");
    engine.call(instance, "elements", 1);
    engine.call(instance, "drop");
    engine.call(instance, "drop");
    expect(failureOf(() => engine.call(instance, "passive")).code).toBe(ErrCode.MemoryOutOfBounds);
    expect(failureOf(() => engine.call(instance, "elements", 1)).code).toBe(ErrCode.TableOutOfBounds);
  });

  it("of one module belong to each of its instances", () => {
    const engine = new Engine();
    const module = engine.parse(`(module (memory (export "m") 1) (global $g (mut i32) (i32.const 0)) (data $d "x")
      (func (export "drop") (data.drop $d)) (func (export "init") (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))
      (func (export "next") (result i32) (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))`);
    const [first, second] = [engine.instantiate(module), engine.instantiate(module)];
    engine.call(first, "drop");
    engine.call(second, "init");
    expect(second.findMemoryExports("m")?.bytes[0]).toBe(0x78);
    expect(first.findMemoryExports("m")?.bytes[0]).toBe(0);
    expect([engine.call(first, "next"), engine.call(first, "next"), engine.call(second, "next")]).toEqual([
      [1],
      [2],
      [1],
    ]);
  });
});

describe("limits of the configuration", () => {
  it("bound the memories of modules, at the start and when they grow", () => {
    const engine = new Engine({ runtime: { maxMemoryPage: 3 } });
    const error = failureOf(() => engine.instantiate(`(module (memory 4))`));
    expect(error.lines()).toEqual([
      "instantiation failed: memory minimum exceeds the configured page limit, Code: 0x3e1",
      "    In Limit type: { min: 4 }",
      "    Memory Instance: Limited 3 page in configuration.",
      "    At AST node: memory section",
      "    At AST node: module",
    ]);
    const instance = engine.instantiate(`(module (memory 1 9) (memory i64 1)
      (func (export "grow") (param i32) (result i32) (memory.grow 0 (local.get 0)))
      (func (export "grow64") (param i64) (result i64) (memory.grow 1 (local.get 0))))`);
    expect(engine.call(instance, "grow", 3)).toEqual([-1]);
    expect(engine.call(instance, "grow", 2)).toEqual([1]);
    expect(engine.call(instance, "grow", -1)).toEqual([-1]);
    expect(engine.call(instance, "grow64", 2n ** 63n)).toEqual([-1n]);
    expect(engine.call(instance, "grow64", 3n)).toEqual([-1n]);
    expect(engine.call(instance, "grow64", 2n)).toEqual([1n]);
  });

  it("bound the tables of modules too: in WasmEdge they may grow until it crashes", () => {
    const engine = new Engine({ runtime: { maxTableElements: 100 } });
    const error = failureOf(() => engine.instantiate(`(module (table 101 funcref))`));
    expect(error.lines()).toEqual([
      "instantiation failed: table minimum exceeds the configured limit, Code: 0x3e3",
      "    In Limit type: { min: 101 }",
      "    Table Instance: Limited 100 elements in configuration.",
      "    At AST node: table section",
      "    At AST node: module",
    ]);
    const instance = engine.instantiate(`(module (table 1 funcref) (table i64 1 funcref)
      (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0)))
      (func (export "grow64") (param i64) (result i64) (table.grow 1 (ref.null func) (local.get 0))))`);
    expect(engine.call(instance, "grow", 100)).toEqual([-1]);
    expect(engine.call(instance, "grow", -1)).toEqual([-1]);
    expect(engine.call(instance, "grow", 99)).toEqual([1]);
    expect(engine.call(instance, "grow64", -1n)).toEqual([-1n]);
    expect(engine.call(instance, "grow64", 99n)).toEqual([1n]);
  });
});

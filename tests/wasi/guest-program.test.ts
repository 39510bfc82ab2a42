import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { OutputBuffer } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";

/** A program that says hello, writes the same into a file, and exits with 7. */
const hello = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00")
  (data (i32.const 16) "hello\\0a")
  (data (i32.const 32) "out.txt")
  (func $check (param i32) (if (local.get 0) (then unreachable)))
  (func (export "_start")
    (call $check (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)))
    (call $check (call $path_open (i32.const 3) (i32.const 0) (i32.const 32) (i32.const 7) (i32.const 1)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 68)))
    (call $check (call $fd_write (i32.load (i32.const 68)) (i32.const 0) (i32.const 1) (i32.const 64)))
    (call $proc_exit (i32.const 7))
    unreachable))`;

function setUp(text: string) {
  const module = new Loader().parseModule(Uint8Array.from(compile(text)));
  new Validator().validate(module);
  const stdout = new OutputBuffer();
  const fileSystem = new MemoryFileSystem();
  const wasi = new WasiModule({ stdout, fileSystem });
  wasi.init(["/"], "hello");
  const executor = new Executor();
  const store = new StoreManager();
  executor.registerModule(store, wasi);
  return { executor, fileSystem, stdout, wasi, instantiate: () => executor.instantiateModule(store, module) };
}

/** The code with which something ends. */
function codeOf(operation: () => unknown): number {
  try {
    operation();
  } catch (error) {
    if (error instanceof WasmEdgeError) return error.code;
    throw error;
  }
  return ErrCode.Success;
}

const start = (executor: Executor, instance: ModuleInstance) => (): unknown =>
  executor.invoke(instance.findFuncExports("_start"));

describe("a program on the engine", () => {
  it("writes to its streams and files, and its exit code is kept while the run ends as Terminated", () => {
    const { executor, fileSystem, instantiate, stdout, wasi } = setUp(hello);
    expect(codeOf(start(executor, instantiate()))).toBe(ErrCode.Terminated);
    expect(wasi.getExitCode()).toBe(7);
    expect(Buffer.from(stdout.bytes()).toString()).toBe("hello\n");
    expect(Buffer.from(fileSystem.readFile("out.txt")).toString()).toBe("hello\n");
  });

  it("ends its instantiation as Terminated where the start function exits", () => {
    const { instantiate, wasi } = setUp(`(module
      (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
      (func $start (call $proc_exit (i32.const 9)))
      (start $start))`);
    expect(codeOf(instantiate)).toBe(ErrCode.Terminated);
    expect(wasi.getExitCode()).toBe(9);
  });

  it("gets FAULT without a memory, and uses memory 0 whatever it exports as memory", () => {
    const random = `(import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))`;
    const without = setUp(`(module ${random}
      (func (export "_start") (result i32) (call $random (i32.const 0) (i32.const 0))))`);
    expect(start(without.executor, without.instantiate())()).toEqual([21]);
    const two = setUp(`(module ${random} (memory 1) (memory (export "memory") 2)
      (func (export "_start") (result i32) (call $random (i32.const 65536) (i32.const 1))))`);
    expect(start(two.executor, two.instantiate())()).toEqual([21]);
  });
});

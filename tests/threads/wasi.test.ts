import { describe, expect, it, onTestFinished, vi } from "vitest";
import { host } from "../../src/common/host.ts";
import { MemoryFileSystem, OutputBuffer, WasiModule } from "../../src/index.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { temporaryFolder } from "../spec-tests/support.ts";
import { Engine } from "../support/engine.ts";

/** WASI's functions work on the bytes of a memory, which hosts do not take everywhere where threads share them. */

const source = `(module
  (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (memory (export "memory") 1 2 shared)
  ;; Vectors of one buffer each: at 0 the text at 64, at 8 the room at 96.
  (data (i32.const 0) "\\40\\00\\00\\00\\05\\00\\00\\00\\60\\00\\00\\00\\05\\00\\00\\00")
  (data (i32.const 64) "hello") (data (i32.const 80) "x.txt")
  (func $must (param i32) (if (local.get 0) (then (unreachable))))
  (func (export "run")
    (call $must (call $args_get (i32.const 256) (i32.const 512)))
    (call $must (call $random_get (i32.const 1024) (i32.const 64)))
    (call $must (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
    ;; Creates the file, with the rights to read, seek and write.
    (call $must (call $path_open (i32.const 3) (i32.const 0) (i32.const 80) (i32.const 5) (i32.const 1)
      (i64.const 70) (i64.const 0) (i32.const 0) (i32.const 20)))
    (call $must (call $fd_write (i32.load (i32.const 20)) (i32.const 0) (i32.const 1) (i32.const 16)))
    (call $must (call $fd_seek (i32.load (i32.const 20)) (i64.const 0) (i32.const 0) (i32.const 24)))
    (call $must (call $fd_read (i32.load (i32.const 20)) (i32.const 8) (i32.const 1) (i32.const 16)))))`;

describe("WASI on a shared memory", () => {
  it.each([
    ["in memory", () => ({ fileSystem: new MemoryFileSystem(), host: "/" })],
    ["on the host", () => ({ fileSystem: new NodeFileSystem(), host: temporaryFolder() })],
  ])("reads, writes and fills it, with files %s", (_, place) => {
    const stdout = new OutputBuffer();
    const engine = new Engine();
    const wasi = new WasiModule({ stdout });
    wasi.getEnv().init(["prog"], [], [{ guest: "/", ...place() }]);
    engine.store.registerModule(wasi);
    const instance = engine.instantiate(source);
    engine.call(instance, "run");
    const memory = instance.findMemoryExports("memory");
    expect(memory?.isShared).toBe(true);
    const text = (from: number, length: number): string => Buffer.from(memory?.getBytes(from, length) ?? []).toString();
    expect(Buffer.from(stdout.bytes()).toString()).toBe("hello");
    expect(text(96, 5)).toBe("hello");
    expect(text(512, 4)).toBe("prog");
    expect(memory?.getBytes(1024, 64).some((byte) => byte !== 0)).toBe(true);
  });

  it("gets random bytes from the sources of Node and of browsers, which refuse shared buffers", () => {
    const { crypto } = globalThis;
    const getRandomValues = (bytes: Uint8Array<ArrayBuffer>): unknown => {
      if (!((bytes.buffer as unknown) instanceof ArrayBuffer)) throw new TypeError("The provided view is shared");
      return crypto.getRandomValues(bytes);
    };
    vi.stubGlobal("crypto", { getRandomValues });
    onTestFinished(() => void vi.unstubAllGlobals());
    for (const { fillRandom } of [host, nodeHost]) {
      const bytes = new Uint8Array(new SharedArrayBuffer(70_000));
      fillRandom?.(bytes);
      expect(bytes.subarray(0, 64).some((byte) => byte !== 0)).toBe(true);
      expect(bytes.subarray(69_936).some((byte) => byte !== 0)).toBe(true);
    }
  });
});

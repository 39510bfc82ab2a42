import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { configureWith, name, type Options, preamble, refusalError, section, wasm } from "./support.ts";

/** Malformed files and the lines that WasmEdge 0.17 printed for them, without time and level. */

/** The beginning of WasmEdge's hello.wasm sample: two types and an import. */
const hello = [
  section(1, 2, [0x60, 4, 0x7f, 0x7f, 0x7f, 0x7f, 1, 0x7f], [0x60, 0, 0]),
  section(2, 1, name("wasi_snapshot_preview1"), name("fd_write"), 0, 0),
];

const files: Record<string, Uint8Array> = {
  "text.wasm": new TextEncoder().encode("not a wasm file\n"),
  "empty.wasm": new Uint8Array(0),
  "short.wasm": Uint8Array.from(preamble as number[]).subarray(0, 6),
  "badver.wasm": Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x02, 0x00, 0x00, 0x00),
  "trunc.wasm": wasm(hello).subarray(0, 40),
  "leb.wasm": wasm(1, 5, 0x80, 0x80, 0x80, 0x80, 0x7f),
  "badsec.wasm": wasm(0x0e, 1, 0),
  "add.wasm": wasm(section(1, 11, new Array(10).fill([0x60, 0, 0]), [0x60, 0, 1, 0x7b])),
};

const { readFile } = host;

beforeAll(() =>
  installHost({
    readFile: (path) => {
      const bytes = files[path];
      if (bytes === undefined) throw new Error("ENOENT");
      return bytes;
    },
  }),
);
afterAll(() => installHost({ readFile }));

function lines(path: string, options?: Options): string[] {
  return refusalError(() => new Loader(configureWith(options)).parseModule(path)).lines();
}

describe("WasmEdge's lines", () => {
  it("for a text file", () => {
    expect(lines("text.wasm")).toEqual([
      "Might an invalid wasm file, magic expected, but got 0x6E 0x6F 0x74 0x20",
      "loading failed: magic header not detected, Code: 0x103",
      "    Bytecode offset: 0x00000000",
      "    At AST node: module",
      '    File name: "text.wasm"',
    ]);
  });

  it("for an empty file", () => {
    expect(lines("empty.wasm")).toEqual([
      "loading failed: unexpected end, Code: 0x102",
      "    Bytecode offset: 0x00000000",
      "    At AST node: module",
      '    File name: "empty.wasm"',
    ]);
  });

  it("for half a preamble", () => {
    expect(lines("short.wasm")).toEqual([
      "loading failed: unexpected end, Code: 0x102",
      "    Bytecode offset: 0x00000006",
      "    At AST node: module",
      '    File name: "short.wasm"',
    ]);
  });

  it("for an unknown version", () => {
    expect(lines("badver.wasm")).toEqual([
      "loading failed: unknown binary version, Code: 0x104",
      "    Bytecode offset: 0x00000004",
      "    At AST node: component model module",
      '    File name: "badver.wasm"',
    ]);
  });

  it("for a module cut off within its imports", () => {
    expect(lines("trunc.wasm")).toEqual([
      "loading failed: length out of bounds, Code: 0x107",
      "    Bytecode offset: 0x00000017",
      "    At AST node: import section",
      "    At AST node: module",
      '    File name: "trunc.wasm"',
    ]);
  });

  it("for a count that is too large", () => {
    expect(lines("leb.wasm")).toEqual([
      "loading failed: integer too large, Code: 0x115",
      "    Bytecode offset: 0x0000000a",
      "    At AST node: type section",
      "    At AST node: module",
      '    File name: "leb.wasm"',
    ]);
  });

  it("for an unknown section", () => {
    expect(lines("badsec.wasm")).toEqual([
      "loading failed: malformed section id, Code: 0x105",
      "    Bytecode offset: 0x00000008",
      "    At AST node: module",
      '    File name: "badsec.wasm"',
    ]);
  });

  it("for a file that is not there", () => {
    expect(lines("nosuchfile.wasm")).toEqual([
      "loading failed: invalid path, Code: 0x100",
      '    File name: "nosuchfile.wasm"',
    ]);
  });

  it("for a v128 in WebAssembly 1.0", () => {
    expect(lines("add.wasm", { standard: Standard.WASM_1 })).toEqual([
      "loading failed: malformed value type, Code: 0x111",
      "    This instruction or syntax requires enabling Fixed-width SIMD proposal",
      "    Bytecode offset: 0x0000002c",
      "    At AST node: function type",
      "    At AST node: function type",
      "    At AST node: type section",
      "    At AST node: module",
      '    File name: "add.wasm"',
    ]);
  });
});

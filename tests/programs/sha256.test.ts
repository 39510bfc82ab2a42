import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Value } from "../../src/common/wasm-value.ts";
import { ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import type { Vm } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";

/**
 * `@chainsafe/as-sha256`: SHA-256 in AssemblyScript, with SIMD and without, which hashes four blocks at once. Compared with Node's.
 */

const folder = new URL("../../node_modules/@chainsafe/as-sha256/build/", import.meta.url);

function sha256(data: Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** The module behind the functions that the package's own JavaScript has. */
class Hasher {
  private readonly vm: Vm;
  private readonly input: number;
  private readonly output: number;
  private readonly inputLength: number;

  constructor(file: string) {
    const abort = new ImportObjectBuilder("env")
      .withFunc("abort", ["i32", "i32", "i32", "i32"], [], (_caller, _message, _file, line, column) => {
        throw new Error(`abort at ${line}:${column}`);
      })
      .build();
    const bytes = new Uint8Array(readFileSync(fileURLToPath(new URL(file, folder))));
    this.vm = new VmBuilder().build().registerImportModule(abort).registerModuleFromBytes(null, bytes);
    this.input = this.global("input");
    this.output = this.global("output");
    this.inputLength = this.global("INPUT_LENGTH");
  }

  private global(name: string): number {
    return this.vm.activeModule().global(name).getValue() as number;
  }

  get hasSimd(): boolean {
    return this.global("HAS_SIMD") !== 0;
  }

  private call(name: string, ...args: Value[]): void {
    this.vm.runFunc(null, name, args);
  }

  private give(data: Uint8Array): void {
    this.vm.activeModule().memory("memory").write(data, this.input);
  }

  private take(index = 0): string {
    const bytes = this.vm
      .activeModule()
      .memory("memory")
      .read(this.output + 32 * index, 32);
    return Buffer.from(bytes).toString("hex");
  }

  /** In one call. */
  short(data: Uint8Array): string {
    this.give(data);
    this.call("digest", data.length);
    return this.take();
  }

  /** Piece by piece. */
  long(data: Uint8Array): string {
    this.call("init");
    for (let at = 0; at < data.length; at += this.inputLength) {
      const piece = data.subarray(at, at + this.inputLength);
      this.give(piece);
      this.call("update", this.input, piece.length);
    }
    this.call("final", this.output);
    return this.take();
  }

  /** 64 bytes. */
  block(data: Uint8Array): string {
    this.give(data);
    this.call("digest64", this.input, this.output);
    return this.take();
  }

  /** Four times 64 bytes at once. */
  four(data: Uint8Array): string[] {
    this.give(data);
    this.call("batchHash4UintArray64s", this.output);
    return [0, 1, 2, 3].map((i) => this.take(i));
  }
}

describe.each([
  ["optimized.simd.wasm", true],
  ["untouched.simd.wasm", true],
  ["optimized.wasm", false],
  ["untouched.wasm", false],
])("as-sha256, %s", (file, simd) => {
  const hasher = new Hasher(file);

  it("says whether it has SIMD", () => {
    expect(hasher.hasSimd).toBe(simd);
  });

  it("hashes what Node hashes, around the ends of blocks and beyond", () => {
    for (const length of [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 127, 128, 200, 511, 512]) {
      const data = randomBytes(length);
      expect([length, hasher.short(data)]).toEqual([length, sha256(data)]);
      expect([length, hasher.long(data)]).toEqual([length, sha256(data)]);
    }
  });

  it("hashes a text of many pieces", () => {
    const data = randomBytes(20_001);
    expect(hasher.long(data)).toBe(sha256(data));
    expect(hasher.long(new TextEncoder().encode("abc"))).toBe(
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    );
  });

  it("hashes single blocks, and four of them at once", () => {
    for (let round = 0; round < 20; round++) {
      const data = randomBytes(256);
      const blocks = [0, 1, 2, 3].map((i) => data.subarray(64 * i, 64 * i + 64));
      expect(blocks.map((block) => hasher.block(block))).toEqual(blocks.map(sha256));
      expect(hasher.four(data)).toEqual(blocks.map(sha256));
    }
  });
});

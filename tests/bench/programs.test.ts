import { describe, expect, it } from "vitest";
import { engineOf, nativeApi } from "../../bench/engines.ts";
import { readManifest, readProgram } from "../../bench/manifest.ts";

// The checksums come from native builds of the same sources (bench/checksums.ts).
describe.each(readManifest())("the benchmark program $name", (program) => {
  it("needs no imports, and answers its checksums on native WebAssembly", () => {
    const entry = engineOf(nativeApi()!)(readProgram(program), program.export);
    expect(String(entry(program.short.argument))).toBe(program.short.checksum);
    expect(String(entry(program.long.argument))).toBe(program.long.checksum);
  });
});

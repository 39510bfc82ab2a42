import { describe, expect, it } from "vitest";
import { engineOf, nativeApi, ourEngine } from "../../bench/engines.ts";
import { canRun, readManifest, readProgram } from "../../bench/manifest.ts";
import { meteredKinds } from "../../bench/peer-name.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Statistics } from "../../src/executor/statistics.ts";
import { Loader } from "../../src/loader/loader.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";

// The checksums come from native builds of the same sources (bench/checksums.ts).
describe.each(readManifest())("the benchmark program $name", (program) => {
  if (canRun("native", program)) {
    it("needs no imports, and answers its checksums on native WebAssembly", () => {
      const entry = engineOf(nativeApi()!)(readProgram(program), program.export);
      expect(String(entry(program.short.argument))).toBe(program.short.checksum);
      expect(String(entry(program.long.argument))).toBe(program.long.checksum);
    });
  }

  it.each([undefined, ...meteredKinds])("answers its checksum on this engine, metered: %s", (metering) => {
    const engine = ourEngine({ Configure, Executor, Loader, Statistics, StoreManager, Validator }, metering);
    expect(String(engine(readProgram(program), program.export)(program.short.argument))).toBe(program.short.checksum);
  });
});

import { createContext, Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { coreAsScript } from "../../scripts/core-as-script.ts";
import { portableGlue, portableGlueResult, portableProgram, portableResult } from "./portable-programs.ts";
import { bundleFiles, dist } from "./support.ts";

describe("the core bundle", () => {
  it.each(["index.js", "js-api.js", "polyfill.js"])("imports nothing but its own chunks: %s", (entry) => {
    const imports = bundleFiles(entry).flatMap((file) => file.imports);
    expect(imports.filter((name) => !name.startsWith("./"))).toEqual([]);
  });

  it.each(["index.js", "js-api.js", "polyfill.js"])("makes no code from text: %s", (entry) => {
    expect(bundleFiles(entry).flatMap((file) => file.evaluations)).toEqual([]);
  });

  it("runs fib, a WASI program and the JavaScript interface on a host with ECMAScript 2020 and nothing else", async () => {
    const context = createContext({}, { codeGeneration: { strings: false, wasm: false } });
    new Script(`
      for (const name of ["BigInt64Array", "BigUint64Array", "SharedArrayBuffer", "Atomics", "WebAssembly", "console"])
        delete globalThis[name];
      delete DataView.prototype.getBigInt64;
      delete DataView.prototype.getBigUint64;
      delete DataView.prototype.setBigInt64;
      delete DataView.prototype.setBigUint64;
    `).runInContext(context);
    const absent = ["TextDecoder", "TextEncoder", "setTimeout", "queueMicrotask", "crypto", "performance", "process"];
    for (const name of [...absent, "BigInt64Array", "SharedArrayBuffer", "Atomics", "WebAssembly"]) {
      expect(new Script(`typeof ${name}`).runInContext(context), name).toBe("undefined");
    }
    new Script(coreAsScript(dist), { filename: "core.js" }).runInContext(context);
    expect(new Script(await portableProgram()).runInContext(context)).toBe(portableResult);
    new Script(coreAsScript(dist, "polyfill.js"), { filename: "polyfill.js" }).runInContext(context);
    expect(new Script(await portableGlue()).runInContext(context)).toBe(portableGlueResult);
  });
});

describe("every bundle", () => {
  it.each(["index.js", "node.js", "js-api.js", "polyfill.js", "cli.js"])(
    "%s awaits nothing at its top level",
    (entry) => {
      const waiting = bundleFiles(entry).filter((file) => file.topLevelAwait);
      expect(waiting.map((file) => file.path)).toEqual([]);
    },
  );

  it("js-api.js shares chunks with the core, so that one takes the executor of the other", () => {
    const core = bundleFiles("index.js").map((file) => file.path);
    expect(bundleFiles("js-api.js").filter((file) => core.includes(file.path)).length).toBeGreaterThan(0);
  });

  it("node.js shares chunks with the core, so that a class is the same in both", () => {
    const core = bundleFiles("index.js").map((file) => file.path);
    const shared = bundleFiles("node.js").filter((file) => core.includes(file.path));
    // Where the host record lives, which the Node side fills and the core reads.
    expect(shared.flatMap((file) => file.functionNames)).toContain("installHost");
  });
});

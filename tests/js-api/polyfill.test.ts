import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";

/** Runs a script in a Node of its own, with our sources. */
function output(script: string, ...flags: string[]): string {
  const argv = [...flags, "scripts/run-ts.mjs"];
  return spawnSync(process.execPath, [...argv, script], { encoding: "utf8" }).stdout;
}

describe("the polyfill", () => {
  it("stands in where there is no WebAssembly, and cannot be seen among the global names", () => {
    expect(output("tests/js-api/polyfill-program.ts", "--jitless")).toBe("false 5 RuntimeError: unreachable\n");
  });

  it("leaves a WebAssembly that is there", () => {
    expect(output("tests/js-api/polyfill-program.ts")).toBe("true 5 RuntimeError: unreachable\n");
  });
});

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { irCounts, runCounting } from "../../src/executor/engine/generated/run-counting.ts";
import { isTerminated } from "../../src/executor/executor.ts";
import { VM } from "../../src/vm/vm.ts";
import { dist, root } from "./support.ts";

/** What a program that prints a line does not pay for: docs/performance.md, "Start". */

const hello = join(root, "examples", "hello.wasm");

/**
 * Of the loop. V8's compiler of single functions, Sparkplug, comes when jumps back and returns have gone over eight times the function's
 * length. Each instruction ends in such a jump, or in a return where it calls the host: all about as long as the loop.
 */
const MOST_INSTRUCTIONS = 7;

describe("a program that prints a line", () => {
  it("ends before V8 would collect garbage", () => {
    const argv = ["--trace-gc", join(dist, "cli.cjs"), hello];
    const { stdout, stderr, status } = spawnSync(process.execPath, argv, { encoding: "utf8" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout).toBe("Hello from WebAssembly!\n");
  });

  it("executes too few instructions for V8 to compile the loop, which takes it two milliseconds", () => {
    const vm = new VM(new Configure().addHostRegistration(HostRegistration.Wasi), {
      wasi: { stdout: { write: (bytes) => bytes.length } },
    });
    vm.getExecutor().loop = runCounting;
    vm.loadWasm(readFileSync(hello));
    vm.validate();
    vm.instantiate();
    irCounts.fill(0);
    expect(() => vm.executeTyped("_start", [])).toThrowError(expect.toSatisfy(isTerminated));
    const executed = irCounts.reduce((sum, count) => sum + count, 0);
    expect(executed).toBeGreaterThan(0);
    expect(executed).toBeLessThanOrEqual(MOST_INSTRUCTIONS);
  });
});

import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { namedModule } from "../support/named-module.ts";
import { root } from "./support.ts";

const folder = join(root, "examples");

/** Runs an example as its reader would. The examples import the package by its name, and so the built one. */
function run(name: string, ...args: string[]): { stdout: string; stderr: string; status: number | null } {
  const command = [join(root, "scripts", "run-ts.mjs"), join(folder, name), ...args];
  const { stdout, stderr, status, error } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  if (error !== undefined) throw error;
  return { stdout, stderr, status };
}

const outputs: Record<string, { readonly args: readonly string[]; readonly stdout: string }> = {
  "run-wasi-module.ts": { args: ["examples/hello.wasm"], stdout: "Hello from WebAssembly!\n" },
  "debugger.ts": {
    args: [],
    stdout: `next: call $remainder takes i32 12 and i32 18
done: call $remainder left i32 12
frames: remainder < gcd
locals: a = 12, b = 6
changed by i32.store to Uint8Array(4) [ 6, 0, 0, 0 ]
result: i32 6
-> $gcd(i32 12, i32 18)
  -> $remainder(i32 12, i32 18)
  <- $remainder = i32 12
  -> $remainder(i32 18, i32 12)
  <- $remainder = i32 6
  -> $remainder(i32 12, i32 6)
  <- $remainder = i32 0
<- $gcd = i32 6
paused in remainder - done: false
gcd(7, 21) = 7
`,
  },
  "javascript-interface.ts": {
    args: [],
    stdout: `exports: memory memory, function gcd
gcd(12, 18) = 6 for 48
RuntimeError: cost limit exceeded
`,
  },
  "host-functions.ts": {
    args: [],
    stdout: `3² + 4² = 25
10^18 / 7 = 142857142857142857, remainder 1
the module says: text out of linear memory
user defined failed: user defined error code, Code: 0x5678
`,
  },
  "async-host-functions.ts": {
    args: [],
    stdout: `totals: 60 360 after 11 questions
execution failed: host function failed, Code: 0x40e
    Error: there is no article 101
has ended: false
wasmedge runtime failed: execution interrupted, Code: 0x007 (the customer has left)
wasmedge runtime failed: host function returned a promise in a synchronous run, Code: 0x0e0
    The host function "price" of the module "shop" has to be awaited: call from an asynchronous run.
`,
  },
  "sandboxed-plugin.ts": {
    args: [],
    stdout: `  1000, gas 107374
  2000, gas 262176
  3000, gas 443762
primes up to 3000: 430
instructions: 442301 gas: 443801n
  1000, gas 107374
  2000, gas 262176
wasmedge runtime failed: execution interrupted, Code: 0x007 (no more gas)
pages it got: 4
memory: 262144 of 262144
execution failed: call stack exhausted, Code: 0x4e0 at depth 1000
`,
  },
  "linear-memory.ts": {
    args: [],
    stdout: `pages: 1
sum: 31
text: HELLO, WöRLD
pages: 3
a fourth page: out of bounds memory access
execution failed: out of bounds memory access, Code: 0x408
    Accessing offset from: 0x0002fffe to: 0x00030001 , Out of boundary: 0x0002ffff
`,
  },
  "core-dump.ts": {
    args: [],
    stdout: `order(120, 4) = 45
integer divide by zero
function 0 at 5: locals i32:120, i32:0; stack i32:120, i32:0
function 1 at 21: locals i32:120, i32:0; stack f64:1.5
read back: orders.wasm frames: 2
`,
  },
  "plugin.ts": {
    args: [],
    stdout: `modules: shop, wasi:logging/logging, wasi_snapshot_preview1
price: 120
price: 40
[2026-01-01 00:00:00.000] [info] somebody has asked for a price
[2026-01-01 00:00:00.000] [info] somebody has asked for a price
unknown import
`,
  },
  "several-modules.ts": {
    args: [],
    stdout: `quadruple(5) = 20
calls of lib: 2
modules: lib
quadruple(7) = 28
calls of lib: 4
quadruple(9) = 36
Fail to get module instance (lib)
`,
  },
  "snapshot.ts": {
    args: [],
    stdout: `  prime: 2
  prime: 3
  prime: 5
  prime: 7
stopped at 300
restored at 300
  prime: 11
  prime: 13
  prime: 17
  prime: 19
primes: 8 after 699 instructions
here:
  prime: 11
  prime: 13
  prime: 17
  prime: 19
primes: 8 after 699 instructions
`,
  },
  "time-travel.ts": {
    args: [],
    stdout: `failed: unreachable after 16006 instructions and 1000 readings
the sum became odd with instruction 9817
before: 375156 after: 375163
two steps back: 9815 readings: 1000
`,
  },
  "tables-and-globals.ts": {
    args: [],
    stdout: `100 + 5 = 105
100 * 5 = 500
2 + 3 = 5
element 2: null
last result: 500n
last result now: -1n
Trying to set value to a const global variable
`,
  },
  "threads.ts": {
    args: [],
    stdout: `primes below 20000: 2262
workers that are done: 4
pages: 2
`,
  },
};

describe("the examples", () => {
  it("all have their output here", () => {
    const programs = readdirSync(folder).filter((name) => name.endsWith(".ts"));
    expect(programs.sort()).toEqual(Object.keys(outputs).sort());
  });

  it.each(Object.entries(outputs))("%s prints what it should", (name, { args, stdout }) => {
    expect(run(name, ...args)).toEqual({ stdout, stderr: "", status: 0 });
  });

  it("hello.wasm is the binary form of hello.wat", () => {
    const text = readFileSync(join(folder, "hello.wat"), "utf8");
    expect(new Uint8Array(readFileSync(join(folder, "hello.wasm")))).toEqual(compile(text));
  });

  it("gcd.wasm is the binary form of gcd.wat, with its names", () => {
    const text = readFileSync(join(folder, "gcd.wat"), "utf8");
    expect(new Uint8Array(readFileSync(join(folder, "gcd.wasm")))).toEqual(namedModule(text));
  });

  it("run-wasi-module.ts says when the file is missing", () => {
    const { stderr, status } = run("run-wasi-module.ts");
    expect(stderr).toContain("Please specify a wasm file");
    expect(status).toBe(1);
  });
});

describe("the program", () => {
  const program = join(root, "dist", "cli.js");

  it("runs a file", () => {
    const { stdout, status } = spawnSync(process.execPath, [program, join(folder, "hello.wasm")], { encoding: "utf8" });
    expect([stdout, status]).toEqual(["Hello from WebAssembly!\n", 0]);
  });

  it("writes its log to standard error and leaves an exit status", () => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [program, "no-such-file.wasm"], {
      encoding: "utf8",
    });
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toMatch(/^\[[-\d]{10} [:.\d]{12}\] \[error\] loading failed: invalid path, Code: 0x100\n/);
  });

  it("ends quietly where nobody reads its output any more", () => {
    const script = `node "$0" parse "$1" | true; echo "\${PIPESTATUS[0]}"`;
    const file = join(root, "bench", "programs", "fib.wasm");
    const { stdout, stderr } = spawnSync("bash", ["-c", script, program, file], { encoding: "utf8" });
    // Whether the other side is gone before all is written is up to the system.
    expect(["0\n", "141\n"]).toContain(stdout);
    expect(stderr).toBe("");
  });
});

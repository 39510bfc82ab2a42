import { describe, expect, it } from "vitest";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

/** The rows of the last table: the steps. */
function stepsOf(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => /^ {2}\d+ +\S/.test(line))
    .map((line) => line.trim().replace(/ {2,}/g, " | "));
}

describe("explain", () => {
  it("follows a call of a function with its arguments", async () => {
    const { stdout, stderr, status } = await commandLine("explain", "--function", "mul64", "add.wasm", "-3", "0x10");
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout).toMatch(/^add\.wasm: a module of \d+ bytes, and what becomes of it\.\n/);
    expect(stdout).toContain("The call $mul64(-3, 16) makes a frame");
    expect(stepsOf(stdout).slice(-4)).toEqual([
      "1 | local.get 0 | ┃ -3 | -3 | 16 | leaves -3",
      "2 | local.get 1 | ┃ -3 │ 16 | -3 | 16 | leaves 16",
      "3 | i64.mul | ┃ -48 | -3 | 16 | takes -3, 16; leaves -48",
      "4 | end | the run has ended",
    ]);
    expect(stdout).toContain("It gives back i64 -48.\n");
  });

  it("shows what a program has written behind its steps, and reads text", async () => {
    for (const file of ["hello.wasm", "hello.wat"]) {
      const { stdout, stderr, status } = await commandLine("explain", file);
      expect([stderr, status]).toEqual(["", 0]);
      expect(stdout).toContain("calls wasi_snapshot_preview1.fd_write of the host");
      expect(stdout.endsWith("\nIt has written to standard output:\n  hello\n")).toBe(true);
    }
  });

  it("prints the same as JSON", async () => {
    const { stdout, status } = await commandLine("explain", "--json", "--steps", "3", "hello.wasm");
    const data = JSON.parse(stdout) as Record<string, Record<string, unknown>>;
    expect(status).toBe(0);
    expect(Object.keys(data)).toEqual([
      "file",
      "byteLength",
      "loading",
      "function",
      "validation",
      "instantiation",
      "lowering",
      "execution",
      "output",
    ]);
    expect(data["file"]).toBe("hello.wasm");
    expect(data["execution"]?.["steps"]).toHaveLength(3);
    expect(data["output"]).toEqual({ stdout: "", stderr: "" });
    const whole = JSON.parse((await commandLine("explain", "--json", "hello.wasm")).stdout) as typeof data;
    expect(whole["output"]).toEqual({ stdout: "hello\n", stderr: "" });
  });

  it("takes what the module is linked with", async () => {
    expect((await commandLine("explain", "missing.wasm")).status).toBe(1);
    expect((await commandLine("explain", "--module", "env:nope.wasm", "missing.wasm")).status).toBe(0);
    const shown = await commandLine("explain", "--steps", "1000", "--env", "A=1", "show.wasm", "in.txt");
    expect(shown.stdout).toContain("It has written to standard output:\n  show.wasm\n  in.txt\n  A=1\n");
  });

  it("has nothing to explain of what is no file, and says why", async () => {
    const { stdout, stderr, status } = await commandLine("explain", "/");
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toContain("loading failed: invalid path, Code: 0x100");
    expect(stderr).toContain("Reason: ");
  });

  it("ends where the module does, and its status says whether it came to run", async () => {
    const invalid = await commandLine("explain", "invalid.wasm");
    expect([invalid.stderr, invalid.status]).toEqual(["", 1]);
    expect(invalid.stdout).toContain(
      "It ends here: the validation fails.\n\n  validation failed: type mismatch, Code: 0x202\n",
    );
    const trap = await commandLine("explain", "--function", "div0", "traps.wasm");
    expect(trap.status).toBe(0);
    expect(trap.stdout).toContain(
      "It ends here: the execution fails.\n\n  execution failed: integer divide by zero, Code: 0x404\n",
    );
    const off = await commandLine("explain", "--wasm-1", "add.wasm");
    expect([off.status, off.stdout.includes("It ends here: the loading fails.")]).toEqual([1, true]);
  });

  it("ends a start function, or a call, at the time limit", async () => {
    const start = await commandLine("explain", "--time-limit", "300", "startloop.wasm");
    expect([start.stderr, start.status]).toEqual(["", 1]);
    expect(start.stdout).toContain(
      "It ends here: the instantiation fails.\n\n  wasmedge runtime failed: execution interrupted",
    );
  });

  it("refuses functions that are not there, and arguments that do not fit", async () => {
    expect(await commandLine("explain", "--function", "absent", "add.wasm")).toEqual({
      stdout: "",
      stderr:
        '[error] wasmedge runtime failed: wasm function not found, Code: 0x005\n[error]     The module defines no function "absent".\n',
      status: 1,
    });
    expect(await commandLine("explain", "--function", "add", "add.wasm", "1")).toEqual({
      stdout: "",
      stderr: "[error] function `add` expects 2 argument(s), got 1\n",
      status: 1,
    });
    // Without --function too, the function has a name.
    expect((await commandLine("explain", "add.wasm", "1")).stderr).toBe(
      "[error] function `add` expects 2 argument(s), got 1\n",
    );
    expect((await commandLine("explain", "--function", "add", "add.wasm", "1", "x")).stderr).toBe(
      "[error] Invalid argument 'x' for parameter 2: expected i32\n",
    );
    expect((await commandLine("explain", "--steps", "-1", "add.wasm")).status).toBe(1);
  });
});

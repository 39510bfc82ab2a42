import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { installHost } from "../../src/common/host.ts";
import { readBack } from "../executor/coredump/support.ts";
import { commandLine, type Outcome, useCommandLine } from "./support.ts";

useCommandLine();

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-debug-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `debug` with these lines typed. */
function session(lines: readonly string[], ...args: string[]): Promise<Outcome> {
  let input = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  installHost({
    read: (bytes) => {
      // A few at a time, as a terminal may give them.
      const part = input.subarray(0, Math.min(bytes.length, 7));
      bytes.set(part);
      input = input.subarray(part.length);
      return part.length;
    },
  });
  return commandLine("debug", ...args);
}

const gcd = ["--reactor", "examples/gcd.wasm", "gcd", "12", "18"];

describe("core", () => {
  it("writes what there is at the stop, and the run goes on", async () => {
    const cwd = vi.spyOn(process, "cwd").mockReturnValue(folder);
    const { stdout, status } = await session(
      ["break $remainder", "continue", "step", "core", "delete 1", "continue"],
      ...gcd,
    );
    cwd.mockRestore();
    expect(status).toBe(0);
    const file = /Core dump written: (coredump\.\d+)\n/.exec(stdout)?.[1] ?? "";
    const { sections } = readBack(new Uint8Array(readFileSync(join(folder, file))));
    expect(sections.executableName).toBe("examples/gcd.wasm");
    const frames = sections.threads[0]?.frames.map(({ locals }) => locals.map((value) => value?.toI32()));
    expect(frames?.[0]).toEqual([12, 18]);
    expect(frames).toHaveLength(2);
    expect(stdout).toContain("6");
  });
});

describe("the terminal debugger", () => {
  it("reads well for someone who has never seen a stack machine", async () => {
    const lines = [
      "help",
      "step",
      "",
      "",
      "step",
      "backtrace",
      "next",
      "next",
      "step",
      "finish",
      "break $remainder if $b == 6",
      "continue",
      "list",
      "finish",
      "watch local $a",
      "continue",
      "watch memory 8 4",
      "points",
      "delete 2",
      "continue",
      "print memory 0 16",
      "print locals",
      "print $b",
      "continue",
    ];
    const { stdout, stderr, status } = await session(lines, ...gcd);
    expect([stderr, status]).toEqual(["", 0]);
    await expect(stdout).toMatchFileSnapshot("debug/gcd.txt");
  });

  it("says what it does not understand, and stays where it is", async () => {
    const lines = [
      "brek $gcd",
      "frobnicate",
      "break",
      "break $nobody",
      "break 0x3",
      "break $gcd if $a",
      "watch",
      "watch $nothing",
      "watch memory x",
      "watch memory 70000 4",
      "delete 4",
      "points",
      "print nothing",
      "print globals",
      "print stack",
    ];
    const { stdout, stderr, status } = await session(lines, ...gcd);
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout.split("\n").slice(stdout.split("\n").indexOf("(debug) brek $gcd"))).toEqual([
      "(debug) brek $gcd",
      "  There is no command brek. break?",
      "(debug) frobnicate",
      "  There is no command frobnicate. help lists them.",
      "(debug) break",
      "  break wants a function or an offset: break $add, break 0x4e",
      "(debug) break $nobody",
      "  The module defines no function $nobody.",
      "(debug) break 0x3",
      "  No instruction that is ever reached begins at offset 0x3.",
      "(debug) break $gcd if $a",
      "  A condition is written as: if $n >= 3",
      "(debug) watch",
      "  watch wants a name: watch $total, watch local $n, watch memory 64 4",
      "(debug) watch $nothing",
      "  The module has no global $nothing.",
      "(debug) watch memory x",
      "  An address is a number from 0 on, as 64 or 0x40.",
      "(debug) watch memory 70000 4",
      "  out of bounds memory access",
      "(debug) delete 4",
      "  There is no point 4.",
      "(debug) points",
      "  There are none.",
      "(debug) print nothing",
      "  print shows locals, stack, globals, memory ADDRESS, or a local or global by its name.",
      "(debug) print globals",
      "    none",
      "(debug) print stack",
      "    empty",
      // The input is at its end.
      "(debug) quit",
      "",
    ]);
  });

  it("refuses words that a command does not take, and does nothing then", async () => {
    const lines = ["step 5", "c 3", "list $gcd", "core run.core", "delete 1 2", "print locals 3", "print memory 8 4 2"];
    const { stdout, status } = await session([...lines, "watch local $a 4", "watch memory 8 4 2", "where"], ...gcd);
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(stdout.split("\n").indexOf("(debug) step 5")).slice(0, 22)).toEqual([
      "(debug) step 5",
      "  step takes nothing more: 5",
      "(debug) c 3",
      "  continue takes nothing more: 3",
      "(debug) list $gcd",
      "  list takes nothing more: $gcd",
      "(debug) core run.core",
      "  core takes nothing more: run.core",
      "(debug) delete 1 2",
      "  delete N takes nothing more: 2",
      "(debug) print locals 3",
      "  print locals takes nothing more: 3",
      "(debug) print memory 8 4 2",
      "  print memory ADDRESS LENGTH takes nothing more: 2",
      "(debug) watch local $a 4",
      "  watch local $LOCAL takes nothing more: 4",
      "(debug) watch memory 8 4 2",
      "  watch memory ADDRESS LENGTH takes nothing more: 2",
      "(debug) where",
      "Before the first instruction.",
      "",
      "  In $gcd:",
    ]);
  });

  it("stops where a run fails, and fails as it does without", async () => {
    const { stdout, stderr, status } = await session(["continue", "print stack", "c"], "starttrap.wasm");
    const plain = await commandLine("starttrap.wasm");
    expect(stdout).toContain("The run fails here: unreachable.");
    expect([stderr, status]).toEqual([plain.stderr, plain.status]);
  });

  it("shows a program's output, and gives it no input", async () => {
    const { stdout, status } = await session(["c"], "hello.wasm");
    const plain = await commandLine("hello.wasm");
    expect(stdout.endsWith(`(debug) c\n${plain.stdout}`)).toBe(true);
    expect(status).toBe(plain.status);
  });
});

describe("run", () => {
  it("--trace writes what happens to standard error", async () => {
    const { stdout, stderr, status } = await commandLine("--trace=calls,memory", ...gcd);
    expect([stdout, status]).toEqual(["6\n", 0]);
    expect(stderr).toBe(`-> $gcd(i32 12, i32 18)
  -> $remainder(i32 12, i32 18)
  <- $remainder = i32 12
  -> $remainder(i32 18, i32 12)
  <- $remainder = i32 6
  -> $remainder(i32 12, i32 6)
  <- $remainder = i32 0
  0x0055  i32.store   writes 4 bytes at 0x8: i32 6
<- $gcd = i32 6
`);
  });

  it("--trace=host writes the calls that a program makes to its host", async () => {
    const { stderr } = await commandLine("--trace", "host", "hello.wasm");
    expect(stderr).toMatch(
      /^ {2}-> host wasi_snapshot_preview1\.fd_write\(1, \d+, \d+, \d+\)\n {2}<- host .*fd_write = 0\n/,
    );
  });

  it("--trace of what there is not is refused before anything runs", async () => {
    const { stdout, stderr, status } = await commandLine("--trace=calls,everything", ...gcd);
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toContain('--trace: there is no "everything"');
  });

  it("--profile writes a file for Chrome's tools, or for speedscope", async () => {
    const chrome = join(folder, "a.cpuprofile");
    const scope = join(folder, "a.speedscope.json");
    expect((await commandLine("--profile", chrome, ...gcd)).stdout).toBe("6\n");
    expect((await commandLine("--profile", scope, ...gcd)).stdout).toBe("6\n");
    const profile = JSON.parse(readFileSync(chrome, "utf8")) as { nodes: { callFrame: { functionName: string } }[] };
    expect(profile.nodes[0]?.callFrame.functionName).toBe("(root)");
    const speedscope = JSON.parse(readFileSync(scope, "utf8")) as { exporter: string; name: string };
    expect([speedscope.exporter, speedscope.name]).toEqual(["wasmedge-ts", "gcd.wasm"]);
  });

  it("reports are refused where one would be written over the other, or over the program", async () => {
    const report = join(folder, "both.json");
    const same = await commandLine("--profile", report, "--coverage", join(folder, ".", "both.json"), ...gcd);
    expect([same.stdout, same.status, existsSync(report)]).toEqual(["", 1, false]);
    expect(same.stderr).toContain(`--coverage: cannot write ${report}: it is the file of --profile`);
    const program = await commandLine("--profile", "examples/gcd.wasm", ...gcd);
    expect([program.stdout, program.status]).toEqual(["", 1]);
    expect(program.stderr).toContain("--profile: cannot write examples/gcd.wasm: it is the file of the program");
    expect((await commandLine(...gcd)).stdout).toBe("6\n");
  });

  it("--coverage writes what was executed, as text and as JSON", async () => {
    const text = join(folder, "coverage.txt");
    const json = join(folder, "coverage.json");
    await commandLine("--coverage", text, ...gcd);
    await commandLine("--coverage", json, ...gcd);
    expect(readFileSync(text, "utf8")).toBe(`module
functions     2 of 2 (100 %)
instructions  20 of 20 (100 %)

$remainder  4 of 4 (100 %)
$gcd  16 of 16 (100 %)
`);
    const [report] = JSON.parse(readFileSync(json, "utf8")) as { executed: number; functions: { name: string }[] }[];
    expect([report?.executed, report?.functions.map(({ name }) => name)]).toEqual([20, ["remainder", "gcd"]]);
  });

  it.each(["--profile", "--coverage"])(
    "%s refuses a file that cannot be written before anything runs",
    async (option) => {
      const nowhere = join(folder, "no", "folder");
      const { stdout, stderr, status } = await commandLine(option, nowhere, ...gcd);
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr).toBe(`${option}: cannot write ${nowhere}: ENOENT: no such file or directory, open '${nowhere}'\n`);
      expect(existsSync(nowhere)).toBe(false);
    },
  );

  // Not on every system.
  it.runIf(existsSync("/dev/full"))(
    "a report that finds no room on the disk is told by the exit status, unless the run has failed by itself",
    async () => {
      for (const option of ["--profile", "--coverage"]) {
        const { stdout, stderr, status } = await commandLine(option, "/dev/full", ...gcd);
        expect([stdout, status]).toEqual(["6\n", 1]);
        expect(stderr).toContain(`[error] ${option}: cannot write /dev/full: ENOSPC`);
      }
      const failed = await commandLine("--profile", "/dev/full", "--reactor", "examples/gcd.wasm", "gcd", "12", "0");
      expect(failed.status).toBe(134);
    },
  );

  it("are there in the debugger too", async () => {
    const file = join(folder, "stepped.txt");
    const { stdout, stderr, status } = await session(["continue"], "--coverage", file, "--trace=calls", ...gcd);
    expect(status).toBe(0);
    expect(stdout).toContain("6");
    expect(stderr).toContain("-> $gcd(i32 12, i32 18)\n");
    expect(readFileSync(file, "utf8")).toContain("functions     2 of 2 (100 %)");
  });
});

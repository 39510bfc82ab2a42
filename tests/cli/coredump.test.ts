import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ValType } from "../../src/common/value-type.ts";
import { Loader } from "../../src/loader/loader.ts";
import { readNameSection } from "../../src/loader/name-section.ts";
import { readBack } from "../executor/coredump/support.ts";
import { native } from "../support/native.ts";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

const ledger = fileURLToPath(new URL("../programs/coredump/ledger.wasm", import.meta.url));

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-coredump-"));
  vi.spyOn(process, "cwd").mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs a command line that leaves one core dump. */
async function dumpOf(...args: string[]): Promise<Uint8Array> {
  const { stderr, status } = await commandLine(...args);
  expect(status).toBe(134);
  const files = readdirSync(folder);
  expect(files).toHaveLength(1);
  expect(files[0]).toMatch(/^coredump\.\d{10}$/);
  expect(stderr).toContain(`[info] Core dump written: ${files[0]}\n`);
  return new Uint8Array(readFileSync(join(folder, files[0] ?? "")));
}

describe("--enable-coredump", () => {
  it("writes what a C program was about when it looked at a wild address", async () => {
    const bytes = await dumpOf("--enable-coredump", ledger, "Emmy");
    // A dump is a valid module, for other engines too.
    expect(native.validate(bytes)).toBe(true);
    const { sections, memories, globals } = readBack(bytes);
    expect(sections.executableName).toBe(ledger);
    const [frames = []] = sections.threads.map((thread) => thread.frames);
    const names = readNameSection(new Loader().parseModule(new Uint8Array(readFileSync(ledger))));
    expect(frames.map(({ functionIndex }) => names.functionName(functionIndex)).slice(0, 5)).toEqual([
      "latest",
      "total",
      "total",
      "total",
      "main",
    ]);
    // The parameters of total: first, last, rate.
    expect(frames.slice(1, 4).map(({ locals }) => locals.slice(0, 3).map((value) => value?.toValue()))).toEqual([
      [2, 2, 0.125],
      [1, 2, 0.25],
      [0, 2, 0.5],
    ]);
    const [memory] = memories;
    const words = new DataView(memory?.bytes.buffer ?? new ArrayBuffer(0));
    // latest was called with a pointer to the third account, and the number of an entry.
    const [account = 0, entry] = frames[0]?.locals.map((value) => value?.toI32()) ?? [];
    expect(entry).toBe(1);
    expect(new TextDecoder().decode(memory?.bytes.subarray(account, account + 5))).toBe("Kurt\0");
    expect([words.getBigInt64(account + 16, true), words.getInt32(account + 24, true)]).toEqual([1931n, 0x7ffffff0]);
    expect(frames[0]?.stack.map((value) => value?.toI32())).toEqual([0x7ffffff4]);
    // What malloc gave, and a global variable that was counted up three times.
    expect(Buffer.from(memory?.bytes ?? []).includes("Emmy adds up 3 accounts\0")).toBe(true);
    expect(Buffer.from(memory?.bytes ?? []).includes(Buffer.from([3, 0, 0xed, 0x5e]))).toBe(true);
    // The stack pointer, of which main keeps a copy in a local.
    expect(globals.map(({ type }) => type)).toEqual([ValType.I32]);
    expect(globals[0]?.toI32()).toBe(frames[4]?.locals[2]?.toI32());
  });

  it("writes a file that only its owner can read, and never over another", async () => {
    vi.spyOn(Date, "now").mockReturnValue(1_700_000_000_000);
    for (let i = 0; i < 3; i++) await commandLine("--enable-coredump", "traps.wasm", "div0");
    const files = readdirSync(folder).sort();
    expect(files).toHaveLength(3);
    const second = files[0] ?? "";
    expect(files).toEqual([second, `${second}.1`, `${second}.2`]);
    expect(statSync(join(folder, second)).mode & 0o777).toBe(0o600);
  });

  it("goes on without where it cannot write, and says so", async () => {
    vi.spyOn(process, "cwd").mockReturnValue(join(folder, "absent"));
    const { stderr, status } = await commandLine("--enable-coredump", "traps.wasm", "div0");
    expect(status).toBe(134);
    expect(stderr).toContain("[error] The core dump cannot be written: Error: ENOENT");
  });

  it("writes nothing for a run that succeeds, that ends itself, or that does not begin", async () => {
    for (const args of [["hello.wasm"], ["exit42.wasm"], ["invalid.wasm", "f"], ["add.wasm", "add", "1"]]) {
      await commandLine("--enable-coredump", ...args);
    }
    await commandLine("traps.wasm", "div0");
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("--coredump-for-wasmgdb", () => {
  it("leaves the operand stacks out", async () => {
    const bytes = await dumpOf("--coredump-for-wasmgdb", "traps.wasm", "div0");
    expect(readBack(bytes).sections.threads[0]?.frames.map(({ stack }) => stack)).toEqual([[]]);
  });
});

describe("parse", () => {
  it("says of a custom section that is called core and is none of a dump that it is malformed, and goes on", async () => {
    const file = join(folder, "core.wasm");
    writeFileSync(file, Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 6, 4, 0x63, 0x6f, 0x72, 0x65, 9));
    const { stdout, stderr, status } = await commandLine("parse", file);
    expect([stderr, status]).toEqual(["", 0]);
    expect(stdout).toContain(
      "Core dump: malformed\n - loading failed: invalid wasm grammar, Code: 0x119\n - Bytecode offset: 0x0000000f\n",
    );
  });

  it("shows a core dump", async () => {
    await dumpOf("--enable-coredump", ledger, "Emmy");
    const { stdout } = await commandLine("parse", join(folder, readdirSync(folder)[0] ?? ""));
    expect(stdout).toContain(`\nCore dump of ${JSON.stringify(ledger)}:\n - module[0] "module[0]"\n`);
    expect(stdout).toContain(
      '\n - instance[0] module=0 memory[0] global[0]\n - thread "main" frames=9\n  - frame[0] instance=0 func=8 offset=0x',
    );
    expect(stdout).toContain("\n     stack: i32=2147483636\n");
    expect(stdout).toMatch(/\n {5}locals: i32=2, i32=2, f64=0\.125(?:, \S+)*\n {5}stack: none\n/);
  });
});

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandNames } from "../../src/cli/command-names.ts";
import { commands } from "../../src/cli/commands.ts";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

/** WasmEdge's options, command by command: each is known here, and does no harm to a program that needs none of them. */

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-options-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const standards = ["--wasm-1", "--wasm-2", "--wasm-3"];
const disabled = [
  ...["import-export-mut-globals", "non-trap-float-to-int", "sign-extension-operators", "multi-value", "bulk-memory"],
  ...["reference-types", "simd", "tail-call", "extended-const", "function-reference", "gc", "multi-memory"],
  ...["relaxed-simd", "exception-handling", "memory64"],
].map((name) => `--disable-${name}`);
const proposals = [...standards, ...disabled, "--enable-threads", "--enable-component", "--enable-all"];
const statistics = [
  "--enable-instruction-count",
  "--enable-gas-measuring",
  "--enable-time-measuring",
  "--enable-all-statistics",
];
const linking = [`--dir ${folder}`, "--env NAME=VALUE", "--module add:add.wasm", "--memory-page-limit 100"];
const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"].map((level) => `--log-level ${level}`);
const common = [...levels, "--forbidden-plugin wasi_logging"];

const optionsOf: Record<string, readonly string[]> = {
  run: [
    ...proposals,
    ...statistics,
    ...linking,
    ...common,
    ...["--gas-limit 1000000", "--time-limit 100000", "--time-limit 0"],
    ...["interpreter", "jit", "aot", "lazyjit", "LazyJIT"].map((mode) => `--run-mode ${mode}`),
    ...["--enable-jit", "--force-interpreter", "--enable-coredump", "--coredump-for-wasmgdb", "--allow-af-unix"],
  ],
  parse: [...proposals, ...common],
  validate: [...proposals, ...common],
  instantiate: [...proposals, ...linking, ...common],
};

describe.each(Object.entries(optionsOf))("%s", (command, options) => {
  it.each(options)("takes %s", async (option) => {
    const { stdout, stderr, status } = await commandLine(command, ...option.split(" "), "hello.wasm");
    expect(status).toBe(0);
    expect(stderr).not.toContain("[error]");
    if (command === "run") expect(stdout).toBe("hello\n");
  });
});

describe("compile", () => {
  it.each([
    ...proposals,
    ...statistics,
    ...["--dump", "--interruptible", "--generic-binary"],
    ...["0", "1", "2", "3", "s", "z"].map((level) => `--optimize ${level}`),
  ])("says with %s that it is not there, not that it does not know the option", async (option) => {
    const { stdout, stderr, status } = await commandLine("compile", ...option.split(" "), "hello.wasm", "hello.so");
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toContain("[error] Compilation is not supported!\n");
  });
});

describe("a run", () => {
  it("with --reactor calls the function that is named, as it does where there is no _start", async () => {
    for (const args of [["--reactor", "add.wasm"], ["add.wasm"]]) {
      expect(await commandLine(...args, "add", "2", "3")).toEqual({ stdout: "5\n", stderr: "", status: 0 });
    }
  });

  it("measures all with --enable-all-statistics, whatever else is asked for", async () => {
    const { stderr } = await commandLine("--enable-gas-measuring", "--enable-all-statistics", "hello.wasm");
    for (const line of [
      "Total execution time",
      "Executed wasm instructions count",
      "Gas costs",
      "Instructions per second",
    ]) {
      expect(stderr).toContain(`[info]  ${line}: `);
    }
  });

  it("keeps log lines out of the guest's output, at every level and with everything measured", async () => {
    for (const level of levels) {
      const options = [...level.split(" "), "--enable-all-statistics", "--run-mode", "jit", "--log-level=trace"];
      expect((await commandLine(...options, "hello.wasm")).stdout).toBe("hello\n");
    }
  });
});

describe("the commands", () => {
  it("are these", () => {
    expect(Array.from(commands.keys())).toEqual(commandNames);
  });

  it("are suggested where a file is missing whose name is nearly one", async () => {
    const { stdout, stderr, status } = await commandLine("validat", "hello.wasm");
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toContain('[error]     File name: "validat"\n[error]     Did you mean the command validate?\n');
    expect((await commandLine("nosuchfile.wasm")).stderr).not.toContain("Did you mean");
  });
});

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-plugins-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const time = /^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] /gm;

describe("wasi_logging on the command line", () => {
  it("writes to the guest's streams, and to files in the guest's directories", async () => {
    const { stdout, stderr, status } = await commandLine("logging.wasm");
    expect([stdout.replace(time, ""), stderr, status]).toEqual(["[info] said\n", "[error] said\n", 0]);
    const file = ["--reactor", "--dir", `logs:${folder}`, "logging.wasm", "file"];
    for (let i = 0; i < 2; i++) expect(await commandLine(...file)).toEqual({ stdout: "", stderr: "", status: 0 });
    const text = readFileSync(join(folder, "app.log"), "utf8");
    expect(text.replace(time, "")).toBe("[warning] said\n[warning] said\n");
    expect(text).toMatch(time);
  });

  it("traps where the guest has no such directory", async () => {
    const { stdout, stderr, status } = await commandLine("--reactor", "logging.wasm", "file");
    expect([stdout, status]).toEqual(["", 134]);
    expect(stderr).toContain("[error] execution failed: host function failed, Code: 0x40e\n");
    expect(stderr).toContain('Cannot write to the file "logs/app.log": Extension: Capabilities insufficient.\n');
  });

  it("leaves out what is below the level of its option, which must be one", async () => {
    const quiet = await commandLine("--wasi-logging-level", "error", "logging.wasm");
    expect([quiet.stdout, quiet.stderr]).toEqual(["", "[error] said\n"]);
    for (const command of ["run", "instantiate"]) {
      expect(await commandLine(command, "--wasi-logging-level=loud", "logging.wasm")).toEqual({
        stdout: "",
        stderr:
          "invalid value for --wasi-logging-level: loud\nIt is one of trace, debug, info, warning, error, critical.\n",
        status: 1,
      });
    }
    expect((await commandLine("parse", "--wasi-logging-level", "error", "logging.wasm")).stderr).toContain(
      "unknown option: wasi-logging-level\n",
    );
  });

  it("is left out where it is forbidden", async () => {
    for (const command of ["run", "instantiate"]) {
      const { stdout, stderr, status } = await commandLine(
        command,
        "--forbidden-plugin",
        "wasi_logging",
        "logging.wasm",
      );
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr).toContain("[error] instantiation failed: unknown import, Code: 0x302\n");
      expect(stderr).toContain('When linking module: "wasi:logging/logging" , function name: "log"\n');
    }
    expect((await commandLine("--forbidden-plugin", "another", "logging.wasm")).status).toBe(0);
  });
});

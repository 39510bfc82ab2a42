import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compile } from "watr";
import { host, installHost } from "../../src/common/host.ts";
import { timestamp } from "../../src/common/timestamp.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { Plugin } from "../../src/plugin/plugin.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { PluginConfigOptions } from "../../src/sdk/config-options.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { VM } from "../../src/vm/vm.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { OutputBuffer } from "../../src/wasi/streams.ts";
import { failureOf } from "../support/engine.ts";

/** A guest that logs: the texts stand in its memory, a context at 0 and a message at 1000. */
function guest(context: string, message: string, memory = "(memory 1)"): Uint8Array {
  const data = memory === "" ? "" : `(data (i32.const 0) "${context}") (data (i32.const 1000) "${message}")`;
  return compile(`(module
    (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
    ${memory} ${data}
    (func (export "log") (param i32)
      (call $log (local.get 0) (i32.const 0) (i32.const ${context.length}) (i32.const 1000) (i32.const ${message.length})))
    (func (export "logFrom") (param i32 i32)
      (call $log (i32.const 2) (local.get 0) (local.get 1) (i32.const 1000) (i32.const 1)))
    (func (export "logAt") (param i32 i32)
      (call $log (i32.const 2) (i32.const 0) (i32.const 0) (local.get 0) (local.get 1))))`);
}

const now = new Date(2026, 0, 2, 3, 4, 5, 6);
const { realtimeNanoseconds } = host;
beforeAll(() => {
  Plugin.loadFromDefaultPaths();
  installHost({ realtimeNanoseconds: () => BigInt(now.getTime()) * 1_000_000n });
});
afterAll(() => installHost({ realtimeNanoseconds }));

interface Logging {
  readonly vm: VM;
  readonly fileSystem: MemoryFileSystem;
  /** What the guest has written to a stream. */
  text(stream: "stdout" | "stderr"): string;
}

function logging(source: Uint8Array, configure = new Configure(), dirs: readonly string[] = []): Logging {
  const streams = { stdout: new OutputBuffer(), stderr: new OutputBuffer() };
  const fileSystem = new MemoryFileSystem();
  fileSystem.makeDirectory("/logs/deep");
  configure.addHostRegistration(HostRegistration.Wasi);
  const vm = new VM(configure, { wasi: { ...streams, fileSystem } });
  vm.getImportModule(HostRegistration.Wasi)?.init(dirs, "app.wasm");
  vm.loadWasm(source);
  vm.validate();
  vm.instantiate();
  return { vm, fileSystem, text: (stream) => new TextDecoder().decode(streams[stream].bytes()) };
}

function fileText(fileSystem: MemoryFileSystem, path: string): string {
  return new TextDecoder().decode(fileSystem.readFile(path));
}

describe("wasi_logging", () => {
  it("is a plugin of that name and WasmEdge's version, loaded once", () => {
    Plugin.loadFromDefaultPaths();
    expect(Plugin.plugins().map(({ name }) => name)).toEqual(["wasi_logging"]);
    expect(Plugin.find("wasi_logging")?.version).toEqual({ major: 0, minor: 1, patch: 0, build: 0 });
    expect(new VM().listRegisteredModules()).toEqual(["wasi:logging/logging"]);
    expect(new VM(new Configure().addForbiddenPlugins("wasi_logging")).listRegisteredModules()).toEqual([]);
  });

  it("writes time, level and message, to standard output and error as the context says", () => {
    for (const context of ["", "stdout", "stderr"]) {
      const { vm, text } = logging(guest(context, "all is well"));
      for (let level = 0; level < 6; level++) vm.execute("log", [level]);
      const [written, other] = context === "stderr" ? (["stderr", "stdout"] as const) : (["stdout", "stderr"] as const);
      expect(text(written)).toBe(
        ["trace", "debug", "info", "warning", "error", "critical"]
          .map((level) => `[2026-01-02 03:04:05.006] [${level}] all is well\n`)
          .join(""),
      );
      expect(text(other)).toBe("");
    }
  });

  it("adds lines to a file of the guest's directories, by its path there", () => {
    const { vm, fileSystem, text } = logging(guest("data/deep/app.log", "one line"), undefined, ["data:/logs"]);
    vm.execute("log", [2]);
    vm.execute("log", [4]);
    const head = `[${timestamp(now)}]`;
    expect(fileText(fileSystem, "/logs/deep/app.log")).toBe(`${head} [info] one line\n${head} [error] one line\n`);
    expect([text("stdout"), text("stderr")]).toEqual(["", ""]);
  });

  it("finds the directory whose name fits best, with a slash before it or none", () => {
    for (const path of ["/logs/deep/a", "logs/deep/a", "./logs/deep/a"]) {
      const { vm, fileSystem } = logging(guest(path, "x"), undefined, ["/:/logs", "/logs:/logs", "/logs/deep:/"]);
      vm.execute("log", [2]);
      expect(fileText(fileSystem, "/a")).toContain("[info] x\n");
    }
  });

  it.each([
    ["no directory of the guest's", "elsewhere/app.log", ["data:/logs"], "Extension: Capabilities insufficient."],
    ["a directory for reading only", "data/app.log", ["data:/logs:readonly"], "Extension: Capabilities insufficient."],
    ["a path that leads outside", "data/../../app.log", ["data:/logs"], "Operation not permitted."],
    ["a directory", "data/deep", ["data:/logs"], "Is a directory."],
    ["a missing directory", "data/none/app.log", ["data:/logs"], "No such file or directory."],
    ["no directories at all", "app.log", [], "Extension: Capabilities insufficient."],
  ])("traps with HostFuncError for %s", (_, path, dirs, reason) => {
    const { vm } = logging(guest(path, "x"), undefined, dirs);
    const error = failureOf(() => vm.execute("log", [2]));
    expect(error.codeName).toBe("HostFuncError");
    expect(error.lines()[1]?.trim()).toBe(`Cannot write to the file "${path}": ${reason}`);
  });

  it("traps with HostFuncError for levels, texts and contexts that are none, and without a memory or WASI", () => {
    const { vm } = logging(guest("\\ff\\fe", "x"));
    const failures: [() => unknown, string][] = [
      [() => vm.execute("log", [6]), "wasi_logging: 6 is no level."],
      [() => vm.execute("log", [-1]), "wasi_logging: 4294967295 is no level."],
      [() => vm.execute("logFrom", [0, 2]), "wasi_logging: The context is not UTF-8."],
      [() => vm.execute("logFrom", [65535, 2]), "wasi_logging: The text is not inside of the memory."],
      [() => vm.execute("logAt", [-1, 1]), "wasi_logging: The text is not inside of the memory."],
      [() => vm.execute("logAt", [0, -1]), "wasi_logging: The text is not inside of the memory."],
      [() => logging(guest("", "x", "")).vm.execute("log", [2]), "wasi_logging: The module has no memory."],
    ];
    for (const [action, text] of failures) {
      const error = failureOf(action);
      expect([error.codeName, error.lines()[1]?.trim()]).toEqual(["HostFuncError", text]);
    }
    const bare = new VM();
    const error = failureOf(() => bare.runWasmFile(guest("file", "x"), "log", [2]));
    expect(error.lines()[1]).toContain('Cannot write to the file "file": The VM has no WASI, and so no files.');
  });

  it("leaves out what is below the level of its option", () => {
    const configure = new Configure().setPluginOption("wasi_logging", "wasi-logging-level", "error");
    const { vm, text } = logging(guest("", "x"), configure);
    for (let level = 0; level < 6; level++) vm.execute("log", [level]);
    expect(text("stdout").match(/\[[a-z]+\]/g)).toEqual(["[error]", "[critical]"]);
    expect(failureOf(() => vm.execute("log", [6])).codeName).toBe("HostFuncError");
  });

  it("is asked for by name with the SDK's builder, with its options", () => {
    const text = (level: "warning" | "error"): string => {
      const stdout = new OutputBuffer();
      const options = new PluginConfigOptions().option("wasi_logging", "wasi-logging-level", level);
      const vm = new VmBuilder()
        .withConfig(new ConfigBuilder().withPluginConfig(options).build())
        .withWasiContext({ stdout })
        .withPlugin("wasi_logging", "wasi:logging/logging")
        .build()
        .registerModuleFromBytes(null, guest("", "from the SDK"));
      vm.runFunc(null, "log", [3]);
      return new TextDecoder().decode(stdout.bytes());
    };
    expect(text("warning")).toBe("[2026-01-02 03:04:05.006] [warning] from the SDK\n");
    expect(text("error")).toBe("");
  });
});

describe("the options of a plugin", () => {
  it.each([
    ["wasi-logging-color", true, "there is no such option"],
    ["wasi-logging-level", "loud", "it is one of trace, debug, info, warning, error, critical"],
    ["wasi-logging-level", 3n, "it takes a value of the kind text"],
  ] as const)("that are wrong are refused when a VM is made: %s=%s", (option, value, reason) => {
    const error = failureOf(() => new VM(new Configure().setPluginOption("wasi_logging", option, value)));
    expect(error.codeName).toBe("RuntimeError");
    expect(error.lines()[1]?.trim()).toBe(`Option "${option}" of plugin "wasi_logging": ${reason}.`);
  });

  it("are copied with a Configure", () => {
    const configure = new Configure().setPluginOption("p", "a", 1n);
    const copy = new Configure(configure);
    configure.setPluginOption("p", "b", true);
    expect(Array.from(copy.pluginOptions("p"))).toEqual([["a", 1n]]);
    expect(Array.from(configure.pluginOptions("p"))).toEqual([
      ["a", 1n],
      ["b", true],
    ]);
    expect(copy.pluginOptions("q").size).toBe(0);
  });
});

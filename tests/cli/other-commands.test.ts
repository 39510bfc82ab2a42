import { describe, expect, it } from "vitest";
import { parseRunMode } from "../../src/cli/configuration.ts";
import { programName } from "../../src/cli/module-world.ts";
import { VERSION } from "../../src/common/version.ts";
import { RunMode } from "../../src/config/configure.ts";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

describe("parse", () => {
  it("prints the sections", async () => {
    // Recorded from WasmEdge, byte by byte.
    expect(await commandLine("parse", "hello.wasm")).toEqual({
      stdout: `hello.wasm:  file format wasm 0x1

Section Details:

Type[2]:
 - type[0] (i32, i32, i32, i32) -> i32
 - type[1] () -> nil
Import[1]:
 - func[0] sig=0 <- wasi_snapshot_preview1.fd_write
Function[1]:
 - func[1] sig=1
Memory[1]:
 - memory[0] pages: initial=1
Export[2]:
 - memory[0] -> "memory"
 - func[1] -> "_start"
Code[1]:
 - func[1] size=28
Data[1]:
 - segment[0] memory=0 size=6 - init i32=64
`,
      stderr: "",
      status: 0,
    });
  });

  it("does not validate", async () => {
    expect((await commandLine("parse", "invalid.wasm")).status).toBe(0);
  });

  it("reads text", async () => {
    const { stdout, status } = await commandLine("parse", "add.wat");
    expect(stdout).toMatch(/^add\.wat: {2}file format wasm 0x1\n/);
    expect(status).toBe(0);
  });

  it("refuses what is malformed", async () => {
    const { stdout, stderr, status } = await commandLine("parse", "text.wasm");
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toMatch(/^\[error\] Might an invalid wasm file, magic expected, but got 0x6E 0x6F 0x74 0x20\n/);
    expect(stderr).toMatch(/\n\[error\] {5}File name: "text.wasm"\n\[error\] Failed to parse WASM module\.\n$/);
  });
});

describe("validate", () => {
  it("says when it succeeds", async () => {
    expect(await commandLine("validate", "hello.wasm")).toEqual({
      stdout: "",
      stderr: "[info] Validation succeeded.\n",
      status: 0,
    });
  });

  it("tells what is wrong", async () => {
    const { stderr, status } = await commandLine("validate", "invalid.wasm");
    expect(stderr).toMatch(/^\[error\] validation failed: type mismatch, Code: 0x202\n/);
    expect(status).toBe(1);
  });
});

describe("instantiate", () => {
  it("says when it succeeds", async () => {
    expect(await commandLine("instantiate", "hello.wasm")).toEqual({
      stdout: "",
      stderr: "[info] Instantiation succeeded.\n",
      status: 0,
    });
    expect((await commandLine("instantiate", "--module", "env:nope.wasm", "missing.wasm")).status).toBe(0);
  });

  it("tells what is wrong", async () => {
    const { stderr, status } = await commandLine("instantiate", "missing.wasm");
    expect(stderr).toMatch(/^\[error\] instantiation failed: unknown import, Code: 0x302\n/);
    expect(status).toBe(1);
  });

  it("ends a start function at the time limit, which WasmEdge does not", async () => {
    const { stderr, status } = await commandLine("instantiate", "--time-limit", "300", "startloop.wasm");
    expect(status).toBe(1);
    expect(stderr).toContain("[error] wasmedge runtime failed: execution interrupted, Code: 0x007\n");
  });

  it("leaves the exit code of a start function that ends the program", async () => {
    expect((await commandLine("instantiate", "startexit.wasm")).status).toBe(5);
  });
});

describe("each command", () => {
  it.each(["nosuchfile.wasm", "empty.wasm", "text.wasm"])("fails on %s", async (path) => {
    for (const command of ["run", "parse", "validate", "instantiate", "explain"]) {
      expect((await commandLine(command, path)).status).toBe(1);
    }
  });

  it("has its help, in 80 columns", async () => {
    for (const command of ["run", "parse", "validate", "instantiate", "explain", "compile"]) {
      const { stdout, stderr, status } = await commandLine(command, "--help");
      expect([stderr, status]).toEqual(["", 0]);
      expect(stdout).toMatch(new RegExp(`^USAGE\\n {2}wasmedge-ts \\[?${command}\\]? \\[OPTIONS\\]`));
      expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    }
    expect((await commandLine("-h")).stdout).toBe((await commandLine("run", "--help")).stdout);
  });

  it("takes options before its name as far as it knows them", async () => {
    expect((await commandLine("--wasm-1", "validate", "vector.wasm")).status).toBe(1);
    expect((await commandLine("--log-level", "off", "validate", "hello.wasm")).stderr).toBe("");
    expect(await commandLine("--dir", ".", "validate", "hello.wasm")).toEqual({
      stdout: "",
      stderr: "option --dir is none of validate's\n",
      status: 1,
    });
  });

  it("needs a file", async () => {
    for (const command of [[], ["run"], ["parse"], ["validate"], ["instantiate"], ["explain"], ["compile"]]) {
      const { stdout, stderr, status } = await commandLine(...command);
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr).toMatch(/^USAGE\n {2}wasmedge-ts /);
    }
  });
});

describe("options", () => {
  it.each([
    [["--no-such-option", "hello.wasm"], "unknown option: no-such-option\n--help lists the options.\n"],
    [["--reacter", "hello.wasm"], "unknown option: reacter\nDid you mean --reactor?\n"],
    [
      ["--time-limit", "abc", "hello.wasm"],
      "invalid integer value: abc\n--time-limit takes a whole number from 0 to 9007199254740991.\n",
    ],
    [
      ["--memory-page-limit", "4294967296", "hello.wasm"],
      "integer value out of range: 4294967296\n--memory-page-limit takes a whole number from 0 to 4294967295.\n",
    ],
    [
      ["--gas-limit=-1", "hello.wasm"],
      "integer value out of range: -1\n--gas-limit takes a whole number from 0 to 18446744073709551615.\n",
    ],
    ...["parse", "validate", "instantiate"].map((command): [string[], string] => [
      [command, "hello.wasm", "--wasm-2"],
      "unexpected argument: --wasm-2\nOptions stand before FILE, and nothing behind it.\n",
    ]),
    [["--gas-limit"], "missing value for option: gas-limit\n"],
    [["--env", "-x", "hello.wasm"], "unknown option: x\nA value that begins with a dash is given as --env=-x\n"],
    [["parse", "--reactor", "hello.wasm"], "unknown option: reactor\n--help lists the options.\n"],
  ])("refuse %j", async (args, stderr) => {
    expect(await commandLine(...args)).toEqual({ stdout: "", stderr, status: 1 });
  });

  it("accept the component proposal with one warning, and refuse a component by name", async () => {
    const warning = "[warning] The component model is enabled, but nothing of it is built: components are refused.\n";
    expect(await commandLine("--enable-component", "hello.wasm")).toEqual({
      stdout: "hello\n",
      stderr: warning,
      status: 0,
    });
    for (const command of ["run", "parse", "validate", "instantiate"]) {
      const { stdout, stderr, status } = await commandLine(command, "--enable-component", "component.wasm");
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr.startsWith(warning)).toBe(true);
      expect(stderr.split("[warning]")).toHaveLength(2);
      expect(stderr).toContain("[error] loading failed: component model (loader) not implemented, Code: 0x1ad\n");
      expect(stderr).toContain("This is a component. ");
      const without = await commandLine(command, "component.wasm");
      expect(without.status).toBe(1);
      expect(without.stderr).toContain("[error] loading failed: unknown binary version, Code: 0x104\n");
      expect(without.stderr).toContain("Component Model");
    }
  });

  const proposals = [
    "import-export-mut-globals",
    "non-trap-float-to-int",
    "sign-extension-operators",
    "multi-value",
    "bulk-memory",
    "reference-types",
    "simd",
    "tail-call",
    "extended-const",
    "function-reference",
    "gc",
    "multi-memory",
    "relaxed-simd",
    "exception-handling",
    "memory64",
  ];

  it.each([
    ...proposals.flatMap((name) => [`--disable-${name}`, `--enable-${name}`]),
    ...["--enable-threads", "--enable-legacy-exception-handling", "--enable-custom-page-sizes"],
    ...["--enable-wide-arithmetic", "--enable-all", "--wasm-1", "--wasm-2", "--wasm-3"],
  ])("take %s", async (option) => {
    expect((await commandLine(option, "hello.wasm")).stdout).toBe("hello\n");
    expect((await commandLine("validate", option, "hello.wasm")).status).toBe(0);
  });

  it("disable first, then enable; what builds upon a disabled proposal goes with it", async () => {
    expect(
      (await commandLine("validate", "--disable-reference-types", "--disable-bulk-memory", "add.wasm")).status,
    ).toBe(1);
    expect(
      (await commandLine("validate", "--wasm-1", "--enable-multi-value", "--enable-reference-types", "add.wasm"))
        .status,
    ).toBe(0);
    expect((await commandLine("validate", "--disable-multi-value", "--enable-all", "add.wasm")).status).toBe(0);
  });

  it("tell the version", async () => {
    for (const args of [["--version"], ["-v"], ["parse", "--version"]]) {
      expect(await commandLine(...args)).toEqual({
        stdout: `wasmedge-ts version ${VERSION} (follows WasmEdge 0.17.0)\n (plugin "wasi_logging") version 0.1.0.0\n`,
        stderr: "",
        status: 0,
      });
    }
  });
});

describe("compile", () => {
  it("is not there", async () => {
    expect(await commandLine("compile", "hello.wasm", "hello.so")).toEqual({
      stdout: "",
      stderr:
        "[error] Compilation is not supported!\n[error]     There is no ahead-of-time compiler yet. A module runs as it is: wasmedge-ts FILE\n",
      status: 1,
    });
  });
});

describe("the parts of a command line", () => {
  it("name a program after its file", () => {
    expect(programName("a/b/app.wasm")).toBe("app.wasm");
    expect(programName("app.wat")).toBe("app.wasm");
    expect(programName("a.b/app")).toBe("app.wasm");
    expect(programName("C:\\x\\app.so")).toBe("app.wasm");
    expect(programName("a.tar.gz")).toBe("a.tar.wasm");
    expect(programName(".hidden")).toBe(".hidden.wasm");
  });

  it("know the run modes in any case", () => {
    expect(["interpreter", "JIT", "Aot", "lazyJIT", "fast", ""].map(parseRunMode)).toEqual([
      RunMode.Interpreter,
      RunMode.JIT,
      RunMode.AOT,
      RunMode.LazyJIT,
      undefined,
      undefined,
    ]);
  });
});

import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { commandLine, type Outcome, offsetOf, useCommandLine } from "./support.ts";

useCommandLine();

// What WasmEdge's command line printed for modules like these, log lines on standard error, opcodes as wire bytes.

function succeeds(stdout: string): Outcome {
  return { stdout, stderr: "", status: 0 };
}

/** Log lines of one level. */
function logged(level: string, ...lines: string[]): string {
  return lines.map((line) => `[${level}] ${line}\n`).join("");
}

describe("commands", () => {
  it.each([[["hello.wasm"]], [["run", "hello.wasm"]], [["--reactor", "hello.wasm", "_start"]]])(
    "run by %j print hello",
    async (args) => {
      expect(await commandLine(...args)).toEqual(succeeds("hello\n"));
    },
  );

  it("leave their exit code", async () => {
    expect(await commandLine("exit42.wasm")).toEqual({ stdout: "", stderr: "", status: 42 });
  });

  it("get all that stands behind the file as arguments, and the file's name first", async () => {
    const args = ["--env", "A=1", "--env=B=two", "show.wasm", "in.txt", "--env", "C=3", "-x", "--"];
    expect(await commandLine(...args)).toEqual(succeeds("show.wasm\nin.txt\n--env\nC=3\n-x\n--\nA=1\nB=two\n"));
    expect(await commandLine("--", "show.wasm", "--flag")).toEqual(succeeds("show.wasm\n--flag\n"));
  });

  it("may be text", async () => {
    expect(await commandLine("hello.wat")).toEqual(succeeds("hello\n"));
    expect(await commandLine("show.wat", "x")).toEqual(succeeds("show.wasm\nx\n"));
    const { stderr, status } = await commandLine("bad.wat");
    expect(stderr).toMatch(/^\[error\] loading failed: invalid wasm grammar, Code: 0x119\n/);
    expect(stderr).toContain('[error]     File name: "bad.wat"\n');
    expect(status).toBe(1);
  });

  it("that end themselves in the start function leave their exit code too", async () => {
    expect(await commandLine("startexit.wasm")).toEqual({ stdout: "", stderr: "", status: 5 });
  });

  it("see their arguments in the start function already", async () => {
    expect((await commandLine("startwasi.wasm", "a", "b")).status).toBe(3);
  });
});

describe("threads", () => {
  it("are executed with the proposal, and refused by its name without", async () => {
    for (const option of ["--enable-threads", "--enable-all"]) {
      expect(await commandLine(option, "threads.wasm", "add", "5")).toEqual(succeeds("5\n"));
      expect(await commandLine(option, "threads.wasm", "wait", "0")).toEqual(succeeds("2\n"));
    }
    const { stderr, status } = await commandLine("threads.wasm", "add", "5");
    expect(stderr).toContain("This instruction or syntax requires enabling Threads proposal");
    expect(status).toBe(1);
  });
});

describe("directories", () => {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-cli-"));
  writeFileSync(join(folder, "in.txt"), "file content\n");
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("are absent unless they are given", async () => {
    // BADF
    expect(await commandLine("copy.wasm")).toEqual({ stdout: "", stderr: "", status: 8 });
  });

  it("can be given for reading only", async () => {
    const { stdout, status } = await commandLine("--dir", `/guest:${folder}:readonly`, "copy.wasm");
    expect(stdout).toBe("file content\n");
    // NOTCAPABLE, or ROFS
    expect([69, 76]).toContain(status);
    expect(readdirSync(folder)).toEqual(["in.txt"]);
  });

  it("can be given under another name, and written to", async () => {
    expect(await commandLine("--dir", `/guest:${folder}`, "copy.wasm")).toEqual(succeeds("file content\n"));
    expect(readdirSync(folder).sort()).toEqual(["in.txt", "out.txt"]);
  });

  it("take no more than the limits allow", async () => {
    const dir = ["--dir", `/guest:${folder}`, "copy.wasm"];
    rmSync(join(folder, "out.txt"), { force: true });
    // NOSPC, and MFILE
    expect((await commandLine("--storage-entry-limit", "0", ...dir)).status).toBe(51);
    expect(readdirSync(folder)).toEqual(["in.txt"]);
    expect((await commandLine("--descriptor-limit", "4", ...dir)).status).toBe(33);
    expect((await commandLine("--storage-entry-limit", "1", ...dir)).status).toBe(0);
    rmSync(join(folder, "out.txt"));
    for (const [limit, status] of [
      [100_000, 51],
      [655_360, 0],
    ]) {
      const outcome = await commandLine(`--storage-size-limit=${limit}`, "--dir", `/guest:${folder}`, "fill.wasm");
      expect(outcome).toEqual({ stdout: "", stderr: "", status });
      expect(statSync(join(folder, "out.txt")).size).toBe(limit);
      rmSync(join(folder, "out.txt"));
    }
  });

  it("that do not exist are told and left out", async () => {
    expect(await commandLine("--dir", "/guest:no/such/folder", "copy.wasm")).toEqual({
      stdout: "",
      stderr: logged(
        "error",
        "Bind guest directory failed:No such file or directory.",
        '    Directory: "no/such/folder"',
      ),
      status: 8,
    });
  });
});

describe("reactors", () => {
  it.each([
    ["--reactor add.wasm add 2 3", "5\n"],
    ["add.wasm add 2 3", "5\n"],
    ["add.wasm mul64 4294967296 3", "12884901888\n"],
    ["--reactor add.wasm add -2 3", "1\n"],
    ["add.wasm half32 3", "1.5\n"],
    ["add.wasm half 1.1", "0.55\n"],
    ["add.wasm two", "-1\n42\n"],
    ["add.wasm none", ""],
    ["add.wasm fr", "<funcref>\n"],
    ["add.wasm frn", "<null funcref>\n"],
    ["add.wasm exr", "<null externref>\n"],
    ["add.wasm ex null", "<null externref>\n"],
    ["add.wasm inf", "inf\n"],
    ["add.wasm nan", "nan\n"],
    ["add.wasm third", "0.3333333333333333\n"],
    ["add.wasm big", "1e+300\n"],
    ["add.wasm third32", "0.1\n"],
    ["reactor.wasm get", "7\n"],
    ["reactor.wasm _initialize", ""],
    ["references.wasm no_function", "<null funcref>\n"],
    ["references.wasm no_struct", "<null anyref>\n"],
    ["references.wasm struct", "<anyref>\n"],
    ["startargs.wasm 5", "5\n"],
    ["mem.wasm size", "20\n"],
    ["mem.wasm grow 10", "20\n"],
    ["--memory-page-limit 20 mem.wasm size", "20\n"],
    ["add.wasm add 0x10 1", "17\n"],
  ])("%s prints %j", async (line, stdout) => {
    expect(await commandLine(...line.split(" "))).toEqual(succeeds(stdout));
  });

  it.each([
    [
      "--reactor add.wasm",
      "A function name is required when reactor mode is enabled.\nIt exports add, big, div, ex, exr, fr, frn, half, half32, inf and 6 more.\n",
    ],
    [
      "add.wasm",
      "A function name is required when reactor mode is enabled.\nIt exports add, big, div, ex, exr, fr, frn, half, half32, inf and 6 more.\n",
    ],
    [
      "--reactor add.wasm nosuch 1",
      'Function "nosuch" not found in the module export list.\nIt exports add, big, div, ex, exr, fr, frn, half, half32, inf and 6 more.\n',
    ],
    ["add.wasm add 2", "[error] function `add` expects 2 argument(s), got 1\n"],
    ["add.wasm add 2 3 4", "[error] function `add` expects 2 argument(s), got 3\n"],
    ["add.wasm add 2 x", "[error] Invalid argument 'x' for parameter 2: expected i32\n"],
    ["add.wasm add 2 3x", "[error] Invalid argument '3x' for parameter 2: expected i32\n"],
    ["add.wasm add -- -2", "[error] Invalid argument '--' for parameter 1: expected i32\n"],
    [
      "add.wasm add 99999999999999999999 1",
      "[error] Argument '99999999999999999999' for parameter 1: i32 out of range\n",
    ],
    ["add.wasm add 4294967297 1", "[error] Argument '4294967297' for parameter 1: i32 out of range\n"],
  ])("%s is refused", async (line, stderr) => {
    expect(await commandLine(...line.split(" "))).toEqual({ stdout: "", stderr, status: 1 });
  });

  it("leave their exit code where they end themselves", async () => {
    expect((await commandLine("reactorexit.wasm", "exit", "0")).status).toBe(0);
    expect((await commandLine("reactorexit.wasm", "exit", "7")).status).toBe(7);
  });

  it("do not run _initialize for arguments that are none", async () => {
    const { stderr } = await commandLine("--enable-instruction-count", "reactor.wasm", "get", "1");
    expect(stderr).toBe("[error] function `get` expects 0 argument(s), got 1\n");
  });
});

describe("traps", () => {
  it.each([
    ["unreachable", "unreachable, Code: 0x40a", "unreachable (0x00)", [1, 1, 3, 0, 0x00], ""],
    ["div0", "integer divide by zero, Code: 0x404", "i32.div_s (0x6d)", [0x41, 1, 0x41, 0, 0x6d], " , Args: [1 , 0]"],
    ["rem0", "integer divide by zero, Code: 0x404", "i64.rem_u (0x82)", [0x42, 1, 0x42, 0, 0x82], " , Args: [1 , 0]"],
    ["ovf", "integer overflow, Code: 0x405", "i32.div_s (0x6d)", [0x41, 0x7f, 0x6d], " , Args: [-2147483648 , -1]"],
    ["trunc", "integer overflow, Code: 0x405", "i32.trunc_f64_s (0xaa)", [0x15, 0x44, 0xaa], " , Args: [1e+20]"],
    ["ci_null", "uninitialized element, Code: 0x40b", "call_indirect (0x11)", [0x41, 2, 0x11], " , Args: [2]"],
    ["ci_oob", "undefined element, Code: 0x40c", "call_indirect (0x11)", [0x41, 9, 0x11], " , Args: [9]"],
  ])("of %s are told", async (name, headline, instruction, sequence, args) => {
    const { stdout, stderr, status } = await commandLine("--reactor", "traps.wasm", name);
    expect([stdout, status]).toEqual(["", 134]);
    const [first, second, stack, last] = stderr.split("\n");
    expect(first).toBe(`[error] execution failed: ${headline}`);
    if (name !== "unreachable") {
      const offset = offsetOf("traps", ...sequence);
      expect(second).toBe(`[error]     In instruction: ${instruction} , Bytecode offset: ${offset}${args}`);
    } else expect(second).toContain(`In instruction: ${instruction} , Bytecode offset: `);
    // The innermost frame too, which WasmEdge leaves out.
    expect(stack).toMatch(/^\[error\] calling stack:(?:.*, )?module\[0\]:\d+/);
    expect(last).toBe(`[error]     When executing function name: "${name}"`);
  });

  it("of memory accesses tell the range", async () => {
    const { stderr } = await commandLine("traps.wasm", "oob");
    expect(stderr).toContain("Accessing offset from: 0x0000fffd to: 0x00010000 , Out of boundary: 0x0000ffff\n");
    expect((await commandLine("traps.wasm", "oobst")).stderr).toContain(
      "Accessing offset from: 0x100000007 to: 0x10000000e , Out of boundary: 0x0000ffff\n",
    );
    expect((await commandLine("traps.wasm", "fill")).stderr).toContain(
      "Accessing offset from: 0x0000fde8 to: 0x000101cf , Out of boundary: 0x0000ffff\n",
    );
  });

  it("of indirect calls tell the types", async () => {
    expect((await commandLine("traps.wasm", "ci_type")).stderr).toContain(
      "Mismatched function type. Expected: FuncType {params{} returns{}} , Got: FuncType {params{} returns{i32}}\n",
    );
  });

  it("of NaN name it", async () => {
    expect((await commandLine("traps.wasm", "truncnan")).stderr).toMatch(
      /^\[error\] execution failed: invalid conversion to integer, Code: 0x406\n.* , Args: \[nan\]\n/,
    );
  });

  it("come from _start, from arguments, and from unbounded recursion", async () => {
    const start = await commandLine("starttrap.wasm");
    expect(start.status).toBe(134);
    expect(start.stderr).toMatch(/^\[error\] execution failed: unreachable, Code: 0x40a\n/);
    expect(start.stderr).toMatch(/\n\[error\] {5}When executing function name: "_start"\n$/);
    const div = await commandLine("add.wasm", "div", "1", "0");
    expect(div.status).toBe(134);
    expect(div.stderr).toContain(`Bytecode offset: ${offsetOf("add", 0x20, 0, 0x20, 1, 0x6d)} , Args: [1 , 0]\n`);
    const deep = await commandLine("traps.wasm", "recurse");
    expect(deep.status).toBe(134);
    expect(deep.stderr).toMatch(/^\[error\] execution failed: call stack exhausted, Code: 0x4e0\n/);
  });

  it("during instantiation exit with 1", async () => {
    const section = await commandLine("startsec.wasm");
    expect(section.status).toBe(1);
    expect(section.stderr).toMatch(/^\[error\] execution failed: unreachable, Code: 0x40a\n/);
    expect(section.stderr).toMatch(/\n\[error\] {5}At AST node: module\n$/);
    expect(await commandLine("dataoob.wasm")).toEqual({
      stdout: "",
      stderr: logged(
        "error",
        "execution failed: out of bounds memory access, Code: 0x408",
        "    Accessing offset from: 0x0000fffa to: 0x00010003 , Out of boundary: 0x0000ffff",
        "    At AST node: data segment",
        "    At AST node: data section",
        "    At AST node: module",
      ),
      status: 1,
    });
  });
});

describe("statistics", () => {
  const frame = (...lines: string[]): string =>
    logged(
      "info",
      "====================  Statistics  ====================",
      ...lines,
      "=======================   End   ======================",
    );

  it("count instructions and cost", async () => {
    expect(await commandLine("--enable-instruction-count", "add.wasm", "add", "2", "3")).toEqual({
      stdout: "5\n",
      stderr: frame(" Executed wasm instructions count: 4"),
      status: 0,
    });
    expect(await commandLine("--enable-gas-measuring", "add.wasm", "add", "2", "3")).toEqual({
      stdout: "5\n",
      stderr: frame(" Gas costs: 4"),
      status: 0,
    });
    expect((await commandLine("--enable-instruction-count", "add.wasm", "none")).stderr).toBe(
      frame(" Executed wasm instructions count: 1"),
    );
    expect((await commandLine("--enable-gas-measuring", "exit42.wasm")).stderr).toBe(frame(" Gas costs: 2"));
    expect((await commandLine("--enable-gas-measuring", "add.wasm", "div", "1", "0")).stderr).toContain(
      frame(" Gas costs: 3"),
    );
  });

  it("add up over _initialize", async () => {
    const { stdout, stderr } = await commandLine("--enable-instruction-count", "reactor.wasm", "get");
    // The global's initial value is counted too.
    expect(stdout).toBe("7\n");
    expect(stderr).toBe(frame(" Executed wasm instructions count: 7") + frame(" Executed wasm instructions count: 9"));
  });

  it("measure time, all of it", async () => {
    const { stderr } = await commandLine("--enable-all-statistics", "hello.wasm");
    const lines = stderr.split("\n");
    const labels = [
      " Total execution time: ns",
      " Wasm instructions execution time: ns",
      " Host functions execution time: ns",
      " Executed wasm instructions count:",
      " Gas costs:",
      " Instructions per second:",
    ];
    expect(lines.slice(1, 7).map((line) => line.replace("[info] ", "").replace(/ \d+/, ""))).toEqual(labels);
  });
});

describe("limits", () => {
  it("end a run at its time", async () => {
    for (const args of [["loop.wasm"], ["traps.wasm", "loop"]]) {
      const { stdout, stderr, status } = await commandLine("--time-limit", "50", ...args);
      expect([stdout, status]).toEqual(["", 134]);
      expect(stderr).toMatch(/^\[error\] wasmedge runtime failed: execution interrupted, Code: 0x007\n/);
      expect(stderr).toMatch(/When executing function name: "(?:_start|loop)"\n$/);
    }
    const start = await commandLine("--time-limit", "50", "startloop.wasm");
    expect([start.stdout, start.status]).toEqual(["", 1]);
    expect(start.stderr).toMatch(/^\[error\] wasmedge runtime failed: execution interrupted, Code: 0x007\n/);
    expect(start.stderr).toMatch(/At AST node: module\n$/);
    expect(await commandLine("--time-limit=100000", "hello.wasm")).toEqual(succeeds("hello\n"));
    expect(await commandLine("--time-limit=0", "hello.wasm")).toEqual(succeeds("hello\n"));
  });

  it("end a run at its cost", async () => {
    const { stderr, status } = await commandLine("--gas-limit", "1000", "loop.wasm");
    expect(status).toBe(134);
    expect(stderr).toContain("[error] Cost exceeded limit. Force terminate the execution.\n");
    expect(stderr).toContain("[error] wasmedge runtime failed: cost limit exceeded, Code: 0x003\n");
    expect(stderr).toContain(`In instruction: loop (0x03) , Bytecode offset: ${offsetOf("loop", 7, 0, 3)}\n`);
    expect(stderr).toContain("[info]  Gas costs: 1000\n");
    const add = await commandLine("--gas-limit", "2", "--enable-all-statistics", "add.wasm", "add", "1", "2");
    expect(add.stderr).toContain("In instruction: i32.add (0x6a)");
    expect(add.stderr).toContain("[info]  Executed wasm instructions count: 3\n[info]  Gas costs: 2\n");
    const none = await commandLine("--gas-limit", "0", "add.wasm", "add", "1", "2");
    expect(none.stderr).toContain("In instruction: local.get (0x20)");
    expect(none.stderr).toContain("[info]  Gas costs: 0\n");
  });

  it("end a run that waits at an address", async () => {
    // The limit covers loading and instantiation too, which must be over by then.
    const limit = ["--time-limit", "1000"];
    const { stderr, status } = await commandLine("--enable-threads", ...limit, "threads.wasm", "wait", "-1");
    expect(status).toBe(134);
    expect(stderr).toMatch(/^\[error\] wasmedge runtime failed: execution interrupted, Code: 0x007\n/);
    expect(stderr).toContain("In instruction: memory.atomic.wait32 (0xfe 0x01)");
  });

  it("are not met by a run below them", async () => {
    const { stdout, status } = await commandLine(
      "--gas-limit",
      "1",
      "--gas-limit",
      "1000",
      "add.wasm",
      "add",
      "1",
      "2",
    );
    expect([stdout, status]).toEqual(["3\n", 0]);
    expect((await commandLine("--gas-limit", "1", "add.wasm", "none")).status).toBe(0);
  });

  it("refuse a memory that begins above them, and one that grows beyond", async () => {
    expect(await commandLine("--memory-page-limit", "10", "mem.wasm", "size")).toEqual({
      stdout: "",
      stderr: logged(
        "error",
        "instantiation failed: memory minimum exceeds the configured page limit, Code: 0x3e1",
        "    In Limit type: { min: 20 }",
        "    Memory Instance: Limited 10 page in configuration.",
        "    At AST node: memory section",
        "    At AST node: module",
      ),
      status: 1,
    });
    expect(await commandLine("--memory-page-limit", "25", "mem.wasm", "grow", "10")).toEqual({
      stdout: "-1\n",
      stderr: logged(
        "error",
        "Memory Instance: Memory grow page failed, exceeded limited 25 page size in configuration.",
      ),
      status: 0,
    });
  });

  it.each([
    ["--call-depth-limit", "10", "deep", "call stack exhausted, Code: 0x4e0", "The limit of open calls is 10."],
    [
      "--value-stack-limit",
      "40000",
      "wide",
      "call stack exhausted, Code: 0x4e3",
      "The value stack would take 40008 bytes, the limit is 40000.",
    ],
    [
      "--gc-object-size-limit",
      "99999",
      "object",
      "garbage-collected object exceeds the configured size, Code: 0x4e4",
      "An object would take 100000 bytes, the limit is 99999.",
    ],
    [
      "--gc-object-limit",
      "7",
      "objects",
      "too many garbage-collected objects, Code: 0x4e5",
      "The run may make 7 objects.",
    ],
    [
      "--gc-size-limit",
      "100",
      "objects",
      "garbage-collected objects exceed the configured limit, Code: 0x4e1",
      "All objects of the run would take 112 bytes, the limit is 100.",
    ],
  ])("%s ends a run by an error of its own", async (option, value, name, message, note) => {
    const { stdout, stderr, status } = await commandLine(option, value, "limits.wasm", name);
    expect([stdout, status]).toEqual(["", 134]);
    const lines = stderr.split("\n");
    expect(lines[0]).toBe(`[error] execution failed: ${message}`);
    expect(lines).toContain(`[error]     ${note}`);
  });

  it("refuse a table that begins above them", async () => {
    expect((await commandLine("--table-element-limit", "20", "table.wasm")).status).toBe(0);
    const { stderr, status } = await commandLine("--table-element-limit=19", "table.wasm");
    expect(status).toBe(1);
    expect(stderr).toContain("[error] instantiation failed: table minimum exceeds the configured limit, Code: 0x3e3\n");
    expect(stderr).toContain("    Table Instance: Limited 19 elements in configuration.\n");
  });

  it.each([
    [
      "--module-size-limit",
      "20",
      "module size limit exceeded, Code: 0x1e1",
      /The module has \d+ bytes, the limit is 20\./,
    ],
    [
      "--function-limit",
      "3",
      "function count limit exceeded, Code: 0x1e2",
      /The module defines 4 functions, the limit is 3\./,
    ],
    [
      "--function-size-limit",
      "4",
      "function body size limit exceeded, Code: 0x1e3",
      /The body has \d+ bytes, the limit is 4\./,
    ],
  ])("%s refuses a module, whatever is to be done with it", async (option, value, message, note) => {
    for (const command of ["run", "parse", "validate", "instantiate"]) {
      const { stdout, stderr, status } = await commandLine(command, option, value, "limits.wasm");
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr).toContain(`[error] loading failed: ${message}\n`);
      expect(stderr).toMatch(note);
      expect((await commandLine(command, option, "1000000", "limits.wasm")).status).toBe(command === "run" ? 1 : 0);
    }
  });
});

describe("linking", () => {
  const hint =
    "    This may be the import of host environment like JavaScript or Golang. Please check that you've registered the necessary host modules from the host programming language.";

  it("needs the imported module and function, of the type", async () => {
    expect(await commandLine("missing.wasm")).toEqual({
      stdout: "",
      stderr: logged(
        "error",
        "instantiation failed: unknown import, Code: 0x302",
        '    When linking module: "env" , function name: "nope"',
        "    At AST node: import description",
        hint,
        "    At AST node: import section",
        "    At AST node: module",
      ),
      status: 1,
    });
    expect((await commandLine("missing2.wasm")).stderr).toBe(
      logged(
        "error",
        "instantiation failed: unknown import, Code: 0x302",
        '    When linking module: "wasi_snapshot_preview1" , function name: "no_such_call"',
        "    At AST node: import description",
        "    At AST node: import section",
        "    At AST node: module",
      ),
    );
    expect((await commandLine("badtype.wasm")).stderr).toBe(
      logged(
        "error",
        "instantiation failed: incompatible import type, Code: 0x301",
        "    Mismatched function type. Expected: FuncType {params{i64} returns{}} , Got: FuncType {params{i32} returns{}}",
        '    When linking module: "wasi_snapshot_preview1" , function name: "proc_exit"',
        "    At AST node: import description",
        "    At AST node: import section",
        "    At AST node: module",
      ),
    );
  });

  it("finds the modules of --module", async () => {
    expect(await commandLine("--module", "env:nope.wasm", "missing.wasm")).toEqual(succeeds(""));
    expect(await commandLine("--module", "env:nope.wat", "missing.wat")).toEqual(succeeds(""));
    expect((await commandLine("--module", "env:add.wasm", "missing.wasm")).status).toBe(1);
  });

  it.each([
    ["env", ['Invalid --module format: "env". Expected name:path.']],
    [":x.wasm", ['Invalid --module format: ":x.wasm". Expected name:path.']],
    [
      "env:none.wasm",
      [
        "loading failed: invalid path, Code: 0x100",
        '    File name: "none.wasm"',
        'Failed to register module "env" from: none.wasm',
      ],
    ],
    [
      "wasi_snapshot_preview1:nope.wasm",
      [
        "instantiation failed: module name conflict, Code: 0x300",
        '    Module name: "wasi_snapshot_preview1"',
        'Failed to register module "wasi_snapshot_preview1" from: nope.wasm',
      ],
    ],
  ])("refuses --module %s", async (entry, lines) => {
    expect(await commandLine("--module", entry, "missing.wasm")).toEqual({
      stdout: "",
      stderr: logged("error", ...lines),
      status: 1,
    });
  });
});

describe("modules that cannot be run", () => {
  it.each([
    [
      "text.wasm",
      [
        "Might an invalid wasm file, magic expected, but got 0x6E 0x6F 0x74 0x20",
        "loading failed: magic header not detected, Code: 0x103",
        "    Bytecode offset: 0x00000000",
        "    At AST node: module",
      ],
    ],
    [
      "empty.wasm",
      ["loading failed: unexpected end, Code: 0x102", "    Bytecode offset: 0x00000000", "    At AST node: module"],
    ],
    [
      "short.wasm",
      ["loading failed: unexpected end, Code: 0x102", "    Bytecode offset: 0x00000006", "    At AST node: module"],
    ],
    [
      "badsec.wasm",
      [
        "loading failed: malformed section id, Code: 0x105",
        "    Bytecode offset: 0x00000008",
        "    At AST node: module",
      ],
    ],
    [
      "leb.wasm",
      [
        "loading failed: integer too large, Code: 0x115",
        "    Bytecode offset: 0x0000000a",
        "    At AST node: type section",
        "    At AST node: module",
      ],
    ],
    ["nosuchfile.wasm", ["loading failed: invalid path, Code: 0x100"]],
  ])("%s: malformed", async (path, lines) => {
    expect(await commandLine(path)).toEqual({
      stdout: "",
      stderr: logged("error", ...lines, `    File name: "${path}"`),
      status: 1,
    });
  });

  it("a directory: the reason is told", async () => {
    const { stdout, stderr, status } = await commandLine(tmpdir());
    expect([stdout, status]).toEqual(["", 1]);
    expect(stderr).toMatch(/^\[error\] loading failed: invalid path, Code: 0x100\n\[error\] {5}File name: "/);
    expect(stderr).toMatch(/\n\[error\] {5}Reason: illegal operation on a directory\n$/);
  });

  it("a name that was not UTF-8: the way round it is told", async () => {
    const { stderr, status } = await commandLine("\ufffd.wasm");
    expect(stderr).toMatch(/File name: "\ufffd\.wasm"\n.*give - as FILE, and the file as input\.\n$/);
    expect(status).toBe(1);
  });

  it("have an unknown version", async () => {
    const { stderr, status } = await commandLine("badver.wasm");
    expect(stderr).toMatch(
      /^\[error\] loading failed: unknown binary version, Code: 0x104\n\[error\] {5}Bytecode offset: 0x00000004\n/,
    );
    expect(status).toBe(1);
  });

  it("are invalid", async () => {
    expect(await commandLine("invalid.wasm", "f")).toEqual({
      stdout: "",
      stderr: logged(
        "error",
        "validation failed: type mismatch, Code: 0x202",
        "    Mismatched value type. Expected: i32 , Got: i64",
        "    In instruction: end (0x0b) , Bytecode offset: 0x00000021",
        "    At AST node: expression",
        "    At AST node: code segment",
        "    At AST node: code section",
        "    At AST node: module",
      ),
      status: 1,
    });
    expect((await commandLine("invalid2.wasm", "f")).stderr).toBe(
      logged(
        "error",
        "validation failed: type mismatch, Code: 0x202",
        "    Value stack underflow.",
        "    In instruction: i32.add (0x6a) , Bytecode offset: 0x00000021",
        "    At AST node: expression",
        "    At AST node: code segment",
        "    At AST node: code section",
        "    At AST node: module",
      ),
    );
  });

  it("need a proposal that is off", async () => {
    const values = await commandLine("--disable-multi-value", "add.wasm", "two");
    expect(values.status).toBe(1);
    expect(values.stderr).toContain("This instruction or syntax requires enabling Multi-value proposal\n");
    const vector = await commandLine("--wasm-1", "vector.wasm", "v");
    expect(vector.status).toBe(1);
    expect(vector.stderr).toMatch(/^\[error\] loading failed: malformed value type, Code: 0x111\n/);
    expect(vector.stderr).toContain("This instruction or syntax requires enabling Fixed-width SIMD proposal\n");
  });
});

describe("--deterministic", () => {
  it("makes up the time and random bytes, and makes NaNs canonical", async () => {
    expect(await commandLine("--deterministic", "--reactor", "chance.wasm", "time")).toEqual(
      succeeds("946684800000001000\n"),
    );
    expect(await commandLine("--deterministic", "--reactor", "chance.wasm", "nan")).toEqual(succeeds("2143289344\n"));
    const random = async (...options: string[]): Promise<string> =>
      (await commandLine(...options, "--reactor", "chance.wasm", "random")).stdout;
    expect(await random("--deterministic")).toBe(await random("--deterministic"));
    expect(await random()).not.toBe(await random());
  });
});

describe("--lazy-validation", () => {
  it("leaves what is not called unchecked, and refuses what is called with the error of its phase", async () => {
    expect(await commandLine("--lazy-validation", "halfvalid.wasm", "good")).toEqual(succeeds("7\n"));
    const { stdout, stderr, status } = await commandLine("--lazy-validation", "halfvalid.wasm", "bad");
    expect([stdout, status]).toEqual(["", 134]);
    expect(stderr).toMatch(/^\[error\] validation failed: type mismatch, Code: 0x202\n/);
    expect(stderr).toContain('[error]     When executing function name: "bad"\n');
    expect((await commandLine("halfvalid.wasm", "good")).status).toBe(1);
    expect((await commandLine("instantiate", "--lazy-validation", "halfvalid.wasm")).status).toBe(0);
  });
});

describe("the log", () => {
  it("keeps to the level", async () => {
    expect((await commandLine("--log-level", "off", "traps.wasm", "div0")).stderr).toBe("");
    expect((await commandLine("--log-level", "off", "traps.wasm", "div0")).status).toBe(134);
    expect((await commandLine("--log-level", "error", "traps.wasm", "div0")).stderr).toContain("[error]");
    expect((await commandLine("--log-level", "debug", "hello.wasm")).stderr).toBe(
      logged("debug", " Execution succeeded."),
    );
  });

  it("tells a level that is none", async () => {
    expect(await commandLine("--log-level", "loud", "hello.wasm")).toEqual({
      stdout: "hello\n",
      stderr: logged(
        "warning",
        "Invalid log level: loud. Valid values are: off, trace, debug, info, warning, error, fatal. Falling back to info level.",
      ),
      status: 0,
    });
  });
});

describe("run modes", () => {
  it.each([
    ["--run-mode interpreter", ""],
    ["--run-mode INTERPRETER", ""],
    ["--run-mode jit", "JIT was requested but there is no compiler, falling back to interpreter."],
    ["--run-mode LazyJIT", "JIT was requested but there is no compiler, falling back to interpreter."],
    ["--run-mode aot", "AOT was requested but the input has no AOT artifact, falling back to interpreter."],
    [
      "--run-mode fast",
      'Unknown --run-mode value: "fast"; using interpreter. Valid values: interpreter, jit, aot, lazyjit.',
    ],
    ["--force-interpreter", "--force-interpreter is deprecated, use --run-mode=interpreter instead."],
    ["--run-mode interpreter --enable-jit", "--run-mode overrides deprecated --enable-jit / --force-interpreter."],
  ])("%s interprets", async (options, warning) => {
    expect(await commandLine(...options.split(" "), "hello.wasm")).toEqual({
      stdout: "hello\n",
      stderr: warning === "" ? "" : logged("warning", warning),
      status: 0,
    });
  });

  it("take the deprecated option too", async () => {
    expect((await commandLine("--enable-jit", "hello.wasm")).stderr).toBe(
      logged(
        "warning",
        "--enable-jit is deprecated, use --run-mode=jit instead.",
        "JIT was requested but there is no compiler, falling back to interpreter.",
      ),
    );
  });
});

describe("the network", () => {
  it("is given by --allow-net, which must be an address", async () => {
    expect(await commandLine("--allow-net", "127.0.0.1:8080", "--allow-net=*.example.com", "hello.wasm")).toMatchObject(
      {
        stdout: "hello\n",
        status: 0,
      },
    );
    expect(await commandLine("--allow-net", "::1", "hello.wasm")).toEqual({
      stdout: "",
      stderr: '--allow-net: "::1" is no address to allow: an address of IPv6 stands in brackets\n',
      status: 1,
    });
  });

  it("has Unix sockets where --allow-af-unix is given", async () => {
    expect(await commandLine("--allow-af-unix", "hello.wasm")).toMatchObject({ stdout: "hello\n", status: 0 });
  });
});

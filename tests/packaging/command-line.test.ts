import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { cachePath } from "../../src/cli/program-script.ts";
import { dist, root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();

/** What the command line in a folder prints for a module. */
function output(home: string, module = "hello.wasm", flags: readonly string[] = [], env = {}): string {
  const run = spawnSync(process.execPath, [...flags, join(home, "cli.cjs"), join(root, "examples", module)], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: undefined, ...env },
  });
  if (run.error !== undefined) throw run.error;
  expect(run.stderr).toBe("");
  return run.stdout;
}

const greeting = "Hello from WebAssembly!\n";

/** The compiled form of the program in a folder. */
const cacheIn = (home: string, program = "cli-run.cjs"): string => cachePath(join(home, program));

/** A copy of the command line as a package has it: without its compiled form. It can find the optional package. */
function copy(name: string): string {
  const home = join(folder, name, "dist");
  mkdirSync(home, { recursive: true });
  for (const file of ["cli.cjs", "cli-program.cjs", "cli-run.cjs"]) cpSync(join(dist, file), join(home, file));
  writeFileSync(join(folder, name, "package.json"), '{ "type": "module" }');
  symlinkSync(join(root, "node_modules"), join(folder, name, "node_modules"), "junction");
  return home;
}

/** Whether V8 takes what is kept in a folder. */
function isTaken(home: string, program = "cli-run.cjs"): boolean {
  const script = `
    const vm = require("node:vm"), fs = require("node:fs");
    const text = fs.readFileSync(process.argv[1], "latin1");
    console.log(!new vm.Script(text, { cachedData: fs.readFileSync(process.argv[2]) }).cachedDataRejected);`;
  const { stdout } = spawnSync(process.execPath, ["-e", script, join(home, program), cacheIn(home, program)], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: undefined },
  });
  return stdout === "true\n";
}

describe("the command line of the package", () => {
  it.each([
    [["parse", "hello.wasm"], "hello.wasm:  file format wasm 0x1"],
    [["explain", "hello.wasm"], "hello.wasm: a module of 194 bytes, and what becomes of it."],
    [["run", "--trace=host", "hello.wasm"], greeting.trimEnd()],
    [["--version"], "wasmedge-ts version"],
  ])("does what it is told: %j", (args, first) => {
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(dist, "cli.js"), ...args], {
      cwd: join(root, "examples"),
      encoding: "utf8",
    });
    expect(stdout.startsWith(first), stdout).toBe(true);
    expect(stderr.includes("-> host wasi_snapshot_preview1.fd_write"), stderr).toBe(args.includes("--trace=host"));
    expect(status).toBe(0);
  });
});

describe("what V8 has compiled of the command line", () => {
  it("is kept by the build", () => {
    for (const program of ["cli-run.cjs", "cli-program.cjs"]) expect(isTaken(dist, program)).toBe(true);
    for (const module of ["hello.wasm", "hello.wat"]) expect(output(dist, module)).toBe(greeting);
  });

  it("is kept by the first run of an installed package, and taken by the next ones", () => {
    const home = copy("installed");
    for (const module of ["hello.wasm", "hello.wat"]) expect(output(home, module)).toBe(greeting);
    expect(readdirSync(home).sort()).toEqual(
      ["cli-program.cjs", "cli-run.cjs", basename(cacheIn(home)), "cli.cjs"].sort(),
    );
    expect(isTaken(home)).toBe(true);
    const { mtimeMs, ino } = statSync(cacheIn(home));
    expect(output(home)).toBe(greeting);
    expect(statSync(cacheIn(home))).toMatchObject({ mtimeMs, ino });
  });

  it("is made anew where V8 refuses it", () => {
    const home = copy("spoilt");
    writeFileSync(cacheIn(home), "no code");
    for (let run = 0; run < 2; run++) expect(output(home)).toBe(greeting);
    expect(isTaken(home)).toBe(true);
  });

  it("is left alone by runs with flags, under which V8 may refuse it", () => {
    const home = copy("flags");
    expect(output(home, "hello.wasm", ["--no-opt"])).toBe(greeting);
    expect(output(home, "hello.wasm", [], { NODE_OPTIONS: "--no-deprecation" })).toBe(greeting);
    expect(readdirSync(home)).not.toContain(basename(cacheIn(home)));
    expect(output(home)).toBe(greeting);
    const kept = readFileSync(cacheIn(home));
    expect(output(home, "hello.wasm", ["--no-opt"])).toBe(greeting);
    expect(readFileSync(cacheIn(home)).equals(kept)).toBe(true);
  });

  it("is done without where it cannot be kept: a folder has its name", () => {
    const home = copy("blocked");
    mkdirSync(cacheIn(home));
    for (let run = 0; run < 2; run++) expect(output(home)).toBe(greeting);
    expect(readdirSync(home)).toHaveLength(4);
  });

  // Windows has no folders of this kind.
  it.runIf(process.platform !== "win32")("is done without in a folder that only others may write", () => {
    const home = copy("read-only");
    cpSync(join(root, "examples", "hello.wasm"), join(home, "hello.wasm"));
    for (const path of [folder, join(folder, "read-only")]) chmodSync(path, 0o755);
    chmodSync(home, 0o555);
    // Who may do everything may write into any folder; then it is done as somebody else.
    const env = { ...process.env, NODE_OPTIONS: undefined };
    const other = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    for (let run = 0; run < 2; run++) {
      const argv = [join(home, "cli.cjs"), join(home, "hello.wasm")];
      const { stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", env, ...other });
      expect([stdout, stderr]).toEqual([greeting, ""]);
    }
    expect(readdirSync(home)).toHaveLength(4);
    chmodSync(home, 0o755);
  });
});

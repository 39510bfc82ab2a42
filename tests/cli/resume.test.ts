import { execFileSync } from "node:child_process";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { commandLine, type Outcome, useCommandLine } from "./support.ts";

useCommandLine();

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-resume-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file in the test's folder. @param source written to it, where it is given */
function file(name: string, source?: string | Uint8Array): string {
  const path = join(folder, name);
  if (source !== undefined) writeFileSync(path, source);
  return path;
}

const sum = `(module (global $begun (mut i32) (i32.const 0))
  (func (export "_initialize") (global.set $begun (i32.const 1000000)))
  (func (export "sum") (param $n i32) (result i32 i64) (local $s i64)
    (loop $l
      (local.set $s (i64.add (local.get $s) (i64.extend_i32_u (local.get $n))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (if (i64.eq (local.get $s) (i64.const 3)) (then (unreachable)))
    (global.get $begun) (local.get $s)))`;

/** Stops `sum` into a file. */
function stopped(path: string, count: number, n: string, ...options: readonly string[]): Promise<Outcome> {
  const module = file("sum.wasm", compile(sum));
  return commandLine(
    ...["run", "--snapshot", path, "--snapshot-at", String(count), ...options],
    ...["--reactor", module, "sum", n],
  );
}

describe("resume", () => {
  it("prints the results of a function, as run does, with what _initialize has done", async () => {
    const path = file("sum.snapshot");
    expect(await stopped(path, 500, "100")).toEqual({
      stdout: "",
      stderr: `[info] The run is in ${path}, after 500 instructions. It goes on with: resume ${path}\n`,
      status: 148,
    });
    expect(await commandLine("resume", path)).toEqual({ stdout: "1000000\n5050\n", stderr: "", status: 0 });
  });

  it("goes on with the counts, which run shows where they are asked for only", async () => {
    const module = file("sum.wasm", compile(sum));
    const counting = ["--enable-instruction-count", "--reactor", module, "sum", "100"];
    const count = (text: string): string[] => Array.from(text.matchAll(/count: (\d+)/g), ([, number = ""]) => number);
    const [, total = ""] = count((await commandLine(...counting)).stderr);
    expect(Number(total)).toBeGreaterThan(900);
    const path = file("sum.snapshot");
    const first = await commandLine("run", "--snapshot", path, "--snapshot-at", "300", ...counting);
    expect(count(first.stderr)).toEqual([count(first.stderr)[0], "300"]);
    const rest = await commandLine("resume", "--enable-instruction-count", path);
    expect([count(rest.stderr), rest.status]).toEqual([[total], 0]);
    const late = await stopped(path, 1_000_000, "100");
    expect(late).toEqual({ stdout: "1000000\n5050\n", stderr: "", status: 0 });
  });

  it("fails as run does", async () => {
    const path = file("sum.snapshot");
    await stopped(path, 20, "2");
    const failed = await commandLine("resume", path);
    expect([failed.stdout, failed.status]).toEqual(["", 134]);
    expect(failed.stderr).toContain("[error] execution failed: unreachable, Code: 0x40a\n");
    expect(failed.stderr).toContain('[error]     When executing function name: "sum"\n');
    await stopped(path, 20, "2000000000");
    const late = await commandLine("resume", "--time-limit", "1", path);
    expect(late.status).toBe(134);
    expect(late.stderr).toContain("[error] wasmedge runtime failed: execution interrupted, Code: 0x007");
  });

  it("says what is wrong with a file", async () => {
    const path = file("sum.snapshot");
    await stopped(path, 500, "100");
    const bytes = new Uint8Array(readFileSync(path));
    const damaged = bytes.slice();
    damaged[bytes.length >> 1] ^= 1;
    const newer = bytes.slice();
    newer[8] = 9;
    const error = "[error] wasmedge runtime failed: ";
    const malformed = `${error}malformed snapshot, Code: 0x0e8\n[error]     `;
    for (const [name, content, stderr] of [
      ["cut", bytes.subarray(0, 200), `${malformed}It is cut off or damaged.\n`],
      ["damaged", damaged, `${malformed}It is cut off or damaged.\n`],
      ["empty", new Uint8Array(0), `${malformed}It does not begin as one.\n`],
      ["text", new TextEncoder().encode("a text"), `${malformed}It does not begin as one.\n`],
      [
        "newer",
        newer,
        `${error}unknown snapshot version, Code: 0x0e9\n[error]     It has version 9 of the format; versions 1 to 1 are known.\n`,
      ],
    ] as const) {
      expect(await commandLine("resume", file(name, content))).toEqual({ stdout: "", stderr, status: 1 });
    }
    const module = file("sum.wasm");
    expect(await commandLine("resume", module)).toEqual({
      stdout: "",
      stderr: `[error] ${module} is a module, and no snapshot of a run. It is run with: run ${module}\n`,
      status: 1,
    });
    const missing = await commandLine("resume", file("missing"));
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining("invalid path, Code: 0x100")]);
    const foreign = await commandLine("run", path);
    expect(foreign.status).toBe(1);
    expect(foreign.stderr).toContain(`[error] ${path} is a snapshot of a run. It goes on with: resume ${path}\n`);
  });

  it("says what is not as it was", async () => {
    const path = file("sum.snapshot");
    await stopped(path, 500, "100", "--dir", `/data:${folder}`);
    const error = "[error] wasmedge runtime failed: snapshot does not fit, Code: 0x0ea\n";
    expect(await commandLine("resume", path)).toEqual({
      stdout: "",
      stderr: `${error}[error]     Preopen 0 was "data", and is missing.\n[error]     --dir is given as it was when the run began.\n`,
      status: 1,
    });
    expect((await commandLine("resume", "--dir", `/data:${folder}`, path)).stdout).toBe("1000000\n5050\n");
    const other = file("other.wasm", compile("(module)"));
    expect(await commandLine("resume", "--dir", `/data:${folder}`, path, other)).toEqual({
      stdout: "",
      stderr: `[error] ${other} is none of the modules of the snapshot.\n`,
      status: 1,
    });
  });
});

describe("--snapshot", () => {
  it("is wanted by what belongs to it", async () => {
    for (const option of [["--snapshot-at", "5"], ["--snapshot-without-modules"]]) {
      const [name = ""] = option;
      const { stderr, status } = await commandLine("run", ...option, "hello.wasm");
      expect([stderr, status]).toEqual([`${name} wants a file: --snapshot FILE\n`, 1]);
    }
    expect((await commandLine("run", "--snapshto", "x", "hello.wasm")).stderr).toContain("Did you mean --snapshot?");
    expect((await commandLine("resmue", "x")).stderr).toContain("Did you mean the command resume?");
  });

  it("is refused before the run where it cannot be written, and what was there stays", async () => {
    const there = file("there", "content");
    for (const [path, reason] of [
      [join(folder, "nowhere", "sum.snapshot"), /ENOENT/],
      [join(there, "sum.snapshot"), /ENOTDIR/],
      [folder, /it is a directory/],
    ] as const) {
      const { stdout, stderr, status } = await stopped(path, 10, "100");
      expect([stdout, status]).toEqual(["", 1]);
      expect(stderr.startsWith(`--snapshot: cannot write ${path}: `)).toBe(true);
      expect(stderr).toMatch(reason);
    }
    expect(readFileSync(there, "utf8")).toBe("content");
    expect(readdirSync(folder).sort()).toEqual(["sum.wasm", "there"]);
  });

  it.runIf(process.platform !== "win32")(
    "replaces no pipe and no device, and the file behind a link, not the link",
    async () => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", [pipe]);
      const refused = await stopped(pipe, 10, "100");
      expect([refused.stderr, refused.status]).toEqual([
        `--snapshot: cannot write ${pipe}: it is no regular file\n`,
        1,
      ]);
      expect(lstatSync(pipe).isFIFO()).toBe(true);
      const [real, link] = [file("real.snapshot", "before"), join(folder, "link.snapshot")];
      symlinkSync("real.snapshot", link);
      expect((await stopped(link, 10, "100")).status).toBe(148);
      expect(lstatSync(link).isSymbolicLink()).toBe(true);
      expect(readFileSync(real).equals(readFileSync(link))).toBe(true);
      expect(readFileSync(real, "utf8")).not.toBe("before");
      expect((await commandLine("resume", link)).status).toBe(0);
    },
  );

  it("stops into files that a stop in turn reads and replaces", async () => {
    const path = file("sum.snapshot");
    await stopped(path, 100, "100");
    for (const at of [200, 300, 400]) {
      const again = await commandLine("resume", "--snapshot", path, "--snapshot-at", String(at), path);
      expect([again.stdout, again.status]).toEqual(["", 148]);
    }
    expect((await commandLine("resume", path)).stdout).toBe("1000000\n5050\n");
    expect(readdirSync(folder).sort()).toEqual(["sum.snapshot", "sum.wasm"]);
  });
});

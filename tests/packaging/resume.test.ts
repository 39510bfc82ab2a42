import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { dist, root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
const program = join(dist, "cli.js");

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

/** Runs the command line in a process of its own. */
function commandLine(...args: readonly string[]): Outcome {
  const { stdout, stderr, status, error } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, NO_COLOR: "1" },
  });
  if (error !== undefined) throw error;
  return { stdout, stderr: stderr.replace(/^\[[^\]]*\] /gm, ""), status };
}

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (status) => resolve(status));
  });
}

/** Copies a file to standard output character by character, with its first argument before each line; its status is 7. */
const copier = compile(`(module
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1) (data (i32.const 64) "text.txt")
  (func $put (param $from i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $from)) (i32.store (i32.const 4) (local.get $length))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $fd i32) (local $last i32)
    (drop (call $args (i32.const 200) (i32.const 300)))
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 8) (i32.const 0) (i64.const 2) (i64.const 0)
        (i32.const 0) (i32.const 12)) (then (call $exit (i32.const 1))))
    (local.set $fd (i32.load (i32.const 12)))
    (local.set $last (i32.const 10))
    (loop $next
      (i32.store (i32.const 16) (i32.const 24)) (i32.store (i32.const 20) (i32.const 1))
      (drop (call $read (local.get $fd) (i32.const 16) (i32.const 1) (i32.const 8)))
      (if (i32.load (i32.const 8)) (then
        (if (i32.eq (local.get $last) (i32.const 10)) (then (call $put (i32.load (i32.const 204)) (i32.const 3))))
        (call $put (i32.const 24) (i32.const 1))
        (local.set $last (i32.load8_u (i32.const 24)))
        (br $next))))
    (call $exit (i32.const 7))))`);

/** Says that it has started, and ends when there is a file of the name "go". */
const waiting = (memory: string): Uint8Array =>
  compile(`(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") ${memory}) (data (i32.const 64) "go") (data (i32.const 128) "started\\nended\\n")
  (func $put (param $from i32) (param $length i32)
    (i32.store (i32.const 0) (local.get $from)) (i32.store (i32.const 4) (local.get $length))
    (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8))))
  (func (export "_start") (local $i i32)
    (call $put (i32.const 128) (i32.const 8))
    (loop $again
      (local.set $i (i32.const 100000))
      (loop $busy (br_if $busy (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
      (br_if $again (call $open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 2) (i32.const 0) (i64.const 2)
        (i64.const 0) (i32.const 0) (i32.const 12))))
    (call $put (i32.const 136) (i32.const 6))))`);

writeFileSync(join(folder, "copier.wasm"), copier);
writeFileSync(join(folder, "waiter.wasm"), waiting("1"));
writeFileSync(join(folder, "shared.wasm"), waiting("1 1 shared"));
mkdirSync(join(folder, "data"));
writeFileSync(join(folder, "data", "text.txt"), "first line\nsecond line\nthird\n");

describe("a run that --snapshot-at stops, and resume goes on with in another process", () => {
  it("prints what it prints uninterrupted, and ends with the program's status, wherever it is stopped", () => {
    const whole = commandLine("--dir", "/:data", "copier.wasm", "%% ");
    expect(whole).toEqual({ stdout: "%% first line\n%% second line\n%% third\n", stderr: "", status: 7 });
    for (const step of [10, 150, 333, 900]) {
      const file = `copier-${step}.snapshot`;
      const stops = ["--snapshot", file, "--snapshot-at"];
      let at = step;
      let run = commandLine("run", "--dir", "/:data", ...stops, String(at), "copier.wasm", "%% ");
      let shown = run.stdout;
      while (run.status === 148) {
        expect(run.stderr).toBe(
          `[info] The run is in ${file}, after ${at} instructions. It goes on with: resume ${file}\n`,
        );
        at += step === 10 ? 700 : step;
        run = commandLine("resume", "--dir", "/:data", ...stops, String(at), file);
        shown += run.stdout;
      }
      expect([shown, run.stderr, run.status]).toEqual([whole.stdout, "", 7]);
    }
  });

  it("may leave the modules out, and is given them", () => {
    const stopped = commandLine(
      ...["run", "--dir", "/:data", "--snapshot", "small.snapshot", "--snapshot-without-modules"],
      ...["--snapshot-at", "400", "copier.wasm", "-- "],
    );
    expect(stopped.status).toBe(148);
    expect(readFileSync(join(folder, "small.snapshot")).includes(Buffer.from("text.txtxx"))).toBe(false);
    const without = commandLine("resume", "--dir", "/:data", "small.snapshot");
    expect(without.status).toBe(1);
    expect(without.stderr).toMatch(
      /snapshot does not fit, Code: 0x0ea\n.*The module of the SHA-256 [0-9a-f]{64} is not/,
    );
    const wrong = commandLine("resume", "--dir", "/:data", "small.snapshot", "waiter.wasm");
    expect([wrong.stdout, wrong.status]).toEqual(["", 1]);
    const rest = commandLine("resume", "--dir", "/:data", "small.snapshot", "copier.wasm");
    expect([stopped.stdout + rest.stdout, rest.status]).toEqual(["-- first line\n-- second line\n-- third\n", 7]);
  });

  it("works with CPython, its open files and its hash seed", () => {
    const python = join(root, "node_modules", "@antonz", "python-wasi", "dist", "python.wasm");
    const code = [
      "f = open('/text.txt')",
      "print('one', f.readline().strip())",
      "s = sum(i * i for i in range(20000))",
      "print('two', f.readline().strip(), s)",
    ].join("\n");
    const command = ["--dir", "/:data", "--env", "PYTHONHASHSEED=0", python, "-c", code];
    const whole = commandLine("run", "--enable-instruction-count", ...command);
    const total = Number(/count: (\d+)/.exec(whole.stderr)?.[1]);
    const at = String(Math.floor(total * 0.75));
    const stopped = commandLine("run", "--snapshot", "python.snapshot", "--snapshot-at", at, ...command);
    expect(stopped.status).toBe(148);
    const rest = commandLine("resume", "--enable-instruction-count", "--dir", "/:data", "python.snapshot");
    expect(whole.stdout).toBe("one first line\ntwo second line 2666466670000\n");
    expect({ ...rest, stdout: stopped.stdout + rest.stdout }).toEqual(whole);
  });
});

describe.skipIf(process.platform === "win32")("a signal", () => {
  it.each(["SIGINT", "SIGTERM"] as const)("%s stops a run into its file", async (signal) => {
    const home = join(folder, signal);
    mkdirSync(home);
    const args = [program, "run", "--dir", `/:${home}`, "--snapshot", join(home, "run.snapshot"), "waiter.wasm"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let shown = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      if (text.includes("started")) child.kill(signal);
    });
    expect(await ended(child)).toBe(148);
    expect(shown).toBe("started\n");
    expect(readdirSync(home)).toEqual(["run.snapshot"]);
    expect(statSync(join(home, "run.snapshot")).mode & 0o777).toBe(0o600);
    writeFileSync(join(home, "go"), "");
    const rest = commandLine("resume", "--dir", `/:${home}`, join(home, "run.snapshot"));
    expect(rest).toEqual({ stdout: "ended\n", stderr: "", status: 0 });
  });

  it.each(["ends", "goes on"])("leaves a run going that cannot be put into a file; and when it %s", async (then) => {
    const home = join(folder, then);
    mkdirSync(home);
    const args = [program, "run", "--dir", `/:${home}`, "--enable-threads", "--snapshot", join(home, "run.snapshot")];
    const child = spawn(process.execPath, [...args, "shared.wasm"], { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let [shown, told] = ["", ""];
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      shown += text;
      if (text.includes("started")) child.kill("SIGINT");
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      told += text;
      if (!text.includes("The run goes on.")) return;
      if (then === "ends") child.kill("SIGINT");
      else writeFileSync(join(home, "go"), "");
    });
    const status = await ended(child);
    expect(told).toContain("state cannot be put into a snapshot, Code: 0x0eb");
    expect(told).toContain("is shared with other threads.");
    if (then === "ends") expect([shown, status, child.signalCode]).toEqual(["started\n", null, "SIGINT"]);
    else expect([shown, status]).toEqual(["started\nended\n", 0]);
    expect(existsSync(join(home, "run.snapshot"))).toBe(false);
  });

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)("%s ends a run whose reports are wanted, and these are written", async (signal, expected) => {
    const [profile, coverage] = [join(folder, `${signal}.cpuprofile`), join(folder, `${signal}.json`)];
    const args = [program, "--profile", profile, "--coverage", coverage, "--dir", "/:data", "waiter.wasm"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let log = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
    });
    child.stdout.once("data", () => child.kill(signal));
    expect(await ended(child)).toBe(expected);
    expect(log).toContain(`[info] The run was ended by ${signal}.`);
    const { samples } = JSON.parse(readFileSync(profile, "utf8")) as { samples: number[] };
    expect(samples.length).toBeGreaterThan(0);
    const [report] = JSON.parse(readFileSync(coverage, "utf8")) as { executed: number; total: number }[];
    expect(report?.executed).toBeGreaterThan(0);
    expect(report?.executed).toBeLessThan(report?.total ?? 0);
  });

  it("ends a run as ever where there is no --snapshot", async () => {
    const args = [program, "run", "--dir", "/:data", "waiter.wasm"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "ignore"] });
    child.stdout.once("data", () => child.kill("SIGINT"));
    expect([await ended(child), child.signalCode]).toEqual([null, "SIGINT"]);
  });
});

describe.skipIf(process.platform === "win32")("a disk that is full", () => {
  it("leaves the snapshot that was there, and no half of another", () => {
    const home = join(folder, "full");
    mkdirSync(home);
    const file = join(home, "run.snapshot");
    writeFileSync(file, "what was there");
    // A file may have one block of 512 or 1024 bytes: writing more fails as on a full disk.
    const line = `trap '' XFSZ; ulimit -f 1; exec "$0" "$@"`;
    const args = [process.execPath, program, "--dir", "/:data", "--snapshot", file, "--snapshot-at", "400"];
    const { status, stderr } = spawnSync("sh", ["-c", line, ...args, "copier.wasm", "- "], {
      cwd: folder,
      encoding: "utf8",
    });
    expect(stderr).toMatch(/\[error\] The snapshot cannot be written: EFBIG: file too large/);
    expect(status).toBe(1);
    expect(readFileSync(file, "utf8")).toBe("what was there");
    expect(readdirSync(home)).toEqual(["run.snapshot"]);
    expect(existsSync(join(folder, "core"))).toBe(false);
  });
});

import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, openSync, readdirSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { NodeInput } from "../../src/wasi/fs/node-input.ts";
import { OutputBuffer } from "../../src/wasi/streams.ts";
import { hostFolder } from "./backends.ts";
import { programOf, vmOf } from "./c-programs.ts";

/** A program that polls and reads its standard input, whatever that is. */

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const cli = path("dist/cli.js");
const program = path("spec-tests/wasi/programs/poll-stdin.wasm");

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
}

/** Runs a command that holds one of these programs; `type` is called with what has been shown so far, each time that it is more. */
function run(command: string, args: readonly string[], type: (shown: string, input: (text?: string) => void) => void) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  let stdout = "";
  const input = (text?: string): void => {
    if (text === undefined) child.stdin.end();
    else child.stdin.write(text);
  };
  child.stdin.on("error", () => undefined);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    type(stdout, input);
  });
  return new Promise<Ended>((resolve) => child.on("close", (status) => resolve({ status, stdout })));
}

/** Types a line when nothing has come, another when that has been read and nothing has come again, and then ends. */
function lineByLine(shown: string, input: (text?: string) => void): void {
  if (shown === "nothing yet\n") input("one\n");
  if (shown === "nothing yet\nread one\nnothing yet\n") input("two\n");
  if (shown === "nothing yet\nread one\nnothing yet\nread two\nnothing yet\n") input();
}

const EXPECTED = "nothing yet\nread one\nnothing yet\nread two\nnothing yet\nthe end\n";

describe.runIf(process.platform !== "win32").each([
  ["with a time limit", ["--time-limit", "120000"]],
  ["without a time limit", []],
])("on the command line %s, standard input that is polled", (_, options) => {
  const command = [process.execPath, cli, ...options, program];

  it("may be a socket, as Node gives its children", async () => {
    const [node, ...args] = command;
    expect(await run(node, args, lineByLine)).toEqual({ status: 0, stdout: EXPECTED });
  });

  it("may be a pipe", async () => {
    const line = `cat | ${command.map((word) => `'${word}'`).join(" ")}`;
    expect(await run("sh", ["-c", line], lineByLine)).toEqual({ status: 0, stdout: EXPECTED });
  });

  it.each([
    ["a file", "short", "read short\nthe end\n"],
    ["an empty file", "", "the end\n"],
  ])("may be %s, which is ready at once", async (_, content, expected) => {
    const file = join(hostFolder(), "file");
    writeFileSync(file, content === "" ? "" : `${content}\n`);
    const line = `${command.map((word) => `'${word}'`).join(" ")} <'${file}'`;
    expect(await run("sh", ["-c", line], () => undefined)).toEqual({ status: 0, stdout: expected });
  });
});

describe.runIf(process.platform === "linux")("in an asynchronous run, standard input that is polled", () => {
  const hostBefore = { ...host };
  beforeAll(() => installHost({ ...nodeHost, sleep: undefined }));
  afterAll(() => installHost(hostBefore));

  it("may be a pipe that this very thread writes to", async () => {
    const pipe = join(hostFolder(), "pipe");
    execFileSync("mkfifo", [pipe]);
    // Neither end waits for the other to be opened.
    const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    const writing = openSync(pipe, constants.O_WRONLY);
    const stdout = new OutputBuffer();
    let taken = "";
    const typed = {
      write(bytes: Uint8Array): number {
        taken += Buffer.from(bytes).toString();
        setTimeout(() =>
          lineByLine(taken, (text) => {
            if (text === undefined) closeSync(writing);
            else writeSync(writing, text);
          }),
        );
        return stdout.write(bytes);
      },
    };
    const before = readdirSync("/proc/self/fd").length;
    const { vm, wasi } = vmOf(programOf("poll-stdin"), { stdin: new NodeInput(reading), stdout: typed });
    await vm.asyncExecute("_start");
    expect(Buffer.from(stdout.bytes()).toString()).toBe(EXPECTED);
    wasi.fini();
    // The writing end is closed.
    expect(readdirSync("/proc/self/fd")).toHaveLength(before - 1);
    closeSync(reading);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { findLoopback } from "../support/loopback.ts";

/**
 * Servers and clients in C, each in a VM and a process of its own. Each has to end by itself: a socket or worker that keeps a
 * process would have this test wait until the time limit that each has, and fail.
 */

const dist = fileURLToPath(new URL("../../dist", import.meta.url));
const cli = join(dist, "cli.js");
const folder = fileURLToPath(new URL("../../spec-tests/wasi/programs/", import.meta.url));
const loopback = await findLoopback();

const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill();
});

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs on the command line. */
class Running {
  readonly ended: Promise<Ended>;
  private stdout = "";
  private stderr = "";
  private waiters: (() => void)[] = [];

  constructor(allowed: string, name: string, ...args: readonly string[]) {
    const options = ["--allow-net", allowed, "--time-limit", "120000"];
    const child = spawn(process.execPath, [cli, ...options, `${folder}${name}.wasm`, ...args]);
    children.push(child);
    child.stdin.end();
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text;
      this.wake();
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (status) => {
        this.wake();
        resolve({ status, stdout: this.stdout, stderr: this.stderr });
      });
    });
  }

  private wake(): void {
    for (const waiter of this.waiters.splice(0)) waiter();
  }

  /** The first line, once there is one; what there is if it ends without. */
  async firstLine(): Promise<string> {
    let ended = false;
    void this.ended.then(() => {
      ended = true;
    });
    while (!this.stdout.includes("\n") && !ended) {
      await Promise.race([this.ended, new Promise<void>((resolve) => this.waiters.push(resolve))]);
    }
    return this.stdout.split("\n")[0];
  }
}

async function portOf(server: Running): Promise<string> {
  const line = await server.firstLine();
  const match = /^listening (\d+)$/.exec(line);
  if (match === null) throw new Error(`the server does not listen: ${JSON.stringify(await server.ended)}`);
  return match[1];
}

beforeAll(() => {
  expect(existsSync(cli), "run `npm run build` first").toBe(true);
});

describe.runIf(loopback.inet4)("programs of two VMs", () => {
  it.each([
    ["WasmEdge's first form", "echo-server"],
    ["the standard's functions, linked to the second form by their types", "echo-server-standard"],
  ])("a server with %s sends back what clients with the second form send", async (_, name) => {
    const server = new Running("127.0.0.1:*", name, "3");
    const port = await portOf(server);
    for (const count of ["1", "300000", "0"]) {
      const client = new Running(`127.0.0.1:${port}`, "echo-client", port, count);
      expect(await client.ended).toEqual({ status: 0, stdout: `echoed ${count}\n`, stderr: "" });
    }
    const stdout = `listening ${port}\nserved 1\nserved 300000\nserved 0\n`;
    expect(await server.ended).toEqual({ status: 0, stdout, stderr: "" });
  });

  it("clients that come while the server is busy are served in their turn", async () => {
    const server = new Running("127.0.0.1:*", "echo-server", "3");
    const port = await portOf(server);
    const clients = ["30000", "20000", "10000"].map((count) => {
      return new Running(`127.0.0.1:${port}`, "echo-client", port, count);
    });
    const ended = await Promise.all(clients.map((client) => client.ended));
    expect(ended.map(({ status, stdout }) => [status, stdout])).toEqual([
      [0, "echoed 30000\n"],
      [0, "echoed 20000\n"],
      [0, "echoed 10000\n"],
    ]);
    const { status, stdout } = await server.ended;
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(1).sort()).toEqual(["", "served 10000", "served 20000", "served 30000"]);
  });

  it("datagrams go from one socket to another", async () => {
    const { status, stdout, stderr } = await new Running("127.0.0.1:*", "datagrams").ended;
    expect(stderr).toBe("");
    expect(stdout.split("\n").filter((line) => line.startsWith("FAILED"))).toEqual([]);
    expect(status).toBe(0);
  });

  it("a server that nobody connects to is ended by its time limit, and so is its process", async () => {
    const args = ["--allow-net", "127.0.0.1:*", "--time-limit", "500", `${folder}echo-server.wasm`, "1"];
    const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "ignore", "pipe"] });
    children.push(child);
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toContain("execution interrupted");
    expect(status).toBe(134);
  });

  it.each([
    ["in a synchronous run", "vm.execute('_start');"],
    ["in an asynchronous run", "vm.asyncExecute('_start').get();"],
  ])("an embedder's program ends though its guest has left sockets open: %s", async (_, run) => {
    const script = `
      import { readFileSync } from "node:fs";
      import ${JSON.stringify(pathToFileURL(join(dist, "node.js")).href)};
      import { Configure, HostRegistration, VM } from ${JSON.stringify(pathToFileURL(join(dist, "index.js")).href)};
      const vm = new VM(new Configure().addHostRegistration(HostRegistration.Wasi), { wasi: { allowNet: ["localhost"] } });
      vm.getImportModule(HostRegistration.Wasi).init([], "echo-server", ["0"]);
      vm.loadWasm(new Uint8Array(readFileSync(${JSON.stringify(`${folder}echo-server.wasm`)})));
      vm.validate();
      vm.instantiate();
      ${run}`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(0);
    expect(stdout).toMatch(/^listening \d+\n$/);
  });

  it("without an allow-list there is no network", async () => {
    const args = [cli, `${folder}echo-server.wasm`, "1"];
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    children.push(child);
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    await new Promise((resolve) => child.on("close", resolve));
    expect(stdout).toBe("FAILED on the way: sock_open(INET4, STREAM, AT(&listener)) ACCES\n");
  });
});

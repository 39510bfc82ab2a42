import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { ValType } from "../../src/common/value-type.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { VM } from "../../src/vm/vm.ts";
import type { WasiOptions } from "../../src/wasi/environ.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { nodeNetwork } from "../../src/wasi/sockets/node-network.ts";
import { type InputStream, OutputBuffer } from "../../src/wasi/streams.ts";
import { type Wait, waitInTurns } from "../../src/wasi/waiting.ts";
import { findLoopback } from "../support/loopback.ts";
import { countTurns } from "../support/turns.ts";
import { programOf, vmOf } from "./c-programs.ts";

/** Calls that wait in asynchronous runs: the run is put off, and the thread goes on. */

const hostBefore = { ...host };
const loopback = await findLoopback();

/** Timers that were started and have neither struck nor been taken back. */
let timers = 0;

beforeEach(() => {
  timers = 0;
  installHost({
    ...nodeHost,
    sleep: () => {
      throw new Error("an asynchronous run does not block the thread");
    },
    startTimer(callback, milliseconds) {
      let isOver = false;
      const end = (): void => {
        if (!isOver) timers--;
        isOver = true;
      };
      timers++;
      const stop = hostBefore.startTimer?.(() => {
        end();
        callback();
      }, milliseconds);
      return () => {
        end();
        stop?.();
      };
    },
  });
});
afterEach(() => {
  expect(timers).toBe(0);
  installHost(hostBefore);
});

/** A standard input at which something is typed later. */
class Keyboard implements InputStream {
  private readonly typed: string[] = [];

  type(text: string): void {
    this.typed.push(text);
  }

  read(): number {
    throw new Error("an asynchronous run does not block the thread");
  }

  tryRead(bytes: Uint8Array): number | undefined {
    const text = this.typed.shift();
    if (text === undefined) return undefined;
    bytes.set(encodeUtf8(text));
    return text.length;
  }
}

/** Subscriptions at 128: standard input, with userdata 7, and a monotonic clock of `timeout` nanoseconds, with userdata 8. */
const program = (timeout: bigint): Uint8Array =>
  Uint8Array.from(
    compile(`(module
      (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
      (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
      (memory (export "memory") 1)
      (data (i32.const 0) "\\40\\00\\00\\00\\08\\00\\00\\00")
      (func $subscribe
        (i64.store (i32.const 128) (i64.const 7))
        (i32.store8 (i32.const 136) (i32.const 1))
        (i64.store (i32.const 176) (i64.const 8))
        (i32.store (i32.const 192) (i32.const 1))
        (i64.store (i32.const 200) (i64.const ${timeout})))
      ;; The errno where it is not 0, otherwise the first event's userdata.
      (func (export "either") (result i64)
        (call $subscribe)
        (call $wait (i32.const 128) (i32.const 2)))
      (func (export "clock") (result i64)
        (call $subscribe)
        (call $wait (i32.const 176) (i32.const 1)))
      (func $wait (param i32 i32) (result i64)
        (local $errno i32)
        (local.set $errno (call $poll (local.get 0) (i32.const 256) (local.get 1) (i32.const 32)))
        (if (result i64) (local.get $errno)
          (then (i64.add (i64.const 1000) (i64.extend_i32_u (local.get $errno))))
          (else (i64.load (i32.const 256)))))
      ;; How many bytes were read.
      (func (export "read") (result i64)
        (i64.extend_i32_u (i32.sub
          (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32))
          (i32.sub (i32.const 0) (i32.load (i32.const 32)))))))`),
  );

const HOUR = 3_600_000_000_000n;

function waiting(options: WasiOptions, timeout = HOUR) {
  return vmOf({ name: "waits", bytes: program(timeout) }, options);
}

const later = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function endOf(run: PromiseLike<unknown>): Promise<number | undefined> {
  try {
    await run;
  } catch (error) {
    if (error instanceof WasmEdgeError) return error.code;
    throw error;
  }
  return undefined;
}

describe("an asynchronous run", () => {
  it("waits for input, and reads it, while others have their turn", async () => {
    const keyboard = new Keyboard();
    const { vm } = waiting({ stdin: keyboard });
    const polling = vm.asyncExecute("either");
    await later(30);
    expect(polling.done).toBe(false);
    keyboard.type("line\n");
    expect((await polling)[0]).toBe(7n);
    expect((await vm.asyncExecute("read"))[0]).toBe(5n);
    const reading = vm.asyncExecute("read");
    await later(30);
    expect(reading.done).toBe(false);
    keyboard.type("more");
    expect((await reading)[0]).toBe(4n);
  });

  it("waits for a clock, which comes before input that does not", async () => {
    const { vm } = waiting({ stdin: new Keyboard() }, 30_000_000n);
    const before = process.hrtime.bigint();
    expect((await vm.asyncExecute("either"))[0]).toBe(8n);
    expect((await vm.asyncExecute("clock"))[0]).toBe(8n);
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(60_000_000n);
  });

  it("waits beside another, each for its own clock", async () => {
    const order: string[] = [];
    const runs = (["slow", "fast"] as const).map(async (name) => {
      const { vm } = waiting({ stdin: new Keyboard() }, name === "slow" ? 300_000_000n : 20_000_000n);
      await vm.asyncExecute("clock");
      order.push(name);
    });
    await Promise.all(runs);
    expect(order).toEqual(["fast", "slow"]);
  });

  it.each(["clock", "either", "read"])("that waits is ended by cancel: %s", async (name) => {
    const { vm } = waiting({ stdin: new Keyboard() });
    const run = vm.asyncExecute(name);
    await later(20);
    expect(run.done).toBe(false);
    run.cancel();
    expect(await endOf(run)).toBe(ErrCode.Interrupted);
  });

  it.each(["clock", "either", "read"])("that waits is ended by its time limit: %s", async (name) => {
    const { vm } = waiting({ stdin: new Keyboard() });
    const before = process.hrtime.bigint();
    const run = vm.asyncExecute(name, [], { deadline: before + 50_000_000n });
    expect(await endOf(run)).toBe(ErrCode.Interrupted);
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(50_000_000n);
  });

  it("that is ended leaves the memory alone, whatever comes later", async () => {
    const keyboard = new Keyboard();
    const { vm } = waiting({ stdin: keyboard });
    const run = vm.asyncExecute("read");
    await later(20);
    run.cancel();
    await endOf(run);
    keyboard.type("too late");
    await later(50);
    expect((await vm.asyncExecute("read"))[0]).toBe(8n);
  });

  it("may be that of a start function", async () => {
    const bytes = compile(`(module
      (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
      (memory 1)
      (global $errno (export "errno") (mut i32) (i32.const -1))
      (func $start
        (i32.store (i32.const 16) (i32.const 1))
        (i64.store (i32.const 24) (i64.const 30000000))
        (global.set $errno (call $poll (i32.const 0) (i32.const 64) (i32.const 1) (i32.const 128))))
      (start $start)
      (func (export "result") (result i32) (global.get $errno)))`);
    const configure = new Configure().addHostRegistration(HostRegistration.Wasi);
    const vm = new VM(configure);
    vm.loadWasm(Uint8Array.from(bytes));
    vm.validate();
    const before = process.hrtime.bigint();
    await vm.asyncInstantiate();
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(30_000_000n);
    expect(vm.execute("result")).toEqual([0]);
  });

  it("may be one that a host function has begun within another", async () => {
    const inner = waiting({ stdin: new Keyboard() }, 20_000_000n).vm;
    const provider = new ModuleInstance("host");
    const type = { params: [], results: [ValType.I64] };
    const body = async (): Promise<Value> => (await inner.asyncExecute("clock"))[0];
    provider.addHostFunction("other", new HostFunction(type, body));
    const vm = new VM();
    vm.registerModule(provider);
    const bytes = compile(`(module (import "host" "other" (func $other (result i64)))
      (func (export "twice") (result i64) (i64.add (call $other) (call $other))))`);
    vm.loadWasm(Uint8Array.from(bytes));
    vm.validate();
    vm.instantiate();
    expect(await vm.asyncExecute("twice")).toEqual([16n]);
  });

  it("blocks where its result is asked for at once", () => {
    installHost({ sleep: nodeHost.sleep });
    const { vm } = waiting({ stdin: new Keyboard() }, 20_000_000n);
    const before = process.hrtime.bigint();
    expect(vm.asyncExecute("clock").finish()[0]).toBe(8n);
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(20_000_000n);
  });
});

describe("a wait in an asynchronous run", () => {
  it("goes on where what it listens to calls back at once, and leaves nothing behind", async () => {
    let listeners = 0;
    let tries = 0;
    const wait: Wait = {
      attempt: () => ++tries === 3,
      sources: () => [
        {
          block: () => expect.fail("the thread is not blocked"),
          listen(callback) {
            listeners++;
            callback();
            return () => listeners--;
          },
        },
      ],
    };
    await waitInTurns(wait, { mayAwait: true, signal: new AbortController().signal });
    expect([tries, listeners]).toEqual([3, 0]);
  });
});

describe.runIf(loopback.inet4)("sockets in asynchronous runs", () => {
  function start(name: string, args: readonly string[], allowNet: string) {
    const stdout = new OutputBuffer();
    const options = { stdout, network: nodeNetwork(), allowNet: [allowNet] };
    const { vm, wasi } = vmOf(programOf(name), options, { args });
    const text = (): string => Buffer.from(stdout.bytes()).toString();
    return { run: vm.asyncExecute("_start"), text, wasi };
  }

  async function portOf(text: () => string): Promise<string> {
    while (!text().includes("\n")) await later(5);
    return text().slice("listening ".length, -1);
  }

  it.each(["echo-server", "echo-server-standard"])("%s and its clients run in VMs of one thread", async (name) => {
    const turns = countTurns();
    const server = start(name, ["2"], "127.0.0.1:*");
    const port = await portOf(server.text);
    const clients = ["50000", "20000"].map((count) => start("echo-client", [port, count], `127.0.0.1:${port}`));
    await Promise.all([server.run, ...clients.map(({ run }) => run)].map(endOf));
    expect(turns.stop()).toBeGreaterThan(2);
    expect(clients.map(({ text }) => text())).toEqual(["echoed 50000\n", "echoed 20000\n"]);
    expect(server.text().split("\n").slice(1).sort()).toEqual(["", "served 20000", "served 50000"]);
    for (const { wasi } of [server, ...clients]) wasi.fini();
  });

  it("a server that nobody connects to is ended by cancel and by its time limit", async () => {
    const server = start("echo-server", ["1"], "127.0.0.1:*");
    await portOf(server.text);
    server.run.cancel();
    expect(await endOf(server.run)).toBe(ErrCode.Interrupted);
    server.wasi.fini();
  });
});

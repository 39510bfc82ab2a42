import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { VM } from "../../src/vm/vm.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import type { InputStream } from "../../src/wasi/streams.ts";
import { Guest, places } from "./guest.ts";

const hostBefore = { ...host };
afterEach(() => installHost(hostBefore));

/** A standard input that has nothing at first, and then what is typed. */
class Keyboard implements InputStream {
  readonly typed: (string | undefined)[];

  /** @param typed what each try finds: nothing yet, a text, or "" for the end */
  constructor(...typed: (string | undefined)[]) {
    this.typed = typed;
  }

  read(bytes: Uint8Array): number {
    return this.tryRead(bytes) ?? expect.fail("a try was asked for");
  }

  tryRead(bytes: Uint8Array): number | undefined {
    const text = this.typed.shift();
    if (text === undefined) return undefined;
    bytes.set(encodeUtf8(text));
    return text.length;
  }
}

/** Subscribes to reading descriptor 0 and to a monotonic clock of so many nanoseconds; the events' userdata. */
function pollInputAndClock(guest: Guest, timeout: bigint): { userdata: bigint; nbytes: bigint; flags: number }[] {
  guest.memory.fillBytes(0, 1024, 96);
  guest.setU64(1024, 7n);
  guest.memory.setBytes(Uint8Array.of(1), 1032);
  guest.setU64(1072, 8n);
  guest.setU32(1088, 1);
  guest.setU64(1096, timeout);
  guest.must("poll_oneoff", 1024, 2048, 2, places.result);
  return Array.from({ length: guest.u32(places.result) }, (_, i) => {
    const at = 2048 + i * 32;
    return { userdata: guest.u64(at), nbytes: guest.u64(at + 16), flags: guest.u16(at + 24) };
  });
}

describe("polling an input that can be tried", () => {
  const slept: bigint[] = [];
  let now = 0n;
  beforeEach(() => {
    slept.length = 0;
    now = 0n;
    installHost({
      monotonicNanoseconds: () => now,
      sleep: (nanoseconds) => {
        slept.push(nanoseconds);
        now += nanoseconds;
      },
    });
  });

  const guestAt = (keyboard: Keyboard): Guest => Guest.withPreopens({ stdin: keyboard });

  it("asks in growing pauses until there is something, which the next read gets", () => {
    const guest = guestAt(new Keyboard(undefined, undefined, undefined, "line\n", "more"));
    expect(pollInputAndClock(guest, 1_000_000_000n)).toEqual([{ userdata: 7n, nbytes: 5n, flags: 0 }]);
    expect(slept).toEqual([500_000n, 1_000_000n, 2_000_000n]);
    expect(guest.read(0, 3)).toBe("lin");
    expect(pollInputAndClock(guest, 0n)).toEqual([
      { userdata: 7n, nbytes: 2n, flags: 0 },
      { userdata: 8n, nbytes: 0n, flags: 0 },
    ]);
    expect(guest.read(0, 1, 5)).toBe("e\n");
    expect(guest.read(0, 9)).toBe("more");
  });

  it("ends with the clock, to the nanosecond, where nothing comes", () => {
    const guest = guestAt(new Keyboard());
    expect(pollInputAndClock(guest, 100_000_123n)).toEqual([{ userdata: 8n, nbytes: 0n, flags: 0 }]);
    expect(now).toBe(100_000_123n);
    expect(Math.max(...slept.map(Number))).toBe(16_000_000);
  });

  it("tells the end as a hangup, and the next read finds it", () => {
    const guest = guestAt(new Keyboard("", "after"));
    expect(pollInputAndClock(guest, 5n)).toEqual([{ userdata: 7n, nbytes: 0n, flags: 1 }]);
    expect(guest.read(0, 10)).toBe("");
    expect(guest.read(0, 10)).toBe("after");
  });
});

describe("a run that waits", () => {
  const program = (call: string): Uint8Array =>
    Uint8Array.from(
      compile(`(module
        (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
        (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
        (memory (export "memory") 1)
        (data (i32.const 0) "\\40\\00\\00\\00\\08\\00\\00\\00")
        (data (i32.const 144) "\\01\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00")
        (func (export "wait") (result i32) ${call}))`),
    );
  const reads = "(call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 32))";
  /** A clock of 2^40 nanoseconds, some 18 minutes. */
  const sleeps = `(i64.store (i32.const 152) (i64.const 0x10000000000))
    (call $poll (i32.const 128) (i32.const 256) (i32.const 1) (i32.const 32))`;

  it.each([
    ["for input", reads],
    ["for a clock", sleeps],
  ])("%s is ended by its time limit as Interrupted", (_, call) => {
    installHost(nodeHost);
    const configure = new Configure();
    configure.addHostRegistration(HostRegistration.Wasi);
    const vm = new VM(configure, { wasi: { stdin: new Keyboard() } });
    vm.getImportModule(HostRegistration.Wasi)?.init([], "test");
    vm.loadWasm(program(call));
    vm.validate();
    vm.instantiate();
    const before = process.hrtime.bigint();
    let code: number | undefined;
    try {
      vm.execute("wait", [], { deadline: process.hrtime.bigint() + 50_000_000n });
    } catch (error) {
      code = error instanceof WasmEdgeError ? error.code : undefined;
    }
    expect(code).toBe(ErrCode.Interrupted);
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(50_000_000n);
  });
});

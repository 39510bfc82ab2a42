import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { setLogCallback } from "../../src/common/log.ts";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { Guest, OUTSIDE, type PollEvent, type PollSubscription, places } from "./guest.ts";

const CLOCK = 0;
const READ = 1;
const WRITE = 2;
const REALTIME = 0;
const MONOTONIC = 1;
const INPUT = 1024;
const OUTPUT = 8192;

const hostBefore = { ...host };
let now = 1_000n;
const slept: bigint[] = [];

beforeEach(() => {
  now = 1_000n;
  slept.length = 0;
  installHost({
    monotonicNanoseconds: () => now,
    realtimeNanoseconds: () => now + 1_000_000n,
    sleep: (nanoseconds) => {
      slept.push(nanoseconds);
      now += nanoseconds;
    },
  });
});

afterEach(() => {
  installHost(hostBefore);
  setLogCallback(null);
});

const poll = (guest: Guest, ...subscriptions: PollSubscription[]): PollEvent[] => guest.poll(...subscriptions);

function setUp(): Guest {
  const fileSystem = new MemoryFileSystem({ files: { file: "0123456789" } });
  return Guest.withPreopens(
    { fileSystem, stdin: inputFromBytes(encodeUtf8("input")), stdout: new OutputBuffer() },
    "/",
  );
}

const ready = { errno: "SUCCESS" };

describe("poll_oneoff", () => {
  it("waits for a clock, relative or absolute, of either kind", () => {
    const guest = setUp();
    expect(poll(guest, { tag: CLOCK, id: MONOTONIC, timeout: 500n })).toEqual([
      { userdata: 100n, errno: "SUCCESS", type: CLOCK, nbytes: 0n, flags: 0 },
    ]);
    expect(slept).toEqual([500n]);
    poll(guest, { tag: CLOCK, id: MONOTONIC, timeout: 2_000n, flags: 1 });
    poll(guest, { tag: CLOCK, id: REALTIME, timeout: 30n });
    poll(guest, { tag: CLOCK, id: REALTIME, timeout: 1_003_000n, flags: 1 });
    expect(slept).toEqual([500n, 500n, 30n, 970n]);
    expect(now).toBe(3_000n);
  });

  it("returns at once for a time that has come, or none at all", () => {
    const guest = setUp();
    expect(poll(guest, { tag: CLOCK, id: MONOTONIC, timeout: 0n })).toMatchObject([ready]);
    expect(poll(guest, { tag: CLOCK, id: MONOTONIC, timeout: 999n, flags: 1 })).toMatchObject([ready]);
    expect(slept).toEqual([]);
  });

  it("waits for the first of several clocks, and reports those that have struck", () => {
    const guest = setUp();
    const events = poll(
      guest,
      { tag: CLOCK, id: MONOTONIC, timeout: 900n },
      { tag: CLOCK, id: MONOTONIC, timeout: 300n },
      { tag: CLOCK, id: REALTIME, timeout: 300n },
    );
    expect(events.map(({ userdata }) => userdata)).toEqual([101n, 102n]);
    expect(slept).toEqual([300n]);
  });

  it("goes on waiting when the host woke too early", () => {
    installHost({
      sleep: (nanoseconds) => {
        slept.push(nanoseconds);
        now += nanoseconds > 100n ? 100n : nanoseconds;
      },
    });
    poll(setUp(), { tag: CLOCK, id: MONOTONIC, timeout: 250n });
    expect(slept).toEqual([250n, 150n, 50n]);
  });

  it("finds files and streams ready at once, with the bytes that there are", () => {
    const guest = setUp();
    const fd = guest.open(3, "file");
    guest.seek(fd, 4n, 0);
    expect(
      poll(
        guest,
        { tag: CLOCK, id: MONOTONIC, timeout: 1_000_000n },
        { tag: READ, fd },
        { tag: WRITE, fd },
        { tag: READ, fd: 0 },
        { tag: WRITE, fd: 1 },
      ),
    ).toEqual([
      { userdata: 101n, errno: "SUCCESS", type: READ, nbytes: 6n, flags: 0 },
      { userdata: 102n, errno: "SUCCESS", type: WRITE, nbytes: 1n, flags: 0 },
      { userdata: 103n, errno: "SUCCESS", type: READ, nbytes: 5n, flags: 0 },
      { userdata: 104n, errno: "SUCCESS", type: WRITE, nbytes: 1n, flags: 0 },
    ]);
    expect(slept).toEqual([]);
  });

  it("makes an event of what is wrong with a subscription, and does not wait then", () => {
    const guest = setUp();
    const bare = guest.open(3, "file", { base: 2n });
    const directory = guest.open(3, ".", { base: 1n << 27n });
    const events = poll(
      guest,
      { tag: CLOCK, id: MONOTONIC, timeout: 1_000_000n },
      { tag: 3, fd: 0 },
      { tag: CLOCK, id: 4, timeout: 1n },
      { tag: CLOCK, id: 2, timeout: 1n },
      { tag: CLOCK, id: MONOTONIC, timeout: 1n, flags: 2 },
      { tag: READ, fd: 99 },
      { tag: READ, fd: bare },
      { tag: READ, fd: directory },
      { tag: READ, fd: 1 },
    );
    expect(events.map(({ userdata, errno, type }) => [userdata, errno, type])).toEqual([
      [101n, "INVAL", 3],
      [102n, "INVAL", CLOCK],
      [103n, "INVAL", CLOCK],
      [104n, "INVAL", CLOCK],
      [105n, "BADF", READ],
      [106n, "NOTCAPABLE", READ],
      [107n, "ISDIR", READ],
      [108n, "BADF", READ],
    ]);
    expect(slept).toEqual([]);
  });

  it("returns when all subscriptions are wrong", () => {
    expect(poll(setUp(), { tag: READ, fd: 99 })).toMatchObject([{ errno: "BADF" }]);
    expect(slept).toEqual([]);
  });

  it("refuses no subscriptions at all, more than it bears, and pointers outside", () => {
    const guest = setUp();
    expect(guest.call("poll_oneoff", INPUT, OUTPUT, 0, places.result)).toBe("INVAL");
    expect(guest.call("poll_oneoff", OUTSIDE - 47, OUTPUT, 1, places.result)).toBe("FAULT");
    expect(guest.call("poll_oneoff", INPUT, OUTSIDE - 31, 1, places.result)).toBe("FAULT");
    expect(guest.call("poll_oneoff", INPUT, OUTPUT, 1, OUTSIDE - 3)).toBe("FAULT");
    expect(guest.call("poll_oneoff", INPUT, OUTPUT, -1, places.result)).toBe("FAULT");
  });

  it("is ENOSYS where the host cannot wait, but only if it had to", () => {
    const messages: string[] = [];
    setLogCallback(({ message }) => messages.push(message));
    installHost({ sleep: undefined });
    const guest = setUp();
    expect(poll(guest, { tag: CLOCK, id: MONOTONIC, timeout: 0n })).toMatchObject([ready]);
    guest.setU64(INPUT + 24, 5n);
    expect(guest.call("poll_oneoff", INPUT, OUTPUT, 1, places.result)).toBe("NOSYS");
    expect(guest.call("poll_oneoff", INPUT, OUTPUT, 1, places.result)).toBe("NOSYS");
    expect(messages).toEqual(["WASI: poll_oneoff returns ENOSYS: the host cannot wait."]);
  });
});

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { FdFlags, FileType } from "../../src/wasi/abi/constants.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { nodeHost, nodeInput, nodeOutput } from "../../src/wasi/fs/node-host.ts";
import { guestOn, hostBackends, hostFolder, ROOT } from "./backends.ts";
import { Guest, places } from "./guest.ts";

describe("Node as the host", () => {
  it("has clocks that go on, and tells the date", () => {
    const before = BigInt(Date.now()) * 1_000_000n;
    const realtime = nodeHost.realtimeNanoseconds?.() ?? 0n;
    expect(realtime - before).toBeGreaterThan(-1_000_000_000n);
    expect(realtime - before).toBeLessThan(60_000_000_000n);
    const first = nodeHost.monotonicNanoseconds?.() ?? 0n;
    expect(nodeHost.monotonicNanoseconds?.()).toBeGreaterThan(first);
    expect(nodeHost.processTimeNanoseconds?.()).toBeGreaterThan(0n);
    expect(nodeHost.clockResolutionNanoseconds).toBeGreaterThan(0n);
  });

  it("waits as long as it is told", () => {
    const before = process.hrtime.bigint();
    nodeHost.sleep?.(20_000_000n);
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(20_000_000n);
  });

  it("fills with randomness", () => {
    const [a, b] = [new Uint8Array(32), new Uint8Array(32)];
    nodeHost.fillRandom?.(a);
    nodeHost.fillRandom?.(b);
    expect(a).not.toEqual(b);
  });

  it("gives a guest its descriptors as streams, with their type", () => {
    const folder = hostFolder();
    writeFileSync(join(folder, "in"), "input");
    const input = openSync(join(folder, "in"), "r");
    const output = openSync(join(folder, "out"), "w");
    const guest = new Guest({ stdin: nodeInput(input), stdout: nodeOutput(output) });
    guest.wasi.init([], "test");
    expect(guest.read(0, 100)).toBe("input");
    expect(guest.read(0, 100)).toBe("");
    guest.write(1, "out", "put");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe("output");
    expect(guest.fdstat(0).filetype).toBe(FileType.REGULAR_FILE);
    expect(guest.wasi.getNativeHandler(1)).toBe(output);
    closeSync(input);
    closeSync(output);
    expect(() => nodeInput(99_999)).toThrow(expect.objectContaining({ errno: Errno.BADF }));
    expect(() => nodeOutput(99_999)).toThrow(expect.objectContaining({ errno: Errno.BADF }));
  });
});

describe("host directories", () => {
  it("that are no directories, or not there, are not opened", () => {
    const folder = hostFolder();
    writeFileSync(join(folder, "file"), "");
    for (const { create } of hostBackends) {
      const { fileSystem } = create();
      expect(() => fileSystem.openDirectory(join(folder, "file"))).toThrow(
        expect.objectContaining({ errno: Errno.NOTDIR }),
      );
      expect(() => fileSystem.openDirectory(join(folder, "absent"))).toThrow(
        expect.objectContaining({ errno: Errno.NOENT }),
      );
    }
  });

  it("are opened through the links of the embedder's own path", () => {
    const folder = hostFolder();
    mkdirSync(join(folder, "dir"));
    writeFileSync(join(folder, "dir/file"), "content");
    symlinkSync("dir", join(folder, "link"));
    for (const { create } of hostBackends) {
      const guest = guestOn({ fileSystem: create().fileSystem, path: join(folder, "link") });
      expect(guest.content(ROOT, "file")).toBe("content");
    }
  });

  it.runIf(process.platform === "linux")("leave no descriptor of the host open", () => {
    /** Those that lead into a folder; other tests of this process have theirs. */
    const descriptorsInto = (folder: string): string[] =>
      readdirSync("/proc/self/fd").flatMap((fd) => {
        try {
          const path = readlinkSync(`/proc/self/fd/${fd}`);
          return path.startsWith(folder) ? [path] : [];
        } catch {
          return [];
        }
      });
    for (const { create } of hostBackends) {
      const { fileSystem, path } = create();
      const guest = Guest.withPreopens({ fileSystem }, { guest: "/", host: path });
      guest.makeDirectory(ROOT, "a");
      guest.makeDirectory(ROOT, "a/b");
      guest.symlink("b", ROOT, "a/link");
      for (let i = 0; i < 20; i++) {
        guest.createFile(ROOT, `a/link/file${i}`, "content");
        guest.tryStat(ROOT, "a/b/../link/absent");
        guest.tryOpen(ROOT, "a/link/../../..");
        guest.tryOpen(ROOT, "a/b/file0/x");
        guest.list(guest.openDirectory(ROOT, "a/b"));
      }
      // Only what the guest holds open is left.
      const held = descriptorsInto(path).length;
      guest.wasi.fini();
      expect([path, held <= 22, descriptorsInto(path)]).toEqual([path, true, []]);
    }
  });

  it.runIf(process.platform === "linux")("do not make the host wait at a pipe without another end", () => {
    const folder = hostFolder();
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const guest = guestOn({ fileSystem: new NodeFileSystem(), path: folder });
    expect(guest.pathStat(ROOT, "pipe").filetype).toBe(FileType.UNKNOWN);
    expect(guest.tryOpen(ROOT, "pipe", { base: 1n << 6n })).toBe("NXIO");
    const reader = guest.open(ROOT, "pipe", { base: 2n });
    expect(guest.read(reader, 10)).toBe("");
  });

  it.runIf(process.platform === "linux")("tell at a pipe whether there is something to read", () => {
    const hostBefore = { ...host };
    installHost(nodeHost);
    const folder = hostFolder();
    const path = join(folder, "pipe");
    execFileSync("mkfifo", [path]);
    const guest = guestOn({ fileSystem: new NodeFileSystem(), path: folder });
    const reader = guest.open(ROOT, "pipe", { base: Right.FD_READ | Right.POLL_FD_READWRITE });
    const openOther = (): number => openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
    const poll = () => guest.poll({ tag: 1, fd: reader }, { tag: 0, id: 1, timeout: 5_000_000n });
    let other = openOther();
    try {
      expect(poll()).toMatchObject([{ type: 0 }]);
      writeSync(other, "abc");
      expect(poll()).toMatchObject([{ type: 1, errno: "SUCCESS", nbytes: 3n, flags: 0 }]);
      expect(() => guest.wasi.saveState()).toThrow(expect.objectContaining({ code: ErrCode.NotInSnapshot }));
      expect(guest.read(reader, 1, 1)).toBe("ab");
      writeSync(other, "def");
      expect(poll()).toMatchObject([{ type: 1, nbytes: 1n, flags: 0 }]);
      expect(guest.read(reader, 10)).toBe("c");
      expect(guest.read(reader, 10)).toBe("def");
      expect(poll()).toMatchObject([{ type: 0 }]);
      expect(guest.wasi.saveState()).toBeInstanceOf(Uint8Array);
      closeSync(other);
      // The end is there to be read; and is no end when another writer has come before.
      for (let i = 0; i < 2; i++) expect(poll()).toMatchObject([{ type: 1, nbytes: 0n, flags: 1 }]);
      other = openOther();
      writeSync(other, "again");
      expect(guest.read(reader, 10)).toBe("again");
    } finally {
      closeSync(other);
      installHost(hostBefore);
    }
  });

  it.runIf(process.platform === "linux")(
    "give and take at a pipe what there is, and time limits end a wait there",
    async () => {
      const hostBefore = { ...host };
      installHost(nodeHost);
      const folder = hostFolder();
      const path = join(folder, "pipe");
      execFileSync("mkfifo", [path]);
      const other = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
      try {
        const guest = guestOn({ fileSystem: new NodeFileSystem(), path: folder });
        const reader = guest.open(ROOT, "pipe", { base: Right.FD_READ | Right.FD_FDSTAT_SET_FLAGS });
        const writer = guest.open(ROOT, "pipe", { base: Right.FD_WRITE | Right.FD_FDSTAT_SET_FLAGS });
        guest.write(writer, "to ", "and fro");
        expect(guest.read(reader, 2, 100)).toBe("to and fro");
        const soon = (): bigint => host.monotonicNanoseconds() + 20_000_000n;
        const waits = (fd: number, name: string): unknown =>
          guest.callWithin(soon(), name, fd, ...guest.iovecs(30_000), places.result);
        expect(() => waits(reader, "fd_read")).toThrow(expect.objectContaining({ code: ErrCode.Interrupted }));
        // 64 KiB are what a pipe holds, or other sizes; then it is full.
        let held = 0;
        expect(() => {
          for (;;) {
            expect(waits(writer, "fd_write")).toBe("SUCCESS");
            held += guest.u32(places.result);
          }
        }).toThrow(expect.objectContaining({ code: ErrCode.Interrupted }));
        for (const fd of [reader, writer]) guest.must("fd_fdstat_set_flags", fd, FdFlags.NONBLOCK);
        expect(guest.call("fd_write", writer, ...guest.iovecs(30_000), places.result)).toBe("AGAIN");
        for (; held > 0; held -= guest.read(reader, 30_000).length);
        expect(guest.call("fd_read", reader, ...guest.iovecs(1), places.result)).toBe("AGAIN");
        guest.must("fd_fdstat_set_flags", reader, 0);
        const child = spawn("sh", ["-c", `sleep 0.1; printf later > "${path}"`]);
        expect(guest.read(reader, 100)).toBe("later");
        await once(child, "close");
      } finally {
        closeSync(other);
        installHost(hostBefore);
      }
    },
  );
});

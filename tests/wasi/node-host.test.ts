import { execFileSync } from "node:child_process";
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
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
  it.runIf(process.platform === "linux")("leave no descriptor of the host open, however a call ends", () => {
    const count = (): number => readdirSync("/proc/self/fd").length;
    for (const { create } of hostBackends) {
      const guest = guestOn(create());
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "dir/file", "content");
      guest.symlink("dir", ROOT, "link");
      guest.symlink("loop", ROOT, "loop");
      const deep = "dir/../".repeat(200);
      const before = count();
      for (const end of [
        "dir/file",
        "dir/absent",
        "dir/file/x",
        "link/file",
        "loop/x",
        "../x",
        "dir",
        "dir/file/",
        "link",
      ]) {
        for (const path of [end, deep + end]) {
          for (const oflags of [0, OFlags.CREAT, OFlags.DIRECTORY, OFlags.CREAT | OFlags.EXCL]) {
            if (guest.tryOpen(ROOT, path, { oflags }) === "SUCCESS") guest.close(guest.u32(places.result));
          }
          guest.tryStat(ROOT, path, 1);
          guest.makeDirectory(ROOT, `${path}/new`);
          guest.rename(ROOT, path, ROOT, `${deep}../x`);
          guest.link(ROOT, path, ROOT, "absent/x");
        }
      }
      expect(count()).toBe(before);
    }
  });

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
});

import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { MUTATING_RIGHTS, Right } from "../../src/wasi/abi/rights.ts";
import type { FileSystem, OpenDirectory } from "../../src/wasi/fs/file-system.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { isWindowsFileName } from "../../src/wasi/fs/windows-names.ts";
import { backends, guestOn, hostBackends, hostFolder, ROOT } from "./backends.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE, places } from "./guest.ts";

const FOLLOW = 1;
const SECRET = "secret";

/** A folder with a preopen inside and something outside that must stay as it is. */
function setUpFolders(fileSystem: FileSystem) {
  const folder = hostFolder();
  const inside = join(folder, "inside");
  const outside = join(folder, "outside");
  mkdirSync(inside);
  mkdirSync(outside);
  writeFileSync(join(outside, "file"), SECRET);
  const guest = guestOn({ fileSystem, path: inside });
  return { guest, inside, outside };
}

/** Everything that a guest could try with a path, none of which may reach the outside. */
function tryAll(guest: Guest, path: string): string[] {
  const results: string[] = [];
  for (const lookup of [0, FOLLOW]) {
    results.push(guest.tryStat(ROOT, path, lookup));
    for (const oflags of [0, OFlags.CREAT, OFlags.TRUNC, OFlags.CREAT | OFlags.TRUNC, OFlags.CREAT | OFlags.EXCL]) {
      results.push(guest.tryOpen(ROOT, path, { lookup, oflags }));
    }
    results.push(guest.tryOpen(ROOT, path, { lookup, oflags: OFlags.DIRECTORY, base: 0n }));
    results.push(guest.link(ROOT, path, ROOT, "stolen", lookup));
    results.push(guest.call("path_filestat_set_times", ROOT, lookup, ...guest.path(path), 1n, 1n, 5));
  }
  return results;
}

function expectUntouched(outside: string): void {
  expect(readdirSync(outside)).toEqual(["file"]);
  expect(readFileSync(join(outside, "file"), "utf8")).toBe(SECRET);
  expect(lstatSync(join(outside, "file")).mtimeMs).toBeGreaterThan(1e12);
  expect(lstatSync(join(outside, "file")).nlink).toBe(1);
}

describe.each(hostBackends)("the sandbox over $name", ({ create }) => {
  const setUp = () => setUpFolders(create().fileSystem);

  it("is not left by links that the host made before", () => {
    const { guest, inside, outside } = setUp();
    symlinkSync(outside, join(inside, "absolute"));
    symlinkSync("../outside", join(inside, "relative"));
    symlinkSync("../outside/file", join(inside, "to-file"));
    symlinkSync("../outside/new", join(inside, "to-new"));
    mkdirSync(join(inside, "sub"));
    symlinkSync("../../outside", join(inside, "sub/up"));
    symlinkSync("/proc/self/root", join(inside, "magic"));
    for (const path of [
      "absolute/file",
      "absolute/new",
      "relative/file",
      "relative/new",
      "sub/up/file",
      "sub/../relative/file",
      "magic/etc/passwd",
    ]) {
      expect([path, new Set(tryAll(guest, path))]).toEqual([path, new Set(["PERM"])]);
    }
    expectUntouched(outside);
  });

  it("is not left through a link followed to create with write (CVE-2024-38358)", () => {
    const { guest, inside, outside } = setUp();
    symlinkSync("../outside/new", join(inside, "link"));
    symlinkSync("../outside/file", join(inside, "link2"));
    for (const path of ["link", "link2"]) {
      for (const oflags of [OFlags.CREAT, OFlags.TRUNC, OFlags.CREAT | OFlags.TRUNC]) {
        expect(guest.tryOpen(ROOT, path, { oflags, lookup: FOLLOW })).toBe("PERM");
        expect(guest.tryOpen(ROOT, path, { oflags })).toBe("LOOP");
      }
      expect(guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT | OFlags.EXCL, lookup: FOLLOW })).toBe("EXIST");
    }
    expectUntouched(outside);
  });

  it("is not left through links that the guest makes, moves or links", () => {
    const { guest, inside, outside } = setUp();
    guest.makeDirectory(ROOT, "a");
    guest.makeDirectory(ROOT, "a/b");
    // Harmless where it is made, and one directory higher it would lead outside.
    expect(guest.symlink("../../outside", ROOT, "a/b/link")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "a/b/link", ROOT, "link")).toBe("SUCCESS");
    expect(guest.link(ROOT, "link", ROOT, "link2")).toBe("SUCCESS");
    expect(guest.symlink("../../inside/../outside", ROOT, "a/b/again")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "a/b", ROOT, "b")).toBe("SUCCESS");
    for (const path of ["link/file", "link2/file", "b/again/file", "b/again/new", "link/new"]) {
      expect([path, new Set(tryAll(guest, path))]).toEqual([path, new Set(["PERM"])]);
    }
    expect(existsSync(join(inside, "stolen"))).toBe(false);
    expectUntouched(outside);
  });

  it("is not left by trailing slashes on links (GHSA-vqjp-4c8c-hfgg)", () => {
    const { guest, inside, outside } = setUp();
    symlinkSync("../outside", join(inside, "link"));
    for (const path of ["link/", "link//", "link/.", "link/./"]) {
      expect(guest.tryStat(ROOT, path)).toBe("PERM");
      expect(guest.tryOpen(ROOT, path, { base: 0n })).toBe("PERM");
      expect(guest.tryOpen(ROOT, path, { base: 0n, oflags: OFlags.DIRECTORY })).toBe("PERM");
      expect(guest.removeDirectory(ROOT, path)).toMatch(/^(NOTDIR|PERM)$/);
      expect(guest.unlink(ROOT, path)).toMatch(/^(NOTDIR|PERM)$/);
      expect(guest.rename(ROOT, path, ROOT, "x")).toMatch(/^(NOTDIR|PERM)$/);
      expect(guest.call("path_filestat_set_times", ROOT, 0, ...guest.path(path), 1n, 1n, 5)).toBe("PERM");
    }
    expect(lstatSync(join(inside, "link")).isSymbolicLink()).toBe(true);
    expectUntouched(outside);
  });

  it("is not left by .., an absolute path, nothing, or NUL", () => {
    const { guest, inside, outside } = setUp();
    mkdirSync(join(inside, "sub"));
    for (const path of ["../outside/file", "sub/../../outside/file", "./../outside/file", "/", join(outside, "file")]) {
      expect([path, new Set(tryAll(guest, path))]).toEqual([path, new Set(["PERM"])]);
    }
    expect(new Set(tryAll(guest, ""))).toEqual(new Set(["NOENT"]));
    expect(new Set(tryAll(guest, "sub\0/../../outside/file"))).toEqual(new Set(["INVAL"]));
    expect(guest.makeDirectory(ROOT, "../outside/new")).toBe("PERM");
    expect(guest.rename(ROOT, "sub", ROOT, "../outside/sub")).toBe("PERM");
    expect(guest.rename(ROOT, "../outside/file", ROOT, "file")).toBe("PERM");
    expect(guest.unlink(ROOT, "../outside/file")).toBe("PERM");
    expectUntouched(outside);
  });

  it("keeps a directory that is open when its name is given to a link", () => {
    const { guest, inside, outside } = setUp();
    mkdirSync(join(inside, "dir"));
    const fd = guest.openDirectory(ROOT, "dir");
    renameSync(join(inside, "dir"), join(inside, "moved"));
    symlinkSync(outside, join(inside, "dir"));
    expect(guest.tryOpen(fd, "file", { lookup: FOLLOW })).toBe("NOENT");
    // By descriptors it is the directory that it was, wherever that is now; by paths it is gone.
    expect(guest.tryOpen(fd, "new", { oflags: OFlags.CREAT })).toMatch(/^(SUCCESS|NOENT)$/);
    expect(guest.makeDirectory(fd, "made")).toMatch(/^(SUCCESS|NOENT)$/);
    expect(guest.call("fd_filestat_set_times", fd, 1n, 1n, 5)).toMatch(/^(SUCCESS|NOENT)$/);
    expectUntouched(outside);
  });

  it("keeps the preopen when its name is given to a link", () => {
    const { guest, inside, outside } = setUp();
    renameSync(inside, `${inside}-moved`);
    symlinkSync(outside, inside);
    expect(guest.tryOpen(ROOT, "file")).toBe("NOENT");
    guest.tryOpen(ROOT, "new", { oflags: OFlags.CREAT });
    guest.makeDirectory(ROOT, "made");
    guest.symlink("x", ROOT, "link");
    expectUntouched(outside);
  });
});

/** A directory in which something happens right after each step. */
function meddling(directory: OpenDirectory, meddle: (step: string) => void): OpenDirectory {
  return new Proxy(directory, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = member.apply(target, args);
        meddle(`${String(property)} ${String(args[0])}`);
        return result;
      };
    },
  });
}

describe.each(hostBackends)(
  "a directory or file swapped for a link in the middle of a call, over $name",
  ({ create }) => {
    function setUp(step: string, swap: (inside: string, outside: string) => void) {
      const { fileSystem } = create();
      const folder = hostFolder();
      const inside = join(folder, "inside");
      const outside = join(folder, "outside");
      for (const path of [inside, outside, join(inside, "dir")]) mkdirSync(path);
      writeFileSync(join(outside, "file"), SECRET);
      writeFileSync(join(inside, "file"), "own");
      writeFileSync(join(inside, "dir/file"), "own");
      let swapped = false;
      const guest = Guest.withPreopens(
        {
          fileSystem: {
            openDirectory: (path) =>
              meddling(fileSystem.openDirectory(path), (met) => {
                if (met !== step || swapped) return;
                swapped = true;
                swap(inside, outside);
              }),
          },
        },
        { guest: "/", host: inside },
      );
      return { guest, outside, wasSwapped: () => swapped };
    }

    const swapDirectory = (inside: string, outside: string): void => {
      renameSync(join(inside, "dir"), join(inside, "away"));
      symlinkSync(outside, join(inside, "dir"));
    };
    const swapFile = (inside: string, outside: string): void => {
      unlinkSync(join(inside, "file"));
      symlinkSync(join(outside, "file"), join(inside, "file"));
    };

    it("after the directory was opened", () => {
      const { guest, outside, wasSwapped } = setUp("openAt dir", swapDirectory);
      const errno = guest.tryOpen(ROOT, "dir/file", { oflags: OFlags.TRUNC, lookup: FOLLOW });
      expect(wasSwapped()).toBe(true);
      expect(errno).toMatch(/^(SUCCESS|NOENT)$/);
      expectUntouched(outside);
      guest.wasi.fini();
    });

    it("after the name was found to be no link", () => {
      const { guest, outside, wasSwapped } = setUp("statAt file", swapFile);
      expect(guest.tryOpen(ROOT, "file", { oflags: OFlags.TRUNC, lookup: FOLLOW })).toBe("LOOP");
      expect(wasSwapped()).toBe(true);
      expectUntouched(outside);
      guest.wasi.fini();
    });

    it("after the times of a name were about to be set", () => {
      const { guest, outside, wasSwapped } = setUp("statAt file", swapFile);
      guest.must("path_filestat_set_times", ROOT, FOLLOW, ...guest.path("file"), 1n, 1n, 5);
      expect(wasSwapped()).toBe(true);
      expectUntouched(outside);
      guest.wasi.fini();
    });

    it("after a hard link's source was looked at", () => {
      const { guest, outside, wasSwapped } = setUp("statAt file", swapFile);
      guest.link(ROOT, "file", ROOT, "stolen", FOLLOW);
      expect(wasSwapped()).toBe(true);
      expect(guest.tryOpen(ROOT, "stolen", { lookup: FOLLOW })).toMatch(/^(PERM|NOENT)$/);
      expectUntouched(outside);
      guest.wasi.fini();
    });
  },
);

const swapper = `
  const { workerData } = require("node:worker_threads");
  const fs = require("node:fs");
  const { inside, outside, stop } = workerData;
  const flag = new Int32Array(stop);
  let swaps = 0;
  while (Atomics.load(flag, 0) === 0) {
    fs.renameSync(inside + "/dir", inside + "/away");
    fs.symlinkSync(outside, inside + "/dir");
    fs.unlinkSync(inside + "/dir");
    fs.renameSync(inside + "/away", inside + "/dir");
    swaps++;
  }
  require("node:worker_threads").parentPort.postMessage(swaps);
`;

const workers: Worker[] = [];
afterEach(async () => {
  for (const worker of workers.splice(0)) await worker.terminate();
});

it.runIf(process.platform === "linux")(
  "a racing process that swaps a directory for a link gains nothing where directories are held by descriptors",
  async () => {
    const { guest, inside, outside } = setUpFolders(new NodeFileSystem({ descriptors: true }));
    mkdirSync(join(inside, "dir"));
    writeFileSync(join(inside, "dir/file"), "own");
    const stop = new SharedArrayBuffer(4);
    const worker = new Worker(swapper, { eval: true, workerData: { inside, outside, stop } });
    workers.push(worker);
    await new Promise((resolve) => worker.once("online", resolve));
    const seen = new Set<string>();
    for (let i = 0; i < 1500; i++) {
      const opened = guest.tryOpen(ROOT, "dir/file", { oflags: OFlags.CREAT, lookup: FOLLOW });
      seen.add(opened);
      if (opened === "SUCCESS") {
        const fd = guest.u32(places.result);
        expect(guest.pread(fd, 100, 0n)).not.toBe(SECRET);
        guest.close(fd);
      }
      seen.add(guest.makeDirectory(ROOT, `dir/made-${i}`));
      seen.add(guest.unlink(ROOT, "dir/file"));
      guest.removeDirectory(ROOT, `dir/made-${i}`);
    }
    Atomics.store(new Int32Array(stop), 0, 1);
    const swaps = await new Promise<number>((resolve) => worker.once("message", resolve));
    expect(swaps).toBeGreaterThan(10);
    expect(seen).toContain("SUCCESS");
    expectUntouched(outside);
  },
);

describe.each(backends)("a read-only preopen over $name", ({ create }) => {
  function setUp() {
    const volume = create();
    const writer = guestOn(volume);
    writer.makeDirectory(ROOT, "dir");
    writer.makeDirectory(ROOT, "empty");
    writer.createFile(ROOT, "dir/file", "content");
    writer.symlink("dir/file", ROOT, "link");
    return { writer, guest: guestOn(volume, true) };
  }

  it("can be read and listed", () => {
    const { guest } = setUp();
    expect(guest.content(ROOT, "link")).toBe("content");
    expect(guest.list(ROOT)).toEqual([".", "..", "dir", "empty", "link"]);
    expect(guest.readlink(ROOT, "link")).toBe("dir/file");
    const dir = guest.openDirectory(ROOT, "dir");
    expect(guest.list(dir)).toEqual([".", "..", "file"]);
  });

  it("has no mutating right to give, neither for itself nor for what is opened through it", () => {
    const { guest } = setUp();
    const { base, inheriting } = guest.fdstat(ROOT);
    expect([base & MUTATING_RIGHTS, inheriting & MUTATING_RIGHTS]).toEqual([0n, 0n]);
  });

  it("cannot be changed", () => {
    const { guest, writer } = setUp();
    const results = [
      guest.makeDirectory(ROOT, "new"),
      guest.removeDirectory(ROOT, "empty"),
      guest.unlink(ROOT, "dir/file"),
      guest.rename(ROOT, "link", ROOT, "new"),
      guest.link(ROOT, "dir/file", ROOT, "new"),
      guest.symlink("dir", ROOT, "new"),
      guest.tryOpen(ROOT, "new", { oflags: OFlags.CREAT, base: Right.FD_READ }),
      guest.tryOpen(ROOT, "dir/file", { oflags: OFlags.TRUNC, base: Right.FD_READ }),
      guest.tryOpen(ROOT, "dir/file", { base: Right.FD_WRITE }),
      guest.tryOpen(ROOT, "dir/file", { base: Right.FD_ALLOCATE }),
      guest.tryOpen(ROOT, "dir/file", { base: Right.FD_FILESTAT_SET_SIZE }),
      guest.tryOpen(ROOT, "dir/file", { base: Right.FD_FILESTAT_SET_TIMES }),
      guest.call("path_filestat_set_times", ROOT, 0, ...guest.path("dir/file"), 1n, 1n, 5),
      guest.call("fd_filestat_set_times", ROOT, 1n, 1n, 5),
    ];
    expect(results).toEqual(results.map(() => "NOTCAPABLE"));
    expect(writer.list(ROOT)).toEqual([".", "..", "dir", "empty", "link"]);
    expect(writer.content(ROOT, "dir/file")).toBe("content");
  });

  it("gives no mutating right through path_open of itself or a directory below", () => {
    const { guest } = setUp();
    for (const path of [".", "./", "dir", "dir/..", "dir/."]) {
      for (const right of Object.values(Right).filter((bit) => (bit & MUTATING_RIGHTS) !== 0n)) {
        const request = { oflags: OFlags.DIRECTORY };
        expect(guest.tryOpen(ROOT, path, { ...request, base: right, inheriting: 0n })).toBe("NOTCAPABLE");
        expect(guest.tryOpen(ROOT, path, { ...request, base: 0n, inheriting: right })).toBe("NOTCAPABLE");
      }
      const { base, inheriting } = guest.fdstat(ROOT);
      const fd = guest.open(ROOT, path, { oflags: OFlags.DIRECTORY, base, inheriting });
      expect(guest.makeDirectory(fd, "new")).toBe("NOTCAPABLE");
      expect(guest.call("fd_fdstat_set_rights", fd, base | MUTATING_RIGHTS, inheriting)).toBe("NOTCAPABLE");
    }
  });

  it("cannot be written to through a writable preopen beside it", () => {
    const { fileSystem, path } = create();
    const writer = guestOn({ fileSystem, path });
    writer.makeDirectory(ROOT, "ro");
    writer.makeDirectory(ROOT, "rw");
    writer.createFile(ROOT, "ro/file", "content");
    const base = path === "/" ? "" : path;
    const guest = Guest.withPreopens({ fileSystem }, `ro:${base}/ro:readonly`, `rw:${base}/rw`);
    expect(guest.link(3, "file", 4, "stolen")).toBe("NOTCAPABLE");
    expect(guest.rename(3, "file", 4, "stolen")).toBe("NOTCAPABLE");
    expect(guest.rename(4, ".", 3, "x")).toBe("NOTCAPABLE");
    expect(guest.tryOpen(4, "../ro/file")).toBe("PERM");
    expect(guest.symlink("../ro/file", 4, "link")).toBe("PERM");
    expect(guest.list(4)).toEqual([".", ".."]);
    guest.wasi.fini();
  });
});

it("a program without preopens has nothing to write to (GHSA-4mq4-7rw3-vm5j)", () => {
  const guest = Guest.withPreopens({ fileSystem: backends[0].create().fileSystem });
  for (let fd = 0; fd < 40; fd++) {
    expect(guest.tryOpen(fd, "file", { oflags: OFlags.CREAT })).toBe(fd < 3 ? "NOTDIR" : "BADF");
    expect(guest.makeDirectory(fd, "dir")).toBe(fd < 3 ? "NOTDIR" : "BADF");
    expect(guest.call("fd_prestat_get", fd, places.result)).toBe(fd < 3 ? "INVAL" : "BADF");
  }
});

describe("names that mean devices or streams to Windows (CVE-2024-51745)", () => {
  it("are told from those of files", () => {
    for (const name of ["CON", "con.txt", "NUL", "nul.tar.gz", "aux", "PRN.", "COM1", "com9.log", "LPT3", "CONIN$"]) {
      expect([name, isWindowsFileName(name)]).toEqual([name, false]);
    }
    for (const name of ["COM¹", "com².txt", "LPT³", "lpt¹.x", "COM1 .txt", "nul "]) {
      expect([name, isWindowsFileName(name)]).toEqual([name, false]);
    }
    for (const name of ["a:b", "file::$DATA", "C:", "a\\b", "..\\x", "a*", "a?", "a\u0001", "dot.", "space "]) {
      expect([name, isWindowsFileName(name)]).toEqual([name, false]);
    }
    for (const name of [
      "console",
      "nul1",
      "com",
      "com10",
      "lpt",
      "file.txt",
      ".hidden",
      "COM¹0",
      "auxiliary.c",
      "日本",
    ]) {
      expect([name, isWindowsFileName(name)]).toEqual([name, true]);
    }
  });

  it("reach no host directory where they are checked", () => {
    const guest = guestOn({ fileSystem: new NodeFileSystem({ windowsNames: true }), path: hostFolder() });
    for (const name of ["COM¹", "nul", "aux.h", "a:b", "x\\..\\y"]) {
      expect(guest.tryOpen(ROOT, name, { oflags: OFlags.CREAT })).toBe("INVAL");
      expect(guest.tryStat(ROOT, name)).toBe("INVAL");
      expect(guest.makeDirectory(ROOT, name)).toBe("INVAL");
      expect(guest.rename(ROOT, ".", ROOT, name)).toBe("BUSY");
      expect(guest.symlink("x", ROOT, name)).toBe("INVAL");
      expect(guest.tryStat(ROOT, `${name}/file`)).toBe("INVAL");
    }
    expect(guest.list(ROOT)).toEqual([".", ".."]);
  });
});

describe("spans whose offset and size overflow (CVE-2025-69261)", () => {
  it("are FAULT in each function that has one", () => {
    const guest = guestOn(backends[0].create());
    guest.createFile(ROOT, "file", "content");
    const fd = guest.open(ROOT, "file");
    const file = guest.path("file");
    for (const [address, length] of [
      [OUTSIDE - 1, 2],
      [1, -1],
      [-1, 1],
      [-1, -1],
      [OUTSIDE, 1],
      [-16, 32],
      [0x80000000, 0x80000000],
    ]) {
      const calls: [string, ...(number | bigint)[]][] = [
        ["fd_prestat_dir_name", ROOT, address, length],
        ["fd_readdir", ROOT, address, length, 0n, places.result],
        ["random_get", address, length],
        ["path_create_directory", ROOT, address, length],
        ["path_remove_directory", ROOT, address, length],
        ["path_unlink_file", ROOT, address, length],
        ["path_filestat_get", ROOT, 0, address, length, places.result],
        ["path_filestat_set_times", ROOT, 0, address, length, 0n, 0n, 0],
        ["path_link", ROOT, 0, address, length, ROOT, ...file],
        ["path_link", ROOT, 0, ...file, ROOT, address, length],
        ["path_rename", ROOT, address, length, ROOT, ...file],
        ["path_rename", ROOT, ...file, ROOT, address, length],
        ["path_symlink", address, length, ROOT, ...file],
        ["path_symlink", ...file, ROOT, address, length],
        ["path_readlink", ROOT, address, length, places.buffer, 10, places.result],
        ["path_readlink", ROOT, ...file, address, length, places.result],
        ["path_open", ROOT, 0, address, length, 0, ALL_FILE_RIGHTS, 0n, 0, places.result],
      ];
      for (const [name, ...args] of calls) {
        expect([name, address, length, guest.call(name, ...args)]).toEqual([name, address, length, "FAULT"]);
      }
      const [iovecs] = guest.iovecs(1);
      guest.setU32(iovecs, address);
      guest.setU32(iovecs + 4, length);
      for (const name of ["fd_read", "fd_write"]) expect(guest.call(name, fd, iovecs, 1, places.result)).toBe("FAULT");
      for (const name of ["fd_pread", "fd_pwrite"]) {
        expect(guest.call(name, fd, iovecs, 1, 0n, places.result)).toBe("FAULT");
      }
    }
    for (const count of [0x8000000, -1, 0x20000000]) {
      expect(guest.call("fd_read", fd, places.buffer, count, places.result)).toBe("INVAL");
      expect(guest.call("poll_oneoff", 0, places.buffer, count, places.result)).toBe("FAULT");
    }
    expect(guest.list(ROOT)).toEqual([".", "..", "file"]);
  });
});

it("a hard link made by the host outside is the host's to answer for, and the guest makes none", () => {
  const { guest, inside, outside } = setUpFolders(new NodeFileSystem());
  linkSync(join(outside, "file"), join(inside, "given"));
  expect(guest.content(ROOT, "given")).toBe(SECRET);
  expect(guest.link(ROOT, "../outside/file", ROOT, "stolen")).toBe("PERM");
  expect(readdirSync(inside)).toEqual(["given"]);
});

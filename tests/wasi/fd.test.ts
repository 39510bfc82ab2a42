import { describe, expect, it } from "vitest";
import { FdFlags, FileType, OFlags, Whence } from "../../src/wasi/abi/constants.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { backends, guestOn, ROOT } from "./backends.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE, places } from "./guest.ts";

describe.each(backends)("files on a file system: $name", ({ create }) => {
  const setUp = () => guestOn(create());

  it("are written, sought and read through several buffers", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    expect(guest.write(fd, "Hello", "", ", world")).toBe(12);
    expect(guest.tell(fd)).toBe(12n);
    expect(guest.seek(fd, 0n, Whence.SET)).toBe(0n);
    expect(guest.read(fd, 3, 0, 4)).toBe("Hello, ");
    expect(guest.read(fd, 100, 100)).toBe("world");
    expect(guest.read(fd, 100)).toBe("");
    expect(guest.tell(fd)).toBe(12n);
    expect(guest.content(ROOT, "file")).toBe("Hello, world");
  });

  it("seek from the start, from where they are and from the end, beyond it too, but not before the start", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.write(fd, "0123456789");
    expect(guest.seek(fd, -4n, Whence.CUR)).toBe(6n);
    expect(guest.seek(fd, -1n, Whence.END)).toBe(9n);
    expect(guest.seek(fd, 1000n, Whence.CUR)).toBe(1009n);
    expect(guest.call("fd_seek", fd, -2000n, Whence.CUR, places.result)).toBe("INVAL");
    expect(guest.call("fd_seek", fd, 2n ** 62n, Whence.SET, places.result)).toBe("INVAL");
    expect(guest.call("fd_seek", fd, 0n, 3, places.result)).toBe("INVAL");
    expect(guest.tell(fd)).toBe(1009n);
  });

  it("are read and written at a place without moving the offset", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.write(fd, "0123456789");
    expect(guest.pwrite(fd, "ab", 2n)).toBe(2);
    expect(guest.pread(fd, 5, 1n)).toBe("1ab45");
    expect(guest.pread(fd, 5, 8n)).toBe("89");
    expect(guest.pread(fd, 5, 2n ** 62n)).toBe("");
    expect(guest.tell(fd)).toBe(10n);
    expect(guest.call("fd_pread", fd, ...guest.iovecs(1), -1n, places.result)).toBe("INVAL");
    expect(guest.call("fd_pwrite", fd, ...guest.iovecs(1), -1n, places.result)).toBe("INVAL");
    expect(guest.call("fd_pwrite", fd, ...guest.iovecs(1), 2n ** 62n, places.result)).toBe("FBIG");
    expect(guest.call("fd_pwrite", fd, ...guest.iovecs(2), 2n ** 53n - 2n, places.result)).toBe("FBIG");
  });

  it("have a hole of zeros where a write went beyond the end", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.pwrite(fd, "end", 200_000n);
    expect(guest.stat(fd).size).toBe(200_003n);
    expect(guest.pread(fd, 4, 65_535n)).toBe("\0\0\0\0");
    expect(guest.pread(fd, 10, 199_998n)).toBe("\0\0end");
  });

  it("grow and shrink by set_size, and what was cut off does not come back", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.write(fd, "0123456789");
    guest.must("fd_filestat_set_size", fd, 4n);
    guest.must("fd_filestat_set_size", fd, 8n);
    expect(guest.content(ROOT, "file")).toBe("0123\0\0\0\0");
    guest.must("fd_filestat_set_size", fd, 0n);
    expect(guest.stat(fd).size).toBe(0n);
    expect(guest.call("fd_filestat_set_size", fd, -1n)).toBe("INVAL");
  });

  it("are made longer by allocate, never shorter", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.write(fd, "0123456789");
    guest.must("fd_allocate", fd, 2n, 4n);
    expect(guest.stat(fd).size).toBe(10n);
    guest.must("fd_allocate", fd, 8n, 8n);
    expect(guest.stat(fd).size).toBe(16n);
    expect(guest.call("fd_allocate", fd, 0n, 0n)).toBe("INVAL");
    expect(guest.call("fd_allocate", fd, 2n ** 52n, 2n ** 53n - 1n)).toBe("FBIG");
    expect(guest.stat(fd).size).toBe(16n);
  });

  it("are appended to wherever the offset stands, and no longer once the flag is taken away", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "one");
    const fd = guest.open(ROOT, "file", { fdflags: FdFlags.APPEND });
    guest.write(fd, "two");
    expect(guest.tell(fd)).toBe(6n);
    guest.seek(fd, 0n, Whence.SET);
    guest.write(fd, "three");
    expect(guest.tell(fd)).toBe(11n);
    expect(guest.fdstat(fd).flags).toBe(FdFlags.APPEND);
    expect(guest.pwrite(fd, "O", 0n)).toBe(1);
    guest.must("fd_fdstat_set_flags", fd, 0);
    guest.seek(fd, 3n, Whence.SET);
    guest.write(fd, "TWO");
    expect(guest.content(ROOT, "file")).toBe("OneTWOthree");
  });

  it("append beside each other through two descriptors", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file");
    const a = guest.open(ROOT, "file", { fdflags: FdFlags.APPEND });
    const b = guest.open(ROOT, "file", { fdflags: FdFlags.APPEND });
    guest.write(a, "a1 ");
    guest.write(b, "b1 ");
    guest.write(a, "a2 ");
    expect(guest.content(ROOT, "file")).toBe("a1 b1 a2 ");
  });

  it("are synchronised, and take the flags for it", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT, fdflags: FdFlags.SYNC | FdFlags.DSYNC });
    guest.write(fd, "x");
    guest.must("fd_sync", fd);
    guest.must("fd_datasync", fd);
    guest.must("fd_fdstat_set_flags", fd, FdFlags.DSYNC);
    guest.write(fd, "y");
    expect(guest.call("fd_fdstat_set_flags", fd, 32)).toBe("INVAL");
    expect(guest.fdstat(fd).flags).toBe(FdFlags.DSYNC);
    expect(guest.content(ROOT, "file")).toBe("xy");
  });

  it("refuse advice that there is not", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    for (let advice = 0; advice < 6; advice++) guest.must("fd_advise", fd, 0n, 10n, advice);
    expect(guest.call("fd_advise", fd, 0n, 10n, 6)).toBe("INVAL");
    expect(guest.call("fd_advise", fd, 0n, -1n, 0)).toBe("INVAL");
  });

  it("have the times that were set, to the nanosecond, and keep the others", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    const before = guest.stat(fd);
    guest.must("fd_filestat_set_times", fd, 1n, before.mtim - 101n, 4);
    expect(guest.stat(fd)).toMatchObject({ atim: before.atim, mtim: before.mtim - 101n });
    guest.must("fd_filestat_set_times", fd, 1_234_567_890_123_456_789n, 0n, 1);
    expect(guest.stat(fd)).toMatchObject({ atim: 1_234_567_890_123_456_789n, mtim: before.mtim - 101n });
    guest.must("path_filestat_set_times", ROOT, 0, ...guest.path("file"), 0n, 42n, 4);
    expect(guest.stat(fd)).toMatchObject({ atim: 1_234_567_890_123_456_789n, mtim: 42n });
    guest.must("fd_filestat_set_times", fd, 0n, 0n, 2 | 8);
    expect(guest.stat(fd).mtim).toBeGreaterThanOrEqual(before.mtim - 1_000_000_000n);
    for (const flags of [3, 12, 15, 16]) {
      expect(guest.call("fd_filestat_set_times", fd, 1n, 1n, flags)).toBe("INVAL");
      expect(guest.call("path_filestat_set_times", ROOT, 0, ...guest.path("file"), 1n, 1n, flags)).toBe("INVAL");
    }
  });

  it("tell what they are: type, size, links, and the same numbers by descriptor and by path", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "12345");
    const fd = guest.open(ROOT, "file");
    const stat = guest.stat(fd);
    expect(stat).toMatchObject({ filetype: FileType.REGULAR_FILE, size: 5n, nlink: 1n });
    expect(guest.pathStat(ROOT, "file")).toEqual(stat);
    guest.createFile(ROOT, "other");
    expect(guest.pathStat(ROOT, "other").ino).not.toBe(stat.ino);
    expect(guest.stat(ROOT).filetype).toBe(FileType.DIRECTORY);
    expect(guest.pathStat(ROOT, ".").ino).toBe(guest.stat(ROOT).ino);
  });

  it("take no reading or writing without the right", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "text");
    const reader = guest.open(ROOT, "file", { base: Right.FD_READ });
    const writer = guest.open(ROOT, "file", { base: Right.FD_WRITE });
    expect(guest.call("fd_write", reader, ...guest.iovecs(1), places.result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_read", writer, ...guest.iovecs(1), places.result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_pread", reader, ...guest.iovecs(1), 0n, places.result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_pwrite", writer, ...guest.iovecs(1), 0n, places.result)).toBe("NOTCAPABLE");
    const calls: [string, ...(number | bigint)[]][] = [
      ["fd_seek", reader, 0n, 0, places.result],
      ["fd_tell", reader, places.result],
      ["fd_advise", reader, 0n, 0n, 0],
      ["fd_allocate", reader, 0n, 1n],
      ["fd_sync", reader],
      ["fd_datasync", reader],
      ["fd_fdstat_set_flags", reader, 0],
      ["fd_filestat_get", reader, places.result],
      ["fd_filestat_set_size", reader, 0n],
      ["fd_filestat_set_times", reader, 0n, 0n, 0],
    ];
    for (const [name, ...args] of calls) expect([name, guest.call(name, ...args)]).toEqual([name, "NOTCAPABLE"]);
    expect(guest.content(ROOT, "file")).toBe("text");
  });

  it("lose rights for good", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.must("fd_fdstat_set_rights", fd, Right.FD_READ, 0n);
    expect(guest.fdstat(fd)).toMatchObject({ base: Right.FD_READ, inheriting: 0n });
    expect(guest.call("fd_fdstat_set_rights", fd, Right.FD_READ | Right.FD_WRITE, 0n)).toBe("NOTCAPABLE");
    expect(guest.call("fd_fdstat_set_rights", fd, Right.FD_READ, Right.FD_READ)).toBe("NOTCAPABLE");
    expect(guest.call("fd_fdstat_set_rights", fd, 1n << 36n, 0n)).toBe("INVAL");
    expect(guest.call("fd_write", fd, ...guest.iovecs(1), places.result)).toBe("NOTCAPABLE");
  });

  it("change nothing when the result has nowhere to go", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.write(fd, "0123456789");
    guest.seek(fd, 5n, Whence.SET);
    expect(guest.call("fd_write", fd, ...guest.iovecs(3), OUTSIDE)).toBe("FAULT");
    expect(guest.call("fd_pwrite", fd, ...guest.iovecs(3), 0n, OUTSIDE - 3)).toBe("FAULT");
    expect(guest.call("fd_read", fd, ...guest.iovecs(3), OUTSIDE)).toBe("FAULT");
    expect(guest.call("fd_seek", fd, 0n, Whence.SET, OUTSIDE - 7)).toBe("FAULT");
    const create = { oflags: OFlags.CREAT };
    expect(guest.call("path_open", ROOT, 0, ...guest.path("new"), 1, 0n, 0n, 0, OUTSIDE - 3)).toBe("FAULT");
    expect(guest.tryStat(ROOT, "new")).toBe("NOENT");
    expect(guest.tell(fd)).toBe(5n);
    expect(guest.content(ROOT, "file")).toBe("0123456789");
    expect(guest.open(ROOT, "new", create)).toBe(fd + 1);
  });

  it("fill what comes before a vector that is outside with nothing", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "0123456789");
    const fd = guest.open(ROOT, "file");
    const [iovecs] = guest.iovecs(4, 4);
    guest.memory.fillBytes(0x2a, places.buffer, 8);
    for (const [address, length] of [
      [OUTSIDE, 1],
      [OUTSIDE - 4, 5],
      [4, 0xffffffff],
      [0xffffffff, 0xffffffff],
    ]) {
      guest.setU32(iovecs + 8, address);
      guest.setU32(iovecs + 12, length);
      expect(guest.call("fd_read", fd, iovecs, 2, places.result)).toBe("FAULT");
    }
    expect(guest.text(places.buffer, 8)).toBe("********");
    expect(guest.tell(fd)).toBe(0n);
  });

  it("take 1024 vectors and not one more, and no more bytes than the result can count", () => {
    const guest = setUp();
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.memory.fillBytes(0, 0, 65536);
    expect(guest.call("fd_write", fd, 0, 1024, places.result)).toBe("SUCCESS");
    expect(guest.call("fd_write", fd, 0, 1025, places.result)).toBe("INVAL");
    expect(guest.call("fd_write", fd, OUTSIDE - 8, 2, places.result)).toBe("FAULT");
    expect(guest.call("fd_write", fd, -8, 1, places.result)).toBe("FAULT");
  });

  it("tolerate misaligned pointers", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "0123456789");
    const fd = guest.open(ROOT, "file");
    guest.setU32(1001, places.buffer + 1);
    guest.setU32(1005, 4);
    expect(guest.call("fd_read", fd, 1001, 1, 1013)).toBe("SUCCESS");
    expect(guest.u32(1013)).toBe(4);
    expect(guest.text(places.buffer + 1, 4)).toBe("0123");
    expect(guest.call("fd_filestat_get", fd, 2003)).toBe("SUCCESS");
    expect(guest.u64(2003 + 32)).toBe(10n);
  });

  it("are moved by renumber, which closes what was there", () => {
    const guest = setUp();
    guest.createFile(ROOT, "a", "a");
    guest.createFile(ROOT, "b", "b");
    const a = guest.open(ROOT, "a");
    const b = guest.open(ROOT, "b");
    guest.must("fd_renumber", a, a);
    guest.must("fd_renumber", a, b);
    expect(guest.read(b, 10)).toBe("a");
    expect(guest.call("fd_close", a)).toBe("BADF");
    expect(guest.call("fd_renumber", b, a)).toBe("BADF");
    expect(guest.call("fd_renumber", a, b)).toBe("BADF");
    expect(guest.open(ROOT, "a")).toBe(a);
  });

  it("get the lowest free number", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file");
    const numbers = [1, 2, 3].map(() => guest.open(ROOT, "file"));
    expect(numbers).toEqual([4, 5, 6]);
    guest.close(5);
    guest.close(0);
    expect([guest.open(ROOT, "file"), guest.open(ROOT, "file"), guest.open(ROOT, "file")]).toEqual([0, 5, 7]);
  });

  it("live on after they were unlinked, as long as they are open", () => {
    const guest = setUp();
    guest.createFile(ROOT, "file", "content");
    const fd = guest.open(ROOT, "file");
    expect(guest.unlink(ROOT, "file")).toBe("SUCCESS");
    expect(guest.tryStat(ROOT, "file")).toBe("NOENT");
    expect(guest.read(fd, 100)).toBe("content");
    expect(guest.stat(fd).nlink).toBe(0n);
  });
});

describe.each(backends)("directories on a file system: $name", ({ create }) => {
  it("are no files", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "dir");
    const fd = guest.open(ROOT, "dir", {
      oflags: OFlags.DIRECTORY,
      base: Right.FD_READ | Right.FD_TELL | Right.FD_SYNC | Right.FD_DATASYNC | Right.FD_ADVISE,
    });
    expect(guest.call("fd_read", fd, ...guest.iovecs(1), places.result)).toBe("ISDIR");
    expect(guest.call("fd_tell", fd, places.result)).toBe("BADF");
    expect(guest.call("fd_sync", fd)).toBe("BADF");
    expect(guest.call("fd_datasync", fd)).toBe("BADF");
    expect(guest.call("fd_seek", fd, 0n, 0, places.result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_write", fd, ...guest.iovecs(1), places.result)).toBe("NOTCAPABLE");
  });

  it("cannot be opened to be written to", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "dir");
    for (const path of ["dir", "dir/", ".", "dir/.", "dir/.."]) {
      for (const oflags of [0, OFlags.DIRECTORY, OFlags.TRUNC]) {
        expect([path, oflags, guest.tryOpen(ROOT, path, { oflags })]).toEqual([path, oflags, "ISDIR"]);
      }
      expect(guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT, base: Right.FD_READ })).toBe("ISDIR");
      expect(guest.tryOpen(ROOT, path, { base: Right.FD_READ })).toBe("SUCCESS");
    }
  });

  it("are listed in order, . and .. first, with types and numbers", () => {
    const guest = guestOn(create());
    guest.createFile(ROOT, "b");
    guest.makeDirectory(ROOT, "a");
    guest.symlink("b", ROOT, "c");
    const { entries } = guest.readDirectoryOnce(ROOT, 0n);
    expect(entries.map(({ name, filetype }) => [name, filetype])).toEqual([
      [".", FileType.DIRECTORY],
      ["..", FileType.DIRECTORY],
      ["a", FileType.DIRECTORY],
      ["b", FileType.REGULAR_FILE],
      ["c", FileType.SYMBOLIC_LINK],
    ]);
    expect(entries[0].ino).toBe(guest.stat(ROOT).ino);
    expect(entries[3].ino).toBe(guest.pathStat(ROOT, "b").ino);
    expect(entries.map(({ next }) => next)).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it("are listed whole through any room that holds an entry, the last entry cut off", () => {
    const guest = guestOn(create());
    const names = Array.from({ length: 40 }, (_, i) => `file-${String(i).padStart(i % 7)}`.replaceAll(" ", "x"));
    for (const name of names) guest.createFile(ROOT, name);
    const expected = [".", "..", ...[...names].sort()];
    for (const room of [40, 64, 100, 256, 4096]) expect(guest.list(ROOT, room)).toEqual(expected);
    const { used, entries } = guest.readDirectoryOnce(ROOT, 0n, 30);
    expect([used, entries.length]).toEqual([30, 1]);
    expect(guest.readDirectoryOnce(ROOT, 0n, 0).used).toBe(0);
    expect(guest.readDirectoryOnce(ROOT, 42n).used).toBe(0);
    expect(guest.readDirectoryOnce(ROOT, 2n ** 64n - 1n).used).toBe(0);
  });

  it("keep their cookies while entries are removed, and show what is new from cookie 0", () => {
    const guest = guestOn(create());
    for (const name of ["a", "b", "c", "d"]) guest.createFile(ROOT, name);
    expect(guest.readDirectoryOnce(ROOT, 0n, 100).entries.map(({ name }) => name)).toEqual([".", "..", "a"]);
    for (const name of ["a", "b"]) guest.unlink(ROOT, name);
    expect(guest.readDirectoryOnce(ROOT, 3n).entries.map(({ name, ino }) => [name, ino !== 0n])).toEqual([
      ["b", false],
      ["c", true],
      ["d", true],
    ]);
    guest.createFile(ROOT, "e");
    expect(guest.list(ROOT)).toEqual([".", "..", "c", "d", "e"]);
  });

  it("need the right to be listed, and only directories are", () => {
    const guest = guestOn(create());
    guest.createFile(ROOT, "file");
    const file = guest.open(ROOT, "file");
    const bare = guest.open(ROOT, ".", { base: 0n });
    const args = [places.buffer, 100, 0n, places.result];
    expect(guest.call("fd_readdir", file, ...args)).toBe("NOTDIR");
    expect(guest.call("fd_readdir", bare, ...args)).toBe("NOTCAPABLE");
    expect(guest.call("fd_readdir", ROOT, OUTSIDE - 10, 100, 0n, places.result)).toBe("FAULT");
    expect(guest.call("fd_readdir", ROOT, places.buffer, 100, 0n, OUTSIDE)).toBe("FAULT");
  });

  it("show the names that the host and guests of other languages gave", () => {
    const guest = guestOn(create());
    for (const name of ["ärger", "日本", "…", ".hidden", "a b"]) guest.createFile(ROOT, name);
    expect(guest.list(ROOT)).toEqual([".", "..", ".hidden", "a b", "ärger", "…", "日本"]);
  });

  it("have times that can be set", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "dir");
    guest.must("path_filestat_set_times", ROOT, 0, ...guest.path("dir"), 5_000_000_001n, 6_000_000_001n, 5);
    expect(guest.pathStat(ROOT, "dir")).toMatchObject({ atim: 5_000_000_001n, mtim: 6_000_000_001n });
    guest.must("path_filestat_set_times", ROOT, 0, ...guest.path("dir/."), 0n, 7n, 4);
    expect(guest.pathStat(ROOT, "dir").mtim).toBe(7n);
    guest.must("fd_filestat_set_times", ROOT, 0n, 8n, 4);
    expect(guest.stat(ROOT).mtim).toBe(8n);
  });
});

it("there are no descriptors but those that are open", () => {
  const guest = guestOn(backends[0].create());
  const calls: [string, ...(number | bigint)[]][] = [
    ["fd_close"],
    ["fd_fdstat_get", places.result],
    ["fd_filestat_get", places.result],
    ["fd_read", 0, 0, places.result],
    ["fd_seek", 0n, 0, places.result],
    ["fd_renumber", ROOT],
    ["fd_prestat_get", places.result],
    ["fd_prestat_dir_name", places.result, 10],
    ["fd_readdir", places.result, 10, 0n, places.result],
    ["path_create_directory", ...guest.path("x")],
    ["path_open", 0, ...guest.path("x"), 0, ALL_FILE_RIGHTS, 0n, 0, places.result],
    ["sock_shutdown", 1],
  ];
  for (const fd of [4, 1000, 0x7fffffff, -1, -0x80000000]) {
    for (const [name, ...args] of calls) expect([name, fd, guest.call(name, fd, ...args)]).toEqual([name, fd, "BADF"]);
  }
});

it("no more descriptors are opened than the limit allows, and nothing is made beyond it", () => {
  const { fileSystem, path } = backends[0].create();
  const guest = Guest.withPreopens({ fileSystem, maxDescriptors: 6 }, { guest: "/", host: path });
  guest.open(ROOT, "a", { oflags: OFlags.CREAT });
  guest.open(ROOT, "b", { oflags: OFlags.CREAT });
  expect(guest.tryOpen(ROOT, "c", { oflags: OFlags.CREAT })).toBe("MFILE");
  expect(guest.tryOpen(ROOT, "a", { oflags: OFlags.TRUNC })).toBe("MFILE");
  expect(guest.list(ROOT)).toEqual([".", "..", "a", "b"]);
  guest.close(4);
  expect(guest.open(ROOT, "c", { oflags: OFlags.CREAT })).toBe(4);
});

import { describe, expect, it } from "vitest";
import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { backends, guestOn, ROOT } from "./backends.ts";
import { Guest, OUTSIDE, places } from "./guest.ts";

const FOLLOW = 1;

describe.each(backends)("paths on a file system: $name", ({ create }) => {
  const setUp = () => guestOn(create());

  describe("path_create_directory", () => {
    it("makes directories, which are there then, and goes through nested ones", () => {
      const guest = setUp();
      expect(guest.makeDirectory(ROOT, "new")).toBe("SUCCESS");
      expect(guest.pathStat(ROOT, "new").filetype).toBe(FileType.DIRECTORY);
      expect(guest.makeDirectory(ROOT, "new/nested/")).toBe("SUCCESS");
      expect(guest.pathStat(ROOT, "new/nested").filetype).toBe(FileType.DIRECTORY);
      expect(guest.makeDirectory(ROOT, "absent/nested")).toBe("NOENT");
    });

    it("says EXIST of what there is, the preopen itself included", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "file");
      guest.symlink("nowhere", ROOT, "link");
      for (const path of ["dir", "dir/", "file", "link", "link/", ".", "dir/..", "./"]) {
        expect([path, guest.makeDirectory(ROOT, path)]).toEqual([path, "EXIST"]);
      }
      expect(guest.makeDirectory(ROOT, "absent/.")).toBe("NOENT");
      expect(guest.makeDirectory(ROOT, "file/dir")).toBe("NOTDIR");
    });

    it("checks the path: empty, outside the memory, absolute, with NUL, not UTF-8, too long", () => {
      const guest = setUp();
      expect(guest.call("path_create_directory", ROOT, OUTSIDE + 1000, 0)).toBe("NOENT");
      expect(guest.call("path_create_directory", ROOT, OUTSIDE - 1, 2)).toBe("FAULT");
      expect(guest.call("path_create_directory", ROOT, -1, 1)).toBe("FAULT");
      expect(guest.call("path_create_directory", ROOT, 0, -1)).toBe("FAULT");
      expect(guest.makeDirectory(ROOT, "/dir")).toBe("PERM");
      expect(guest.makeDirectory(ROOT, "a\0b")).toBe("INVAL");
      expect(guest.makeDirectory(ROOT, "dir\0")).toBe("INVAL");
      expect(guest.call("path_create_directory", ROOT, ...guest.path(Uint8Array.of(0x61, 0xff)))).toBe("ILSEQ");
      expect(guest.makeDirectory(ROOT, "x".repeat(256))).toBe("NAMETOOLONG");
      expect(guest.makeDirectory(ROOT, "ä".repeat(128))).toBe("NAMETOOLONG");
      expect(guest.makeDirectory(ROOT, "./".repeat(2048))).toBe("NAMETOOLONG");
      expect(guest.makeDirectory(ROOT, "x".repeat(255))).toBe("SUCCESS");
      expect(guest.list(ROOT)).toEqual([".", "..", "x".repeat(255)]);
    });
  });

  describe("path_remove_directory", () => {
    it("removes empty directories only", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "dir/file");
      guest.symlink("dir", ROOT, "link");
      expect(guest.removeDirectory(ROOT, "dir")).toBe("NOTEMPTY");
      expect(guest.removeDirectory(ROOT, "dir/file")).toBe("NOTDIR");
      expect(guest.removeDirectory(ROOT, "dir/file/")).toBe("NOTDIR");
      expect(guest.removeDirectory(ROOT, "link")).toBe("NOTDIR");
      expect(guest.removeDirectory(ROOT, "link/")).toBe("NOTDIR");
      expect(guest.removeDirectory(ROOT, "absent")).toBe("NOENT");
      expect(guest.removeDirectory(ROOT, ".")).toBe("INVAL");
      expect(guest.removeDirectory(ROOT, "dir/.")).toBe("INVAL");
      expect(guest.unlink(ROOT, "dir/file")).toBe("SUCCESS");
      expect(guest.removeDirectory(ROOT, "dir/")).toBe("SUCCESS");
      expect(guest.list(ROOT)).toEqual([".", "..", "link"]);
    });

    it("leaves an open directory in which nothing can be made", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      const fd = guest.openDirectory(ROOT, "dir");
      expect(guest.removeDirectory(ROOT, "dir")).toBe("SUCCESS");
      expect(guest.makeDirectory(fd, "inside")).toBe("NOENT");
      expect(guest.tryOpen(fd, "file", { oflags: OFlags.CREAT })).toBe("NOENT");
      expect(guest.list(ROOT)).toEqual([".", ".."]);
    });
  });

  describe("path_unlink_file", () => {
    it("removes files and links, not directories, and nothing through a trailing slash", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "file");
      guest.symlink("dir", ROOT, "link");
      expect(guest.unlink(ROOT, "dir")).toBe("ISDIR");
      expect(guest.unlink(ROOT, "dir/")).toBe("ISDIR");
      expect(guest.unlink(ROOT, ".")).toBe("ISDIR");
      expect(guest.unlink(ROOT, "file/")).toBe("NOTDIR");
      expect(guest.unlink(ROOT, "link/")).toBe("NOTDIR");
      expect(guest.unlink(ROOT, "absent")).toBe("NOENT");
      expect(guest.unlink(ROOT, "absent/")).toBe("NOENT");
      expect(guest.list(ROOT)).toEqual([".", "..", "dir", "file", "link"]);
      expect(guest.unlink(ROOT, "link")).toBe("SUCCESS");
      expect(guest.unlink(ROOT, "file")).toBe("SUCCESS");
      expect(guest.list(ROOT)).toEqual([".", "..", "dir"]);
    });
  });

  describe("path_rename", () => {
    it("moves files over files and directories over empty directories, between directories too", () => {
      const guest = setUp();
      for (const path of ["a", "b", "c"]) guest.makeDirectory(ROOT, path);
      guest.createFile(ROOT, "a/one", "1");
      guest.createFile(ROOT, "b/two", "2");
      const b = guest.openDirectory(ROOT, "b");
      expect(guest.rename(ROOT, "a/one", b, "two")).toBe("SUCCESS");
      expect(guest.content(b, "two")).toBe("1");
      expect(guest.list(ROOT)).toEqual([".", "..", "a", "b", "c"]);
      expect(guest.rename(ROOT, "b/", ROOT, "c")).toBe("SUCCESS");
      expect(guest.rename(ROOT, "c", ROOT, "d/")).toBe("SUCCESS");
      expect(guest.content(ROOT, "d/two")).toBe("1");
      expect(guest.list(ROOT)).toEqual([".", "..", "a", "d"]);
    });

    it("refuses what would lose a directory or make a loop", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.makeDirectory(ROOT, "dir/sub");
      guest.makeDirectory(ROOT, "empty");
      guest.createFile(ROOT, "file", "content");
      expect(guest.rename(ROOT, "empty", ROOT, "dir")).toBe("NOTEMPTY");
      expect(guest.rename(ROOT, "empty", ROOT, "file")).toBe("NOTDIR");
      expect(guest.rename(ROOT, "file", ROOT, "empty")).toBe("ISDIR");
      expect(guest.rename(ROOT, "file/", ROOT, "other")).toBe("NOTDIR");
      expect(guest.rename(ROOT, "file", ROOT, "other/")).toBe("NOTDIR");
      expect(guest.rename(ROOT, "dir", ROOT, "dir/sub/dir")).toBe("INVAL");
      expect(guest.rename(ROOT, "dir", ROOT, "dir/dir")).toBe("INVAL");
      expect(guest.rename(ROOT, "absent", ROOT, "other")).toBe("NOENT");
      expect(guest.rename(ROOT, "file", ROOT, "absent/other")).toBe("NOENT");
      expect(guest.rename(ROOT, ".", ROOT, "other")).toBe("BUSY");
      expect(guest.rename(ROOT, "dir", ROOT, "dir/..")).toBe("BUSY");
      expect(guest.rename(ROOT, "file", ROOT, "x".repeat(256))).toBe("NAMETOOLONG");
      expect(guest.list(ROOT)).toEqual([".", "..", "dir", "empty", "file"]);
      expect(guest.content(ROOT, "file")).toBe("content");
    });

    it("moves links themselves, and leaves both names of one file", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      guest.symlink("file", ROOT, "link");
      expect(guest.rename(ROOT, "link", ROOT, "moved")).toBe("SUCCESS");
      expect(guest.readlink(ROOT, "moved")).toBe("file");
      expect(guest.rename(ROOT, "moved/", ROOT, "again")).toBe("NOTDIR");
      guest.link(ROOT, "file", ROOT, "second");
      expect(guest.rename(ROOT, "file", ROOT, "second")).toBe("SUCCESS");
      expect(guest.list(ROOT)).toEqual([".", "..", "file", "moved", "second"]);
      expect(guest.rename(ROOT, "file", ROOT, "file")).toBe("SUCCESS");
      expect(guest.content(ROOT, "file")).toBe("content");
    });

    it("keeps an open file readable", () => {
      const guest = setUp();
      guest.createFile(ROOT, "a", "content a");
      guest.createFile(ROOT, "b", "content b");
      const a = guest.open(ROOT, "a");
      const b = guest.open(ROOT, "b");
      expect(guest.rename(ROOT, "a", ROOT, "b")).toBe("SUCCESS");
      expect([guest.read(a, 100), guest.read(b, 100)]).toEqual(["content a", "content b"]);
    });
  });

  describe("path_link", () => {
    it("gives a file a further name", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      guest.makeDirectory(ROOT, "dir");
      expect(guest.link(ROOT, "file", ROOT, "dir/link")).toBe("SUCCESS");
      expect(guest.pathStat(ROOT, "dir/link")).toEqual(guest.pathStat(ROOT, "file"));
      expect(guest.pathStat(ROOT, "file").nlink).toBe(2n);
      guest.unlink(ROOT, "file");
      expect(guest.content(ROOT, "dir/link")).toBe("content");
      expect(guest.pathStat(ROOT, "dir/link").nlink).toBe(1n);
    });

    it("refuses what is there already, directories, and slashes", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file");
      guest.makeDirectory(ROOT, "dir");
      guest.symlink("nowhere", ROOT, "link");
      for (const path of ["file", "dir", "dir/", "link", "."]) {
        expect([path, guest.link(ROOT, "file", ROOT, path)]).toEqual([path, "EXIST"]);
      }
      expect(guest.link(ROOT, "dir", ROOT, "new")).toBe("PERM");
      expect(guest.link(ROOT, ".", ROOT, "new")).toBe("PERM");
      expect(guest.link(ROOT, "file/", ROOT, "new")).toBe("NOTDIR");
      expect(guest.link(ROOT, "file", ROOT, "new/")).toBe("NOENT");
      expect(guest.link(ROOT, "absent", ROOT, "new")).toBe("NOENT");
      expect(guest.link(ROOT, "file", ROOT, "new", 2)).toBe("INVAL");
      expect(guest.list(ROOT)).toEqual([".", "..", "dir", "file", "link"]);
    });

    it("links a symbolic link itself, or what it points to when asked to follow", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      guest.symlink("file", ROOT, "link");
      guest.symlink("nowhere", ROOT, "dangling");
      expect(guest.link(ROOT, "link", ROOT, "second")).toBe("SUCCESS");
      expect(guest.readlink(ROOT, "second")).toBe("file");
      expect(guest.link(ROOT, "link", ROOT, "third", FOLLOW)).toBe("SUCCESS");
      expect(guest.pathStat(ROOT, "third").filetype).toBe(FileType.REGULAR_FILE);
      expect(guest.link(ROOT, "dangling", ROOT, "fourth")).toBe("SUCCESS");
      expect(guest.link(ROOT, "dangling", ROOT, "fifth", FOLLOW)).toBe("NOENT");
    });
  });

  describe("path_symlink and path_readlink", () => {
    it("store the text as it is, whether it leads anywhere or not", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "sub");
      for (const [target, path] of [
        ["target", "a"],
        ["a/../sibling", "b"],
        ["../sibling", "sub/c"],
        ["./x//y/", "d"],
      ]) {
        expect([target, guest.symlink(target, ROOT, path)]).toEqual([target, "SUCCESS"]);
        expect(guest.readlink(ROOT, path)).toBe(target);
        expect(guest.pathStat(ROOT, path).filetype).toBe(FileType.SYMBOLIC_LINK);
      }
    });

    it("refuse texts that are absolute or climb above the directory of the call", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "sub");
      for (const [target, path] of [
        ["/", "link"],
        ["/etc/passwd", "link"],
        ["..", "link"],
        ["../../etc/passwd", "link"],
        ["foo/../../etc/passwd", "link"],
        ["./..", "link"],
        ["../../../x", "sub/link"],
        ["../..", "sub/link"],
      ]) {
        expect([target, guest.symlink(target, ROOT, path)]).toEqual([target, "PERM"]);
      }
      const sub = guest.openDirectory(ROOT, "sub");
      expect(guest.symlink("../sibling", sub, "link")).toBe("PERM");
      expect(guest.symlink("", ROOT, "link")).toBe("NOENT");
      expect(guest.symlink("a\0b", ROOT, "link")).toBe("INVAL");
      expect(guest.list(ROOT)).toEqual([".", "..", "sub"]);
      expect(guest.list(sub)).toEqual([".", ".."]);
    });

    it("refuse names that exist, and follow none", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "file");
      guest.symlink("nowhere", ROOT, "link");
      for (const path of ["dir", "dir/", "file", "file/", "link", "link/", "."]) {
        expect([path, guest.symlink("target", ROOT, path)]).toEqual([path, "EXIST"]);
      }
      expect(guest.symlink("target", ROOT, "absent/")).toBe("NOENT");
      expect(guest.symlink("target", ROOT, "absent/link")).toBe("NOENT");
      expect(guest.readlink(ROOT, "link")).toBe("nowhere");
      expect(guest.tryStat(ROOT, "nowhere")).toBe("NOENT");
    });

    it("cut off what has no room, and write nothing beyond it", () => {
      const guest = setUp();
      guest.symlink("target", ROOT, "link");
      guest.memory.fillBytes(0x2a, places.buffer, 16);
      expect(guest.readlink(ROOT, "link", 4)).toBe("targ");
      expect(guest.text(places.buffer, 8)).toBe("targ****");
      expect(guest.readlink(ROOT, "link", 0)).toBe("");
      guest.createFile(ROOT, "file");
      const args = [places.buffer, 10, places.result];
      expect(guest.call("path_readlink", ROOT, ...guest.path("file"), ...args)).toBe("INVAL");
      expect(guest.call("path_readlink", ROOT, ...guest.path("."), ...args)).toBe("INVAL");
      expect(guest.call("path_readlink", ROOT, ...guest.path("absent"), ...args)).toBe("NOENT");
      expect(guest.call("path_readlink", ROOT, ...guest.path("link"), OUTSIDE - 4, 5, places.result)).toBe("FAULT");
    });
  });

  describe("symbolic links on the way", () => {
    it("are followed in the middle of a path always, at its end when asked", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "dir/file", "content");
      guest.symlink("dir", ROOT, "link");
      guest.symlink("link/file", ROOT, "link2");
      expect(guest.content(ROOT, "link/file")).toBe("content");
      expect(guest.content(ROOT, "link2")).toBe("content");
      expect(guest.pathStat(ROOT, "link").filetype).toBe(FileType.SYMBOLIC_LINK);
      expect(guest.pathStat(ROOT, "link/").filetype).toBe(FileType.DIRECTORY);
      expect(guest.pathStat(ROOT, "link/.").filetype).toBe(FileType.DIRECTORY);
      expect(guest.pathStat(ROOT, "link", FOLLOW).filetype).toBe(FileType.DIRECTORY);
      expect(guest.pathStat(ROOT, "link2", FOLLOW).ino).toBe(guest.pathStat(ROOT, "dir/file").ino);
      expect(guest.tryStat(ROOT, "link2/")).toBe("NOTDIR");
      expect(guest.tryStat(ROOT, "link/absent")).toBe("NOENT");
      expect(guest.tryStat(ROOT, "link2/x")).toBe("NOTDIR");
    });

    it("have their own times", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file");
      guest.symlink("file", ROOT, "link");
      const { mtim } = guest.pathStat(ROOT, "file");
      guest.must("path_filestat_set_times", ROOT, 0, ...guest.path("link"), 0n, 77n, 4);
      expect(guest.pathStat(ROOT, "link").mtim).toBe(77n);
      expect(guest.pathStat(ROOT, "file").mtim).toBe(mtim);
      guest.must("path_filestat_set_times", ROOT, FOLLOW, ...guest.path("link"), 0n, 78n, 4);
      expect(guest.pathStat(ROOT, "file").mtim).toBe(78n);
      expect(guest.pathStat(ROOT, "link").mtim).toBe(77n);
    });

    it("are not opened when not followed", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.createFile(ROOT, "file", "content");
      guest.symlink("dir", ROOT, "to-dir");
      guest.symlink("file", ROOT, "to-file");
      guest.symlink("nowhere", ROOT, "dangling");
      for (const path of ["to-dir", "to-file", "dangling"]) {
        expect([path, guest.tryOpen(ROOT, path)]).toEqual([path, "LOOP"]);
        expect([path, guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT })]).toEqual([path, "LOOP"]);
        expect([path, guest.tryOpen(ROOT, path, { oflags: OFlags.TRUNC })]).toEqual([path, "LOOP"]);
        expect([path, guest.tryOpen(ROOT, path, { oflags: OFlags.DIRECTORY, base: 0n })]).toEqual([path, "NOTDIR"]);
        expect([path, guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT | OFlags.EXCL })]).toEqual([path, "EXIST"]);
        expect(guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT | OFlags.EXCL, lookup: FOLLOW })).toBe("EXIST");
      }
      expect(guest.content(ROOT, "file")).toBe("content");
      expect(guest.tryStat(ROOT, "nowhere")).toBe("NOENT");
      expect(guest.tryOpen(ROOT, "to-dir", { oflags: OFlags.DIRECTORY, base: 0n, lookup: FOLLOW })).toBe("SUCCESS");
      expect(guest.tryOpen(ROOT, "to-file", { oflags: OFlags.DIRECTORY, base: 0n, lookup: FOLLOW })).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "dangling", { lookup: FOLLOW })).toBe("NOENT");
    });

    it("have files made where they point to, inside", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.symlink("dir/new", ROOT, "link");
      guest.close(guest.open(ROOT, "link", { oflags: OFlags.CREAT, lookup: FOLLOW }));
      expect(guest.list(ROOT)).toEqual([".", "..", "dir", "link"]);
      expect(guest.tryStat(ROOT, "dir/new")).toBe("SUCCESS");
    });

    it("are followed seven times, and the eighth is LOOP", () => {
      const guest = setUp();
      guest.createFile(ROOT, "link0", "content");
      for (let i = 1; i <= 8; i++) guest.symlink(`link${i - 1}`, ROOT, `link${i}`);
      expect(guest.content(ROOT, "link7")).toBe("content");
      expect(guest.tryOpen(ROOT, "link8", { lookup: FOLLOW })).toBe("LOOP");
      guest.symlink("self", ROOT, "self");
      expect(guest.tryOpen(ROOT, "self", { lookup: FOLLOW })).toBe("LOOP");
      expect(guest.tryStat(ROOT, "self/x")).toBe("LOOP");
      guest.symlink("pong", ROOT, "ping");
      guest.symlink("ping", ROOT, "pong");
      expect(guest.tryStat(ROOT, "ping", FOLLOW)).toBe("LOOP");
    });

    it("go up inside, as far as the directory of the call", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "a");
      guest.makeDirectory(ROOT, "a/b");
      guest.createFile(ROOT, "top", "top");
      guest.symlink("../../top", ROOT, "a/b/up");
      expect(guest.content(ROOT, "a/b/up")).toBe("top");
      const b = guest.openDirectory(ROOT, "a/b");
      expect(guest.tryOpen(b, "up", { lookup: FOLLOW })).toBe("PERM");
      const a = guest.openDirectory(ROOT, "a");
      expect(guest.tryOpen(a, "b/up", { lookup: FOLLOW })).toBe("PERM");
    });
  });

  describe("interesting paths", () => {
    it("lead where they should", () => {
      const guest = setUp();
      guest.makeDirectory(ROOT, "dir");
      guest.makeDirectory(ROOT, "dir/nested");
      guest.createFile(ROOT, "dir/nested/file", "content");
      expect(guest.content(ROOT, "dir/.//nested/../../dir/nested/../nested///./file")).toBe("content");
      expect(guest.tryOpen(ROOT, "/dir/nested/file")).toBe("PERM");
      expect(guest.tryOpen(ROOT, "dir/nested/file\0")).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "dir/nested/file/")).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "dir/nested/file///")).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "dir/nested/file/.")).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "dir/nested/file/..")).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "dir/absent/..", { base: 0n })).toBe("NOENT");
      expect(guest.tryOpen(ROOT, "dir/nested/", { base: 0n })).toBe("SUCCESS");
      expect(guest.tryOpen(ROOT, "dir/nested///", { base: 0n })).toBe("SUCCESS");
      expect(guest.tryOpen(ROOT, "dir/nested/../../../dir/nested/file")).toBe("PERM");
      expect(guest.tryOpen(ROOT, "..", { base: 0n })).toBe("PERM");
      expect(guest.tryOpen(ROOT, "dir/../..", { base: 0n })).toBe("PERM");
      expect(guest.tryOpen(ROOT, "")).toBe("NOENT");
      expect(guest.tryOpen(ROOT, "new/", { oflags: OFlags.CREAT })).toBe("ISDIR");
      expect(guest.tryOpen(ROOT, "absent/")).toBe("NOENT");
    });
  });

  describe("path_open", () => {
    it("makes, insists on making, empties, and insists on a directory", () => {
      const guest = setUp();
      const { CREAT, EXCL, TRUNC, DIRECTORY } = OFlags;
      expect(guest.tryOpen(ROOT, "file")).toBe("NOENT");
      guest.createFile(ROOT, "file", "content");
      expect(guest.tryOpen(ROOT, "file", { oflags: CREAT })).toBe("SUCCESS");
      expect(guest.content(ROOT, "file")).toBe("content");
      expect(guest.tryOpen(ROOT, "file", { oflags: CREAT | EXCL })).toBe("EXIST");
      expect(guest.tryOpen(ROOT, "new", { oflags: CREAT | EXCL })).toBe("SUCCESS");
      expect(guest.tryOpen(ROOT, "file", { oflags: DIRECTORY, base: 0n })).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "file", { oflags: DIRECTORY })).toBe("NOTDIR");
      expect(guest.tryOpen(ROOT, "file", { oflags: DIRECTORY | CREAT })).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "file", { oflags: TRUNC })).toBe("SUCCESS");
      expect(guest.content(ROOT, "file")).toBe("");
      expect(guest.tryOpen(ROOT, "absent", { oflags: TRUNC })).toBe("NOENT");
    });

    it("empties a file without any right to the descriptor", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      guest.open(ROOT, "file", { oflags: OFlags.TRUNC, base: 0n });
      expect(guest.content(ROOT, "file")).toBe("");
    });

    it("refuses flags and rights that there are not", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file");
      expect(guest.tryOpen(ROOT, "file", { oflags: 16 })).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "file", { lookup: 2 })).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "file", { fdflags: 32 })).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "file", { base: 1n << 36n })).toBe("INVAL");
      expect(guest.tryOpen(ROOT, "file", { inheriting: 1n << 63n })).toBe("INVAL");
    });

    it("gives no right that the directory does not pass on, and makes nothing then", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      const { inheriting } = guest.fdstat(ROOT);
      const dir = guest.open(ROOT, ".", {
        base: Right.PATH_OPEN | Right.PATH_CREATE_FILE,
        inheriting: Right.FD_READ,
      });
      const create = { oflags: OFlags.CREAT };
      expect(guest.tryOpen(dir, "file", { base: Right.FD_READ })).toBe("SUCCESS");
      expect(guest.tryOpen(dir, "new", { ...create, base: Right.FD_READ | Right.FD_WRITE })).toBe("NOTCAPABLE");
      expect(guest.tryOpen(dir, "new", { ...create, base: 0n, inheriting: Right.FD_WRITE })).toBe("NOTCAPABLE");
      expect(guest.tryOpen(dir, "new", { ...create, base: 0n, fdflags: 16 })).toBe("NOTCAPABLE");
      expect(guest.tryOpen(dir, "new", { ...create, base: 0n, fdflags: 2 })).toBe("NOTCAPABLE");
      expect(guest.tryOpen(dir, "file", { base: 0n, oflags: OFlags.TRUNC })).toBe("NOTCAPABLE");
      expect(guest.tryStat(ROOT, "new")).toBe("NOENT");
      expect(guest.tryOpen(ROOT, "file", { base: inheriting | (1n << 35n) })).toBe("NOTCAPABLE");
      expect(guest.content(ROOT, "file")).toBe("content");
    });

    it("needs the right for each thing that it does", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file", "content");
      const opener = guest.open(ROOT, ".", { base: Right.PATH_OPEN, inheriting: Right.FD_READ });
      expect(guest.tryOpen(opener, "file", { base: Right.FD_READ })).toBe("SUCCESS");
      expect(guest.tryOpen(opener, "new", { base: 0n, oflags: OFlags.CREAT })).toBe("NOTCAPABLE");
      expect(guest.tryOpen(opener, "file", { base: 0n, oflags: OFlags.TRUNC })).toBe("NOTCAPABLE");
      const bare = guest.open(ROOT, ".", { base: 0n, inheriting: Right.FD_READ });
      expect(guest.tryOpen(bare, "file", { base: 0n })).toBe("NOTCAPABLE");
    });

    it("goes from directories only", () => {
      const guest = setUp();
      guest.createFile(ROOT, "file");
      const file = guest.open(ROOT, "file");
      expect(guest.tryOpen(file, "x")).toBe("NOTDIR");
      expect(guest.tryOpen(file, ".")).toBe("NOTDIR");
      expect(guest.tryOpen(0, "x")).toBe("NOTDIR");
      expect(guest.makeDirectory(file, "x")).toBe("NOTDIR");
    });
  });

  it("each function by path needs its right", () => {
    const guest = setUp();
    guest.makeDirectory(ROOT, "dir");
    guest.createFile(ROOT, "file", "content");
    guest.symlink("file", ROOT, "link");
    const bare = guest.open(ROOT, ".", { base: 0n });
    const result = [
      guest.makeDirectory(bare, "new"),
      guest.removeDirectory(bare, "dir"),
      guest.unlink(bare, "file"),
      guest.symlink("file", bare, "new"),
      guest.rename(bare, "file", ROOT, "new"),
      guest.rename(ROOT, "file", bare, "new"),
      guest.link(bare, "file", ROOT, "new"),
      guest.link(ROOT, "file", bare, "new"),
      guest.tryStat(bare, "file"),
      guest.call("path_readlink", bare, ...guest.path("link"), places.buffer, 10, places.result),
      guest.call("path_filestat_set_times", bare, 0, ...guest.path("file"), 0n, 0n, 5),
    ];
    expect(result).toEqual(result.map(() => "NOTCAPABLE"));
    expect(guest.list(ROOT)).toEqual([".", "..", "dir", "file", "link"]);
  });
});

it("names do not move from one file system to another", () => {
  const [memory, other, host] = [backends[0], backends[0], backends[1]].map(({ create }) => create());
  const guest = Guest.withPreopens(
    {},
    { guest: "a", host: memory.path, fileSystem: memory.fileSystem },
    { guest: "b", host: other.path, fileSystem: other.fileSystem },
    { guest: "c", host: host.path, fileSystem: host.fileSystem },
  );
  guest.createFile(3, "file", "content");
  guest.createFile(5, "host-file", "content");
  for (const [from, path, to] of [
    [3, "file", 4],
    [3, "file", 5],
    [5, "host-file", 3],
  ] as const) {
    expect(guest.rename(from, path, to, "new")).toBe("XDEV");
    expect(guest.link(from, path, to, "new")).toBe("XDEV");
  }
  expect([guest.list(3), guest.list(4), guest.list(5)]).toEqual([
    [".", "..", "file"],
    [".", ".."],
    [".", "..", "host-file"],
  ]);
  guest.wasi.fini();
});

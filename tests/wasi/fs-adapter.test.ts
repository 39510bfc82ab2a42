import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { guestOn, ROOT } from "./backends.ts";

function setUp(files: Record<string, string | null>, path = "/", options = {}) {
  const { fs } = memfs(files);
  return { fs, guest: guestOn({ fileSystem: new FsAdapter(fs, options), path }) };
}

describe("memfs through the adapter", () => {
  it("shows a guest the files of its owner, and the owner what the guest wrote", () => {
    const { fs, guest } = setUp({ "/data/in.txt": "given" }, "/data");
    expect(guest.content(ROOT, "in.txt")).toBe("given");
    guest.makeDirectory(ROOT, "made");
    guest.createFile(ROOT, "made/out.txt", "taken");
    expect(fs.readFileSync("/data/made/out.txt", "utf8")).toBe("taken");
    fs.writeFileSync("/data/later.txt", "later");
    expect(guest.list(ROOT)).toEqual([".", "..", "in.txt", "later.txt", "made"]);
  });

  it("keeps an open directory while it is moved, through another preopen too, and loses it with its removal", () => {
    const { fs } = memfs({ "/a/b/file": "content", "/c": null });
    const fileSystem = new FsAdapter(fs);
    const guest = guestOn({ fileSystem, path: "/" });
    const inner = guestOn({ fileSystem, path: "/a/b" });
    const fd = guest.openDirectory(ROOT, "a/b");
    expect(guest.rename(ROOT, "a", ROOT, "c/a")).toBe("SUCCESS");
    expect(guest.content(fd, "file")).toBe("content");
    expect(inner.content(ROOT, "file")).toBe("content");
    expect(inner.unlink(ROOT, "file")).toBe("SUCCESS");
    expect(guest.removeDirectory(ROOT, "c/a/b")).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "c/a/b")).toBe("SUCCESS");
    expect(guest.tryOpen(fd, "new", { oflags: OFlags.CREAT })).toBe("NOENT");
    expect(inner.makeDirectory(ROOT, "new")).toBe("NOENT");
    expect(guest.list(ROOT)).toEqual([".", "..", "c"]);
  });

  it("loses an open directory whose owner puts another, or a link, in its place", () => {
    const { fs, guest } = setUp({ "/in/dir/file": "own", "/out/file": "secret" }, "/in");
    const fd = guest.openDirectory(ROOT, "dir");
    fs.renameSync("/in/dir", "/in/away");
    fs.symlinkSync("/out", "/in/dir");
    expect(guest.tryOpen(fd, "file")).toBe("NOENT");
    expect(guest.unlink(fd, "file")).toBe("NOENT");
    fs.unlinkSync("/in/dir");
    fs.mkdirSync("/in/dir");
    expect(guest.makeDirectory(fd, "new")).toBe("NOENT");
    expect(fs.readFileSync("/out/file", "utf8")).toBe("secret");
  });

  it("moves links themselves, and not what they point to outside, as memfs's own rename does", () => {
    const { fs, guest } = setUp({ "/in": null, "/out/file": "secret" }, "/in");
    fs.symlinkSync("../out/file", "/in/link");
    expect(guest.rename(ROOT, "link", ROOT, "moved")).toBe("SUCCESS");
    expect(fs.readlinkSync("/in/moved")).toBe("../out/file");
    guest.createFile(ROOT, "own", "own");
    expect(guest.rename(ROOT, "own", ROOT, "moved")).toBe("SUCCESS");
    expect(fs.readFileSync("/in/moved", "utf8")).toBe("own");
    expect(fs.readFileSync("/out/file", "utf8")).toBe("secret");
  });

  it("refuses what POSIX does and memfs does not", () => {
    const { guest } = setUp({ "/dir/sub/file": "x", "/file": "y" });
    expect(guest.rename(ROOT, "dir", ROOT, "dir/sub/dir")).toBe("INVAL");
    expect(guest.rename(ROOT, "file", ROOT, "dir")).toBe("ISDIR");
    expect(guest.rename(ROOT, "dir", ROOT, "file")).toBe("NOTDIR");
    expect(guest.link(ROOT, "dir", ROOT, "second")).toBe("PERM");
    expect(guest.makeDirectory(ROOT, "x".repeat(256))).toBe("NAMETOOLONG");
    expect(guest.list(ROOT)).toEqual([".", "..", "dir", "file"]);
  });
});

describe("the quota of what a guest adds to memfs", () => {
  it("of bytes is NOSPC for writes, holes and lengths, after what still had room was written", () => {
    const { fs, guest } = setUp({ "/big": "x".repeat(1000) }, "/", { maxBytes: 100 });
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    expect(guest.write(fd, "a".repeat(80))).toBe(80);
    expect(guest.write(fd, "b".repeat(80))).toBe(20);
    expect(() => guest.write(fd, "c")).toThrow("NOSPC");
    expect(guest.call("fd_filestat_set_size", fd, 101n)).toBe("NOSPC");
    expect(guest.call("fd_allocate", fd, 0n, 1n << 40n)).toBe("NOSPC");
    expect(guest.call("fd_filestat_set_size", fd, 10n)).toBe("SUCCESS");
    expect(guest.call("fd_filestat_set_size", fd, 1n << 40n)).toBe("NOSPC");
    expect(() => guest.pwrite(fd, "far", 1n << 33n)).toThrow("NOSPC");
    expect(fs.statSync("/file").size).toBe(10);
  });

  it("of bytes is given back by removing a file once it is closed, and by replacing it", () => {
    const { guest } = setUp({}, "/", { maxBytes: 100 });
    guest.createFile(ROOT, "a", "x".repeat(100));
    const open = guest.open(ROOT, "a");
    expect(guest.unlink(ROOT, "a")).toBe("SUCCESS");
    const other = guest.open(ROOT, "b", { oflags: OFlags.CREAT });
    expect(() => guest.write(other, "y")).toThrow("NOSPC");
    guest.close(open);
    expect(guest.write(other, "y".repeat(100))).toBe(100);
    guest.open(ROOT, "c", { oflags: OFlags.CREAT });
    expect(guest.rename(ROOT, "c", ROOT, "b")).toBe("SUCCESS");
    guest.close(other);
    guest.createFile(ROOT, "d", "z".repeat(100));
  });

  it("of names bounds files, directories and both kinds of links", () => {
    const { guest } = setUp({}, "/", { maxEntries: 4 });
    guest.createFile(ROOT, "file", "x");
    guest.makeDirectory(ROOT, "dir");
    guest.symlink("file", ROOT, "link");
    expect(guest.link(ROOT, "file", ROOT, "second")).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "more")).toBe("NOSPC");
    expect(guest.symlink("x", ROOT, "more")).toBe("NOSPC");
    expect(guest.link(ROOT, "file", ROOT, "more")).toBe("NOSPC");
    expect(guest.tryOpen(ROOT, "more", { oflags: OFlags.CREAT })).toBe("NOSPC");
    expect(guest.unlink(ROOT, "second")).toBe("SUCCESS");
    expect(guest.removeDirectory(ROOT, "dir")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "file", ROOT, "link")).toBe("SUCCESS");
    for (const name of ["a", "b", "c"]) expect(guest.makeDirectory(ROOT, name)).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "d")).toBe("NOSPC");
  });
});

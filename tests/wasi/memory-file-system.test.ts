import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { SparseBytes } from "../../src/wasi/fs/sparse-bytes.ts";
import { Guest, places } from "./guest.ts";

const ROOT = 3;
const withErrno = (errno: number) => expect.objectContaining({ errno });

describe("a file system in memory, to its embedder", () => {
  it("begins with the files that it is given, and gives back what the guest wrote", () => {
    const fileSystem = new MemoryFileSystem({
      files: { "/etc/name": "value", "bin/data": Uint8Array.of(1, 2, 3) },
    });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    expect(guest.content(ROOT, "etc/name")).toBe("value");
    guest.createFile(ROOT, "bin/out", "result");
    expect(Buffer.from(fileSystem.readFile("bin/out")).toString()).toBe("result");
    expect(fileSystem.readFile("/bin//data")).toEqual(Uint8Array.of(1, 2, 3));
    expect(fileSystem.readDirectory("/")).toEqual(["bin", "etc"]);
    expect([fileSystem.exists("bin/out"), fileSystem.exists("bin/out/x"), fileSystem.exists("x")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it("can preopen a directory of it", () => {
    const fileSystem = new MemoryFileSystem({ files: { "a/b/file": "content", outside: "secret" } });
    const guest = Guest.withPreopens({ fileSystem }, "work:a/b");
    expect(guest.list(ROOT)).toEqual([".", "..", "file"]);
    expect(guest.tryOpen(ROOT, "../../outside")).toBe("PERM");
  });

  it("knows no .. and no NUL in the paths of its owner", () => {
    const fileSystem = new MemoryFileSystem({ files: { "dir/file": "content" } });
    for (const path of ["..", "../x", "dir/..", "dir/../file", "a\0b", "dir/file\0"]) {
      for (const operation of [
        () => fileSystem.writeFile(path, ""),
        () => fileSystem.readFile(path),
        () => fileSystem.makeDirectory(path),
        () => fileSystem.readDirectory(path),
        () => fileSystem.openDirectory(path),
        () => fileSystem.exists(path),
        () => new MemoryFileSystem({ files: { [path]: "" } }),
      ]) {
        expect(operation).toThrow(withErrno(Errno.INVAL));
      }
    }
    expect(fileSystem.readDirectory("/")).toEqual(["dir"]);
  });

  it("replaces files by writeFile, and throws errnos for what it cannot do", () => {
    const fileSystem = new MemoryFileSystem({ files: { "dir/file": "long content" } });
    fileSystem.writeFile("dir/file", "short");
    expect(Buffer.from(fileSystem.readFile("dir/file")).toString()).toBe("short");
    expect(() => fileSystem.writeFile("dir", "")).toThrow(withErrno(Errno.ISDIR));
    expect(() => fileSystem.writeFile("/", "")).toThrow(withErrno(Errno.ISDIR));
    expect(() => fileSystem.writeFile("dir/file/x", "")).toThrow(withErrno(Errno.NOTDIR));
    expect(() => fileSystem.readFile("absent")).toThrow(withErrno(Errno.NOENT));
    expect(() => fileSystem.readFile("dir")).toThrow(withErrno(Errno.ISDIR));
    expect(() => fileSystem.readDirectory("dir/file")).toThrow(withErrno(Errno.NOTDIR));
  });
});

describe("the quota", () => {
  it("of bytes is NOSPC, after what still had room was written", () => {
    const fileSystem = new MemoryFileSystem({ maxBytes: 65536 + 1024 });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.must("fd_pwrite", fd, ...guest.iovecs(20_000), 50_000n, places.result);
    // The first chunk has room, the second would need more than is left.
    expect(guest.u32(places.result)).toBe(65_536 - 50_000);
    expect(guest.call("fd_pwrite", fd, ...guest.iovecs(2_000), 65_536n, places.result)).toBe("NOSPC");
    expect(guest.stat(fd).size).toBe(65_536n);
    expect(guest.pwrite(fd, "x", 65_536n)).toBe(1);
  });

  it("of bytes is given back by truncating, and by removing a file once it is closed", () => {
    const fileSystem = new MemoryFileSystem({ maxBytes: 65536 });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.must("fd_write", fd, ...guest.iovecs(30_000), places.result);
    expect(fileSystem.usedBytes).toBe(32_768);
    guest.must("fd_filestat_set_size", fd, 0n);
    expect(fileSystem.usedBytes).toBe(0);
    guest.must("fd_write", fd, ...guest.iovecs(30_000), places.result);
    guest.unlink(ROOT, "file");
    expect(fileSystem.usedBytes).toBeGreaterThan(0);
    guest.close(fd);
    expect(fileSystem.usedBytes).toBe(0);
  });

  it("of bytes is kept by renames over a file, and by links", () => {
    const fileSystem = new MemoryFileSystem();
    const guest = Guest.withPreopens({ fileSystem }, "/");
    guest.createFile(ROOT, "a", "a");
    guest.createFile(ROOT, "b", "b");
    const each = fileSystem.usedBytes / 2;
    guest.rename(ROOT, "a", ROOT, "b");
    expect(fileSystem.usedBytes).toBe(each);
    guest.link(ROOT, "b", ROOT, "c");
    guest.unlink(ROOT, "b");
    expect(fileSystem.usedBytes).toBe(each);
    guest.unlink(ROOT, "c");
    expect(fileSystem.usedBytes).toBe(0);
  });

  it("of bytes is taken by the texts of links too", () => {
    const fileSystem = new MemoryFileSystem({ maxBytes: 1000 });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    expect(guest.symlink("x".repeat(600), ROOT, "a")).toBe("SUCCESS");
    expect(guest.symlink("x".repeat(600), ROOT, "b")).toBe("NOSPC");
    expect(guest.symlink("x".repeat(300), ROOT, "a")).toBe("EXIST");
    expect(guest.symlink("x".repeat(300), ROOT, "n".repeat(256))).toBe("NAMETOOLONG");
    expect(fileSystem.usedBytes).toBe(600);
    guest.link(ROOT, "a", ROOT, "c");
    guest.unlink(ROOT, "a");
    expect(fileSystem.usedBytes).toBe(600);
    guest.unlink(ROOT, "c");
    expect(fileSystem.usedBytes).toBe(0);
  });

  it("of names bounds files, directories and both kinds of links", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem({ maxEntries: 4 }) }, "/");
    guest.createFile(ROOT, "a");
    guest.makeDirectory(ROOT, "b");
    guest.symlink("x", ROOT, "c");
    guest.link(ROOT, "a", ROOT, "d");
    expect(guest.tryOpen(ROOT, "e", { oflags: OFlags.CREAT })).toBe("NOSPC");
    expect(guest.makeDirectory(ROOT, "e")).toBe("NOSPC");
    expect(guest.symlink("x", ROOT, "e")).toBe("NOSPC");
    expect(guest.link(ROOT, "a", ROOT, "e")).toBe("NOSPC");
    expect(guest.rename(ROOT, "a", ROOT, "b/a")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "b/a", ROOT, "d")).toBe("SUCCESS");
    expect(guest.list(ROOT)).toEqual([".", "..", "b", "c", "d"]);
    guest.unlink(ROOT, "c");
    expect(guest.makeDirectory(ROOT, "e")).toBe("SUCCESS");
  });

  it("bounds what is read as a whole: a hole may be longer", () => {
    const fileSystem = new MemoryFileSystem({ maxBytes: 1000 });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.must("fd_filestat_set_size", fd, 1000n);
    expect(fileSystem.readFile("file")).toEqual(new Uint8Array(1000));
    for (const size of [1001n, 1n << 40n, (1n << 53n) - 1n]) {
      guest.must("fd_filestat_set_size", fd, size);
      expect(() => fileSystem.readFile("file")).toThrow(expect.objectContaining({ errno: Errno.FBIG }));
    }
  });

  it("is not taken by holes", () => {
    const fileSystem = new MemoryFileSystem({ maxBytes: 65_536 });
    const guest = Guest.withPreopens({ fileSystem }, "/");
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    guest.must("fd_filestat_set_size", fd, 2n ** 50n);
    guest.pwrite(fd, "x", 2n ** 50n - 1n);
    expect(guest.stat(fd).size).toBe(2n ** 50n);
    expect(guest.pread(fd, 3, 2n ** 50n - 3n)).toBe("\0\0x");
    expect(fileSystem.usedBytes).toBe(65_536);
  });
});

describe("sparse bytes", () => {
  const operation = fc.oneof(
    fc.record({ kind: fc.constant("write" as const), at: fc.nat(200_000), length: fc.nat(70_000), byte: fc.nat(255) }),
    fc.record({ kind: fc.constant("cut" as const), at: fc.nat(250_000) }),
  );

  it("read as an array would, whatever was written and cut off", () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 12 }), (operations) => {
        let taken = 0;
        const sparse = new SparseBytes((bytes) => {
          taken += bytes;
        });
        const plain = new Uint8Array(300_000);
        let length = 0;
        for (const step of operations) {
          if (step.kind === "write") {
            const bytes = new Uint8Array(step.length).fill(step.byte);
            expect(sparse.write(bytes, step.at)).toBe(step.length);
            plain.set(bytes, step.at);
            if (step.length > 0) length = Math.max(length, step.at + step.length);
          } else {
            sparse.setLength(step.at);
            if (step.at < length) plain.fill(0, step.at);
            length = step.at;
          }
        }
        const read = new Uint8Array(300_000).fill(0x2a);
        expect(sparse.length).toBe(length);
        expect(sparse.read(read, 0)).toBe(length);
        expect(Buffer.compare(read.subarray(0, length), plain.subarray(0, length))).toBe(0);
        sparse.setLength(0);
        expect(taken).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it("take nothing when they are refused", () => {
    const sparse = new SparseBytes(() => {
      throw new Error("full");
    });
    expect(() => sparse.write(encodeUtf8("x"), 0)).toThrow("full");
    expect(sparse.length).toBe(0);
  });
});

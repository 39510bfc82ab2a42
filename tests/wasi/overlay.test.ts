import fc from "fast-check";
import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import type { FileSystem } from "../../src/wasi/fs/file-system.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { guestOn, hostBackends, ROOT } from "./backends.ts";
import type { Guest } from "./guest.ts";
import { operation, perform, tree } from "./random-operations.ts";

const BASE = { "dir/file": "lower", "dir/sub/deep": "deep", "dir/other": "other", top: "top" };

function setUp(files: Record<string, string> = BASE, upper: FileSystem = new MemoryFileSystem()) {
  const lower = new MemoryFileSystem({ files });
  const reader = guestOn({ fileSystem: lower, path: "/" });
  const before = tree(reader, ROOT);
  const overlay = (): Guest => guestOn({ fileSystem: new OverlayFileSystem({ lower, upper }), path: "/" });
  return { guest: overlay(), again: overlay, upper, lowerUnchanged: () => expect(tree(reader, ROOT)).toEqual(before) };
}

/** All names in a layer, marks included. */
const marks = (upper: FileSystem): string[] =>
  tree(guestOn({ fileSystem: upper, path: "/" }), ROOT).filter((line) => line.includes(".wh."));

describe("an overlay", () => {
  it("shows the lower layer, and what is written in it goes to the upper one", () => {
    const { guest, upper, lowerUnchanged } = setUp();
    expect(tree(guest, ROOT)).toEqual([
      "dir/",
      "dir/file: lower",
      "dir/other: other",
      "dir/sub/",
      "dir/sub/deep: deep",
      "top: top",
    ]);
    guest.createFile(ROOT, "dir/new", "new");
    const fd = guest.open(ROOT, "dir/file");
    guest.pwrite(fd, "U", 0n);
    expect(guest.content(ROOT, "dir/file")).toBe("Uower");
    expect(tree(guestOn({ fileSystem: upper, path: "/" }), ROOT)).toEqual(["dir/", "dir/file: Uower", "dir/new: new"]);
    expect(guest.list(guest.openDirectory(ROOT, "dir"))).toEqual([".", "..", "file", "new", "other", "sub"]);
    lowerUnchanged();
  });

  it("copies nothing for reading, and no content for a file that is emptied", () => {
    const { guest, upper, lowerUnchanged } = setUp({ big: "x".repeat(4000) }, new MemoryFileSystem({ maxBytes: 1000 }));
    expect(guest.content(ROOT, "big")).toBe("x".repeat(4000));
    expect((upper as MemoryFileSystem).readDirectory("/")).toEqual([]);
    expect(guest.tryOpen(ROOT, "big")).toBe("NOSPC");
    expect((upper as MemoryFileSystem).readDirectory("/")).toEqual([]);
    expect(guest.content(ROOT, "big")).toHaveLength(4000);
    guest.write(guest.open(ROOT, "big", { oflags: OFlags.TRUNC }), "small");
    expect(guest.content(ROOT, "big")).toBe("small");
    lowerUnchanged();
  });

  it("keeps numbers and times of what it copies up, and those of the directories around", () => {
    const { guest } = setUp();
    const before = [guest.pathStat(ROOT, "dir"), guest.pathStat(ROOT, "dir/file")];
    guest.close(guest.open(ROOT, "dir/file"));
    const after = [guest.pathStat(ROOT, "dir"), guest.pathStat(ROOT, "dir/file")];
    for (const [i, { dev, ino, mtim, atim }] of before.entries())
      expect(after[i]).toMatchObject({ dev, ino, mtim, atim });
    const fd = guest.openDirectory(ROOT, "dir");
    expect(guest.stat(fd).ino).toBe(before[0].ino);
  });

  it("shows a file that is open to be read what others write to it", () => {
    const { guest, lowerUnchanged } = setUp();
    const reader = guest.open(ROOT, "dir/file", { base: Right.FD_READ | Right.FD_SEEK | Right.FD_FILESTAT_GET });
    expect(guest.read(reader, 2)).toBe("lo");
    guest.pwrite(guest.open(ROOT, "dir/file"), "LOWER, longer", 0n);
    expect(guest.read(reader, 100)).toBe("WER, longer");
    expect(guest.stat(reader).ino).toBe(guest.pathStat(ROOT, "dir/file").ino);
    lowerUnchanged();
  });

  it("hides what was removed, by marks that no guest sees or makes", () => {
    const { guest, upper, lowerUnchanged } = setUp();
    expect(guest.unlink(ROOT, "dir/file")).toBe("SUCCESS");
    expect(guest.unlink(ROOT, "dir/file")).toBe("NOENT");
    expect(guest.removeDirectory(ROOT, "dir/sub")).toBe("NOTEMPTY");
    expect(guest.unlink(ROOT, "dir/sub/deep")).toBe("SUCCESS");
    expect(guest.removeDirectory(ROOT, "dir/sub")).toBe("SUCCESS");
    expect(tree(guest, ROOT)).toEqual(["dir/", "dir/other: other", "top: top"]);
    expect(marks(upper)).toEqual(["dir/.wh.file: ", "dir/.wh.sub: "]);
    for (const name of [".wh.file", ".wh..wh..opq", ".WH.other"]) {
      expect(guest.tryStat(ROOT, `dir/${name}`)).toBe("NOENT");
      expect(guest.unlink(ROOT, `dir/${name}`)).toBe("NOENT");
      expect(guest.tryOpen(ROOT, `dir/${name}`)).toBe("NOENT");
      expect(guest.tryOpen(ROOT, `dir/${name}`, { oflags: OFlags.CREAT })).toBe("INVAL");
      expect(guest.makeDirectory(ROOT, `dir/${name}`)).toBe("INVAL");
      expect(guest.symlink("other", ROOT, `dir/${name}`)).toBe("INVAL");
      expect(guest.link(ROOT, "top", ROOT, `dir/${name}`)).toBe("INVAL");
      expect(guest.rename(ROOT, "top", ROOT, `dir/${name}`)).toBe("INVAL");
    }
    lowerUnchanged();
  });

  it("makes a directory anew that is empty, whatever the lower one holds", () => {
    const { guest, again, lowerUnchanged } = setUp();
    guest.unlink(ROOT, "dir/sub/deep");
    guest.removeDirectory(ROOT, "dir/sub");
    guest.makeDirectory(ROOT, "dir/sub");
    expect(guest.list(guest.openDirectory(ROOT, "dir/sub"))).toEqual([".", ".."]);
    guest.createFile(ROOT, "dir/sub/new", "new");
    const second = again();
    expect(tree(second, ROOT)).toEqual([
      "dir/",
      "dir/file: lower",
      "dir/other: other",
      "dir/sub/",
      "dir/sub/new: new",
      "top: top",
    ]);
    lowerUnchanged();
  });

  it("moves directories of the lower layer with all that they hold, over others too", () => {
    const { guest, again, lowerUnchanged } = setUp();
    const inside = guest.openDirectory(ROOT, "dir/sub");
    guest.unlink(ROOT, "dir/other");
    expect(guest.rename(ROOT, "dir", ROOT, "dir/sub/dir")).toBe("INVAL");
    expect(guest.rename(ROOT, "dir", ROOT, "moved")).toBe("SUCCESS");
    expect(guest.content(inside, "deep")).toBe("deep");
    guest.createFile(inside, "made", "made");
    const moved = ["moved/", "moved/file: lower", "moved/sub/", "moved/sub/deep: deep", "moved/sub/made: made"];
    for (const view of [guest, again()]) expect(tree(view, ROOT)).toEqual([...moved, "top: top"]);
    expect(guest.makeDirectory(ROOT, "dir")).toBe("SUCCESS");
    expect(guest.list(guest.openDirectory(ROOT, "dir"))).toEqual([".", ".."]);
    expect(guest.rename(ROOT, "moved", ROOT, "dir")).toBe("SUCCESS");
    const back = moved.map((line) => line.replace("moved", "dir"));
    for (const view of [guest, again()]) expect(tree(view, ROOT)).toEqual([...back, "top: top"]);
    lowerUnchanged();
  });

  it("keeps an open directory that was removed, in which nothing can be made", () => {
    const { guest, lowerUnchanged } = setUp();
    const fd = guest.openDirectory(ROOT, "dir/sub");
    guest.unlink(fd, "deep");
    expect(guest.removeDirectory(ROOT, "dir/sub")).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "dir/sub")).toBe("SUCCESS");
    guest.createFile(ROOT, "dir/sub/new", "new");
    expect(guest.list(fd)).toEqual([".", ".."]);
    expect(guest.tryOpen(fd, "x", { oflags: OFlags.CREAT })).toBe("NOENT");
    lowerUnchanged();
  });

  it("keeps an open directory of the lower layer alone that was removed, and one that takes its place apart", () => {
    const lower = new MemoryFileSystem();
    lower.makeDirectory("empty");
    const overlay = new OverlayFileSystem({ lower, upper: new MemoryFileSystem() });
    const guest = guestOn({ fileSystem: overlay, path: "/" });
    const fd = guest.openDirectory(ROOT, "empty");
    expect(guest.removeDirectory(ROOT, "empty")).toBe("SUCCESS");
    expect(guest.tryOpen(fd, "x", { oflags: OFlags.CREAT })).toBe("NOENT");
    expect(guest.makeDirectory(fd, "x")).toBe("NOENT");
    expect(guest.stat(fd).nlink).toBe(0n);
    expect(guest.list(ROOT)).toEqual([".", ".."]);
    expect(lower.readDirectory("/")).toEqual(["empty"]);
  });

  it("shows nothing of a lower directory whose name a moved one takes", () => {
    const { guest, again, lowerUnchanged } = setUp({ "a/x": "a", "b/y": "b", "b/z/deep": "z" });
    guest.unlink(ROOT, "b/z/deep");
    guest.removeDirectory(ROOT, "b/z");
    guest.unlink(ROOT, "b/y");
    guest.removeDirectory(ROOT, "b");
    expect(guest.rename(ROOT, "a", ROOT, "b")).toBe("SUCCESS");
    for (const view of [guest, again()]) expect(tree(view, ROOT)).toEqual(["b/", "b/x: a"]);
    guest.makeDirectory(ROOT, "c");
    guest.unlink(ROOT, "b/x");
    expect(guest.rename(ROOT, "c", ROOT, "b")).toBe("SUCCESS");
    for (const view of [guest, again()]) expect(tree(view, ROOT)).toEqual(["b/"]);
    lowerUnchanged();
  });

  it.each([["in memory"], ...hostBackends.map(({ name }) => [name])])(
    "has names of 255 bytes, which no mark can hide: the upper layer %s",
    (name) => {
      const onHost = hostBackends.find((backend) => backend.name === name)?.create();
      const volume = onHost ?? { fileSystem: new MemoryFileSystem(), path: "/" };
      const lower = new MemoryFileSystem({ files: { ["l".repeat(255)]: "lower" } });
      const layers = { lower, upper: volume.fileSystem, upperPath: volume.path };
      const guest = guestOn({ fileSystem: new OverlayFileSystem(layers), path: "/" });
      guest.createFile(ROOT, "u".repeat(255), "upper");
      expect(guest.content(ROOT, "u".repeat(255))).toBe("upper");
      expect(guest.content(ROOT, "l".repeat(255))).toBe("lower");
      expect(guest.unlink(ROOT, "l".repeat(255))).toBe("NAMETOOLONG");
      guest.pwrite(guest.open(ROOT, "l".repeat(255)), "L", 0n);
      expect(guest.unlink(ROOT, "l".repeat(255))).toBe("NAMETOOLONG");
      expect(guest.content(ROOT, "l".repeat(255))).toBe("Lower");
      expect(guest.rename(ROOT, "l".repeat(255), ROOT, "short")).toBe("NAMETOOLONG");
      expect(guest.content(ROOT, "l".repeat(255))).toBe("Lower");
      expect(guest.tryStat(ROOT, "short")).toBe("NOENT");
      expect(guest.unlink(ROOT, "u".repeat(255))).toBe("SUCCESS");
      expect(guest.tryStat(ROOT, "x".repeat(256))).toBe("NAMETOOLONG");
    },
  );

  it("follows links across layers, and not out of itself", () => {
    const { guest, lowerUnchanged } = setUp();
    expect(guest.symlink("dir/file", ROOT, "link")).toBe("SUCCESS");
    guest.pwrite(guest.open(ROOT, "link", { lookup: 1 }), "L", 0n);
    expect(guest.content(ROOT, "dir/file")).toBe("Lower");
    expect(guest.symlink("../x", ROOT, "out")).toBe("PERM");
    lowerUnchanged();
  });

  it("gives a file of the lower layer other times, by path and by descriptor", () => {
    const { guest, lowerUnchanged } = setUp();
    guest.must("path_filestat_set_times", ROOT, 0, ...guest.path("top"), 1n, 2n, 5);
    expect(guest.pathStat(ROOT, "top")).toMatchObject({ atim: 1n, mtim: 2n });
    const fd = guest.open(ROOT, "dir/file", { base: Right.FD_FILESTAT_SET_TIMES | Right.FD_FILESTAT_GET });
    guest.must("fd_filestat_set_times", fd, 3n, 4n, 5);
    expect(guest.stat(fd)).toMatchObject({ atim: 3n, mtim: 4n });
    const gone = guest.open(ROOT, "dir/other", { base: Right.FD_FILESTAT_SET_TIMES });
    guest.unlink(ROOT, "dir/other");
    expect(guest.call("fd_filestat_set_times", gone, 3n, 4n, 5)).toBe("ROFS");
    lowerUnchanged();
  });

  it("preopens a directory of it, read-only as well", () => {
    const { upper } = setUp();
    const fileSystem = new OverlayFileSystem({ lower: new MemoryFileSystem({ files: BASE }), upper });
    const guest = guestOn({ fileSystem, path: "/dir" }, true);
    expect(guest.content(ROOT, "file")).toBe("lower");
    expect(guest.unlink(ROOT, "file")).toBe("NOTCAPABLE");
    expect(guest.tryStat(ROOT, "../top")).toBe("PERM");
  });

  it("keeps what it was told apart where the layers number alike: memfs over memfs", () => {
    const lower = new FsAdapter(memfs({ "/a": "lower a", "/b": "lower b" }).fs);
    const upper = new FsAdapter(memfs({ "/c": "upper c", "/d": "upper d" }).fs);
    const guest = guestOn({ fileSystem: new OverlayFileSystem({ lower, upper }), path: "/" });
    const numbers = ["a", "b", "c", "d"].map((name) => guest.pathStat(ROOT, name).ino);
    expect(new Set(numbers).size).toBe(4);
    expect(guest.rename(ROOT, "a", ROOT, "c")).toBe("SUCCESS");
    expect(tree(guest, ROOT)).toEqual(["b: lower b", "c: lower a", "d: upper d"]);
  });
});

const files = { "a/b": "content", "a/c/d": "deep", c: "text", "d/a": "1", "b/c": "2", "pinned/x": "x" };

const layers = [
  { name: "memory", create: () => ({ fileSystem: new MemoryFileSystem() as FileSystem, path: "/" }) },
  ...hostBackends.slice(0, 1),
];

it.each(layers)(
  "random operations do the same as without a lower layer, which stays as it was: over $name",
  (layer) => {
    fc.assert(
      fc.property(fc.array(operation, { minLength: 5, maxLength: 40 }), (steps) => {
        const upper = layer.create();
        const lower = new MemoryFileSystem({ files });
        const overlay = new OverlayFileSystem({ lower, upper: upper.fileSystem, upperPath: upper.path });
        const plain = new MemoryFileSystem({ files });
        const [expected, actual] = [plain, overlay].map((fileSystem) => {
          const guest = guestOn({ fileSystem, path: "/" });
          const roots = [ROOT, guest.openDirectory(ROOT, "pinned")];
          const results = steps.map((step) => perform(guest, roots, step));
          const left = tree(guest, ROOT);
          const inPinned = tree(guest, roots[1]);
          guest.wasi.fini();
          return { results, left, inPinned };
        });
        expect(actual).toEqual(expected);
        expect(tree(guestOn({ fileSystem: lower, path: "/" }), ROOT)).toEqual(
          tree(guestOn({ fileSystem: new MemoryFileSystem({ files }), path: "/" }), ROOT),
        );
        // What another overlay over the same two layers shows is the same.
        const again = new OverlayFileSystem({ lower, upper: upper.fileSystem, upperPath: upper.path });
        expect(tree(guestOn({ fileSystem: again, path: "/" }), ROOT)).toEqual(expected.left);
      }),
      { numRuns: 150 },
    );
  },
);

import { describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { MUTATING_RIGHTS, Right } from "../../src/wasi/abi/rights.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { type Backend, backends, guestOn, hostBackends, ROOT } from "./backends.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE, places } from "./guest.ts";
import { enter, SECRET, surround, writeFile } from "./surroundings.ts";

/**
 * The ways out of a preopen that other implementations of WASI have had, by the names under which they became known, and those
 * that none had. Each on all file systems, as far as there is a difference.
 */

const FOLLOW = 1;

function setUpOn(create: Backend["create"], readonly = false) {
  const surroundings = surround(create());
  return { ...surroundings, guest: guestOn(surroundings, readonly) };
}

/** Everything that a guest could try with a path that leads through something it must not go through: the errnos. */
function tryAll(guest: Guest, path: string): Set<string> {
  const results: string[] = [];
  const times = [1n, 1n, 5];
  for (const lookup of [0, FOLLOW]) {
    results.push(guest.tryStat(ROOT, path, lookup));
    for (let oflags = 0; oflags <= 15; oflags++) {
      if ((oflags & OFlags.CREAT) !== 0 && (oflags & OFlags.DIRECTORY) !== 0) continue;
      for (const base of [0n, ALL_FILE_RIGHTS]) results.push(guest.tryOpen(ROOT, path, { lookup, oflags, base }));
    }
    results.push(guest.link(ROOT, path, ROOT, "stolen", lookup));
    results.push(guest.call("path_filestat_set_times", ROOT, lookup, ...guest.path(path), ...times));
  }
  results.push(guest.call("path_readlink", ROOT, ...guest.path(path), places.buffer, 100, places.result));
  results.push(guest.makeDirectory(ROOT, path), guest.removeDirectory(ROOT, path), guest.unlink(ROOT, path));
  results.push(guest.rename(ROOT, path, ROOT, "stolen"), guest.rename(ROOT, "own", ROOT, path));
  results.push(guest.link(ROOT, "own", ROOT, path), guest.symlink("own", ROOT, path));
  return new Set(results);
}

function expectAll(guest: Guest, paths: readonly string[], errno: string): void {
  guest.createFile(ROOT, "own", "own");
  for (const path of paths) expect([path, tryAll(guest, path)]).toEqual([path, new Set([errno])]);
  expect(guest.list(ROOT)).not.toContain("stolen");
  expect(guest.content(ROOT, "own")).toBe("own");
}

describe.each(backends)("a preopen over $name is not left", ({ create }) => {
  const setUp = () => setUpOn(create);

  it("through links whose targets are outside (WasmEdge before 0.16.4)", () => {
    const { guest, inside, expectUntouched } = setUp();
    const absolute = setUp().path.replace("inside", "outside");
    inside.symlinkAt(absolute, "absolute");
    inside.symlinkAt("/", "root");
    inside.symlinkAt("../outside", "relative");
    inside.symlinkAt("relative", "chained");
    inside.symlinkAt("sub/up", "through");
    inside.makeDirectoryAt("sub");
    enter(inside, "sub").symlinkAt("../../outside", "up");
    inside.symlinkAt("/proc/self/root", "magic");
    const directories = ["absolute", "root", "relative", "chained", "sub/up", "through", "sub/../relative", "magic"];
    const paths = directories.flatMap((link) => [`${link}/file`, `${link}/new`, `${link}/dir/file`, `${link}/..`]);
    expectAll(guest, [...paths, "relative/../inside/own"], "PERM");
    for (const link of directories) {
      expect([link, guest.tryStat(ROOT, link, FOLLOW)]).toEqual([link, "PERM"]);
      expect(guest.tryOpen(ROOT, link, { oflags: OFlags.DIRECTORY, base: 0n, lookup: FOLLOW })).toBe("PERM");
    }
    expectUntouched();
  });

  it("through a link that is followed to create with write (CVE-2024-38358)", () => {
    const { guest, inside, expectUntouched } = setUp();
    inside.symlinkAt("../outside/new", "to-new");
    inside.symlinkAt("../outside/file", "to-file");
    inside.symlinkAt("to-file", "chained");
    inside.symlinkAt("../outside/dir", "to-dir");
    for (const path of ["to-new", "to-file", "chained", "to-dir"]) {
      for (const oflags of [OFlags.CREAT, OFlags.TRUNC, OFlags.CREAT | OFlags.TRUNC]) {
        for (const base of [Right.FD_READ, Right.FD_WRITE, ALL_FILE_RIGHTS]) {
          expect(guest.tryOpen(ROOT, path, { oflags, base, lookup: FOLLOW })).toBe("PERM");
          expect(guest.tryOpen(ROOT, path, { oflags, base })).toBe("LOOP");
        }
      }
      for (const lookup of [0, FOLLOW]) {
        expect(guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT | OFlags.EXCL, lookup })).toBe("EXIST");
      }
    }
    expectUntouched();
  });

  it("through links that the guest makes, moves or links", () => {
    const { guest, expectUntouched } = setUp();
    guest.makeDirectory(ROOT, "a");
    guest.makeDirectory(ROOT, "a/b");
    for (const text of ["../outside", "/outside", "x/../../outside", "..", "a/../../outside"]) {
      expect([text, guest.symlink(text, ROOT, "refused")]).toEqual([text, "PERM"]);
    }
    // Harmless where it is made, and one directory higher it would lead outside.
    expect(guest.symlink("../../outside", ROOT, "a/b/link")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "a/b/link", ROOT, "link")).toBe("SUCCESS");
    expect(guest.link(ROOT, "link", ROOT, "link2")).toMatch(/^(SUCCESS|NOTSUP)$/);
    if (guest.tryStat(ROOT, "link2") !== "SUCCESS") guest.symlink("link", ROOT, "link2");
    expect(guest.symlink("../../inside/../outside", ROOT, "a/b/again")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "a/b", ROOT, "b")).toBe("SUCCESS");
    expectAll(guest, ["link/file", "link2/file", "b/again/file", "b/again/new", "link/new"], "PERM");
    expectUntouched();
  });

  it("by .. out of a directory that the guest moved up meanwhile", () => {
    const { guest, expectUntouched } = setUp();
    guest.makeDirectory(ROOT, "a");
    guest.makeDirectory(ROOT, "a/b");
    guest.makeDirectory(ROOT, "a/b/c");
    const b = guest.openDirectory(ROOT, "a/b");
    const c = guest.openDirectory(ROOT, "a/b/c");
    expect(guest.rename(ROOT, "a/b/c", ROOT, "c")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "a/b", ROOT, "b")).toBe("SUCCESS");
    for (const fd of [b, c]) {
      for (const path of ["..", "../..", "../outside/file", "../../outside/file", "./../x", "c/../../x"]) {
        expect(guest.tryStat(fd, path)).toMatch(/^(PERM|NOENT)$/);
        expect(guest.tryOpen(fd, path, { oflags: OFlags.CREAT, lookup: FOLLOW })).toMatch(/^(PERM|NOENT)$/);
      }
      expect(guest.tryStat(fd, "..")).toBe("PERM");
    }
    expectUntouched();
  });

  it("by slashes after paths and links (GHSA-vqjp-4c8c-hfgg)", () => {
    const { guest, inside, expectUntouched } = setUp();
    inside.symlinkAt("../outside", "link");
    inside.symlinkAt("../outside/", "slashed");
    inside.symlinkAt("../outside/empty", "to-empty");
    inside.symlinkAt("../outside/file", "to-file");
    inside.symlinkAt("../outside/new", "to-new");
    for (const link of ["link", "slashed", "to-empty", "to-file", "to-new"]) {
      for (const path of [`${link}/`, `${link}//`, `${link}/.`, `${link}/./`, `./${link}/`, `${link}///.//`]) {
        for (const lookup of [0, FOLLOW]) {
          expect([path, guest.tryStat(ROOT, path, lookup)]).toEqual([path, "PERM"]);
          expect(guest.tryOpen(ROOT, path, { base: 0n, lookup })).toBe("PERM");
          expect(guest.tryOpen(ROOT, path, { base: 0n, oflags: OFlags.DIRECTORY, lookup })).toBe("PERM");
          expect(guest.tryOpen(ROOT, path, { oflags: OFlags.CREAT, lookup })).toBe("PERM");
          const times = [1n, 1n, 5];
          expect(guest.call("path_filestat_set_times", ROOT, lookup, ...guest.path(path), ...times)).toBe("PERM");
          expect(guest.link(ROOT, path, ROOT, "stolen", lookup)).toBe("PERM");
        }
        const refused = /^(NOTDIR|PERM|EXIST|NOENT|INVAL|BUSY)$/;
        expect(guest.removeDirectory(ROOT, path)).toMatch(refused);
        expect(guest.unlink(ROOT, path)).toMatch(refused);
        expect(guest.rename(ROOT, path, ROOT, "stolen")).toMatch(refused);
        expect(guest.makeDirectory(ROOT, path)).toMatch(refused);
        expect(guest.symlink("x", ROOT, path)).toMatch(refused);
      }
      expect(inside.readlinkAt(link)).toMatch(/^\.\.\/outside/);
    }
    expect(guest.list(ROOT)).not.toContain("stolen");
    expectUntouched();
  });

  it("by .., absolute paths, empty components, nothing, or NUL", () => {
    const { guest, path, inside, expectUntouched } = setUp();
    inside.makeDirectoryAt("sub");
    expectAll(
      guest,
      [
        ...["..", "../", "../.", "../outside", "../outside/file", "../inside/own", "./../outside/file"],
        ...["sub/../../outside/file", "sub/..//../outside/file", ".//..//outside//file", "sub/./../.././outside/new"],
        ...["/", "//", "/file", "//outside/file", "/.", "/..", path.replace("inside", "outside/file"), `${path}/own`],
      ],
      "PERM",
    );
    expect(tryAll(guest, "")).toEqual(new Set(["NOENT"]));
    for (const path of ["sub\0/../../outside/file", "\0", "own\0", "\0own", "../outside/file\0"]) {
      expect([path, tryAll(guest, path)]).toEqual([path, new Set(["INVAL"])]);
    }
    expect(guest.symlink("own\0/../../outside", ROOT, "link")).toBe("INVAL");
    expect(guest.symlink("", ROOT, "link")).toBe("NOENT");
    expect(guest.list(ROOT)).toEqual([".", "..", "own", "sub"]);
    expectUntouched();
  });

  it("by what looks like a slash or a dot and is none", () => {
    const { guest, expectUntouched } = setUp();
    for (const name of ["..\\outside", "．．", "..⁄outside", "%2e%2e", "..%2foutside", "‥", "...", ".. ", " .."]) {
      expect([name, guest.tryStat(ROOT, name)]).toEqual([name, "NOENT"]);
      expect(guest.makeDirectory(ROOT, name)).toBe("SUCCESS");
      expect(guest.tryStat(ROOT, `${name}/file`)).toBe("NOENT");
      expect(guest.removeDirectory(ROOT, name)).toBe("SUCCESS");
    }
    // Overlong forms of a slash and of dots, and halves of surrogates, are no UTF-8.
    for (const bytes of [
      [0xc0, 0xaf],
      [0xc0, 0xae, 0xc0, 0xae, 0x2f],
      [0xe0, 0x80, 0xaf],
      [0xed, 0xa0, 0x80],
    ]) {
      const path = guest.path(Uint8Array.from(bytes));
      expect(guest.call("path_create_directory", ROOT, ...path)).toBe("ILSEQ");
      expect(guest.call("path_filestat_get", ROOT, FOLLOW, ...path, places.result)).toBe("ILSEQ");
    }
    expectUntouched();
  });

  it("by moving or linking to or from the outside through two preopens that do not hold it", () => {
    const { fileSystem, path, inside, expectUntouched } = setUp();
    inside.makeDirectoryAt("one");
    inside.makeDirectoryAt("two");
    const guest = Guest.withPreopens(
      { fileSystem },
      { guest: "one", host: `${path}/one` },
      { guest: "two", host: `${path}/two` },
    );
    guest.createFile(3, "file", "one");
    for (const target of ["../file", "../../outside/file", "../two/file", "../../new"]) {
      expect(guest.rename(3, "file", 4, target)).toBe("PERM");
      expect(guest.link(3, "file", 4, target)).toBe("PERM");
      expect(guest.rename(4, target, 3, "new")).toBe("PERM");
      expect(guest.link(4, target, 3, "new", FOLLOW)).toBe("PERM");
    }
    expect(guest.rename(3, "file", 4, "file")).toBe("SUCCESS");
    expect([guest.list(3), guest.list(4)]).toEqual([
      [".", ".."],
      [".", "..", "file"],
    ]);
    guest.wasi.fini();
    expectUntouched();
  });

  it("by a hard link that the host made: that one is the host's to answer for, and the guest makes none", () => {
    const { guest, inside, outside, expectUntouched } = setUp();
    outside.linkAt("file", inside, "given");
    expect(guest.content(ROOT, "given")).toBe(SECRET);
    expect(guest.link(ROOT, "../outside/dir/file", ROOT, "stolen")).toBe("PERM");
    expect(guest.unlink(ROOT, "given")).toBe("SUCCESS");
    expect(guest.list(ROOT)).toEqual([".", ".."]);
    expectUntouched();
  });

  it("when the name of an open directory, or of the preopen, is given to a link", () => {
    const { guest, around, inside, expectUntouched } = setUp();
    inside.makeDirectoryAt("dir");
    const fd = guest.openDirectory(ROOT, "dir");
    inside.renameAt("dir", inside, "moved");
    inside.symlinkAt("../outside", "dir");
    const attempts = (from: number): void => {
      expect(guest.tryOpen(from, "file", { lookup: FOLLOW })).toBe("NOENT");
      // By descriptors it is the directory that it was, wherever that is now; by paths it is gone.
      for (const errno of [
        guest.tryOpen(from, "new", { oflags: OFlags.CREAT }),
        guest.makeDirectory(from, "made"),
        guest.symlink("x", from, "link"),
        guest.call("fd_filestat_set_times", from, 1n, 1n, 5),
      ]) {
        expect(errno).toMatch(/^(SUCCESS|NOENT)$/);
      }
    };
    attempts(fd);
    expectUntouched();
    around.renameAt("inside", around, "inside-moved");
    around.symlinkAt("outside", "inside");
    attempts(ROOT);
    expectUntouched();
  });

  it('by mutating rights that path_open of "." would give on a read-only preopen (WasmEdge)', () => {
    const { guest, inside, expectUntouched } = setUpOn(create, true);
    inside.makeDirectoryAt("sub");
    writeFile(inside, "file", "content");
    const mutating = Object.values(Right).filter((bit) => (bit & MUTATING_RIGHTS) !== 0n);
    expect(mutating).toHaveLength(15);
    for (const path of [".", "./", "sub", "sub/..", "sub/.", ".//."]) {
      for (const right of [...mutating, MUTATING_RIGHTS]) {
        for (const oflags of [0, OFlags.DIRECTORY]) {
          const request = { oflags, lookup: FOLLOW };
          expect(guest.tryOpen(ROOT, path, { ...request, base: right, inheriting: 0n })).toBe("NOTCAPABLE");
          expect(guest.tryOpen(ROOT, path, { ...request, base: 0n, inheriting: right })).toBe("NOTCAPABLE");
        }
      }
      const { base, inheriting } = guest.fdstat(ROOT);
      const fd = guest.open(ROOT, path, { oflags: OFlags.DIRECTORY, base, inheriting });
      expect(guest.makeDirectory(fd, "new")).toBe("NOTCAPABLE");
      expect(guest.unlink(fd, "file")).toBe("NOTCAPABLE");
      expect(guest.call("fd_fdstat_set_rights", fd, base | MUTATING_RIGHTS, inheriting)).toBe("NOTCAPABLE");
      expect(guest.call("fd_fdstat_set_rights", fd, base, inheriting | MUTATING_RIGHTS)).toBe("NOTCAPABLE");
    }
    expect(guest.list(ROOT)).toEqual([".", "..", "file", "sub"]);
    expectUntouched();
  });

  it("by a program without preopens (GHSA-4mq4-7rw3-vm5j)", () => {
    const { fileSystem, expectUntouched } = setUp();
    const guest = Guest.withPreopens({ fileSystem });
    for (let fd = 0; fd < 40; fd++) {
      const errno = fd < 3 ? "NOTDIR" : "BADF";
      for (const path of ["file", ".", "/", "outside/file"]) {
        expect(guest.tryOpen(fd, path, { oflags: OFlags.CREAT })).toBe(errno);
        expect(guest.tryStat(fd, path)).toBe(errno);
        expect(guest.makeDirectory(fd, path)).toBe(errno);
        expect(guest.unlink(fd, path)).toBe(errno);
        expect(guest.rename(fd, path, fd, "x")).toBe(errno);
      }
      expect(guest.call("fd_readdir", fd, places.buffer, 100, 0n, places.result)).toBe(errno);
      expect(guest.call("fd_prestat_get", fd, places.result)).toBe(fd < 3 ? "INVAL" : "BADF");
    }
    expectUntouched();
  });
});

describe.each(hostBackends)("a preopen over $name", ({ create }) => {
  it("has no names that mean devices, streams or other paths to Windows, superscript digits included (CVE-2024-51745)", () => {
    const surroundings = surround(create());
    const descriptors = surroundings.inside.nativeHandle !== undefined;
    const fileSystem = new NodeFileSystem({ windowsNames: true, descriptors });
    const guest = guestOn({ fileSystem, path: surroundings.path });
    guest.createFile(ROOT, "own", "own");
    for (const name of [
      "COM¹",
      "com².txt",
      "LPT³",
      "nul",
      "aux.h",
      "CONIN$",
      "a:b",
      "C:",
      "own::$DATA",
      "x\\..\\y",
      "dot.",
    ]) {
      for (const path of [name, `./${name}`, `${name}/`, `${name}/file`]) {
        expect([path, guest.tryStat(ROOT, path)]).toEqual([path, "INVAL"]);
        expect(guest.tryOpen(ROOT, path)).toBe("INVAL");
      }
      expect(guest.tryOpen(ROOT, name, { oflags: OFlags.CREAT })).toBe("INVAL");
      expect(guest.makeDirectory(ROOT, name)).toBe("INVAL");
      expect(guest.removeDirectory(ROOT, name)).toBe("INVAL");
      expect(guest.unlink(ROOT, name)).toBe("INVAL");
      expect(guest.rename(ROOT, "own", ROOT, name)).toBe("INVAL");
      expect(guest.rename(ROOT, name, ROOT, "x")).toBe("INVAL");
      expect(guest.link(ROOT, "own", ROOT, name)).toBe("INVAL");
      expect(guest.symlink("x", ROOT, name)).toBe("INVAL");
    }
    expect(guest.list(ROOT)).toEqual([".", "..", "own"]);
    surroundings.expectUntouched();
  });

  it("has no links to such names either, nor any whose text leads outside to Windows alone", () => {
    const { path, expectUntouched } = surround(create());
    const guest = guestOn({ fileSystem: new NodeFileSystem({ windowsNames: true }), path });
    for (const text of [
      "..\\outside",
      "C:\\outside",
      "c:",
      "C:outside",
      "\\outside",
      "\\\\host\\share",
      "a/nul",
      "a\\..\\..\\x",
    ]) {
      expect([text, guest.symlink(text, ROOT, "link")]).toEqual([text, "INVAL"]);
    }
    guest.makeDirectory(ROOT, "dir");
    expect(guest.symlink("../dir/./file", ROOT, "dir/link")).toBe("SUCCESS");
    expect(guest.readlink(ROOT, "dir/link")).toBe("../dir/./file");
    expectUntouched();
  });
});

it.runIf(process.platform === "linux")("magic links of /proc are followed by their texts, and lead nowhere", () => {
  const guest = guestOn({ fileSystem: new NodeFileSystem(), path: "/proc/self" });
  for (const path of ["root/etc/passwd", "cwd/package.json", "root", "cwd", "exe"]) {
    expect([path, guest.tryOpen(ROOT, path, { base: 0n, lookup: FOLLOW })]).toEqual([path, "PERM"]);
  }
  for (const name of guest.list(guest.openDirectory(ROOT, "fd")).slice(2)) {
    expect(guest.tryOpen(ROOT, `fd/${name}`, { base: 0n, lookup: FOLLOW })).toMatch(/^(PERM|NOENT)$/);
  }
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

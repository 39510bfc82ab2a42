import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { MUTATING_RIGHTS, Right, readonlyPreopenRights } from "../../src/wasi/abi/rights.ts";
import { wasiFunctions } from "../../src/wasi/functions/index.ts";
import { type Backend, backends, guestOn, ROOT } from "./backends.ts";
import { Guest, places } from "./guest.ts";
import { operation, perform } from "./random-operations.ts";
import { enter, portrait, SECRET, surround, writeFile } from "./surroundings.ts";

const FOLLOW = 1;
const TIMES = [1n, 1n, 5] as const;

/** A writable preopen beside the read-only one. */
const OTHER = 4;

/**
 * Each function that can change a file system, as a guest would try it from a directory of the read-only preopen in which there are
 * `file`, `dir`, `dir/file`, `empty` and `link`, a link to `file`; the other preopen has `file` and `dir`.
 */
const mutations: readonly (readonly [name: string, attempts: (guest: Guest, from: number) => string[]])[] = [
  ["path_create_directory", (guest, from) => ["new", "dir/new", "new/"].map((path) => guest.makeDirectory(from, path))],
  [
    "path_remove_directory",
    (guest, from) => ["empty", "empty/", "dir"].map((path) => guest.removeDirectory(from, path)),
  ],
  ["path_unlink_file", (guest, from) => ["file", "link", "dir/file", "dir"].map((path) => guest.unlink(from, path))],
  ["path_symlink", (guest, from) => ["new", "dir/new"].map((path) => guest.symlink("file", from, path))],
  [
    "path_rename",
    (guest, from) => [
      guest.rename(from, "file", from, "new"),
      guest.rename(from, "file", from, "file"),
      guest.rename(from, "file", OTHER, "stolen"),
      guest.rename(from, "empty", OTHER, "dir"),
      guest.rename(OTHER, "file", from, "new"),
      guest.rename(OTHER, "file", from, "file"),
      guest.rename(OTHER, "dir", from, "empty"),
    ],
  ],
  [
    "path_link",
    (guest, from) =>
      [0, FOLLOW].flatMap((lookup) => [
        guest.link(from, "file", from, "new", lookup),
        // Written to under its other name, the file would change.
        guest.link(from, "file", OTHER, "stolen", lookup),
        guest.link(from, "link", OTHER, "stolen", lookup),
        guest.link(OTHER, "file", from, "new", lookup),
      ]),
  ],
  [
    "path_filestat_set_times",
    (guest, from) =>
      [0, FOLLOW].flatMap((lookup) =>
        ["file", "link", "dir", ".", "dir/file"].map((path) =>
          guest.call("path_filestat_set_times", from, lookup, ...guest.path(path), ...TIMES),
        ),
      ),
  ],
  ["fd_filestat_set_times", (guest, from) => [guest.call("fd_filestat_set_times", from, ...TIMES)]],
  [
    "path_open",
    (guest, from) => {
      const changing = [OFlags.CREAT, OFlags.TRUNC, OFlags.CREAT | OFlags.EXCL, OFlags.CREAT | OFlags.TRUNC];
      const byFlag = changing.flatMap((oflags) =>
        ["file", "new", "link", "dir/file", "dir/new", "."].flatMap((path) =>
          [0n, Right.FD_READ].map((base) => guest.tryOpen(from, path, { oflags, base, lookup: FOLLOW })),
        ),
      );
      const rights = Object.values(Right).filter((bit) => (bit & MUTATING_RIGHTS) !== 0n);
      const byRight = rights.flatMap((right) =>
        ["file", "link", "dir", "."].flatMap((path) => [
          guest.tryOpen(from, path, { base: right, lookup: FOLLOW }),
          guest.tryOpen(from, path, { base: Right.FD_READ, inheriting: right, lookup: FOLLOW }),
        ]),
      );
      return [...byFlag, ...byRight];
    },
  ],
];

/** The same for a file that was opened with all rights that there are. */
const fileMutations: typeof mutations = [
  ["fd_write", (guest, fd) => [guest.call("fd_write", fd, ...guest.iovecs(3), places.result)]],
  ["fd_pwrite", (guest, fd) => [guest.call("fd_pwrite", fd, ...guest.iovecs(3), 0n, places.result)]],
  ["fd_allocate", (guest, fd) => [guest.call("fd_allocate", fd, 0n, 1000n)]],
  ["fd_filestat_set_size", (guest, fd) => [0n, 1n, 1000n].map((size) => guest.call("fd_filestat_set_size", fd, size))],
  ["fd_filestat_set_times", (guest, fd) => [guest.call("fd_filestat_set_times", fd, ...TIMES)]],
  [
    "fd_fdstat_set_rights",
    (guest, fd) => [
      guest.call("fd_fdstat_set_rights", fd, guest.fdstat(fd).base | Right.FD_WRITE, 0n),
      guest.call("fd_fdstat_set_rights", fd, guest.fdstat(fd).base, Right.FD_WRITE),
    ],
  ],
];

/** All others: what they do, they do to the guest's descriptors or memory, or they only look, or reach the network. */
const harmless = [
  ...[
    "args_get",
    "args_sizes_get",
    "environ_get",
    "environ_sizes_get",
    "clock_res_get",
    "clock_time_get",
    "random_get",
  ],
  ...["fd_advise", "fd_close", "fd_datasync", "fd_fdstat_get", "fd_fdstat_set_flags", "fd_filestat_get", "fd_pread"],
  ...["fd_prestat_dir_name", "fd_prestat_get", "fd_read", "fd_readdir", "fd_renumber", "fd_seek", "fd_sync", "fd_tell"],
  ...["path_filestat_get", "path_readlink", "poll_oneoff", "epoll_oneoff", "proc_exit", "proc_raise", "sched_yield"],
];

it("each function of WASI that can change a file system has its line here", () => {
  const known = [...mutations, ...fileMutations].map(([name]) => name);
  const others = wasiFunctions
    .map(({ name }) => name)
    .filter((name) => !known.includes(name) && !name.startsWith("sock_"));
  expect(others.sort()).toEqual([...harmless].sort());
});

function setUp(create: Backend["create"]) {
  const surroundings = surround(create());
  const { fileSystem, path, inside } = surroundings;
  for (const name of ["ro", "rw"]) {
    inside.makeDirectoryAt(name);
    const directory = enter(inside, name);
    writeFile(directory, "file", SECRET);
    directory.makeDirectoryAt("dir");
    writeFile(enter(directory, "dir"), "file", "content");
    if (name === "rw") enter(directory, "dir").unlinkAt("file");
    else {
      directory.makeDirectoryAt("empty");
      directory.symlinkAt("file", "link");
    }
  }
  const guest = Guest.withPreopens({ fileSystem }, `ro:${path}/ro:readonly`, `rw:${path}/rw`);
  const before = portrait(inside);
  const expectUnchanged = (): void => expect(portrait(inside)).toEqual(before);
  return { ...surroundings, guest, expectUnchanged };
}

describe.each(backends)("a read-only preopen over $name", ({ create }) => {
  it("can be read and listed", () => {
    const { guest, expectUnchanged } = setUp(create);
    expect(guest.content(ROOT, "link")).toBe(SECRET);
    expect(guest.list(ROOT)).toEqual([".", "..", "dir", "empty", "file", "link"]);
    expect(guest.readlink(ROOT, "link")).toBe("file");
    expect(guest.list(guest.openDirectory(ROOT, "dir"))).toEqual([".", "..", "file"]);
    expectUnchanged();
  });

  it("has no mutating right to give, neither for itself nor for what is opened through it", () => {
    const { guest } = setUp(create);
    const { base, inheriting } = guest.fdstat(ROOT);
    expect([base & MUTATING_RIGHTS, inheriting & MUTATING_RIGHTS]).toEqual([0n, 0n]);
  });

  it.each(mutations)("is not changed by %s, from it or from itself opened again", (_, attempts) => {
    const { guest, expectUnchanged } = setUp(create);
    for (const from of [ROOT, guest.openDirectory(ROOT, "."), guest.openDirectory(ROOT, "dir/..")]) {
      const results = attempts(guest, from);
      expect(results).toEqual(results.map(() => "NOTCAPABLE"));
    }
    expectUnchanged();
    guest.wasi.fini();
  });

  it.each(fileMutations)("has no file that %s changes, with all the rights that there are", (_, attempts) => {
    const { guest, expectUnchanged } = setUp(create);
    for (const [path, lookup, fdflags] of [
      ["file", 0, 0],
      ["link", FOLLOW, 0],
      ["dir/file", 0, 1],
    ] as const) {
      const fd = guest.open(ROOT, path, { base: guest.fdstat(ROOT).inheriting, lookup, fdflags });
      guest.must("fd_fdstat_set_flags", fd, 1);
      const results = attempts(guest, fd);
      expect(results).toEqual(results.map(() => "NOTCAPABLE"));
    }
    expectUnchanged();
    guest.wasi.fini();
  });

  it("is not written to through a writable preopen beside it", () => {
    const { guest, expectUnchanged } = setUp(create);
    for (const path of ["../ro/file", "../ro/new", "dir/../../ro/file"]) {
      expect(guest.tryOpen(OTHER, path, { oflags: OFlags.CREAT })).toBe("PERM");
      expect(guest.unlink(OTHER, path)).toBe("PERM");
      expect(guest.rename(OTHER, "file", OTHER, path)).toBe("PERM");
    }
    expect(guest.symlink("../ro/file", OTHER, "link")).toBe("PERM");
    // Moved over the read-only one, it is what it was.
    guest.must("fd_renumber", ROOT, OTHER);
    expect(guest.makeDirectory(OTHER, "new")).toBe("NOTCAPABLE");
    expectUnchanged();
    guest.wasi.fini();
  });
});

/** Rights that a guest asks for: some that it may have, one, several, all. */
const rights = fc.oneof(
  {
    arbitrary: fc.bigInt({ min: 0n, max: (1n << 29n) - 1n }).map((bits) => bits & readonlyPreopenRights.inheriting),
    weight: 6,
  },
  { arbitrary: fc.constantFrom(readonlyPreopenRights.base, readonlyPreopenRights.inheriting), weight: 6 },
  fc.constantFrom(0n, Right.FD_READ | Right.PATH_OPEN, (1n << 29n) - 1n, MUTATING_RIGHTS, ...Object.values(Right)),
  fc.bigInt({ min: 0n, max: (1n << 29n) - 1n }),
);
const step = fc.oneof(
  { arbitrary: operation, weight: 3 },
  {
    arbitrary: fc.record({
      path: fc.constantFrom(".", "a", "a/..", "pinned", "c"),
      base: rights,
      inheriting: rights,
      of: fc.nat(3),
    }),
    weight: 2,
  },
  { arbitrary: fc.record({ base: rights, inheriting: rights, of: fc.nat(3) }), weight: 1 },
);

it.each(backends)("whatever rights a guest asks for, and whatever it tries then: over $name", ({ create }) => {
  const { fileSystem, path, inside } = surround(create());
  inside.makeDirectoryAt("a");
  inside.makeDirectoryAt("pinned");
  writeFile(enter(inside, "a"), "b", "content");
  writeFile(inside, "c", "text");
  inside.symlinkAt("a/b", "d");
  const before = portrait(inside);
  let opened = 0;
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 30 }), (steps) => {
      const guest = guestOn({ fileSystem, path }, true);
      const allowed = guest.fdstat(ROOT);
      const roots = [ROOT];
      for (const each of steps) {
        if (Array.isArray(each)) {
          // The operations know two descriptors: any two that are open.
          perform(guest, [roots[each[1] % roots.length], roots[roots.length - 1]], each);
          continue;
        }
        const fd = roots[each.of % roots.length];
        if (!("path" in each)) guest.call("fd_fdstat_set_rights", fd, each.base, each.inheriting);
        else if (guest.tryOpen(fd, each.path, each) === "SUCCESS") {
          roots.push(guest.u32(places.result));
          opened++;
        }
      }
      for (const fd of roots) {
        const { base, inheriting } = guest.fdstat(fd);
        expect([(base | inheriting) & MUTATING_RIGHTS, inheriting & ~allowed.inheriting]).toEqual([0n, 0n]);
      }
      guest.wasi.fini();
    }),
    {
      numRuns: Number(process.env["WASMEDGE_TS_FUZZ_RUNS"] ?? 60),
      seed: Number(process.env["WASMEDGE_TS_FUZZ_SEED"] ?? 2026),
    },
  );
  expect(opened).toBeGreaterThan(20);
  expect(portrait(inside)).toEqual(before);
});

it("where a directory is, on the host, is in no error, and nowhere in the guest's memory", () => {
  for (const { create } of backends) {
    const volume = create();
    const guest = guestOn(volume);
    guest.makeDirectory(ROOT, "dir");
    guest.symlink("nowhere", ROOT, "link");
    guest.createFile(ROOT, ".hidden", "content");
    const paths = ["absent", "absent/x", "../x", "/etc", "dir", ".hidden/x", "link", "x".repeat(300), "a\0b", "."];
    for (const path of paths) {
      for (const lookup of [0, FOLLOW]) {
        guest.tryStat(ROOT, path, lookup);
        guest.tryOpen(ROOT, path, { lookup });
        guest.call("path_readlink", ROOT, ...guest.path(path), places.buffer, 4096, places.result);
      }
      guest.removeDirectory(ROOT, `${path}/x`);
    }
    guest.must("fd_prestat_dir_name", ROOT, places.buffer + 8192, 1);
    guest.readDirectoryOnce(ROOT, 0n);
    const memory = guest.text(0, 65536);
    const name = volume.path.split("/").pop() ?? "";
    if (name !== "") expect([volume.path, memory.includes(name)]).toEqual([volume.path, false]);
  }
});

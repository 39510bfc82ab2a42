import { describe, expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import type { OpenDirectory } from "../../src/wasi/fs/file-system.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { type Backend, guestOn, hostBackends, ROOT, type Volume } from "./backends.ts";
import { type Guest, places } from "./guest.ts";
import { enter, SECRET, type Surroundings, surround, writeFile } from "./surroundings.ts";

/**
 * A directory or file swapped for a link between a check and the use of what was checked: the worst moments for it, one by one.
 * `racing-process.test.ts` tries all moments by chance.
 */

const FOLLOW = 1;

/** The steps that change or look at something by a name, or open a directory once more. */
const steps: ReadonlySet<string | symbol> = new Set([
  ...["reopen", "openAt", "statAt", "setTimesAt", "readlinkAt", "makeDirectoryAt", "removeDirectoryAt", "unlinkAt"],
  ...["renameAt", "linkAt", "symlinkAt", "readDirectory", "stat"],
]);

/** A directory of which each step is told when it is done, and that of those opened through it. */
function watched(directory: OpenDirectory, done: () => void): OpenDirectory {
  return new Proxy(directory, {
    get(target, property) {
      const member: unknown = Reflect.get(target, property, target);
      if (typeof member !== "function") return member;
      return (...args: unknown[]): unknown => {
        const result: unknown = member.apply(target, args);
        if (steps.has(property)) done();
        const opened = result as { readonly kind?: unknown } | undefined;
        return opened?.kind === "directory" ? watched(result as OpenDirectory, done) : result;
      };
    },
  });
}

type Swap = (surroundings: Surroundings) => void;

const swaps: Record<string, Swap> = {
  "the directory for a link": ({ inside }) => {
    inside.renameAt("dir", inside, "away");
    inside.symlinkAt("../outside", "dir");
  },
  "the file for a link": ({ inside }) => {
    if (inside.statAt("file") !== undefined) inside.unlinkAt("file");
    inside.symlinkAt("../outside/file", "file");
  },
  "the preopen for a link": ({ around }) => {
    around.renameAt("inside", around, "inside-away");
    around.symlinkAt("outside", "inside");
  },
};

/** Where a guest is while the host swaps in a directory of its own: there itself, or in an overlay over it. */
interface Arrangement extends Backend {
  readonly over: (host: Volume) => Volume;
}

const arrangements: readonly Arrangement[] = [
  ...hostBackends.map((backend) => ({ ...backend, over: (host: Volume) => host })),
  ...hostBackends.slice(0, 1).map((backend) => ({
    ...backend,
    name: `an overlay over ${backend.name}`,
    over: ({ fileSystem: lower, path: lowerPath }: Volume) => {
      const upper = new MemoryFileSystem();
      return { fileSystem: new OverlayFileSystem({ lower, lowerPath, upper }), path: "/" };
    },
  })),
];

/** What a guest does while that happens. */
const calls: Record<string, (guest: Guest) => void> = {};
for (const path of ["file", "dir/file"]) {
  for (const [oflags, lookup] of [
    [0, FOLLOW],
    [OFlags.CREAT | OFlags.TRUNC, FOLLOW],
    [OFlags.CREAT | OFlags.EXCL, 0],
  ] as const) {
    calls[`path_open ${path} ${oflags} ${lookup}`] = (guest) => {
      if (guest.tryOpen(ROOT, path, { oflags, lookup }) !== "SUCCESS") return;
      const fd = guest.u32(places.result);
      expect(guest.pread(fd, 100, 0n)).not.toContain(SECRET);
      guest.write(fd, "written");
      guest.must("fd_filestat_set_times", fd, 1n, 1n, 5);
      guest.must("fd_filestat_set_size", fd, 1n);
    };
  }
  calls[`path_filestat_set_times ${path}`] = (guest) =>
    guest.call("path_filestat_set_times", ROOT, FOLLOW, ...guest.path(path), 1n, 1n, 5);
  calls[`path_filestat_get ${path}`] = (guest) => {
    if (guest.tryStat(ROOT, path, FOLLOW) === "SUCCESS") {
      expect(guest.u64(places.result + 32)).not.toBe(BigInt(SECRET.length));
    }
  };
  calls[`path_link ${path}`] = (guest) => {
    guest.link(ROOT, path, ROOT, "stolen", FOLLOW);
    expect(guest.tryOpen(ROOT, "stolen", { lookup: FOLLOW })).toMatch(/^(SUCCESS|PERM|NOENT|LOOP)$/);
  };
  calls[`path_link to ${path}`] = (guest) => guest.link(ROOT, "own", ROOT, path);
  calls[`path_rename from ${path}`] = (guest) => guest.rename(ROOT, path, ROOT, "stolen");
  calls[`path_rename to ${path}`] = (guest) => guest.rename(ROOT, "own", ROOT, path);
  calls[`path_unlink_file ${path}`] = (guest) => guest.unlink(ROOT, path);
  calls[`path_symlink ${path}`] = (guest) => guest.symlink("own", ROOT, path);
  calls[`path_create_directory ${path}`] = (guest) => guest.makeDirectory(ROOT, path);
}
calls["path_remove_directory dir/empty"] = (guest) => guest.removeDirectory(ROOT, "dir/empty");
calls["path_open dir and list"] = (guest) => {
  const { base, inheriting } = guest.fdstat(ROOT);
  if (guest.tryOpen(ROOT, "dir", { oflags: OFlags.DIRECTORY, base, inheriting, lookup: FOLLOW }) !== "SUCCESS") return;
  const fd = guest.u32(places.result);
  if (guest.call("fd_readdir", fd, places.buffer, 1000, 0n, places.result) === "SUCCESS") {
    expect(guest.text(places.buffer, guest.u32(places.result))).not.toContain("link");
  }
};

/**
 * Does something on `inside`, with `file`, `own`, `dir/file` and `dir/empty`, with a swap right after a step.
 * @returns how many steps there were
 */
function runWith({ create, over }: Arrangement, call: (guest: Guest) => void, swap: Swap, at: number): number {
  const surroundings = surround(create());
  const { inside } = surroundings;
  writeFile(inside, "file", "own");
  writeFile(inside, "own", "own");
  inside.makeDirectoryAt("dir");
  const dir = enter(inside, "dir");
  writeFile(dir, "file", "own");
  dir.makeDirectoryAt("empty");
  dir.close();
  let done = -1;
  const onStep = (): void => {
    if (done >= 0 && done++ === at) swap(surroundings);
  };
  const { fileSystem, path } = over(surroundings);
  const openDirectory = (preopened: string) => watched(fileSystem.openDirectory(preopened), onStep);
  const guest = guestOn({ fileSystem: { openDirectory }, path });
  done = 0;
  call(guest);
  surroundings.expectUntouched();
  guest.wasi.fini();
  return done;
}

describe.each(arrangements)("over $name, while something swaps", (arrangement) => {
  it.each(Object.entries(swaps))("%s after any step of any call, nothing outside is read or changed", (_, swap) => {
    let swapped = 0;
    for (const call of Object.values(calls)) {
      for (let at = 0; runWith(arrangement, call, swap, at) > at; at++) swapped++;
    }
    expect(swapped).toBeGreaterThan(Object.keys(calls).length);
  });
});

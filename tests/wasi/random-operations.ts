import fc from "fast-check";
import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { type Guest, places } from "./guest.ts";

/**
 * Random operations with random paths, for tests that compare file systems or watch over what stands beside a preopen.
 */

const component = fc.constantFrom("a", "b", "c", "d", "..", ".", "", "a", "b", "away");
const path = fc
  .tuple(
    // Short ones mostly, which lead somewhere.
    fc.oneof(
      { arbitrary: fc.constantFrom("a", "b", "c", "d").map((name) => [name]), weight: 3 },
      { arbitrary: fc.array(component, { minLength: 1, maxLength: 5 }), weight: 4 },
    ),
    fc.constantFrom("", "", "", "", "/"),
  )
  .map(([components, end]) => components.join("/") + end);
const lookup = fc.constantFrom(0, 1);
/** Which of two descriptors a path is resolved from: the preopen, or a directory below it. */
const from = fc.constantFrom(0, 0, 1);

export const operation = fc.oneof(
  fc.tuple(fc.constant("mkdir" as const), from, path),
  fc.tuple(fc.constant("rmdir" as const), from, path),
  fc.tuple(fc.constant("unlink" as const), from, path),
  fc.tuple(fc.constant("stat" as const), from, path, lookup),
  fc.tuple(fc.constant("times" as const), from, path, lookup),
  fc.tuple(fc.constant("list" as const), from, path),
  fc.tuple(fc.constant("readlink" as const), from, path),
  fc.tuple(fc.constant("symlink" as const), from, path, path),
  fc.tuple(fc.constant("link" as const), from, path, from, path, lookup),
  fc.tuple(fc.constant("rename" as const), from, path, from, path),
  fc.tuple(fc.constant("open" as const), from, path, lookup, fc.nat(15), fc.boolean()),
);

export type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Performs one operation; what a guest sees of its result. */
export function perform(guest: Guest, roots: readonly number[], step: Operation): string {
  switch (step[0]) {
    case "mkdir":
      return guest.makeDirectory(roots[step[1]], step[2]);
    case "rmdir":
      return guest.removeDirectory(roots[step[1]], step[2]);
    case "unlink":
      return guest.unlink(roots[step[1]], step[2]);
    case "stat": {
      const errno = guest.tryStat(roots[step[1]], step[2], step[3]);
      if (errno !== "SUCCESS") return errno;
      const { filetype, size, nlink } = guest.pathStat(roots[step[1]], step[2], step[3]);
      return filetype === FileType.DIRECTORY ? "directory" : `${filetype} ${size} ${nlink}`;
    }
    case "times":
      return guest.call("path_filestat_set_times", roots[step[1]], step[3], ...guest.path(step[2]), 1n, 1n, 5);
    case "list": {
      const rights = { base: Right.FD_READDIR, inheriting: 0n };
      const errno = guest.tryOpen(roots[step[1]], step[2], { oflags: OFlags.DIRECTORY, lookup: 1, ...rights });
      if (errno !== "SUCCESS") return errno;
      const fd = guest.u32(places.result);
      const names = guest.list(fd);
      guest.close(fd);
      return names.join(" ");
    }
    case "readlink": {
      const args = [places.buffer, 1000, places.result];
      const errno = guest.call("path_readlink", roots[step[1]], ...guest.path(step[2]), ...args);
      return errno === "SUCCESS" ? guest.text(places.buffer, guest.u32(places.result)) : errno;
    }
    case "symlink":
      return guest.symlink(step[2], roots[step[1]], step[3]);
    case "link":
      return guest.link(roots[step[1]], step[2], roots[step[3]], step[4], step[5]);
    case "rename":
      return guest.rename(roots[step[1]], step[2], roots[step[3]], step[4]);
    case "open": {
      const [, root, name, follow, oflags, writes] = step;
      const base = writes ? 0x42n : 2n;
      const errno = guest.tryOpen(roots[root], name, { lookup: follow, oflags, base });
      if (errno !== "SUCCESS") return errno;
      const fd = guest.u32(places.result);
      const { filetype } = guest.fdstat(fd);
      if (writes) guest.write(fd, "w");
      const text = filetype === FileType.REGULAR_FILE ? guest.read(fd, 10) : "";
      guest.close(fd);
      return `${filetype} ${text}`;
    }
  }
}

/** All names below a directory with their types, links with their texts. */
export function tree(guest: Guest, fd: number): string[] {
  return guest
    .list(fd)
    .slice(2)
    .flatMap((name) => {
      const { filetype } = guest.pathStat(fd, name);
      if (filetype === FileType.SYMBOLIC_LINK) return [`${name} -> ${guest.readlink(fd, name)}`];
      if (filetype !== FileType.DIRECTORY) return [`${name}: ${guest.content(fd, name)}`];
      const below = guest.openDirectory(fd, name);
      const names = tree(guest, below);
      guest.close(below);
      return [`${name}/`, ...names.map((inner) => `${name}/${inner}`)];
    });
}

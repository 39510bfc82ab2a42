import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { backends, guestOn, ROOT, type Volume } from "./backends.ts";
import { type Guest, places } from "./guest.ts";

/**
 * Random operations with random paths on all file systems: each gives the same results, leaves the same tree, and nothing
 * outside the preopen changes.
 */

const component = fc.constantFrom("a", "b", "c", "d", "..", ".", "", "a", "b");
const path = fc
  .tuple(fc.array(component, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "", "", "/"))
  .map(([components, end]) => components.join("/") + end);
const lookup = fc.constantFrom(0, 1);
/** Which of two descriptors a path is resolved from: the preopen, or a directory below it. */
const from = fc.constantFrom(0, 0, 1);

const operation = fc.oneof(
  fc.tuple(fc.constant("mkdir" as const), from, path),
  fc.tuple(fc.constant("rmdir" as const), from, path),
  fc.tuple(fc.constant("unlink" as const), from, path),
  fc.tuple(fc.constant("stat" as const), from, path, lookup),
  fc.tuple(fc.constant("readlink" as const), from, path),
  fc.tuple(fc.constant("symlink" as const), from, path, path),
  fc.tuple(fc.constant("link" as const), from, path, from, path, lookup),
  fc.tuple(fc.constant("rename" as const), from, path, from, path),
  fc.tuple(fc.constant("open" as const), from, path, lookup, fc.nat(15), fc.boolean()),
);

type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

/** Performs one operation; what a guest sees of its result. */
function perform(guest: Guest, roots: readonly number[], step: Operation): string {
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
function tree(guest: Guest, fd: number): string[] {
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

/** On the host, the preopen stands in a directory with something beside it. */
function surrounded(volume: Volume): Volume & { readonly outside: string | undefined } {
  if (volume.path === "/") return { ...volume, outside: undefined };
  const inner = join(volume.path, "inner");
  mkdirSync(inner);
  for (const name of ["a", "b", "c"]) writeFileSync(join(volume.path, name), `outside ${name}`);
  return { ...volume, path: inner, outside: dirname(inner) };
}

/**
 * A directory below the preopen that stays open: one that no path names, and one that may be moved and removed meanwhile.
 * Where directories are held by checked paths, the latter is gone once it is moved.
 */
const cases = [
  { opened: "pinned", on: backends },
  { opened: "a", on: backends.filter(({ name }) => !name.includes("checked")) },
].filter(({ on }) => on.length > 1);

it.each(cases)("all file systems do the same, and nothing outside changes: with $opened open", ({ opened, on }) => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 5, maxLength: 40 }), (steps) => {
      const runs = on.map(({ create }) => {
        const volume = surrounded(create());
        const guest = guestOn(volume);
        guest.makeDirectory(ROOT, "a");
        guest.createFile(ROOT, "a/b", "content");
        guest.createFile(ROOT, "c", "text");
        guest.makeDirectory(ROOT, "pinned");
        const roots = [ROOT, guest.openDirectory(ROOT, opened)];
        const results = steps.map((step) => perform(guest, roots, step));
        const left = tree(guest, ROOT);
        if (volume.outside !== undefined) {
          expect(readdirSync(volume.outside).sort()).toEqual(["a", "b", "c", "inner"]);
          const texts = ["a", "b", "c"].map((name) => readFileSync(join(volume.outside as string, name), "utf8"));
          expect(texts).toEqual(["outside a", "outside b", "outside c"]);
        }
        guest.wasi.fini();
        return { results, left };
      });
      for (const run of runs) expect(run).toEqual(runs[0]);
    }),
    { numRuns: 100 },
  );
});

it("the operations reach success and failure alike", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(fc.array(operation, { minLength: 40, maxLength: 60 }), (steps) => {
      const guest = guestOn(backends[0].create());
      const roots = [ROOT, ROOT];
      for (const step of steps) seen.add(`${step[0]} ${perform(guest, roots, step).split(" ")[0]}`);
    }),
    { numRuns: 100, seed: 1 },
  );
  for (const kind of ["mkdir", "rmdir", "unlink", "symlink", "link", "rename"]) {
    expect(seen).toContain(`${kind} SUCCESS`);
    expect(seen).toContain(`${kind} PERM`);
  }
  expect(seen).toContain(`open ${FileType.REGULAR_FILE}`);
  expect(seen).toContain("open LOOP");
});

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { expect, it } from "vitest";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { backends, guestOn, ROOT, type Volume } from "./backends.ts";
import { operation, perform, tree } from "./random-operations.ts";

/**
 * Random operations with random paths on all file systems: each gives the same results, leaves the same tree, and nothing
 * outside the preopen changes.
 */

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

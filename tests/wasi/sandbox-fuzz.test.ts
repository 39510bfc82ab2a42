import fc from "fast-check";
import { expect, it } from "vitest";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { QuotaFileSystem } from "../../src/wasi/fs/quota-file-system.ts";
import { type Backend, backends, guestOn, ROOT } from "./backends.ts";
import { directory, expected, file, link, type ModelDirectory, treeOf } from "./model.ts";
import { operation, perform, tree } from "./random-operations.ts";
import { enter, type Surroundings, surround, writeFile } from "./surroundings.ts";

/**
 * Random operations with random paths on all file systems, among links to the outside that a host puts there meanwhile. The guest
 * sees what the model shows, in which there is no outside; and the outside is afterwards what it was.
 * `WASMEDGE_TS_FUZZ_RUNS` and `WASMEDGE_TS_FUZZ_SEED` ask for more, or others, than CI runs.
 */

const numRuns = Number(process.env["WASMEDGE_TS_FUZZ_RUNS"] ?? 40);
const seed = Number(process.env["WASMEDGE_TS_FUZZ_SEED"] ?? 2026);

const everywhere: readonly Backend[] = [
  ...backends,
  {
    name: "memory under a quota",
    create: () => ({ fileSystem: new QuotaFileSystem(new MemoryFileSystem(), { maxBytes: 1e6 }), path: "/" }),
  },
  {
    name: "an overlay, all in the lower layer at first",
    create: () => {
      const lower = new MemoryFileSystem();
      return { fileSystem: new OverlayFileSystem({ lower, upper: new MemoryFileSystem() }), path: "/" };
    },
  },
];

/** Where links lead that the host makes: outside, mostly. */
const hostTarget = fc.constantFrom(
  ...[
    "../outside",
    "../outside/file",
    "../outside/dir/",
    "/",
    "/outside",
    "/outside/file",
    "..",
    "../..",
    "a/../../outside",
  ],
  ...["../inside/a", "away/../../outside/file", "../outside/link", "./../outside/empty", "b", "b/../c", "."],
);
const hostName = fc.constantFrom("a", "b", "c", "d", "away");

/** What the host does between two calls of the guest: it puts a link where nothing is, or in the place of what it moves away. */
const hostStep = fc.tuple(fc.constantFrom("host-link" as const, "host-swap" as const), hostName, hostTarget);
type HostStep = typeof hostStep extends fc.Arbitrary<infer T> ? T : never;

const step = fc.oneof({ arbitrary: operation, weight: 7 }, { arbitrary: hostStep, weight: 1 });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function isHostStep(step: Step): step is HostStep {
  return step[0] === "host-link" || step[0] === "host-swap";
}

function hostActs({ inside }: Surroundings, [kind, name, target]: HostStep): void {
  const isThere = inside.statAt(name) !== undefined;
  if (kind === "host-swap" && isThere && inside.statAt("away") === undefined) inside.renameAt(name, inside, "away");
  else if (isThere) return;
  inside.symlinkAt(target, name);
}

function hostActsOnModel({ names }: ModelDirectory, [kind, name, target]: HostStep): void {
  const node = names.get(name);
  if (kind === "host-swap" && node !== undefined && !names.has("away")) names.set("away", node);
  else if (node !== undefined) return;
  names.set(name, link(target));
}

function makeModel(): { root: ModelDirectory; below: Record<string, ModelDirectory> } {
  const a = directory({ b: file("content") });
  const pinned = directory();
  return { root: directory({ a, c: file("text"), pinned }), below: { a, pinned } };
}

function makeFiles({ inside }: Surroundings): void {
  for (const name of ["a", "pinned"]) inside.makeDirectoryAt(name);
  writeFile(enter(inside, "a"), "b", "content");
  writeFile(inside, "c", "text");
}

/**
 * A directory below the preopen that stays open: one that no path names, and one that may be moved and removed meanwhile.
 * Where directories are held by checked paths, the latter is gone once it is moved.
 */
const cases = [
  { opened: "pinned", on: everywhere },
  { opened: "a", on: everywhere.filter(({ name }) => !name.includes("checked")) },
];

it.each(cases)("a guest sees its preopen and nothing else, whatever it does: with $opened open", ({ opened, on }) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => {
      const { root, below } = makeModel();
      const models = [root, below[opened]];
      const shown = steps.map((each) => (isHostStep(each) ? hostActsOnModel(root, each) : expected(models, each)));
      const left = treeOf(root);
      for (const { name, create } of on) {
        const surroundings = surround(create());
        makeFiles(surroundings);
        const guest = guestOn(surroundings);
        const roots = [ROOT, guest.openDirectory(ROOT, opened)];
        const seen = steps.map((each) =>
          isHostStep(each) ? hostActs(surroundings, each) : perform(guest, roots, each),
        );
        expect([name, seen]).toEqual([name, shown]);
        expect([name, tree(guest, ROOT)]).toEqual([name, left]);
        surroundings.expectUntouched();
        guest.wasi.fini();
      }
    }),
    { numRuns, seed },
  );
});

it("the operations reach success and failure alike, and the outside is tried often", () => {
  const seen = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(step, { minLength: 40, maxLength: 60 }), (steps) => {
      const { root, below } = makeModel();
      for (const each of steps) {
        if (isHostStep(each)) hostActsOnModel(root, each);
        else {
          const outcome = `${each[0]} ${expected([root, below["a"]], each).split(" ")[0]}`;
          seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
        }
      }
    }),
    { numRuns: 200, seed: 1 },
  );
  for (const kind of ["mkdir", "rmdir", "unlink", "symlink", "link", "rename", "times"]) {
    expect(seen.get(`${kind} SUCCESS`)).toBeGreaterThan(3);
    expect(seen.get(`${kind} PERM`)).toBeGreaterThan(50);
  }
  expect(seen.get(`open ${FileType.REGULAR_FILE}`)).toBeGreaterThan(10);
  for (const outcome of ["open LOOP", "open PERM", "list .", "list PERM", "stat directory", "stat PERM"]) {
    expect([outcome, seen.get(outcome) ?? 0]).toEqual([outcome, expect.any(Number)]);
    expect(seen.get(outcome)).toBeGreaterThan(3);
  }
});

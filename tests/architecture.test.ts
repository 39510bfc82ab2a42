import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { analyse, type SourceFile } from "../scripts/source-analysis.ts";

/** From the top down; rooms on one line stand beside each other and do not import each other. */
const layers: readonly (readonly string[])[] = [
  ["cli"],
  ["node.ts", "polyfill.ts"],
  ["index.ts", "js-api.ts"],
  ["sdk", "explain", "js-api"],
  ["vm"],
  ["plugin", "wasi", "debugger"],
  ["snapshot"],
  ["executor"],
  ["store"],
  ["validator"],
  ["loader"],
  ["config"],
  ["ast"],
  ["common"],
];

/** The files that need Node, and the only ones that may import its modules. */
const nodeSide = /^(?:node\.ts$|cli\/|wasi\/fs\/node|wasi\/sockets\/node|sdk\/node)/;

/** Packages that the command line looks for at run time and does without when they are absent. */
const optionalPackages: readonly string[] = ["watr"];

/** The file below `src/` that a relative import names. */
function target(from: string, specifier: string): string {
  return posix.join(posix.dirname(from), specifier);
}

const isRelative = (specifier: string): boolean => specifier.startsWith(".");

function layerOf(path: string): number {
  const room = path.split("/")[0] ?? "";
  return layers.findIndex((names) => names.includes(room));
}

/** Imports that do not run downwards. */
function upwardImports(files: readonly SourceFile[]): string[] {
  const wrong: string[] = [];
  for (const { path, imports } of files) {
    if (layerOf(path) < 0) wrong.push(`${path} stands in no layer`);
    for (const specifier of imports.filter(isRelative)) {
      const to = target(path, specifier);
      const sameRoom = to.split("/")[0] === path.split("/")[0];
      if (!sameRoom && layerOf(to) <= layerOf(path)) wrong.push(`${path} imports ${to}`);
    }
  }
  return wrong;
}

/** Imports that name no file below `src/`. */
function unresolvedImports(files: readonly SourceFile[]): string[] {
  const known = new Set(files.map(({ path }) => path));
  return files.flatMap(({ path, imports }) =>
    imports.filter((name) => isRelative(name) && !known.has(target(path, name))).map((name) => `${path}: ${name}`),
  );
}

/** Imports of anything that is neither a file of ours nor, on the Node side, a module of Node. */
function foreignImports(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, imports }) =>
    imports
      .filter((name) => !isRelative(name))
      .filter((name) => !(nodeSide.test(path) && name.startsWith("node:")))
      .filter((name) => !(path.startsWith("cli/") && optionalPackages.includes(name)))
      .map((name) => `${path} imports ${name}`),
  );
}

/**
 * Each cycle of imports, as the chain of its files. Within a room, types may name each other (an instance its module, a
 * module its instances); what is left over when types are stripped may not.
 */
function cycles(files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const state = new Map<string, "open" | "done">();
  const chain: string[] = [];
  const found: string[] = [];
  const visit = (path: string): void => {
    if (state.get(path) === "done") return;
    if (state.get(path) === "open") {
      found.push([...chain.slice(chain.indexOf(path)), path].join(" -> "));
      return;
    }
    state.set(path, "open");
    chain.push(path);
    for (const specifier of byPath.get(path)?.valueImports ?? []) {
      if (isRelative(specifier)) visit(target(path, specifier));
    }
    chain.pop();
    state.set(path, "done");
  };
  for (const { path } of files) visit(path);
  return found;
}

/** All that an entry file imports, directly or not. */
function reachable(files: readonly SourceFile[], entry: string): Set<string> {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const name of byPath.get(path)?.imports ?? []) visit(isRelative(name) ? target(path, name) : name);
  };
  visit(entry);
  return seen;
}

const sourceFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "src");
const files = readdirSync(sourceFolder, { recursive: true, encoding: "utf8" })
  .map((path) => path.replaceAll("\\", "/"))
  .filter((path) => path.endsWith(".ts"))
  .map((path) => analyse(path, readFileSync(join(sourceFolder, path), "utf8")));

describe("the house", () => {
  it("has sources, each of which is read", () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.some(({ imports }) => imports.length > 0)).toBe(true);
  });

  it("imports only files that exist, by their full name", () => {
    expect(unresolvedImports(files)).toEqual([]);
  });

  it("imports downwards only", () => {
    expect(upwardImports(files)).toEqual([]);
  });

  it("has no import cycle", () => {
    expect(cycles(files)).toEqual([]);
  });

  it("imports no package, and Node's modules on the Node side only", () => {
    expect(foreignImports(files)).toEqual([]);
  });

  it("makes no code from text", () => {
    expect(files.flatMap(({ evaluations }) => evaluations)).toEqual([]);
  });

  it("has no #private names, which the ECMAScript 2020 target turns into WeakMaps", () => {
    expect(files.flatMap(({ privateNames }) => privateNames)).toEqual([]);
  });

  it("reaches no file of the Node side from the entries of the core", () => {
    const core = new Set(["index.ts", "js-api.ts", "polyfill.ts"].flatMap((entry) => [...reachable(files, entry)]));
    expect(core.size).toBeGreaterThan(1);
    expect([...core].filter((path) => nodeSide.test(path) || path.startsWith("node:"))).toEqual([]);
  });
});

describe("the checks themselves", () => {
  const house = (sources: Record<string, string>): SourceFile[] =>
    Object.entries(sources).map(([path, text]) => analyse(path, text));

  it("see every form of import", () => {
    const [file] = house({
      "vm/a.ts": `
        import a from "./1.ts"; import type { B } from "./2.ts"; export * from "./3.ts"; export { c } from "./4.ts";
        import "./5.ts"; type D = import("./6.ts").D; export const e = () => import("./7.ts"); export const f = import(g);
        // import h from "./no.ts"
        export const text = 'import i from "./no.ts"';`,
    });
    expect(file?.valueImports).toEqual(["./1.ts", "./3.ts", "./4.ts", "./5.ts", "./7.ts", "(computed)"]);
    expect(file?.imports).toEqual([...[1, 2, 3, 4, 5, 6, 7].map((n) => `./${n}.ts`), "(computed)"]);
  });

  it("see declared functions by their names, and an await outside of them", () => {
    const [named, waiting, quiet] = house({
      "vm/a.ts":
        "function run() { function inner() {} } const b = { run() {}, c: () => 1 }; class D { run() {} } const e = function run() {}; b.c = () => 2;",
      "vm/f.ts": "for await (const g of h) i(g);",
      "vm/j.ts": "export const k = async () => { await l; };",
    });
    expect(named?.functionNames).toEqual(["run", "inner"]);
    expect([named, waiting, quiet].map((file) => file?.topLevelAwait)).toEqual([false, true, false]);
  });

  it("refuse an import upwards, sideways, or from an unknown room", () => {
    const sources = {
      "loader/a.ts": 'import "../validator/b.ts";',
      "wasi/c.ts": 'import "../plugin/d.ts";',
      "common/e.ts": 'import type { F } from "../index.ts";',
      "attic/g.ts": "",
      "vm/h.ts": 'import "../wasi/c.ts"; import "./i.ts";',
    };
    expect(upwardImports(house(sources))).toEqual([
      "loader/a.ts imports validator/b.ts",
      "wasi/c.ts imports plugin/d.ts",
      "common/e.ts imports index.ts",
      "attic/g.ts stands in no layer",
    ]);
  });

  it("refuse a cycle", () => {
    const sources = {
      "vm/a.ts": 'import "./b.ts";',
      "vm/b.ts": 'export { C } from "./c.ts"; import type { A } from "./a.ts";',
      "vm/c.ts": 'import "./b.ts";',
    };
    expect(cycles(house(sources))).toEqual(["vm/b.ts -> vm/c.ts -> vm/b.ts"]);
  });

  it("refuse packages, Node in the core, computed imports, missing files, code from text, and #private names", () => {
    const sources = {
      "vm/a.ts": 'import "node:fs"; import "left-pad"; import "../wasi/fs/node-host.ts"; import("./b" + c);',
      "wasi/fs/node-host.ts": 'import "node:fs"; import "fs";',
      "cli/main.ts": 'import "node:fs"; import("watr"); import "../vm/a";',
      "index.ts": 'export * from "./vm/a.ts";',
      "common/x.ts": "eval('1'); new Function('1'); globalThis.Function('1'); class A { #b = 1; }",
    };
    const bad = house(sources);
    expect(foreignImports(bad)).toEqual([
      "vm/a.ts imports node:fs",
      "vm/a.ts imports left-pad",
      "vm/a.ts imports (computed)",
      "wasi/fs/node-host.ts imports fs",
    ]);
    expect(unresolvedImports(bad)).toEqual(["cli/main.ts: ../vm/a"]);
    expect([...reachable(bad, "index.ts")]).toContain("wasi/fs/node-host.ts");
    expect(bad.flatMap(({ evaluations }) => evaluations)).toEqual(
      ["eval", "Function", "Function"].map((name) => `common/x.ts: ${name}`),
    );
    expect(bad.flatMap(({ privateNames }) => privateNames)).toEqual(["common/x.ts: #b"]);
  });
});

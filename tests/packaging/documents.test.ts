import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { namedModule } from "../support/named-module.ts";
import { root, temporaryFolder } from "./support.ts";

/** The documents: what they show must be what there is. */

const documents = ["README.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)];
const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace(/package\.json$/, "bin/tsc");

/** What pieces of programs take for given. */
const given = `
declare global {
  const vm: import("wasmedge-ts").Vm;
  const instance: import("wasmedge-ts").ModuleInstance;
  const bytes: Uint8Array;
  const debug: import("wasmedge-ts").Debugger;
  const run: import("wasmedge-ts").PausableRun;
  function customerPays(gas: bigint): boolean;
  function readFileSync(path: string): Uint8Array;
  function writeFileSync(path: string, data: string | Uint8Array): void;
}
`;

interface Piece {
  /** `README.md:28` */
  readonly place: string;
  readonly imports: readonly string[];
  readonly code: string;
}

/** The pieces of TypeScript of a document; those of architecture.md are parts of our own sources, as they are. */
function pieces(document: string): Piece[] {
  if (document === "docs/architecture.md") return [];
  const text = readFileSync(join(root, document), "utf8");
  return Array.from(text.matchAll(/^```ts\n([\s\S]*?)^```$/gm), ({ index, 1: all = "" }) => ({
    place: `${document}:${text.slice(0, index).split("\n").length}`,
    imports: all.match(/^import .*;$/gm) ?? [],
    code: all.replace(/^import .*;$/gm, ""),
  }));
}

/** A program of its own of each piece, which imports what of the package it names. */
function programOf({ place, imports, code }: Piece, exported: readonly string[]): string {
  const known = imports.join("\n");
  const names = exported.filter((name) => new RegExp(`\\b${name}\\b`).test(code) && !known.includes(name));
  // A stop that a program waits for hides the browser's function of that name.
  const stop = code.includes("frame: stop.frame") ? 'declare const stop: import("wasmedge-ts").Stop;' : "";
  const own = names.length === 0 ? "" : `import { ${names.join(", ")} } from "wasmedge-ts";`;
  return `// ${place}\n${known}\n${own}\n${stop}\nexport async function piece() {\n${code}\n}\n`;
}

describe("the documents", () => {
  it("show pieces of programs that type-check", () => {
    const exported = Array.from(
      readFileSync(join(root, "src", "index.ts"), "utf8").matchAll(/export (?:type )?\{([^}]*)\}/g),
      ([, names = ""]) =>
        names.split(",").map(
          (name) =>
            name
              .trim()
              .replace(/^type /, "")
              .split(" as ")
              .pop() ?? "",
        ),
    ).flatMap((names) => names.filter((name) => name !== ""));
    const folder = temporaryFolder();
    writeFileSync(join(folder, "given.ts"), `${given}export {};\n`);
    const found = documents.flatMap(pieces);
    expect(found.length).toBeGreaterThan(15);
    found.forEach((piece, i) => {
      writeFileSync(join(folder, `piece-${i}.ts`), programOf(piece, exported));
    });
    const paths = {
      "wasmedge-ts": [join(root, "dist", "index.d.ts")],
      "wasmedge-ts/js-api": [join(root, "dist", "js-api.d.ts")],
      "wasmedge-ts/node": [join(root, "dist", "node.d.ts")],
      "wasmedge-ts/polyfill": [join(root, "dist", "polyfill.d.ts")],
    };
    const options = { strict: true, noEmit: true, target: "es2022", module: "esnext", moduleResolution: "bundler" };
    const node = { typeRoots: [join(root, "node_modules", "@types")], types: ["node"] };
    writeFileSync(
      join(folder, "tsconfig.json"),
      JSON.stringify({ compilerOptions: { ...options, ...node, skipLibCheck: true, paths }, include: ["*.ts"] }),
    );
    const { stdout, error } = spawnSync(process.execPath, [tsc, "-p", folder], { cwd: folder, encoding: "utf8" });
    if (error !== undefined) throw error;
    const told = stdout.replace(/piece-(\d+)\.ts/g, (name, i: string) => found[Number(i)]?.place ?? name);
    expect(told).toBe("");
  });

  it("follow a module whose register code, and the loop's code for it, are what they say", () => {
    const text = readFileSync(join(root, "docs", "architecture.md"), "utf8");
    const block = (begin: RegExp): string =>
      Array.from(text.matchAll(/^```\w*\n([\s\S]*?)^```$/gm), ([, all = ""]) => all).find((all) => begin.test(all)) ??
      "";
    const bytes = namedModule(block(/^\(module/));
    expect(text).toContain(`Its binary has ${bytes.length} bytes`);
    const folder = temporaryFolder();
    writeFileSync(join(folder, "gcd.wasm"), bytes);
    const script = ["scripts/run-ts.mjs", "scripts/show-ir.ts", join(folder, "gcd.wasm"), "0"];
    const { stdout, error } = spawnSync(process.execPath, script, { cwd: root, encoding: "utf8" });
    if (error !== undefined) throw error;
    expect(block(/^header at word/), "what show-ir.ts prints belongs into docs/architecture.md").toBe(stdout);
    const folded = (code: string): string => code.replace(/\s+/g, " ").replace(/case \d+:/g, "case …:");
    const loop = readFileSync(join(root, "src", "executor", "engine", "generated", "run.ts"), "utf8");
    expect(folded(loop)).toContain(folded(block(/^case …: \{/)));
  });

  it("name files of the repository that are there", () => {
    const missing = documents.flatMap((document) => {
      const text = readFileSync(join(root, document), "utf8");
      const named = Array.from(
        text.matchAll(
          /(?:`|node scripts\/run-ts\.mjs )((?:src|tests|scripts|bench|spec-tests|examples|docs)\/[\w./-]+\w)/g,
        ),
        ([, path = ""]) => path,
      );
      const linked = Array.from(text.matchAll(/\]\((?!https?:)([^)#]+)/g), ([, path = ""]) =>
        document.startsWith("docs/") ? join("docs", path) : path,
      );
      const there = (path: string): boolean => existsSync(join(root, path));
      return [...new Set([...named, ...linked])].filter((path) => !there(path)).map((path) => `${document}: ${path}`);
    });
    expect(missing).toEqual([]);
  });
});

// Builds the package into `dist/`: the library's entry points as ES modules that share their code in chunks, so that a class
// is the same class whichever entry it came from, and the .d.ts files beside them; and the command line (CommonJS), which shares nothing
// and is minified, names too, because a program that prints a line spends most of its time in V8's parser: with what V8 has
// made of it beside it, if this Node starts it again. The folder is replaced at the end, as a whole, so that a failed build
// leaves the former one.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { type BuildOptions, build } from "esbuild";
import { lateModules } from "../src/cli/needed-program.ts";
import { nameForRepository } from "./command-name.ts";
import { root } from "./npm-script.ts";

const out = join(root, ".cache", `dist-${process.pid}`);
const dist = join(root, "dist");
const shebang = "#!/usr/bin/env node";

function bundle(entryPoints: Readonly<Record<string, string>>, options: BuildOptions): Promise<unknown> {
  return build({
    absWorkingDir: root,
    entryPoints,
    outdir: out,
    bundle: true,
    format: "esm",
    // Refuses top-level await, lowers what is younger than ECMAScript 2020.
    target: "es2020",
    // The core imports no module of its host; what is left over here are the imports of the Node side.
    platform: "neutral",
    external: ["node:*", "watr"],
    legalComments: "none",
    logLevel: "warning",
    ...options,
  });
}

/**
 * A CommonJS module that exports a function as Node makes it of one. So it can be run as a script as well, whose value that
 * function is, without being copied in between. In ASCII, so that V8 keeps it in one byte a character and need not decode it.
 */
const commandLine: BuildOptions = {
  format: "cjs",
  outExtension: { ".js": ".cjs" },
  charset: "ascii",
  minify: true,
  // Most programs want neither the address, nor a `require` beside the one that is there. The name is in two parts, since
  // scripts/run-ts.mjs replaces the whole in this very file.
  define: { [["import.meta", "url"].join(".")]: "importMeta.url" },
  alias: { "node:module": "./src/cli/own-require.ts" },
  banner: {
    js: `(typeof module === "object" ? module : {}).exports = function (exports, require, module, __filename) {
"use strict";
const importMeta = { get url() { return require("node:url").pathToFileURL(__filename).href; } };`,
  },
  footer: { js: "};" },
};

/**
 * The same program without what the launcher knows not to be needed (`src/cli/needed-program.ts`): half as many functions to take
 * up, and modules that need no wrapping, since nothing is loaded later.
 */
const running: BuildOptions = { ...commandLine, external: ["node:*", "watr", ...lateModules] };

async function bundles(): Promise<void> {
  const library: BuildOptions = { splitting: true, chunkNames: "chunk-[hash]", charset: "utf8" };
  const entries = {
    index: "src/index.ts",
    node: "src/node.ts",
    "js-api": "src/js-api.ts",
    polyfill: "src/polyfill.ts",
  };
  await bundle(entries, library);
  const launcher: BuildOptions = {
    format: "cjs",
    outExtension: { ".js": ".cjs" },
    minify: true,
    banner: { js: shebang },
  };
  await bundle({ cli: "src/cli/launcher.ts" }, launcher);
  await bundle({ "cli-program": "src/cli/main.ts" }, commandLine);
  await bundle({ "cli-run": "src/cli/main.ts" }, running);
  // The program of the sockets' worker, where the chunks look for it.
  mkdirSync(join(out, "generated"));
  copyFileSync(join(root, "src/wasi/sockets/generated/node-worker.mjs"), join(out, "generated", "node-worker.mjs"));
  chmodSync(join(out, "cli.cjs"), 0o755);
  nameForRepository(out);
}

function declarations(): void {
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  const result = spawnSync(process.execPath, [tsc, "-p", "tsconfig.build.json", "--outDir", out], {
    cwd: root,
    encoding: "utf8",
  });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`the .d.ts files could not be made:\n${result.stdout}${result.stderr}`);
  // A consumer's compiler looks for `./x.js` (and so finds `x.d.ts`); an import that still says `.ts` would be lost on it.
  for (const file of readdirSync(out, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".d.ts")) continue;
    const text = readFileSync(join(out, file), "utf8");
    const rewritten = text.replace(/((?:\bfrom|\bimport\(|\bimport)\s*["']\.[^"']*)\.ts(["'])/g, "$1.js$2");
    if (rewritten !== text) writeFileSync(join(out, file), rewritten);
  }
}

/** Runs the command line, so that it keeps what V8 makes of it: see src/cli/program-script.ts. */
function compileCache(...command: readonly string[]): void {
  const argv = [join(out, "cli.js"), ...command, join("examples", "hello.wasm")];
  const result = spawnSync(process.execPath, argv, { cwd: root, encoding: "utf8" });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`the command line does not run:\n${result.stdout}${result.stderr}`);
}

function replace(): void {
  const old = `${out}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(out, dist);
  rmSync(old, { recursive: true, force: true });
}

mkdirSync(out, { recursive: true });
try {
  await bundles();
  declarations();
  compileCache();
  compileCache("validate");
  replace();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(out, { recursive: true, force: true });
}

// Runs a TypeScript program of this repository: `node scripts/run-ts.mjs FILE [ARGS]`.
// Node 20 cannot strip types, so esbuild bundles the program (packages stay external) into `.cache/`, and it is imported
// from there. `const enum`s are inlined on the way, as they are in the shipped bundles.
import { existsSync, rmSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { threadId } from "node:worker_threads";
import { build } from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const argv = process.argv.slice(2);
const file = argv.shift();
if (file === undefined) {
  console.error("usage: node scripts/run-ts.mjs FILE [ARGS]");
  process.exit(2);
}
const entry = resolve(file);
if (!existsSync(entry)) {
  console.error(`run-ts: no such file: ${file}`);
  process.exit(2);
}

/** Keeps `import.meta.url` what it is in the source file, though the code runs from the bundle. */
const keepImportMetaUrl = {
  name: "keep-import-meta-url",
  setup(/** @type {import("esbuild").PluginBuild} */ setup) {
    setup.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const source = await readFile(path, "utf8");
      return {
        contents: source.replaceAll("import.meta.url", () => JSON.stringify(pathToFileURL(path).href)),
        loader: "ts",
      };
    });
  },
};

const cache = join(root, ".cache", "run-ts");
await mkdir(cache, { recursive: true });
const outfile = join(cache, `${process.pid}-${threadId}-${Date.now()}.mjs`);
try {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "warning",
    plugins: [keepImportMetaUrl],
  });
} catch {
  // esbuild has printed what is wrong.
  process.exit(1);
}
process.on("exit", () => rmSync(outfile, { force: true }));
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], entry, ...argv];
await import(pathToFileURL(outfile).href);

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as esbuild from "esbuild-wasm/esm/browser.js";

// The package for browsers, which does not start processes.
globalThis.self = globalThis;
const file = createRequire(import.meta.url).resolve("esbuild-wasm/esbuild.wasm");
await esbuild.initialize({ wasmModule: await WebAssembly.compile(readFileSync(file)), worker: false });
const source =
  "enum Color { Red = 1, Green }\nexport const f = async (x?: number): Promise<Color> => x ?? Color.Green;";
const { code, map } = await esbuild.transform(source, {
  loader: "ts",
  target: "es2017",
  minify: true,
  sourcemap: true,
});
console.log(code, JSON.parse(map).mappings);
const failure = await esbuild.transform("let = ;", { logLevel: "silent" }).catch((error) => error);
console.log(failure.errors[0].text, JSON.stringify(failure.errors[0].location));
process.exit();

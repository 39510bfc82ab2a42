/** Packages whose generated or hand-written JavaScript calls WebAssembly, and what is done with them. */
export interface GlueProgram {
  /** The file in `programs/`, without its ending. */
  readonly name: string;
  /** What made the code that calls WebAssembly. */
  readonly glue: string;
  /** The npm packages that it imports, with their versions. */
  readonly packages: Readonly<Record<string, string>>;
}

export const gluePrograms: readonly GlueProgram[] = [
  { name: "es-module-lexer", glue: "by hand", packages: { "es-module-lexer": "1.7.0" } },
  { name: "hash-wasm", glue: "by hand", packages: { "hash-wasm": "4.12.0" } },
  { name: "fetch", glue: "Node's own undici, by hand", packages: {} },
  { name: "as-sha256", glue: "AssemblyScript", packages: { "@chainsafe/as-sha256": "1.2.5" } },
  { name: "source-map", glue: "Rust, by hand", packages: { "source-map": "0.7.6" } },
  { name: "sql", glue: "emscripten", packages: { "sql.js": "1.13.0" } },
  { name: "argon2", glue: "emscripten of 2020", packages: { "argon2-browser": "1.18.0" } },
  { name: "quickjs", glue: "emscripten", packages: { "quickjs-emscripten": "0.32.0" } },
  { name: "libsodium", glue: "emscripten, in one file", packages: { "libsodium-wrappers": "0.7.15" } },
  { name: "wasmoon", glue: "emscripten, with added functions", packages: { wasmoon: "1.16.0" } },
  { name: "yoga", glue: "emscripten with embind", packages: { "yoga-layout": "3.2.1" } },
  { name: "graphviz", glue: "emscripten with embind", packages: { "@hpcc-js/wasm-graphviz": "1.12.0" } },
  {
    name: "tree-sitter",
    glue: "emscripten with dynamic linking",
    packages: { "web-tree-sitter": "0.25.10", "tree-sitter-javascript": "0.25.0" },
  },
  { name: "tiktoken", glue: "wasm-bindgen", packages: { tiktoken: "1.0.22" } },
  { name: "resvg", glue: "wasm-bindgen", packages: { "@resvg/resvg-wasm": "2.6.2" } },
  { name: "automerge", glue: "wasm-bindgen", packages: { "@automerge/automerge": "3.1.2" } },
  { name: "rollup", glue: "wasm-bindgen", packages: { "@rollup/wasm-node": "4.52.4" } },
  { name: "oniguruma", glue: "emscripten", packages: { "vscode-oniguruma": "2.0.1" } },
  { name: "canvaskit", glue: "emscripten with embind", packages: { "canvaskit-wasm": "0.40.0" } },
  { name: "manifold", glue: "emscripten with embind", packages: { "manifold-3d": "3.2.1" } },
  { name: "mupdf", glue: "emscripten, with exceptions of the older form", packages: { mupdf: "1.26.4" } },
  {
    name: "duckdb",
    glue: "emscripten, with exceptions of the older form",
    packages: { "@duckdb/duckdb-wasm": "1.30.0" },
  },
  { name: "rapier", glue: "wasm-bindgen", packages: { "@dimforge/rapier3d-compat": "0.18.2" } },
  { name: "biome", glue: "wasm-bindgen", packages: { "@biomejs/wasm-nodejs": "2.2.4" } },
  { name: "lightningcss", glue: "napi", packages: { "lightningcss-wasm": "1.30.1" } },
  { name: "astro", glue: "Go", packages: { "@astrojs/compiler": "2.13.0" } },
  { name: "assemblyscript", glue: "emscripten, of binaryen", packages: { assemblyscript: "0.28.9" } },
  { name: "esbuild", glue: "Go", packages: { "esbuild-wasm": "0.25.10" } },
];

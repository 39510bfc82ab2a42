import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { PackagedBinary } from "./install.ts";

const here = dirname(fileURLToPath(import.meta.url));

/** A module of unusual size, and an export that can be called without any of its imports. */
export interface LargeModule extends PackagedBinary {
  /** What is large in it. */
  readonly name: string;
  readonly export: string;
  readonly args: readonly number[];
}

/** Modules that others have built, the largest that the npm registry has of their kind. */
export const largeModules: readonly LargeModule[] = [
  {
    name: "Pandoc: 58 MB, 620,000 functions, a table of 700,000",
    package: "pandoc-wasm",
    version: "1.1.0",
    file: "src/pandoc.wasm",
    export: "malloc",
    args: [1000],
  },
  {
    name: "Ruby with its library: 31 MB, most of it data",
    package: "@ruby/3.4-wasm-wasi",
    version: "2.10.1",
    file: "dist/ruby+stdlib.wasm",
    export: "rb-gc-disable: func() -> bool",
    args: [],
  },
  {
    name: "Rolldown: threads, a shared memory of 1 GiB",
    package: "@rolldown/binding-wasm32-wasi",
    version: "1.3.3",
    file: "rolldown-binding.wasm32-wasi.wasm",
    export: "__wrap_malloc",
    args: [1000],
  },
  {
    name: "Lightning CSS: a body of 400 KB",
    package: "lightningcss-wasm",
    version: "1.33.0",
    file: "lightningcss_node.wasm",
    export: "napi_wasm_malloc",
    args: [1000],
  },
];

/**
 * Loads a module, instantiates it with imports that throw, and calls its export, in a process of its own.
 * @param folder where its package is installed
 * @returns the result and a hash of the memory afterwards, as a line of text
 * @throws Error with what the process printed, when it fails
 */
export function callExport(engine: "ours" | "native", module: LargeModule, folder: string): string {
  const argv = [engine, join(folder, module.file), module.export, ...module.args.map(String)];
  const run = spawnSync(process.execPath, [join(here, "call-export.mjs"), ...argv], { encoding: "utf8" });
  if (run.error !== undefined) throw run.error;
  if (run.status !== 0) throw new Error(`${engine}: ${run.stderr}`);
  return run.stdout.trimEnd();
}

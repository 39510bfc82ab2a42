import { join } from "node:path";
import { buildSync } from "esbuild";

/**
 * The library as one classic script, which leaves its exports in the global variable `wasmedge`: for engines without modules.
 * @param dist a folder with the built package
 * @param entry one of its entry points
 */
export function coreAsScript(dist: string, entry = "index.js"): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(dist, entry)],
    bundle: true,
    write: false,
    format: "iife",
    globalName: "wasmedge",
    platform: "neutral",
    target: "es2020",
    logLevel: "warning",
  });
  const text = outputFiles[0]?.text;
  if (text === undefined) throw new Error("esbuild made no file");
  return text;
}

import { join } from "node:path";
import { buildSync } from "esbuild";

/**
 * The library as one classic script, which leaves its exports in the global variable `wasmedge`: for engines without modules.
 * @param dist a folder with the built package
 */
export function coreAsScript(dist: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [join(dist, "index.js")],
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

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { afterAll } from "vitest";
import { root } from "../../scripts/npm-script.ts";
import { analyse, type SourceFile } from "../../scripts/source-analysis.ts";

export { root };

/** The built package, made afresh before these tests (scripts/vitest-build.ts). */
export const dist: string = join(root, "dist");

/** An entry file of `dist/` and the chunks that it reaches. */
export function bundleFiles(entry: string): SourceFile[] {
  const files = new Map<string, SourceFile>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    const file = analyse(path, readFileSync(join(dist, path), "utf8"));
    files.set(path, file);
    for (const name of file.imports) if (name.startsWith("./")) visit(name.slice(2));
  };
  visit(entry);
  return [...files.values()];
}

/** Bundles a program in TypeScript, which imports from the repository's root. */
export async function bundleForNode(contents: string, outfile: string): Promise<void> {
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    outfile,
    bundle: true,
    format: "esm",
    target: "es2020",
    platform: "node",
    logLevel: "warning",
  });
}

/** A folder of its own for a test file, away from the repository, removed after its tests. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

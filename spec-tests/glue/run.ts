import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { GlueRun } from "./compare.ts";

const folder = dirname(fileURLToPath(import.meta.url));

/** Copies a program into a folder from which it finds its packages. @returns the copy */
export function prepare(name: string, into: string): string {
  mkdirSync(into, { recursive: true });
  const file = join(into, `glue-${name}.mjs`);
  copyFileSync(join(folder, "programs", `${name}.mjs`), file);
  return file;
}

/** Runs a program on the Node's own WebAssembly. */
export function runNatively(file: string, node = process.execPath, flags: readonly string[] = []): GlueRun {
  return run(node, [...flags, file]);
}

/** Runs a program on our interface, as dist/ has it. @param jitless in a Node that has no WebAssembly */
export function runOnUs(file: string, node = process.execPath, jitless = true): GlueRun {
  const report = `${file}.calls`;
  rmSync(report, { force: true });
  const preload = pathToFileURL(join(folder, "preload.mjs")).href;
  const result = run(node, [...(jitless ? ["--jitless"] : []), "--import", preload, file], report);
  const calls = existsSync(report) ? Number(readFileSync(report, "utf8")) : undefined;
  rmSync(report, { force: true });
  return { ...result, calls };
}

function run(node: string, argv: readonly string[], report?: string): GlueRun {
  const start = performance.now();
  const { error, status, signal, stdout, stderr } = spawnSync(node, argv, {
    encoding: "utf8",
    env: { ...process.env, GLUE_REPORT: report },
    maxBuffer: 1 << 28,
  });
  if (error !== undefined) throw error;
  return { status: signal ?? status, stdout, stderr, calls: undefined, seconds: (performance.now() - start) / 1000 };
}

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "./programs.ts";

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

/** What can be seen of a run. */
export interface Observation {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Length and hash of each output file; "missing" where it was not written. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** Runs a program in a fresh directory with its inputs. @param command makes the command line for that directory */
function observe(program: Program, command: (directory: string) => readonly string[]): Observation {
  const directory = mkdtempSync(join(tmpdir(), "wasmedge-ts-program-"));
  try {
    for (const [name, text] of Object.entries(program.inputs ?? {})) writeFileSync(join(directory, name), text);
    const [node = "", ...args] = command(directory);
    const run = spawnSync(node, args, { encoding: "utf8", maxBuffer: 1 << 28 });
    if (run.error !== undefined) throw run.error;
    const outputs = Object.fromEntries(
      (program.outputs ?? []).map((name) => [name, fingerprint(join(directory, name))]),
    );
    return { exitCode: run.status, stdout: run.stdout, stderr: run.stderr, outputs };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function fingerprint(file: string): string {
  if (!existsSync(file)) return "missing";
  const bytes = readFileSync(file);
  return `${bytes.length} bytes, sha256 ${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Runs a program on the command line of this repository's build. @param folder where its package is installed */
export function runOnUs(program: Program, folder: string): Observation {
  const cli = join(root, "dist", "cli.js");
  const file = join(folder, program.file);
  return observe(program, (directory) => [process.execPath, cli, "--dir", `/:${directory}`, file, ...program.args]);
}

/** Runs a program on the native engine. */
export function runOnNative(program: Program, folder: string): Observation {
  const script = join(here, "native.mjs");
  const file = join(folder, program.file);
  return observe(program, (directory) => [process.execPath, "--no-warnings", script, directory, file, ...program.args]);
}

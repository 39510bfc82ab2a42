import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { LoadEngine, LoadSample } from "./load-sample.ts";
import { benchFolder, type Program } from "./manifest.ts";
import type { PeerName } from "./peer-name.ts";
import type { Sample } from "./sample.ts";

const root = dirname(benchFolder);

/** The programs of the child processes. */
type ChildName = "child" | "load-child";

/** A child's program, made of its TypeScript file, which Node 20 cannot run as it is. */
function childFile(name: ChildName): string {
  return join(root, ".cache", "bench", `${name}-${process.pid}.mjs`);
}

/** Makes the program of child processes; it is removed when this process ends. */
export async function bundleChild(name: ChildName): Promise<void> {
  const outfile = childFile(name);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(benchFolder, `${name}.ts`)],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  process.on("exit", () => rmSync(outfile, { force: true }));
}

/** The build that "us" is without a path. */
export const shippedDist: string = join(root, "dist");

/**
 * Measures a call inside Node, in a process of its own.
 * @throws Error with what the process printed, when it fails
 */
export function measureInNode(
  peer: PeerName,
  program: Program,
  argument: number,
  calls: number,
  nodeFlags: readonly string[],
): Sample {
  const file = join(benchFolder, program.file);
  const { stdout } = run(process.execPath, [
    ...nodeFlags,
    childFile("child"),
    peer.kind,
    peer.path ?? shippedDist,
    file,
    program.export,
    String(argument),
    String(calls),
  ]);
  return JSON.parse(stdout) as Sample;
}

/**
 * Measures how an engine loads a module, in a process of its own.
 * @param dist the build that is measured
 * @throws Error with what the process printed, when it fails
 */
export function measureLoad(engine: LoadEngine, dist: string, file: string, rounds: number): LoadSample {
  const child = ["--expose-gc", childFile("load-child"), engine, dist, file, String(rounds)];
  const { stdout } = run(process.execPath, child);
  return JSON.parse(stdout) as LoadSample;
}

/**
 * Measures a call by a peer's command line tool: the CPU time of the command less that of the same with the argument 0.
 * @throws Error with what the command printed, when it fails
 */
export function measureCommand(peer: PeerName, program: Program, argument: number): Sample {
  const { argv, result } = commands[peer.kind as keyof typeof commands];
  const measure = (n: number): { checksum: string; time: number } =>
    timeCommand([peer.path!, ...argv(join(benchFolder, program.file), program.export, n)], result);
  const idle = measure(0);
  const busy = measure(argument);
  return { checksum: busy.checksum, time: Math.max(0, busy.time - idle.time), firstCall: undefined };
}

/** How the tools are called, and where they print the result. */
const commands = {
  wasmedge: {
    argv: (file: string, name: string, argument: number) => ["--reactor", file, name, String(argument)],
    result: /^(-?\d+)$/m,
  },
  wasm3: {
    argv: (file: string, name: string, argument: number) => ["--func", name, file, String(argument)],
    result: /^Result: (-?\d+)$/m,
  },
};

/**
 * Runs a command to its end.
 * @param result what it prints has the checksum as its first group
 * @returns the checksum, and the CPU time in milliseconds
 * @throws Error with what it printed, when it fails or prints no checksum
 */
export function timeCommand(command: readonly string[], result: RegExp): { checksum: string; time: number } {
  // Node does not tell what a child used; Bash's `time` does, to the millisecond, as the last line of standard error.
  const script = 'TIMEFORMAT="%3U %3S"; time "$@"';
  const { stdout, stderr } = run("bash", ["-c", script, "bench", ...command], { ...process.env, LC_ALL: "C" });
  const lines = stderr.trimEnd().split("\n");
  const [user = Number.NaN, system = Number.NaN] = (lines.pop() ?? "").split(" ").map(Number);
  const checksum = result.exec(`${stdout}\n${lines.join("\n")}`)?.[1];
  if (checksum === undefined) throw new Error(`${command.join(" ")} printed no result: ${stdout}${stderr}`);
  return { checksum, time: (user + system) * 1000 };
}

/**
 * Runs a command to its end.
 * @throws Error with what it printed, when it fails
 */
export function run(command: string, argv: readonly string[], env = process.env): { stdout: string; stderr: string } {
  const { error, status, signal, stdout, stderr } = spawnSync(command, argv, { cwd: root, encoding: "utf8", env });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ended with ${signal ?? status}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { BenchOptions } from "./arguments.ts";
import { hermesVersion, measureInHermes } from "./hermes.ts";
import { benchFolder, type Program, type Workload } from "./manifest.ts";
import { isMetered, type MeteredKind, type PeerName, parsePeer } from "./peer-name.ts";
import { measureCommand, measureInNode, run, shippedDist } from "./processes.ts";
import type { Sample } from "./sample.ts";

const root = dirname(benchFolder);

/** A peer that is there. */
export interface Peer {
  readonly name: PeerName;
  /** What it is, with its version. */
  readonly version: string;
}

/**
 * The peers to measure: those that were asked for, or of those that need no path the ones that are there.
 * @throws Error with a text for the user, when one that was asked for is not there
 */
export function findPeers(options: BenchOptions): { peers: Peer[]; absent: string[] } {
  const peers: Peer[] = [];
  const absent: string[] = [];
  const names = options.peers ?? ["us", "native", "polywasm"].map(parsePeer);
  for (const name of names) {
    try {
      peers.push({ name, version: versionOf(name, options.nodeFlags) });
    } catch (error) {
      const text = `${name.label}: ${error instanceof Error ? error.message : error}`;
      if (options.peers !== undefined) throw new Error(text);
      absent.push(text);
    }
  }
  return { peers, absent };
}

const meterings: { readonly [kind in MeteredKind]: string } = {
  counting: ", counting instructions",
  gas: " with a limit of costs",
  deadline: " with a limit of time",
};

/** @throws Error when the peer is not there */
function versionOf({ kind, path }: PeerName, nodeFlags: readonly string[]): string {
  const node = [`Node ${process.versions.node}`, ...nodeFlags].join(" ");
  switch (kind) {
    case "us":
    case "words":
    case "counting":
    case "gas":
    case "deadline": {
      const dist = path ?? shippedDist;
      if (!existsSync(join(dist, "index.js"))) throw new Error(`no build in ${dist}: npm run build`);
      const what = isMetered(kind) ? meterings[kind] : kind === "words" ? ", its code as words," : "";
      return `wasmedge-ts ${packageVersion(join(root, "package.json"))}${path === undefined ? commit() : ""}${what} in ${node}`;
    }
    case "native": {
      const { stdout } = run(process.execPath, [...nodeFlags, "-p", "typeof WebAssembly"]);
      if (stdout.trim() === "undefined") throw new Error(`${node} has no WebAssembly`);
      return `V8 ${process.versions.v8} in ${node}`;
    }
    case "polywasm": {
      const file = createRequire(import.meta.url).resolve("polywasm");
      return `polywasm ${packageVersion(join(dirname(file), "package.json"))} in ${node}`;
    }
    case "hermes":
      return `wasmedge-ts ${packageVersion(join(root, "package.json"))}${commit()} in ${hermesVersion(path!)}`;
    default: {
      const { stdout, stderr } = run(path!, ["--version"]);
      const [, version] = /\bv?(\d+\.\d+[^\s]*)/.exec(stdout + stderr) ?? [];
      if (version === undefined) throw new Error(`${path} --version does not tell its version: ${stdout}${stderr}`);
      return `${kind === "wasmedge" ? "WasmEdge" : "wasm3"} ${version}, interpreter`;
    }
  }
}

function packageVersion(file: string): string {
  return (JSON.parse(readFileSync(file, "utf8")) as { readonly version: string }).version;
}

/** The commit that the sources are at, with a mark when they differ from it; nothing outside of a repository. */
function commit(): string {
  try {
    const hash = run("git", ["rev-parse", "--short", "HEAD"]).stdout.trim();
    const changed = run("git", ["status", "--porcelain", "--", "src"]).stdout !== "";
    return ` (${hash}${changed ? " and changes" : ""})`;
  } catch {
    return "";
  }
}

/** Measures a program once on a peer. */
export function measure(peer: Peer, program: Program, workload: Workload, options: BenchOptions): Sample {
  const { kind, path } = peer.name;
  if (kind === "hermes") return measureInHermes(path!, program, workload.argument);
  return kind === "wasmedge" || kind === "wasm3"
    ? measureCommand(peer.name, program, workload.argument)
    : measureInNode(peer.name, program, workload.argument, options.calls, options.nodeFlags);
}

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isMetered, type PeerKind } from "./peer-name.ts";

/** The folder of the benchmarks. */
export const benchFolder: string = dirname(fileURLToPath(import.meta.url));

/** How much work a program is given, and what it has to answer. */
export interface Workload {
  readonly argument: number;
  /**
   * The signed 64-bit result in decimal digits: of a native build of the same source (bench/checksums.ts), or of WasmEdge
   * where the source is text.
   */
  readonly checksum: string;
}

/** A program: a module without imports that exports a function from i32 to an i64 checksum. */
export interface Program {
  readonly name: string;
  /** What it exercises, for the table. */
  readonly about: string;
  /** Where it belongs: "c" are the scalar programs in C, "simd" those with vectors, "gc" and "exceptions" those in text. */
  readonly set: string;
  /** The binary, from the benchmarks' folder. */
  readonly file: string;
  /** What the binary was made from, likewise. */
  readonly source: string;
  readonly export: string;
  /** The kinds of peers that have what it needs; absent: all. */
  readonly peers?: readonly PeerKind[];
  /** For tests: well below a second on an interpreter. */
  readonly short: Workload;
  /** For measurements. */
  readonly long: Workload;
}

export const manifestFile: string = join(benchFolder, "programs.json");

/** The programs of `bench/programs.json`, in its order. */
export function readManifest(): Program[] {
  const { programs } = JSON.parse(readFileSync(manifestFile, "utf8")) as { readonly programs: Program[] };
  return programs;
}

/** Whether a kind of peer has what a program needs. */
export function canRun(kind: PeerKind, { peers }: Program): boolean {
  return peers === undefined || peers.includes(isMetered(kind) || kind === "hermes" || kind === "words" ? "us" : kind);
}

/** The module's bytes. */
export function readProgram(program: Program): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(join(benchFolder, program.file)));
}

/**
 * The programs of that name or set, in the order of the manifest.
 * @throws Error for a name that neither a program nor a set has
 */
export function selectPrograms(programs: readonly Program[], names: readonly string[]): Program[] {
  for (const name of names) {
    if (programs.every((program) => program.name !== name && program.set !== name)) {
      const known = programs.map((program) => program.name).join(", ");
      throw new Error(`no benchmark program or set is named "${name}"; there are ${known}`);
    }
  }
  return programs.filter(({ name, set }) => names.includes(name) || names.includes(set));
}

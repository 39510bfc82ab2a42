import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { archivesIn, copySuites, unpackSuites } from "./suite-archives.ts";

/** Where the suites come from by default: owner, repository. */
const repository = ["WasmEdge", "wasmedge-spectest"] as const;

/** The address of the suites' archive at a tag of their public repository. */
export function defaultAddress(tag: string): string {
  return `https://github.com/${repository.join("/")}/archive/refs/tags/${tag}.tar.gz`;
}

async function download(address: string): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(address);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new Error(`${address} cannot be reached: ${cause}`);
  }
  if (!response.ok) throw new Error(`${address} cannot be had: HTTP status ${response.status}`);
  try {
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new Error(`${address} broke off: ${error instanceof Error ? error.message : error}`);
  }
}

/** Brings what a source holds into the folder `target`. @returns the names of the suites */
async function bring(source: string, target: string): Promise<string[]> {
  if (/^https?:\/\//.test(source)) return unpackSuites(await download(source), source, target);
  const path = source.startsWith("file:") ? fileURLToPath(source) : source;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) throw new Error(`there is no file or folder ${path}`);
  if (!stat.isDirectory()) return unpackSuites(readFileSync(path), path, target);
  const archives = archivesIn(path);
  if (archives.length === 0) return copySuites(path, target);
  return archives.flatMap((archive) => unpackSuites(readFileSync(archive), archive, target));
}

/** Puts `fresh` in the place of `target`; where that fails, the old one is put back. */
function replace(target: string, fresh: string, old: string): void {
  const exists = statSync(target, { throwIfNoEntry: false }) !== undefined;
  mkdirSync(dirname(target), { recursive: true });
  if (exists) renameSync(target, old);
  try {
    renameSync(fresh, target);
  } catch (error) {
    if (exists) renameSync(old, target);
    throw error;
  }
}

/**
 * Brings suites into a folder, in the place of what it holds; when anything fails, that stays as it was.
 * @param source an address, an archive, a folder of archives, or a folder of suites
 * @param target the folder that is replaced
 * @param scratch a folder on the same file system, for what is not whole yet
 * @returns the names of the suites
 * @throws Error with a message for the user
 */
export async function fetchSuites(source: string, target: string, scratch: string): Promise<string[]> {
  mkdirSync(scratch, { recursive: true });
  const work = mkdtempSync(join(scratch, "spectest-"));
  try {
    const fresh = join(work, "new");
    mkdirSync(fresh);
    const suites = await bring(source, fresh);
    const old = `${work}-old`;
    replace(target, fresh, old);
    rmSync(old, { recursive: true, force: true });
    return suites.sort();
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { findSuites } from "./suites.ts";
import { ArchiveError, readTar } from "./tar.ts";

/** The ending of a suite's archive. */
export const ARCHIVE = ".tar.gz";

/** More than that is no suite: a bound on what a small archive may unpack to. */
const MAX_UNPACKED_BYTES = 2 ** 30;

/** What a suite consists of; the sources (`.wast`), which nothing refers to, are left out. */
const suiteFile = /\.(?:json|wasm|wat)$/;

/** Folders between the top of an archive and its suites. */
const DEPTH = 3;

/** The folders of archives in `folder`. */
export function archivesIn(folder: string): string[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith(ARCHIVE))
    .sort()
    .map((name) => join(folder, name));
}

/** Decompresses where the bytes are gzip's. @throws ArchiveError */
function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES });
  } catch (error) {
    throw new ArchiveError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * Unpacks the suites of an archive into a folder, whatever folders stand above them in the archive.
 * @param bytes a tar archive, compressed or not
 * @param source what messages call it
 * @param target an existing folder; each suite becomes a folder in it
 * @returns the suites' names
 * @throws ArchiveError where it is no archive or holds no suite; errors of the file system
 */
export function unpackSuites(bytes: Uint8Array, source: string, target: string): string[] {
  const scratch = mkdtempSync(join(target, ".unpack-"));
  try {
    for (const { path, data } of readTar(inflate(bytes))) {
      if (!suiteFile.test(path)) continue;
      const file = join(scratch, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, data);
    }
    const suites = findSuites(scratch, DEPTH).filter((folder) => folder !== scratch);
    if (suites.length === 0) throw new ArchiveError("it holds no suite");
    for (const folder of suites) renameSync(folder, join(target, basename(folder)));
    return suites.map((folder) => basename(folder));
  } catch (error) {
    if (error instanceof ArchiveError) throw new ArchiveError(`${source} is no archive of suites: ${error.message}`);
    throw error;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Copies the suites below a folder; a checkout of the suite's repository is one. @throws ArchiveError */
export function copySuites(folder: string, target: string): string[] {
  const suites = findSuites(folder, DEPTH);
  if (suites.length === 0) throw new ArchiveError(`${folder} holds neither archives nor suites`);
  for (const suite of suites) {
    cpSync(suite, join(target, basename(suite)), {
      recursive: true,
      filter: (path) => !/\.wast$/.test(path),
    });
  }
  return suites.map((suite) => basename(suite));
}

/**
 * The folder of an archive's suite, unpacked below `store` unless it stands there already from the same bytes. An unpacked
 * suite takes the place of a former one as a whole.
 * @throws ArchiveError where the archive does not hold the one suite that it is named after; errors of the file system
 */
export function unpackedSuite(archive: string, store: string): string {
  const name = basename(archive, ARCHIVE);
  const folder = join(store, name);
  const stamp = join(store, ".stamps", name);
  const bytes = readFileSync(archive);
  const digest = createHash("sha256").update(bytes).digest("hex");
  if (readStamp(stamp) === digest && existsSync(folder)) return folder;
  mkdirSync(dirname(stamp), { recursive: true });
  const scratch = mkdtempSync(join(store, ".new-"));
  try {
    if (!unpackSuites(bytes, archive, scratch).includes(name)) {
      throw new ArchiveError(`${archive} does not hold the suite ${name}`);
    }
    rmSync(stamp, { force: true });
    rmSync(folder, { recursive: true, force: true });
    renameSync(join(scratch, name), folder);
    writeFileSync(stamp, digest);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return folder;
}

function readStamp(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

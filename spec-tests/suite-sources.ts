import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { ARCHIVE, archivesIn, unpackedSuite } from "./suite-archives.ts";
import { findSuites, readSuite, type Suite, selectSuites } from "./suites.ts";

/** A suite to run. */
export interface Source {
  readonly suite: Suite;
  /** Whether it is the suite of the pinned tag, whose counts are recorded. */
  readonly pinned: boolean;
}

export interface Sources {
  readonly sources: readonly Source[];
  /** Lines on what was left out, and why. */
  readonly notes: readonly string[];
}

/** Where suites come from. */
export interface Places {
  /** The folder of the pinned tag's archives. */
  readonly shared: string;
  /** Where they are unpacked and `npm run spec:fetch` brings them: `.spectest/`. */
  readonly store: string;
  /** Where other archives are unpacked. */
  readonly cache: string;
}

/** The suites' numbers at the pinned tag. */
export interface RecordedCounts {
  readonly tag: string;
  readonly suites: {
    /** `text`: the commands about modules in text form, which are skipped. */
    readonly [name: string]: { readonly units: number; readonly commands: number; readonly text: number };
  };
}

export function readRecordedCounts(file: string): RecordedCounts {
  return JSON.parse(readFileSync(file, "utf8")) as RecordedCounts;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function leftOut(names: readonly string[]): string[] {
  return names.map((name) => `${name} is left out: name its folder to run it`);
}

function fromArchive(archive: string, places: Places): Source {
  const pinned = resolve(dirname(archive)) === resolve(places.shared);
  return { suite: readSuite(unpackedSuite(archive, pinned ? places.store : places.cache)), pinned };
}

function fromArchives(archives: readonly string[], places: Places): Sources {
  const isComponent = (archive: string): boolean => basename(archive, ARCHIVE) === "component-model";
  return {
    sources: archives.filter((archive) => !isComponent(archive)).map((archive) => fromArchive(archive, places)),
    notes: leftOut(archives.filter(isComponent).map((archive) => basename(archive, ARCHIVE))),
  };
}

function fromFolder(folder: string, pinned: boolean): Sources {
  const selection = selectSuites(folder);
  return { sources: selection.suites.map((suite) => ({ suite, pinned })), notes: leftOut(selection.leftOut) };
}

/**
 * The suites that a folder, or an archive's name with or without its ending, stands for.
 * @throws Error where it is neither
 */
function fromArgument(path: string, places: Places): Sources {
  if (isFolder(path)) {
    const archives = archivesIn(path);
    return archives.length > 0 && findSuites(path, 1).length === 0
      ? fromArchives(archives, places)
      : fromFolder(path, false);
  }
  for (const archive of [path, path + ARCHIVE]) {
    if (archive.endsWith(ARCHIVE) && existsSync(archive)) return { sources: [fromArchive(archive, places)], notes: [] };
  }
  throw new Error(`there is no folder ${path} and no archive ${path + ARCHIVE}`);
}

/**
 * The suites of the command line's folders, or without any, those of the pinned tag.
 * @throws Error where something is missing; the message says what to do
 */
export function findSources(folders: readonly string[], places: Places): Sources {
  if (folders.length > 0) {
    const all = folders.map((folder) => fromArgument(folder, places));
    return { sources: all.flatMap(({ sources }) => sources), notes: all.flatMap(({ notes }) => notes) };
  }
  const archives = isFolder(places.shared) ? archivesIn(places.shared) : [];
  if (archives.length > 0) return fromArchives(archives, places);
  if (isFolder(places.store) && findSuites(places.store, 1).length > 0) return fromFolder(places.store, true);
  throw new Error(
    `the specification's suites are missing: there are no archives in ${places.shared}, and nothing in ${places.store}.\n` +
      "`npm run spec:fetch` brings them, from their public repository or from a folder.",
  );
}

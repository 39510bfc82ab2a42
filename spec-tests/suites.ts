import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";

/** A file of commands. */
export interface Unit {
  /** The folder's name, and behind a slash the file's where that differs. */
  readonly name: string;
  readonly folder: string;
  readonly script: string;
}

export interface Suite {
  /** The folder's name: the proposals follow from it. */
  readonly name: string;
  readonly folder: string;
  readonly units: readonly Unit[];
}

/** Its files are components: they wait for the component model. */
const componentSuite = "component-model";

function subfolders(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !entry.name.startsWith(".") && statSync(join(folder, entry.name)).isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Whether a folder holds at least one unit of the usual form, `<unit>/<unit>.json`. */
export function isSuite(folder: string): boolean {
  return subfolders(folder).some((unit) => existsSync(join(folder, unit, `${unit}.json`)));
}

/** The suites below a folder, down to `depth` folders. */
export function findSuites(folder: string, depth: number): string[] {
  if (isSuite(folder)) return [folder];
  return depth === 0 ? [] : subfolders(folder).flatMap((name) => findSuites(join(folder, name), depth - 1));
}

/** Reads which units a suite has; each file `.json` in a folder of it is one. */
export function readSuite(folder: string): Suite {
  const units = subfolders(folder).flatMap((name) => {
    const files = readdirSync(join(folder, name))
      .filter((file) => file.endsWith(".json"))
      .sort();
    return files.map((file) => ({
      name: file === `${name}.json` ? name : `${name}/${basename(file, ".json")}`,
      folder: join(folder, name),
      script: join(folder, name, file),
    }));
  });
  return { name: basename(resolve(folder)), folder, units };
}

/** What the folders of a command line hold. */
export interface Selection {
  readonly suites: readonly Suite[];
  /** Suites that were left out though they are there. */
  readonly leftOut: readonly string[];
}

/**
 * The suites of a folder that is one, or that holds them; among those of a folder, the component model's is left out.
 * @throws Error where there are none
 */
export function selectSuites(folder: string): Selection {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new Error(`there is no folder ${folder}`);
  if (isSuite(folder)) return { suites: [readSuite(folder)], leftOut: [] };
  const names = findSuites(folder, 1).map((path) => basename(path));
  if (names.length === 0) throw new Error(`${folder} is neither a suite nor a folder of suites`);
  return {
    suites: names.filter((name) => name !== componentSuite).map((name) => readSuite(join(folder, name))),
    leftOut: names.filter((name) => name === componentSuite),
  };
}

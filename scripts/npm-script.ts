import { spawnSync } from "node:child_process";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root: string = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs a script of package.json and throws, with all that it printed, when it fails. */
export function runNpmScript(name: string): void {
  const result = spawnSync("npm", ["run", "--silent", name], { cwd: root, encoding: "utf8" });
  if (result.error !== undefined) throw result.error;
  if (result.status !== 0) throw new Error(`npm run ${name} failed:\n${result.stdout}${result.stderr}`);
}

import { spawnSync } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { nameForRepository } from "../../scripts/command-name.ts";
import { dist, root, temporaryFolder } from "./support.ts";

/** `node dist/cli.js`: a link where the system makes links, a file of one line where it does not. */

const folder = temporaryFolder();
const hello = join(root, "examples", "hello.wasm");

/** The built command line in a package like this one. */
function copyOfCommandLine(name: string): string {
  const place = join(folder, name);
  mkdirSync(join(place, "dist"), { recursive: true });
  writeFileSync(join(place, "package.json"), JSON.stringify({ type: "module" }));
  for (const file of ["cli.cjs", "cli-program.cjs", "cli-run.cjs"])
    copyFileSync(join(dist, file), join(place, "dist", file));
  return join(place, "dist");
}

function outcome(place: string, ...args: readonly string[]): { stdout: string; status: number | null } {
  const { stdout, status } = spawnSync(process.execPath, [join(place, "cli.js"), ...args], { encoding: "utf8" });
  return { stdout, status };
}

describe.each([
  ["a link", "link", undefined],
  [
    "a file that imports the program, where there are no links",
    "file",
    () => {
      throw Object.assign(new Error("operation not permitted, symlink"), { code: "EPERM" });
    },
  ],
] as const)("the command's name in the repository: %s", (_what, name, link) => {
  it("runs programs, with arguments and exit codes, the first time and from what V8 has kept", () => {
    const place = copyOfCommandLine(name);
    nameForRepository(place, link);
    expect(lstatSync(join(place, "cli.js")).isSymbolicLink()).toBe(link === undefined);
    const greeting = { stdout: "Hello from WebAssembly!\n", status: 0 };
    expect(outcome(place, hello)).toEqual(greeting);
    expect(outcome(place, hello)).toEqual(greeting);
    expect(outcome(place, "validate", hello).status).toBe(0);
    expect(outcome(place, "absent.wasm").status).toBe(1);
  });
});

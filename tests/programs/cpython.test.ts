import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { runOnNative, runOnUs } from "../../spec-tests/programs/compare.ts";
import { pythonPrograms } from "../../spec-tests/programs/programs.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

describe("the command line runs programs as the native engine does", () => {
  it("is built", () => {
    expect(existsSync(join(root, "dist", "cli.js")), "run `npm run build` first").toBe(true);
  });

  it.each(pythonPrograms.map((program) => [program.name, program] as const))("%s", (_, program) => {
    const folder = join(root, "node_modules", program.package);
    const native = runOnNative(program, folder);
    expect(native.stdout).not.toBe("");
    expect(runOnUs(program, folder)).toEqual(native);
  });
});

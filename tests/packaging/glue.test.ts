import { join } from "node:path";
import { expect, it } from "vitest";
import { root } from "../../scripts/npm-script.ts";
import { difference } from "../../spec-tests/glue/compare.ts";
import { prepare, runNatively, runOnUs } from "../../spec-tests/glue/run.ts";
import { findLoopback } from "../support/loopback.ts";

const { inet4 } = await findLoopback();

/** Programs of `npm run test:glue` whose packages are development dependencies. They find them from here. */
function compare(name: string): void {
  const file = prepare(name, join(root, ".cache", "glue-tests"));
  expect(difference(runOnUs(file), runNatively(file))).toBeUndefined();
}

it("QuickJS, with emscripten's JavaScript, does the same on ours in a Node without WebAssembly", () =>
  compare("quickjs"));

it("a SHA-256 of AssemblyScript does the same on ours in a Node without WebAssembly", () => compare("as-sha256"));

it.runIf(inet4)("fetch works in a Node without WebAssembly", () => compare("fetch"));

it("a run in a Node without WebAssembly that does not have ours fails", () => {
  const file = prepare("as-sha256", join(root, ".cache", "glue-tests"));
  expect(runNatively(file, process.execPath, ["--jitless"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("WebAssembly is not defined"),
  });
});

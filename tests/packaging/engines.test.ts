import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getQuickJS } from "quickjs-emscripten";
import { expect, it } from "vitest";
import { coreAsScript } from "../../scripts/core-as-script.ts";
import {
  portableAsyncProgram,
  portableAsyncResult,
  portableGlue,
  portableGlueResult,
  portableProgram,
  portableResult,
} from "./portable-programs.ts";
import { dist, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();

/** The value of a program on QuickJS, behind a bundle of ours. */
async function onQuickJS(bundle: string, program: string): Promise<unknown> {
  const context = (await getQuickJS()).newContext();
  try {
    context.unwrapResult(context.evalCode(bundle, "bundle.js")).dispose();
    const result = context.unwrapResult(context.evalCode(program, "program.js"));
    const value: unknown = context.dump(result);
    result.dispose();
    return value;
  } finally {
    context.dispose();
  }
}

it("the core bundle runs fib and a WASI program on QuickJS", async () => {
  expect(await onQuickJS(coreAsScript(dist), await portableProgram())).toBe(portableResult);
});

it("the core bundle runs fib and a WASI program under node --jitless", async () => {
  const script = join(folder, "jitless.cjs");
  const report = "console.log(typeof WebAssembly);";
  writeFileSync(script, `${coreAsScript(dist)}\n${report}\nconsole.log(${await portableProgram()});\n`);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--jitless", script], { encoding: "utf8" });
  expect(stdout, stderr).toBe(`undefined\n${portableResult}\n`);
  expect(status).toBe(0);
});

it("the polyfill is the WebAssembly of QuickJS, which has none", async () => {
  expect(await onQuickJS(coreAsScript(dist, "polyfill.js"), await portableGlue())).toBe(portableGlueResult);
});

it("the polyfill is the WebAssembly of node --jitless", async () => {
  const script = join(folder, "glue.cjs");
  const lines = [
    "console.log(typeof WebAssembly);",
    coreAsScript(dist, "polyfill.js"),
    `console.log(${await portableGlue()});`,
  ];
  writeFileSync(script, lines.join("\n"));
  const { stdout, stderr } = spawnSync(process.execPath, ["--jitless", script], { encoding: "utf8" });
  expect(stdout, stderr).toBe(`undefined\n${portableGlueResult}\n`);
});

it("the core bundle awaits host functions on QuickJS, which has promises and no timers", async () => {
  const context = (await getQuickJS()).newContext();
  try {
    context.unwrapResult(context.evalCode(coreAsScript(dist), "core.js")).dispose();
    const program = `globalThis.answer = "not yet"; ${await portableAsyncProgram()}.then(
      (text) => { answer = text; }, (error) => { answer = "failed: " + error; });`;
    context.unwrapResult(context.evalCode(program, "program.js")).dispose();
    const answer = (): unknown => {
      const handle = context.getProp(context.global, "answer");
      const text: unknown = context.dump(handle);
      handle.dispose();
      return text;
    };
    expect(answer()).toBe("not yet");
    while (context.runtime.hasPendingJob()) context.unwrapResult(context.runtime.executePendingJobs(1));
    expect(answer()).toBe(portableAsyncResult);
  } finally {
    context.dispose();
  }
});

it("the core bundle awaits host functions under node --jitless", async () => {
  const script = join(folder, "jitless-async.cjs");
  writeFileSync(script, `${coreAsScript(dist)}\n${await portableAsyncProgram()}.then(console.log);\n`);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--jitless", script], { encoding: "utf8" });
  expect(stdout, stderr).toBe(`${portableAsyncResult}\n`);
  expect(status).toBe(0);
});

import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getQuickJS } from "quickjs-emscripten";
import { expect, it } from "vitest";
import { portableProgram, portableResult } from "./portable-programs.ts";
import { coreAsScript, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();

it("the core bundle runs fib and a WASI program on QuickJS", async () => {
  const context = (await getQuickJS()).newContext();
  try {
    context.unwrapResult(context.evalCode(await coreAsScript(), "core.js")).dispose();
    const result = context.unwrapResult(context.evalCode(await portableProgram(), "program.js"));
    const text: unknown = context.dump(result);
    result.dispose();
    expect(text).toBe(portableResult);
  } finally {
    context.dispose();
  }
});

it("the core bundle runs fib and a WASI program under node --jitless", async () => {
  const script = join(folder, "jitless.cjs");
  const report = "console.log(typeof WebAssembly);";
  writeFileSync(script, `${await coreAsScript()}\n${report}\nconsole.log(${await portableProgram()});\n`);
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--jitless", script], { encoding: "utf8" });
  expect(stdout, stderr).toBe(`undefined\n${portableResult}\n`);
  expect(status).toBe(0);
});

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { root } from "../../../scripts/npm-script.ts";

/** Tests as somebody could write them, and what the runner has to say of each. */
const files: readonly (readonly [name: string, text: string, lines: readonly string[]])[] = [
  [
    "good.any.js",
    `// META: script=helper.js
    test(() => { assert_equals(fromHelper, 7); assert_equals(this, globalThis); }, "sees the helper's constants");
    promise_test(async () => assert_true(WebAssembly.validate(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]))), "validates");
    implicit = 1;
    test(() => assert_true("implicit" in globalThis), "is sloppy code");`,
    ["good.any.js: 3 passed, 0 failed"],
  ],
  [
    "hangs.any.js",
    `test(() => undefined, "fine"); promise_test(() => new Promise(() => undefined), "hangs");`,
    ["hangs.any.js: 1 passed, 1 failed", "  hangs", "    did not end"],
  ],
  [
    "rejects.any.js",
    `test(() => undefined, "fine"); Promise.reject(new RangeError("no"));`,
    ["rejects.any.js: 1 passed, 1 failed", "  (the file)", "    unhandledRejection: RangeError: no"],
  ],
  [
    "throws.any.js",
    `test(() => undefined, "fine"); nowhere();`,
    ["throws.any.js: 1 passed, 1 failed", "  (the file)", "    threw ReferenceError: nowhere is not defined"],
  ],
  [
    "stops.any.js",
    "process.kill(process.pid, 'SIGKILL')",
    ["stops.any.js: 0 passed, 1 failed", "  (the file)", "    the process ended with SIGKILL: "],
  ],
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-js-api-"));
  for (const [name, text] of files)
    writeFileSync(join(folder, name), `// META: global=jsshell\n${text.replace(/^\s+/, "")}`);
  writeFileSync(join(folder, "helper.js"), "const fromHelper = 7;");
  writeFileSync(join(folder, "loops.any.js"), "// META: global=jsshell\nfor (;;);");
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the runner on this Node's own interface. */
function run(...argv: readonly string[]): { lines: string[]; status: number | null } {
  const program = [join(root, "scripts", "run-ts.mjs"), join(root, "spec-tests", "js-api", "main.ts")];
  const options = ["--native", "--node", process.execPath, "--list"];
  const { stdout, status } = spawnSync(process.execPath, [...program, folder, ...options, ...argv], {
    encoding: "utf8",
  });
  return { lines: stdout.trimEnd().split("\n"), status };
}

it("the runner tells what is wrong with files that hang, throw, reject, or end the process, and fails", () => {
  const { lines, status } = run("good", "hangs", "rejects", "throws", "stops", "--seconds", "600");
  for (const [, , expected] of files) {
    const at = lines.indexOf(expected[0]);
    expect(lines.slice(at, at + expected.length)).toEqual(expected);
  }
  expect(status).toBe(1);
});

it("the runner ends what does not end", () => {
  const { lines, status } = run("loops", "--seconds", "1");
  const expected = ["loops.any.js: 0 passed, 1 failed", "  (the file)", "    loops.any.js did not end within 1 s"];
  expect(lines.slice(0, 3)).toEqual(expected);
  expect(status).toBe(1);
});

it("the runner fails for an entry of what is known whose file is not there", () => {
  const { lines, status } = run("good", "limits");
  expect(lines[0]).toBe("good.any.js: 3 passed, 0 failed");
  expect(lines).toContain("known-deviations.json names limits.any.js, which is not there");
  expect(lines.at(-1)).toMatch(/^3 passed, [1-9]\d* failed$/);
  expect(status).toBe(1);
});

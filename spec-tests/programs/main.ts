// `npm run test:programs [NAME]`: runs larger WASI programs from npm, and calls exports of the largest modules, on us and on
// native wasm, and compares what can be seen.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { type Observation, runOnNative, runOnUs } from "./compare.ts";
import { install } from "./install.ts";
import { callExport, largeModules } from "./large-modules.ts";
import { largePrograms, pythonPrograms } from "./programs.ts";
import { compareSnapshots, seeded } from "./snapshots.ts";

function indented(text: string): string {
  const lines = text.trimEnd().split("\n");
  const shown =
    lines.length > 24 ? [...lines.slice(0, 12), `… ${lines.length - 24} lines …`, ...lines.slice(-12)] : lines;
  return shown.map((line) => `    ${line}`).join("\n");
}

function report(label: string, { exitCode, stdout, stderr, outputs }: Observation): void {
  console.log(`  ${label}: exit code ${exitCode}`);
  if (stdout !== "") console.log(indented(stdout));
  if (stderr !== "") console.log(`  ${label}, standard error:\n${indented(stderr)}`);
  for (const [name, text] of Object.entries(outputs)) console.log(`    ${name}: ${text}`);
}

/** A directory that goes with the process. */
function temporaryRoot(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-programs-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const wanted = process.argv[2];
let passed = 0;
let failed = 0;

function isWanted({ name }: { readonly name: string }): boolean {
  return wanted === undefined || name.toLowerCase().includes(wanted.toLowerCase());
}

for (const program of [...pythonPrograms, ...largePrograms].filter(isWanted)) {
  console.log(program.name);
  const folder = install(program);
  const ours = runOnUs(program, folder);
  const native = runOnNative(program, folder);
  const same = isDeepStrictEqual(ours, native);
  report("ours", ours);
  if (same) passed++;
  else {
    failed++;
    report("native", native);
  }
  console.log(same ? "  same as native" : "  DIFFERENT");
}
for (const program of pythonPrograms.slice(0, 1)) {
  const name = `50 snapshots of a run of CPython, restored in a fresh process: ${program.name}`;
  if (!isWanted({ name })) continue;
  console.log(name);
  const wasi = { dirs: [`/:${temporaryRoot()}`], args: ["python.wasm", ...program.args], envs: ["PYTHONHASHSEED=0"] };
  const moduleFile = join(install(program), program.file);
  const { wanted: end, got } = compareSnapshots({ moduleFile, export: "_start", wasi }, seeded(50));
  const same = got.filter((other) => isDeepStrictEqual(other, end)).length;
  console.log(`  ${same} of ${got.length} end as the whole run does: ${end.end} after ${end.count} instructions`);
  if (same === 50) passed++;
  else failed++;
}
for (const module of largeModules.filter(isWanted)) {
  console.log(module.name);
  const folder = install(module);
  const native = callExport("native", module, folder);
  console.log(`  native: ${native}`);
  try {
    const ours = callExport("ours", module, folder);
    console.log(`  ours:   ${ours}`);
    if (ours === native) passed++;
    else failed++;
  } catch (error) {
    failed++;
    console.log(indented(error instanceof Error ? error.message : String(error)));
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

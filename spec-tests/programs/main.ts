// `npm run test:programs`: runs larger WASI programs from npm on us and on native wasm and compares what can be seen.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isDeepStrictEqual } from "node:util";
import { type Observation, runOnNative, runOnUs } from "./compare.ts";
import { largePrograms, type Program, pythonPrograms } from "./programs.ts";

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const cache = join(root, ".cache", "programs");

/** The folder of a program's package, installed into the cache if it is not there in this version. */
function install({ package: name, version }: Program): string {
  const folder = join(cache, "node_modules", name);
  const manifest = join(folder, "package.json");
  if (existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).version === version) return folder;
  mkdirSync(cache, { recursive: true });
  if (!existsSync(join(cache, "package.json"))) writeFileSync(join(cache, "package.json"), '{ "private": true }\n');
  const npm = ["install", "--prefix", cache, "--no-audit", "--no-fund", "--ignore-scripts", `${name}@${version}`];
  const run = spawnSync("npm", npm, { stdio: ["ignore", "ignore", "inherit"] });
  if (run.status !== 0) throw new Error(`npm could not install ${name}@${version}`);
  return folder;
}

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

const wanted = process.argv[2];
let passed = 0;
let failed = 0;
for (const program of [...pythonPrograms, ...largePrograms]) {
  if (wanted !== undefined && !program.name.toLowerCase().includes(wanted.toLowerCase())) continue;
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
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// `summary.mjs FOLDER [MINIMUMS]` adds up what the steps of
// .ci/run left in FOLDER, prints `N passed, N failed` as its last line, and exits with 1 when anything failed, was skipped
// where nothing may be, or ran fewer tests than the minimums (.ci/minimums.json) record.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const [folder, minimumsFile = new URL("minimums.json", import.meta.url)] = process.argv.slice(2);
const minimums = JSON.parse(readFileSync(minimumsFile, "utf8"));

let passed = 0;
let failed = 0;
/** The steps whose failure is counted already. */
const counted = new Set();

/** A failure that no test counted. */
function complain(text) {
  console.log(`FAILED: ${text}`);
  failed += 1;
}

/** Reads a result; whatever is wrong with it is a failure, not a reason to stop counting. */
function read(name, parse) {
  try {
    return parse(readFileSync(join(folder, name), "utf8"));
  } catch (error) {
    complain(`${name}: ${error.message}`);
    return undefined;
  }
}

const vitest = read("vitest.json", JSON.parse);
if (vitest !== undefined) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, success, testResults } = vitest;
  console.log(`vitest: ${numPassedTests} passed, ${numFailedTests} failed`);
  passed += numPassedTests;
  failed += numFailedTests;
  for (const file of testResults) {
    if (file.status === "failed" && file.assertionResults.every((test) => test.status !== "failed")) {
      complain(`vitest: ${file.name}: ${file.message}`);
    }
  }
  // What needs a loopback network is left out on a machine that has none (tests/support/loopback.ts); nothing else is.
  const needNetwork = minimums.needNetwork ?? [];
  let leftOut = 0;
  for (const file of testResults) {
    if (!needNetwork.some((name) => file.name.endsWith(`/${name}`))) continue;
    leftOut += file.assertionResults.filter(({ status }) => status === "skipped" || status === "pending").length;
  }
  if (leftOut > 0) console.log(`note: ${leftOut} tests that need a loopback network were left out`);
  const skipped = numPendingTests + numTodoTests - leftOut;
  if (skipped > 0) complain(`vitest: ${skipped} tests were skipped`);
  if (numPassedTests + numFailedTests < minimums.vitest) {
    complain(`vitest ran ${numPassedTests + numFailedTests} tests, fewer than ${minimums.vitest}`);
  }
  if (!success && failed > 0) counted.add("vitest");
}

/** The suites on one run loop. */
function addSpec(step) {
  const spec = read(`${step}.log`, (text) => text.trimEnd().split("\n"));
  if (spec === undefined) return;
  const suites = new Map();
  for (const line of spec) {
    const counts = /^(\S+): (\d+) passed, (\d+) failed, \d+ skipped/.exec(line);
    if (counts !== null) suites.set(counts[1], Number(counts[2]) + Number(counts[3]));
  }
  for (const [suite, minimum] of Object.entries(minimums.spec)) {
    const ran = suites.get(suite);
    if (ran === undefined) complain(`${step}: ${suite} did not run`);
    else if (ran < minimum) complain(`${step}: ${suite} ran ${ran} commands, fewer than ${minimum}`);
  }
  const last = spec.at(-1) ?? "";
  const total = /^(\d+) passed, (\d+) failed, \d+ skipped$/.exec(last);
  if (total === null) {
    complain(`${step}: no counts in its last line: ${last}`);
    return;
  }
  console.log(`${step}: ${last}`);
  passed += Number(total[1]);
  failed += Number(total[2]);
  if (Number(total[2]) > 0) counted.add(step);
}

addSpec("spec");
addSpec("spec-words");

for (const line of read("steps", (text) => text.trimEnd().split("\n")) ?? []) {
  const [name, code] = line.split(" ");
  if (code !== "0" && !counted.has(name)) complain(`${name} ended with exit code ${code}`);
}

console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

// The standard JavaScript interface with limits: what was made for an engine's own WebAssembly runs here as it is, and no
// further than it may.
//
//   node scripts/run-ts.mjs examples/javascript-interface.ts
import { readFileSync } from "node:fs";
import { Executor, Statistics, setLogLevel } from "wasmedge-ts";
import { createWebAssembly, usualConfigure } from "wasmedge-ts/js-api";

// What is measured would be logged at the end of each call.
setLogLevel("off");

// 1. An executor that counts what instructions cost, and ends a run that would cost more than it has.
const configure = usualConfigure();
configure.statistics.costMeasuring = true;
const statistics = new Statistics();
const WebAssembly = createWebAssembly(new Executor(configure, statistics));

// 2. From here on it is the WebAssembly that everybody knows.
const { module, instance } = await WebAssembly.instantiate(readFileSync("examples/gcd.wasm"), {});
console.log(
  "exports:",
  WebAssembly.Module.exports(module)
    .map(({ name, kind }) => `${kind} ${name}`)
    .join(", "),
);
const gcd = instance.exports["gcd"] as (a: number, b: number) => number;
console.log("gcd(12, 18) =", gcd(12, 18), "for", String(statistics.getTotalCost()));

// 3. What ends a run is a RuntimeError, with the engine's error as its cause.
statistics.setCostLimit(BigInt(statistics.getTotalCost()) + 40n);
try {
  gcd(832_040, 514_229);
} catch (error) {
  if (!(error instanceof WebAssembly.RuntimeError)) throw error;
  console.log(String(error));
}

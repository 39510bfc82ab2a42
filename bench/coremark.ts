// `node scripts/run-ts.mjs bench/coremark.ts COREMARK.wasm [--runs N] [wasmedge=PATH] [wasm3=PATH]`: the score of CoreMark, a WASI
// program that is not ours, on the build in dist/, in turns with the tools given. The program measures itself by WASI's clock. Ours
// shows it CPU time, so that what else the machine does is no matter; the tools show the time on the wall, so their scores
// are right on an idle machine only.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { run, shippedDist } from "./processes.ts";
import { median } from "./sample.ts";

type Library = Pick<
  typeof import("../src/index.ts"),
  "Executor" | "installHost" | "Loader" | "StoreManager" | "Validator" | "WasiModule"
>;

/** Runs after the first one, in which V8 compiles the run loop. */
const DEFAULT_RUNS = 3;

const [file = "", ...rest] = process.argv.slice(2);
const runs = rest.includes("--runs") ? Number(rest[rest.indexOf("--runs") + 1]) : DEFAULT_RUNS;
const tools = rest.flatMap((text) => {
  const [, name, path] = /^(wasmedge|wasm3)=(.+)$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, path: path! }];
});

/** The score that a run prints, which is its iterations per second. @throws Error where its results are wrong */
function scoreOf(output: string): number {
  const score = Number(/^Iterations\/Sec\s*:\s*([\d.]+)$/m.exec(output)?.[1]);
  // It calls a run of less than ten seconds an error as well, which its results do not suffer from.
  if (Number.isNaN(score) || !output.includes("0xe714")) throw new Error(`no valid run:\n${output}`);
  return score;
}

function cpuNanoseconds(): bigint {
  const { user, system } = process.cpuUsage();
  return BigInt(user + system) * 1000n;
}

/** One run inside this process, where the run loop stays compiled from one to the next. */
function runHere({ Executor, Loader, StoreManager, Validator, WasiModule }: Library, bytes: Uint8Array): string {
  const output: Uint8Array[] = [];
  const write = (chunk: Uint8Array): number => output.push(chunk) && chunk.length;
  const wasi = new WasiModule({ stdout: { write } });
  wasi.init([], "coremark");
  const store = new StoreManager();
  const executor = new Executor();
  executor.registerModule(store, wasi);
  const module = new Loader().parseModule(bytes);
  new Validator().validate(module);
  executor.invoke(executor.instantiateModule(store, module).findFuncExports("_start"), []);
  return Buffer.concat(output).toString("latin1");
}

async function bench(): Promise<void> {
  const library = (await import(pathToFileURL(join(shippedDist, "index.js")).href)) as Library;
  library.installHost({ realtimeNanoseconds: cpuNanoseconds, monotonicNanoseconds: cpuNanoseconds });
  const bytes = new Uint8Array(readFileSync(file));
  runHere(library, bytes);
  const scores = new Map<string, number[]>(["us", ...tools.map(({ name }) => name)].map((name) => [name, []]));
  for (let round = 0; round < runs; round++) {
    scores.get("us")!.push(scoreOf(runHere(library, bytes)));
    for (const { name, path } of tools) scores.get(name)!.push(scoreOf(run(path, [file]).stdout));
  }
  const us = median(scores.get("us")!);
  for (const [name, all] of scores) {
    const own = median(all);
    console.log(`${name}: ${own.toFixed(0)}${name === "us" ? "" : `; us / ${name}: ${(us / own).toFixed(2)}`}`);
  }
}

bench().catch((error: unknown) => {
  console.error(`coremark: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
});

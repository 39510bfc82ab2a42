// `node scripts/run-ts.mjs bench/coremark.ts COREMARK.wasm [--runs N] [wasmedge=PATH] [wasm3=PATH]`: iterations of CoreMark, a
// WASI program that is not ours, per second of CPU time: of the build in dist/, in turns with the tools given. The program measures
// its own time by the clock on the wall, which other processes' work lengthens; here only its number of iterations counts.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cpuTime } from "./cpu-time.ts";
import { shippedDist, timeTool } from "./processes.ts";
import { median } from "./sample.ts";

type Library = Pick<typeof import("../src/index.ts"), "Configure" | "HostRegistration" | "VM">;

const [file = "", ...rest] = process.argv.slice(2);
const runs = Number(rest[rest.indexOf("--runs") + 1] ?? 3) || 3;
const tools = rest.flatMap((text) => {
  const [, name, path] = /^(wasmedge|wasm3)=(.+)$/.exec(text) ?? [];
  return name === undefined ? [] : [{ name, path: path! }];
});

/** The iterations that a run of the program tells, per second of CPU time. */
function rate(output: string, milliseconds: number): number {
  const iterations = Number(/^Iterations\s*:\s*(\d+)$/m.exec(output)?.[1]);
  if (!output.includes("Correct operation validated") || Number.isNaN(iterations)) {
    // It says the same of a run that it finds too short to count, which is no fault of its results.
    if (!output.includes("Must execute for at least 10 secs")) throw new Error(`no valid run:\n${output}`);
  }
  return (1000 * iterations) / milliseconds;
}

/** One run inside this process, where the run loop stays compiled from one to the next. */
function runHere({ Configure, HostRegistration, VM }: Library, bytes: Uint8Array): number {
  const output: Uint8Array[] = [];
  const configure = new Configure().addHostRegistration(HostRegistration.Wasi);
  const vm = new VM(configure);
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  wasi?.init([], "coremark", [], [], { stdout: { write: (chunk) => output.push(chunk.slice()) && chunk.length } });
  vm.loadWasm(bytes);
  vm.validate();
  vm.instantiate();
  const start = cpuTime();
  vm.execute("_start", []);
  return rate(Buffer.concat(output).toString("latin1"), cpuTime() - start);
}

const library = (await import(pathToFileURL(join(shippedDist, "index.js")).href)) as Library;

// What a call from JavaScript into wasm costs, and one from wasm into JavaScript: through the builders, through the JavaScript
// interface, with polywasm, and natively; each in a process of its own, in turns. `npm run build && node scripts/run-ts.mjs bench/crossings.ts`
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ImportObjectBuilder, Module, setLogLevel, VmBuilder } from "wasmedge-ts";
import { createWebAssembly } from "wasmedge-ts/js-api";
import { compile } from "watr";
import { cpuTime } from "./cpu-time.ts";
import { median } from "./sample.ts";
import { layOut } from "./table.ts";

const CALLS = 200_000;
const WARM_UP = 3;
const RUNS = 5;

const text = `(module
  (import "env" "next" (func $next (param i32) (result i32)))
  (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add)
  (func (export "loop") (param $n i32) (result i32) (local $i i32)
    (loop $again
      (local.set $i (call $next (local.get $i)))
      (br_if $again (i32.lt_s (local.get $i) (local.get $n))))
    local.get $i))`;

/** The two directions: a sum by as many calls into wasm, and as many calls out of it. */
interface Crossings {
  add(a: number, b: number): number;
  loop(count: number): number;
}

const next = (i: number): number => i + 1;

interface Interface {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

function throughInterface(WebAssembly: Interface): Crossings {
  return new WebAssembly.Instance(new WebAssembly.Module(compile(text)), { env: { next } }).exports as Crossings;
}

function throughBuilders(): Crossings {
  const vm = new VmBuilder().build();
  vm.registerImportModule(
    new ImportObjectBuilder("env").withFunc("next", ["i32"], ["i32"], (_caller, i) => next(i)).build(),
  );
  vm.registerModule("app", Module.fromBytes(null, compile(text)));
  return {
    add: (a, b) => vm.runFunc("app", "add", [a, b])[0] as number,
    loop: (count) => vm.runFunc("app", "loop", [count])[0] as number,
  };
}

const engines: Readonly<Record<string, () => Crossings | Promise<Crossings>>> = {
  "us, builders": throughBuilders,
  "us, JavaScript interface": () => throughInterface(createWebAssembly() as unknown as Interface),
  polywasm: async () => throughInterface((await import("polywasm")).WebAssembly as unknown as Interface),
  native: () => throughInterface((globalThis as unknown as { readonly WebAssembly: Interface }).WebAssembly),
};

/** Nanoseconds a call, in both directions. */
function measure({ add, loop }: Crossings): [number, number] {
  let start = cpuTime();
  let sum = 0;
  for (let i = 0; i < CALLS; i++) sum = add(sum, 1);
  const inward = cpuTime() - start;
  start = cpuTime();
  const counted = loop(CALLS);
  const outward = cpuTime() - start;
  if (sum !== CALLS || counted !== CALLS) throw new Error(`${sum} and ${counted} calls instead of ${CALLS}`);
  return [inward, outward].map((milliseconds) => (milliseconds * 1e6) / CALLS) as [number, number];
}

async function child(engine: string): Promise<void> {
  setLogLevel("off");
  const crossings = await engines[engine]!();
  for (let i = 0; i < WARM_UP; i++) measure(crossings);
  console.log(JSON.stringify(measure(crossings)));
}

function parent(flags: readonly string[]): void {
  const names = Object.keys(engines).filter((name) => name !== "native" || !flags.includes("--jitless"));
  const samples = new Map<string, [number, number][]>(names.map((name) => [name, []]));
  const self = fileURLToPath(import.meta.url);
  for (let run = 0; run < RUNS; run++) {
    for (const name of names) {
      const argv = [...flags, "scripts/run-ts.mjs", self, "--engine", name];
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8" });
      if (status !== 0) throw new Error(`${name}: ${stderr}`);
      samples.get(name)!.push(JSON.parse(stdout) as [number, number]);
    }
  }
  const rows = names.map((name) => {
    const of = (direction: 0 | 1): string => median(samples.get(name)!.map((sample) => sample[direction])).toFixed(0);
    return [name, of(0), of(1)];
  });
  console.log(layOut([["", "JavaScript to wasm, ns", "wasm to JavaScript, ns"], ...rows]));
}

const [mode, engine] = process.argv.slice(2);
if (mode === "--engine" && engine !== undefined) await child(engine);
else parent(process.argv.slice(2));

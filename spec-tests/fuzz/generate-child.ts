// Runs binaryen's wasm-opt many times in one process: `generate-child.ts FILE` reads from standard input a line for each run,
// its arguments in JSON, and answers with a line when the run has ended. Starting wasm-opt, a program of 10 MB that contains its
// WebAssembly module as text, takes ten times as long as what it does for us; here the module is compiled once.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { compileFunction } from "node:vm";

/** What is used here of the JavaScript interface. */
interface NativeWebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => object;
}

const native = (globalThis as unknown as { readonly WebAssembly: NativeWebAssembly }).WebAssembly;
const file = process.argv[2];
const source = readFileSync(file, "utf8").replace(/^#!.*/, "");
const start = compileFunction(
  source,
  ["Module", "process", "WebAssembly", "require", "__filename", "__dirname", "module"],
  { filename: file },
) as (...surroundings: unknown[]) => void;
let compiled: object | undefined;

/** Resolves when the program has come to its end; one that fails ends this process with its message. */
function run(args: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    // The program's view of the process that it runs in.
    const surroundings = Object.create(process, {
      argv: { value: [process.execPath, file, ...args] },
      exitCode: {
        set: (code: number) => {
          if (code !== 0) process.exit(code);
        },
      },
      on: { value: () => undefined },
    });
    const settings: Record<string, unknown> = { postRun: () => resolve() };
    if (compiled !== undefined) {
      const module = compiled;
      settings["instantiateWasm"] = (imports: object, ready: (instance: object) => void) =>
        ready(new native.Instance(module, imports));
    }
    const instantiate = async (bytes: Uint8Array, imports: object) => {
      compiled ??= new native.Module(bytes);
      return { module: compiled, instance: new native.Instance(compiled, imports) };
    };
    const interfaceOfProgram = Object.create(native, { instantiate: { value: instantiate } });
    start(settings, surroundings, interfaceOfProgram, createRequire(file), file, dirname(file), {});
  });
}

let last: Promise<void> = Promise.resolve();
createInterface({ input: process.stdin }).on("line", (line) => {
  last = last.then(async () => {
    await run(JSON.parse(line) as string[]);
    process.stdout.write("{}\n");
  });
});

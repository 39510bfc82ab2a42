// Runs a WASI program on the native engine through node:wasi, for comparison: `node native.mjs DIR FILE [ARGS]`. DIR becomes
// the program's root directory; the program's name is the file's.
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { WASI } from "node:wasi";

const [directory, file, ...args] = process.argv.slice(2);
const wasi = new WASI({
  version: "preview1",
  args: [basename(file), ...args],
  env: {},
  preopens: { "/": directory },
  returnOnExit: true,
});
const module = await WebAssembly.compile(await readFile(file));
const instance = await WebAssembly.instantiate(module, wasi.getImportObject());
process.exitCode = wasi.start(instance);

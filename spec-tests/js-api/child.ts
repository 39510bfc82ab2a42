// Runs one test of the JavaScript interface in a process of its own, so in a realm in which nothing else has run:
// `node child.mjs RESULT ENGINE FOLDER SCRIPT...`. RESULT is the file to write what came of it to, ENGINE the module of our
// interface, or `native`; each SCRIPT is a path below FOLDER.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Script } from "node:vm";
import { errorText } from "./format-value.ts";
import { Harness } from "./harness.ts";

/** What our entry exports, as far as it is used here. */
interface JsApi {
  createWebAssembly(): object;
}

const [result, engine, folder, ...scripts] = process.argv.slice(2);
const harness = new Harness();

// Also where nothing is left to wait for though a test has not ended.
process.on("exit", () => writeFileSync(result, JSON.stringify(harness.result())));
process.on("uncaughtException", (error, origin) => harness.error(`${origin}: ${errorText(error)}`));

function define(name: string, value: unknown): void {
  Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
}

async function main(): Promise<void> {
  if (engine !== "native") {
    const { createWebAssembly } = (await import(pathToFileURL(engine).href)) as JsApi;
    define("WebAssembly", createWebAssembly());
  }
  for (const [name, value] of Object.entries(harness.globals())) define(name, value);
  for (const script of scripts) {
    const filename = join(folder, script);
    // Scripts of one realm see each other's `const` and `class`, and `this` is the global object, as in a page.
    new Script(readFileSync(filename, "utf8"), { filename }).runInThisContext();
  }
  await harness.finish();
  // Promises that were rejected and that nobody looked at are told of after the microtasks.
  await new Promise((resolve) => setImmediate(resolve));
  process.exit();
}

main().catch((error: unknown) => {
  harness.error(`threw ${errorText(error)}`);
  process.exit();
});

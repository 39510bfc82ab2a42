// `node --import preload.mjs PROGRAM`: our JavaScript interface is the program's `WebAssembly`. At the end, the file that GLUE_REPORT names
// gets how often the program called exported functions: one that never did has found another way.
import { writeFileSync } from "node:fs";
import { Executor } from "../../dist/index.js";
import { createWebAssembly, usualConfigure } from "../../dist/js-api.js";

let calls = 0;

class CountingExecutor extends Executor {
  invokeTyped(...args) {
    calls++;
    return super.invokeTyped(...args);
  }

  asyncInvoke(...args) {
    calls++;
    return super.asyncInvoke(...args);
  }
}

const value = createWebAssembly(new CountingExecutor(usualConfigure()));
Object.defineProperty(globalThis, "WebAssembly", { value, writable: true, enumerable: false, configurable: true });
process.on("exit", () => writeFileSync(process.env.GLUE_REPORT, String(calls)));

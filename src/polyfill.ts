/**
 * `import "wasmedge-ts/polyfill"`: where the host has no `WebAssembly`, this engine is it. A host's own stays.
 */
import { createWebAssembly } from "./js-api/namespace.ts";

if (!("WebAssembly" in globalThis)) {
  Object.defineProperty(globalThis, "WebAssembly", {
    value: createWebAssembly(),
    configurable: true,
    enumerable: false,
    writable: true,
  });
}

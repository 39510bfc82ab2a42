// A program that knows nothing of us but the import: for polyfill.test.ts.
const isNative = "WebAssembly" in globalThis;
await import("../../src/polyfill.ts");

interface Interface {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: Record<string, () => unknown> } }>;
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: Interface };
// (module (import "m" "f" (func (result i32))) (export "f" (func 0)) (func (export "trap") unreachable))
const bytes = Uint8Array.of(
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 8, 2, 96, 0, 1, 127, 96, 0, 0, 2, 7, 1, 1, 109, 1, 102, 0, 0],
  ...[3, 2, 1, 1, 7, 12, 2, 1, 102, 0, 0, 4, 116, 114, 97, 112, 0, 1, 10, 5, 1, 3, 0, 0, 11],
);
const { exports } = (await WebAssembly.instantiate(bytes, { m: { f: () => 5 } })).instance;
let trap: unknown;
try {
  exports["trap"]();
} catch (error) {
  trap = error;
}
if (Object.keys(globalThis).includes("WebAssembly")) console.log("enumerable");
console.log(isNative, exports["f"](), String(trap));

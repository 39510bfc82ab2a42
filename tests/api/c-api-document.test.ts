import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/npm-script.ts";
import * as api from "../../src/index.ts";

const { Configure, FunctionInstance, ModuleInstance, TagInstance, VM } = api;

/** Of classes whose instances have fields, which no prototype shows: one instance each. */
const samples: readonly object[] = [
  new Configure(),
  new ModuleInstance("name"),
  new FunctionInstance({ params: [], results: [] }, 0, undefined, 0),
  new TagInstance({ params: [], results: [] }, 0),
  new api.GlobalInstance({ valType: api.ValType.I32, mutable: false }),
  new api.CallingFrame(new VM().getExecutor(), undefined),
  api.WasmValue.i32(0),
  new api.WasmEdgeError(api.ErrCode.RuntimeError),
];

const exported: Readonly<Record<string, unknown>> = api;

/** Whether the package exports what a reference names: `name`, `new Name`, or `Name.member`. */
function exists(reference: string): boolean {
  const constructed = /^new (\w+)$/.exec(reference)?.[1];
  if (constructed !== undefined) return typeof exported[constructed] === "function";
  const [name = "", member] = reference.split(".");
  const value = exported[name];
  if (member === undefined) return value !== undefined;
  if (typeof value !== "function") return false;
  const prototype: unknown = value.prototype;
  const isMember = typeof prototype === "object" && prototype !== null && member in prototype;
  return isMember || member in value || samples.some((sample) => sample instanceof value && member in sample);
}

interface Row {
  readonly functions: readonly string[];
  readonly here: string;
}

function rows(text: string): Row[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [, left = "", here = ""] = line.split("|");
      return { functions: Array.from(left.matchAll(/`(\w+)`/g), ([, name = ""]) => name), here };
    });
}

/** What stands for something else than an export of ours. */
const notExports = new Set([
  "Uint8Array",
  "===",
  "type",
  "bytes",
  "create",
  "process.argv",
  "wasmedge-ts",
  ...["maxMemoryPage", "runMode", "allowAFUNIX"],
  ...["optimizationLevel", "outputFormat", "dumpIR", "genericBinary", "interruptible"],
  ...["instructionCounting", "costMeasuring", "timeMeasuring"],
]);

function references({ here }: Row): string[] {
  return Array.from(here.matchAll(/`([^`]+)`/g), ([, name = ""]) => name).filter((name) => !notExports.has(name));
}

describe("docs/c-api.md", () => {
  const table = rows(readFileSync(join(root, "docs", "c-api.md"), "utf8"));
  const functions = table.flatMap((row) => row.functions);

  it("names all groups of the C API, each function once", () => {
    expect(functions.length).toBeGreaterThanOrEqual(280);
    expect(functions.filter((name, i) => functions.indexOf(name) !== i)).toEqual([]);
  });

  it("names only what the package exports", () => {
    const named = table.flatMap(references);
    expect(named.length).toBeGreaterThan(120);
    expect(named.filter((reference) => !exists(reference))).toEqual([]);
  });

  it("names settings that a Configure has", () => {
    const { runtime, compiler, statistics } = new Configure();
    const settings = Object.keys({ ...runtime, ...compiler, ...statistics });
    const named = table.flatMap(({ here }) => Array.from(here.matchAll(/`: `(\w+)`/g), ([, name = ""]) => name));
    expect(named.length).toBeGreaterThan(10);
    expect(named.filter((name) => !settings.includes(name))).toEqual([]);
  });

  it("would not be believed if it named something else", () => {
    for (const reference of ["VM.fly", "NoClass.method", "new NoClass", "noFunction", "Configure.toFly"]) {
      expect(exists(reference)).toBe(false);
    }
  });
});

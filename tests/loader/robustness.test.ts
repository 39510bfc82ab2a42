import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { elementCount, type Module } from "../../src/ast/module.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { everything } from "./everything.ts";
import { configureWith, everyProposal, load } from "./support.ts";

const bytes = everything();
const loaders = [configureWith(everyProposal), configureWith(), configureWith({ standard: Standard.WASM_1 })].map(
  (configure) => new Loader(configure),
);

/** Loads any bytes: a module whose ranges stay within them, or an error of the loading phase. */
function tryLoad(loader: Loader, bytes: Uint8Array): Module | WasmEdgeError {
  try {
    const module = loader.parseModule(bytes);
    for (const { start, end } of [...module.sections, ...module.customSections, ...module.data]) {
      if (!(start <= end && end <= bytes.length)) throw new Error(`range ${start}..${end}`);
    }
    return module;
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    expect(error.phase).toBe("loading");
    expect(error.message).not.toBe("");
    const places = error.context.filter((entry) => entry.kind === "loading");
    expect(places.length).toBe(1);
    expect(places[0]?.offset).toBeLessThanOrEqual(bytes.length);
    expect(error.context.at(-1)?.kind).toBe("ast");
    return error;
  }
}

describe("A module of everything", () => {
  const module = load(bytes);

  it("has all its sections", () => {
    expect(module.sections.map(({ id }) => id)).toEqual([0, 1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11, 0]);
    expect(module.types.map(({ groupStart, groupSize }) => `${groupStart}+${groupSize}`).slice(0, 4)).toEqual([
      "0+1",
      "1+1",
      "2+2",
      "2+2",
    ]);
    expect(module.imports.map(({ type }) => type.kind)).toEqual(["function", "memory", "table", "global", "tag"]);
    expect([module.tables, module.memories, module.tags, module.globals].map(({ length }) => length)).toEqual([
      2, 1, 1, 4,
    ]);
    expect(module.tables.map(({ init }) => init !== undefined)).toEqual([false, true]);
    expect(module.exports.map(({ name, kind }) => `${name}:${kind}`)).toEqual(["add:function", "é:global", ":memory"]);
    expect(module.start).toBe(2);
    expect(module.elements.map((segment) => [segment.mode, elementCount(segment)])).toEqual([
      ["active", 2],
      ["passive", 1],
      ["passive", 2],
      ["declarative", 1],
    ]);
    expect(module.code.starts.length).toBe(2);
    expect(
      module.data.map(({ mode, start, end }) => [mode, String.fromCharCode(...bytes.subarray(start, end))]),
    ).toEqual([
      ["active", "text\0\xff"],
      ["passive", "rest"],
    ]);
    expect(module.dataCount).toBe(2);
  });

  it("is refused, in the loading phase, in each of its prefixes but those that end with a section", () => {
    // Between function and code section, and between data count and data section, the counts do not fit.
    const whole = [0, 1, 2, 11];
    const ends = module.sections.slice(0, -1).flatMap(({ id, end }) => (whole.includes(id) ? [end] : []));
    const accepted: number[] = [];
    for (let length = 0; length < bytes.length; length++) {
      const result = tryLoad(loaders[1] as Loader, bytes.subarray(0, length));
      if (!(result instanceof WasmEdgeError)) accepted.push(length);
    }
    expect(accepted).toEqual([8, ...ends]);
  });

  it("becomes, with any bytes changed, a module or an error of the loading phase", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(0xff)), { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...loaders),
        (changes, loader) => {
          const changed = bytes.slice();
          for (const [offset, byte] of changes) changed[offset] = byte;
          tryLoad(loader, changed);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("becomes, with bytes taken out or put in, a module or an error of the loading phase", () => {
    fc.assert(
      fc.property(
        fc.nat(bytes.length),
        fc.nat(8),
        fc.uint8Array({ maxLength: 8 }),
        fc.constantFrom(...loaders),
        (offset, taken, put, loader) => {
          tryLoad(loader, Uint8Array.from([...bytes.subarray(0, offset), ...put, ...bytes.subarray(offset + taken)]));
        },
      ),
      { numRuns: 1500 },
    );
  });
});

describe("Noise behind a preamble", () => {
  it("is a module or an error of the loading phase", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(...loaders), (noise, loader) => {
        tryLoad(loader, Uint8Array.from([...bytes.subarray(0, 8), ...noise]));
      }),
      { numRuns: 1000 },
    );
  });
});

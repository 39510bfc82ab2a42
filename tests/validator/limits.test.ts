import { describe, expect, it } from "vitest";
import { preamble, sleb, u32 } from "../loader/support.ts";
import { contextOf, invalid, refusedWith, validate } from "./support.ts";

const end = 0x0b;
const drop = 0x1a;
const unreachable = 0x00;

type Part = number | ArrayLike<number>;

/** The parts one after the other. Unlike nested lists, this holds a million parts well. */
function joined(...parts: readonly Part[]): Uint8Array {
  const lengths = parts.map((part) => (typeof part === "number" ? 1 : part.length));
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let at = 0;
  parts.forEach((part, i) => {
    if (typeof part === "number") bytes[at] = part;
    else bytes.set(part, at);
    at += lengths[i];
  });
  return bytes;
}

function repeated(count: number, ...parts: readonly Part[]): Uint8Array {
  const once = joined(...parts);
  const bytes = new Uint8Array(count * once.length);
  for (let i = 0; i < count; i++) bytes.set(once, i * once.length);
  return bytes;
}

/** A list of `count` things: their number, then they. */
function list(count: number, ...things: readonly Part[]): Uint8Array {
  return joined(u32(count), ...things);
}

/** A list of things that are written with their length. */
function sizedList(...things: readonly Uint8Array[]): Uint8Array {
  return list(things.length, ...things.flatMap((thing) => [u32(thing.length), thing]));
}

function section(id: number, content: Uint8Array): Uint8Array {
  return joined(id, u32(content.length), content);
}

const head = preamble as readonly number[];

function typesOnly(count: number, ...types: readonly Part[]): Uint8Array {
  return joined(head, section(1, list(count, ...types)));
}

/** A module of these types, and a function of type 0 for each body: declarations of locals and instructions. */
function bodies(types: readonly Part[], ...all: readonly (readonly Part[])[]): Uint8Array {
  const code = all.map((parts) => joined(...parts));
  return joined(
    typesOnly(types.length, ...types),
    section(3, list(code.length, repeated(code.length, 0))),
    section(10, sizedList(...code)),
  );
}

const noType = [0x60, 0, 0];

describe("What a module can ask for", () => {
  it("67 million locals cost nothing, in each of many functions", () => {
    const locals = 1 << 26;
    const body = [1, u32(locals), 0x7e, 0x20, u32(locals - 1), 0x50, drop, end];
    expect(validate(bodies([noType], ...new Array<Part[]>(2000).fill(body)))).toBeDefined();
    const error = invalid(bodies([noType], [1, u32(locals), 0x7e, 0x20, u32(locals), drop, end]));
    expect(contextOf(error, "index")).toEqual({ kind: "index", category: "local", index: locals, bound: locals });
  });

  it("67 million locals without default value are remembered where they are set", () => {
    const locals = 1 << 26;
    const body = (...code: Part[]) => bodies([noType], [1, u32(locals), 0x64, 0x70, ...code, drop, end]);
    const last = u32(locals - 1);
    expect(refusedWith(body(0x20, last))).toBe("InvalidUninitLocal");
    expect(validate(body(unreachable, 0x21, last, 0x20, last))).toBeDefined();
  });

  it("the type of each local is that of its run, near and far", () => {
    // runs of 1 to 60 locals: 1830 in all, i32 and i64 by turns, and empty runs between them
    const runs = joined(...Array.from({ length: 60 }, (_, i) => [i + 1, i % 2 === 0 ? 0x7f : 0x7e, 0, 0x7d]));
    const code: Part[] = [];
    let index = 0;
    for (let run = 0; run < 60; run++) {
      for (let i = 0; i <= run; i++) code.push(0x20, u32(index++), run % 2 === 0 ? 0x45 : 0x50, drop);
    }
    expect(validate(bodies([noType], [120, runs, ...code, end]))).toBeDefined();
    for (const local of [0, 1, 1022, 1023, 1024, 1025, 1829]) {
      // f32.neg takes none of them
      const wrong = [120, runs, 0x20, u32(local), 0x8c, drop, end];
      expect(refusedWith(bodies([noType], wrong))).toBe("TypeCheckFailed");
    }
    expect(refusedWith(bodies([noType], [120, runs, 0x20, u32(1830), drop, end]))).toBe("InvalidLocalIdx");
  });

  it("blocks nest a million deep", () => {
    const depth = 1_000_000;
    const nested = (label: number) =>
      bodies([noType], [0, repeated(depth, 0x02, 0x40), 0x0c, u32(label), repeated(depth + 1, end)]);
    expect(validate(nested(depth))).toBeDefined();
    expect(contextOf(invalid(nested(depth + 1)), "index")).toMatchObject({ category: "label", bound: depth + 1 });
  });

  it("a function type has a thousand parameters and a thousand results, not more", () => {
    const type = (params: number, results: number) =>
      typesOnly(1, 0x60, u32(params), repeated(params, 0x7f), u32(results), repeated(results, 0x7f));
    expect(validate(type(1000, 1000))).toBeDefined();
    expect(refusedWith(type(1001, 0))).toBe("TypeLimit");
    expect(refusedWith(type(0, 1001))).toBe("TypeLimit");
  });

  it("operands are bounded by what a value stack can hold", () => {
    const thousandResults = joined(0x60, 0, u32(1000), repeated(1000, 0x7f));
    const bytes = joined(
      typesOnly(2, noType, thousandResults),
      section(3, list(2, 0, 1)),
      section(
        10,
        sizedList(
          // calls of the second function, of whose results nothing is taken
          joined(0, repeated(8400, 0x10, 1), unreachable, end),
          joined(0, unreachable, end),
        ),
      ),
    );
    const error = invalid(bytes);
    expect(error.codeName).toBe("TypeLimit");
    expect(contextOf(error, "instruction")?.name).toBe("call");
  });

  it("array.new_fixed asks for operands that are there, whatever its count", () => {
    const array = [0x5e, 0x7f, 0];
    const fixed = [0xfb, 8, 1, ...u32(0xffffffff), drop, end];
    expect(refusedWith(bodies([noType, array], [0, fixed]))).toBe("TypeCheckFailed");
    expect(validate(bodies([noType, array], [0, unreachable, fixed]))).toBeDefined();
  });

  it("chains of types that name the one before twice are compared in no time", () => {
    // compared structurally, the last types of two such chains cost 2^200 comparisons
    const chain = (from: number): number[][] =>
      Array.from({ length: 200 }, (_, i) => {
        const before = [0x63, ...sleb(from + i - 1), 0];
        return i === 0 ? [0x5f, 0] : [0x5f, 2, ...before, ...before];
      });
    const identity = [0x60, 1, 0x63, ...sleb(199), 1, 0x63, ...sleb(399)];
    const types = [...chain(0), ...chain(200), identity];
    const bytes = joined(
      typesOnly(types.length, ...types),
      section(3, list(1, u32(400))),
      section(10, sizedList(joined(0, 0x20, 0, end))),
    );
    const { canonicalIds } = validate(bytes);
    expect(canonicalIds[199]).toBe(canonicalIds[399]);
  });

  it("hundreds of thousands of equal types are one", () => {
    const count = 300_000;
    const { canonicalIds } = validate(typesOnly(count, repeated(count, 0x60, 1, 0x7f, 0)));
    expect(canonicalIds.length).toBe(count);
    expect(new Set(canonicalIds).size).toBe(1);
  });

  it("struct.new_default looks at the fields of a type once", () => {
    const fields = 100_000;
    const struct = joined(0x5f, u32(fields), repeated(fields, 0x7f, 0));
    expect(validate(bodies([noType, struct], [0, repeated(100_000, 0xfb, 1, 1, drop), end]))).toBeDefined();
  });
});

import type { Template } from "./template.ts";

/**
 * Memory 0 of the instance, with i32 addresses and offsets below 2^31; other memories and offsets take the cold way.
 *
 * An access that fails may begin anew, where another thread has grown the memory; so nothing is written before it.
 * The effective address is an exact number, never wrapped. A `DataView` checks its bounds itself and throws a RangeError,
 * which `run` turns into the trap. A store of eight bytes writes its upper half first: if that lies inside, the lower does.
 */

/** The effective address. */
export const address = "((i32(@a) >>> 0) + @offset)";
/** Where the address is a sum, as of a pointer and a field's or an element's place, the load computes it. */
const sums = {
  "i32.add ri": "(((i32(@a) + @b) >>> 0) + @offset)",
  "i32.add rr": "(((i32(@a) + i32(@b)) >>> 0) + @offset)",
};
const loadOperands = ["d", "a", "offset"];
const storeOperands = ["a", "offset", "b"];

/** Loads that one `DataView` method serves; an i64 gets the sign in its upper half, or zero. */
const narrowLoads: Readonly<Record<string, (address: string) => string>> = {
  load8_s: (at) => `mem.getInt8(${at})`,
  load8_u: (at) => `mem.getUint8(${at})`,
  load16_s: (at) => `mem.getInt16(${at}, true)`,
  load16_u: (at) => `mem.getUint16(${at}, true)`,
};

function load(name: string, body: string): Template {
  return { name, operands: loadOperands, body: `${body} next` };
}

/** A load with its forms for an address that is a sum: see `fused-families.ts`. */
export function loadAlsoOfSum(name: string, body: (address: string) => string): Template[] {
  const ofSums = Object.entries(sums).map(([sum, at]) => ({
    name: `${name} of ${sum}`,
    operands: ["d", "a", "b", "offset"],
    body: `${body(at)} next`,
  }));
  return [load(name, body(address)), ...ofSums];
}

function store(name: string, statement: (value: string) => string): Template[] {
  return [
    { name: `${name} r`, operands: storeOperands, body: `${statement("i32(@b)")} next` },
    { name: `${name} i`, operands: storeOperands, body: `${statement("@b")} next` },
  ];
}

export const memoryTemplates: readonly Template[] = [
  // A single float is loaded and stored as its bits, a double as two words: so NaN payloads survive.
  ...loadAlsoOfSum("load32", (at) => `i32(@d) = mem.getInt32(${at}, true);`),
  ...loadAlsoOfSum(
    "load64",
    (at) =>
      `ea = ${at}; a = mem.getInt32(ea, true); a1 = mem.getInt32(ea + 4, true); at = fp + @d; i32[at] = a; i32[at + 1] = a1;`,
  ),
  ...Object.entries(narrowLoads).flatMap(([name, expression]) => [
    // Unsigned ones are what programs have tables and strings of.
    ...loadAlsoOfSum(`i32.${name}`, (at) => `i32(@d) = ${expression(at)};`).slice(0, name.endsWith("_u") ? 3 : 1),
    load(
      `i64.${name}`,
      name.endsWith("_s")
        ? `a = ${expression(address)}; at = fp + @d; i32[at] = a; i32[at + 1] = a >> 31;`
        : `a = ${expression(address)}; at = fp + @d; i32[at] = a; i32[at + 1] = 0;`,
    ),
  ]),
  load("i64.load32_s", `a = mem.getInt32(${address}, true); at = fp + @d; i32[at] = a; i32[at + 1] = a >> 31;`),
  load("i64.load32_u", `a = mem.getInt32(${address}, true); at = fp + @d; i32[at] = a; i32[at + 1] = 0;`),
  ...store("store32", (value) => `mem.setInt32(${address}, ${value}, true);`),
  ...store("store8", (value) => `mem.setInt8(${address}, ${value});`),
  ...store("store16", (value) => `mem.setInt16(${address}, ${value}, true);`),
  {
    name: "store64 r",
    operands: storeOperands,
    body: `ea = ${address}; at = fp + @b; mem.setInt32(ea + 4, i32[at + 1], true); mem.setInt32(ea, i32[at], true); next`,
  },
];

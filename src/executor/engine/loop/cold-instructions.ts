import { gcInstructions } from "./gc-instructions.ts";

/**
 * The instructions that the loop does not hold itself: V8 optimises no function of more than 61,440 bytes of bytecode, so
 * only hot ones have a case there, and one `default:` calls `executeCold`. Here stand their operands; what they do is in
 * `engine/cold/`.
 */
export const coldInstructions: Readonly<Record<string, readonly string[]>> = {
  // Any numeric instruction, by its wasm opcode.
  unary: ["opcode", "d", "a"],
  binary: ["opcode", "d", "a", "b"],
  // Wide arithmetic: two results, at `d` and behind it; the products have no third and fourth operand.
  wide: ["opcode", "d", "a", "b", "c", "e"],

  // Makes NaNs canonical: in a number, or in each lane of a vector (`NaNLanes`).
  "canonical-nan": ["a", "lanes"],

  // Any load or store, by its wasm opcode; `d` is the value of a store.
  "memory-access": ["opcode", "d", "a", "memory", "offsetLow", "offsetHigh"],
  // Vector instructions by families (engine/vector/), each with the wasm opcode.
  "i8x16.shuffle": ["d", "a", "b", "lanes0", "lanes1", "lanes2", "lanes3"],
  ...Object.fromEntries(
    ["bits", "i8x16", "i16x8", "i32x4", "i64x2", "f32x4", "f64x2", "comparison", "shift r", "shift i", "reduction"]
      .concat("conversion", "rounding", "relaxed", "lane")
      .map((family) => [`vector-${family}`, ["opcode", "d", "a", "b", "c"]]),
  ),
  // `d` is the vector of a store; `b` the one that the lane is of.
  "vector-memory": ["opcode", "d", "a", "memory", "offsetLow", "offsetHigh"],
  "vector-memory-lane": ["opcode", "d", "a", "b", "memory", "offsetLow", "offsetHigh", "lane"],

  // Any atomic access, by its wasm opcode: `b` is the operand or what is expected, `c` the replacement (engine/atomic/).
  atomic: ["opcode", "d", "a", "b", "c", "memory", "offsetLow", "offsetHigh"],
  "atomic.fence": [],

  "memory.size": ["d", "memory"],
  "memory.grow": ["d", "a", "memory"],
  "memory.fill": ["a", "b", "c", "memory"],
  "memory.copy": ["a", "b", "c", "destination", "source"],
  "memory.init": ["a", "b", "c", "memory", "segment"],
  "data.drop": ["segment"],

  "table.get": ["d", "a", "table"],
  "table.set": ["a", "b", "table"],
  "table.size": ["d", "table"],
  "table.grow": ["d", "a", "b", "table"],
  "table.fill": ["a", "b", "c", "table"],
  "table.copy": ["a", "b", "c", "destination", "source"],
  "table.init": ["a", "b", "c", "table", "segment"],
  "elem.drop": ["segment"],

  // Null references in as many slots one after the other.
  "ref.nulls": ["d", "count"],
  "ref.func": ["d", "func"],
  "ref.as_non_null": ["a"],

  select128: ["d", "a", "b", "c"],
  "select-ref": ["d", "a", "b", "c"],
  "global.get": ["d", "global"],
  "global.set": ["global", "a"],

  ...gcInstructions,
};

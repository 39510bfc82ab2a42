/**
 * The instructions on structs, arrays and references of the GC proposal, all of them outside of the loop: `engine/gc/`. How
 * fields and elements are kept is decided at lowering (`Storage`), so an access has a form for each number of words.
 * `entry` is the field's place in a struct, `type` a canonical id, `wanted` a reference type over those.
 */
export const gcInstructions: Readonly<Record<string, readonly string[]>> = {
  "struct.new": ["d", "base", "type"],
  "struct.new_default": ["d", "type"],
  // An unsigned packed field too: so it is kept.
  "struct.get32": ["d", "a", "entry"],
  // A signed packed field; `shift` are the bits above it.
  "struct.get-signed": ["d", "a", "entry", "shift"],
  "struct.get64": ["d", "a", "entry"],
  "struct.get128": ["d", "a", "entry"],
  "struct.get-ref": ["d", "a", "entry"],
  "struct.set32": ["a", "b", "entry"],
  "struct.set-packed": ["a", "b", "entry", "mask"],
  "struct.set64": ["a", "b", "entry"],
  "struct.set128": ["a", "b", "entry"],
  "struct.set-ref": ["a", "b", "entry"],

  "array.new": ["d", "a", "b", "type"],
  "array.new_default": ["d", "a", "type"],
  "array.new_fixed": ["d", "base", "count", "type"],
  "array.new_data": ["d", "a", "b", "type", "segment"],
  "array.new_elem": ["d", "a", "b", "type", "segment"],
  "array.get32": ["d", "a", "b"],
  "array.get-signed": ["d", "a", "b", "shift"],
  "array.get64": ["d", "a", "b"],
  "array.get128": ["d", "a", "b"],
  "array.get-ref": ["d", "a", "b"],
  // Packed elements too: their typed array cuts the value off.
  "array.set32": ["a", "b", "c"],
  "array.set64": ["a", "b", "c"],
  "array.set128": ["a", "b", "c"],
  "array.set-ref": ["a", "b", "c"],
  "array.len": ["d", "a"],
  "array.fill": ["a", "b", "c", "count", "storage"],
  "array.copy": ["a", "b", "c", "from", "count", "storage"],
  "array.init_data": ["a", "b", "c", "count", "segment", "storage"],
  "array.init_elem": ["a", "b", "c", "count", "segment"],

  "ref.eq": ["d", "a", "b"],
  "ref.test": ["d", "a", "wanted"],
  "ref.cast": ["a", "wanted"],
  "ref.i31": ["d", "a"],
  "i31.get_s": ["d", "a"],
  "i31.get_u": ["d", "a"],
};

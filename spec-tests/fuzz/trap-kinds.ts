/**
 * The kinds of traps that both engines tell apart, by V8's texts and by our error codes. A kind has several codes where V8 has one
 * text for them.
 */
const kinds: readonly (readonly [kind: string, native: RegExp, codes: readonly string[]])[] = [
  ["unreachable", /^unreachable$/, ["Unreachable"]],
  // Data segments are out of bounds like memories, by our codes.
  ["memory", /^(memory access|data segment) out of bounds$|^data segment \d+ is out of bounds/, ["MemoryOutOfBounds"]],
  ["division by zero", /^(divide|remainder) by zero$/, ["DivideByZero"]],
  [
    "unrepresentable",
    /^divide result unrepresentable$|^float unrepresentable in integer range$/,
    ["IntegerOverflow", "InvalidConvToInt"],
  ],
  [
    "table",
    /^table (index is|access) out of bounds$|^element segment (\d+ is )?out of bounds/,
    ["TableOutOfBounds", "UndefinedElement"],
  ],
  [
    "indirect call",
    /^null function|^function signature mismatch$/,
    ["UninitializedElement", "IndirectCallTypeMismatch"],
  ],
  [
    "null reference",
    /^dereferencing a null pointer$|^rethrowing null value$/,
    [
      "AccessNullFunc",
      "AccessNullStruct",
      "AccessNullArray",
      "AccessNullI31",
      "AccessNullException",
      "CastNullToNonNull",
    ],
  ],
  ["cast", /^illegal cast$/, ["CastFailed"]],
  ["array", /^array element access out of bounds$/, ["ArrayOutOfBounds"]],
  ["array size", /^requested new array is too large$/, ["GCObjectSizeLimit", "GCAllocationFailed"]],
  ["unaligned", /^operation does not support unaligned accesses$/, ["UnalignedAtomicAccess"]],
  ["call stack", /^Maximum call stack size exceeded$/, ["CallStackExhausted", "ValueStackExhausted"]],
];

/** The kind of a trap by V8's text, or undefined for what is none. */
export function nativeKind(message: string): string | undefined {
  const text = message.replace(/^WebAssembly\.Instance\(\): /, "");
  return kinds.find(([, native]) => native.test(text))?.[0];
}

/** The kind of a trap by our error code, or undefined for what is none. */
export function kindOfCode(codeName: string): string | undefined {
  return kinds.find(([, , codes]) => codes.includes(codeName))?.[0];
}

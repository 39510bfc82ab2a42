import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isInstance } from "../common/host-values.ts";
import { lazy } from "../common/lazy.ts";
import { indexedRefType, ValType, withNullability } from "../common/value-type.ts";
import type { Value } from "../common/wasm-value.ts";
import { ArrayInstance } from "../store/array-instance.ts";
import { canonicalizeTypes } from "../validator/canonical-types.ts";
import type { Builtin } from "./builtins.ts";

/**
 * The builtin functions on strings. What they refuse is a trap.
 * https://webassembly.github.io/spec/js-api/#builtins-js-string
 */

const { I32, ExternRef } = ValType;
const string = withNullability(ExternRef, false);

/** `(ref null (array (mut i16)))` */
function charCodes(): ValType {
  const array = { kind: "array", field: { type: ValType.I16, mutable: true } } as const;
  const [id] = canonicalizeTypes([{ isFinal: true, superTypes: [], composite: array, groupStart: 0, groupSize: 1 }]);
  return indexedRefType(id, true);
}

function unwrapString(value: Value): string {
  return typeof value === "string"
    ? value
    : fail(ErrCode.CastFailed, { kind: "note", text: "The value is no string." });
}

function unwrapArray(value: Value): ArrayInstance {
  return isInstance(value, ArrayInstance) ? value : fail(ErrCode.AccessNullArray);
}

const unsigned = (value: Value): number => (value as number) >>> 0;

/** The index of a code unit in a string. */
function indexIn(text: string, value: Value): number {
  const index = unsigned(value);
  if (index < text.length) return index;
  return fail(ErrCode.ArrayOutOfBounds, { kind: "note", text: `The string has ${text.length} code units.` });
}

/** As many arguments as engines take in a call, and then some more calls. */
const CHUNK = 8192;

function fromCharCodes(codes: ArrayLike<number>, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i += CHUNK) {
    text += String.fromCharCode(...Array.prototype.slice.call(codes, i, Math.min(end, i + CHUNK)));
  }
  return text;
}

function compare(first: string, second: string): number {
  if (first === second) return 0;
  return first < second ? -1 : 1;
}

/** Null is equal to null. */
function equals(first: Value, second: Value): boolean {
  return (first === null ? null : unwrapString(first)) === (second === null ? null : unwrapString(second));
}

/** By name: parameters, results, and what is done. */
export const jsString: () => ReadonlyMap<string, Builtin> = lazy(() => {
  const builtin = (params: readonly ValType[], result: ValType, run: (...args: Value[]) => Value): Builtin => ({
    type: { params, results: [result] },
    run,
  });
  return new Map<string, Builtin>([
    ["cast", builtin([ExternRef], string, unwrapString)],
    ["test", builtin([ExternRef], I32, (value) => (typeof value === "string" ? 1 : 0))],
    [
      "fromCharCodeArray",
      builtin([charCodes(), I32, I32], string, (value, from, to) => {
        const array = unwrapArray(value);
        const start = unsigned(from);
        const end = unsigned(to);
        if (start > end || end > array.length) fail(ErrCode.ArrayOutOfBounds);
        return fromCharCodes(array.elements as Uint16Array, start, end);
      }),
    ],
    [
      "intoCharCodeArray",
      builtin([ExternRef, charCodes(), I32], I32, (value, into, from) => {
        const array = unwrapArray(into);
        const text = unwrapString(value);
        const start = unsigned(from);
        if (!array.contains(start, text.length)) fail(ErrCode.ArrayOutOfBounds);
        const elements = array.elements as Uint16Array;
        for (let i = 0; i < text.length; i++) elements[start + i] = text.charCodeAt(i);
        return text.length;
      }),
    ],
    ["fromCharCode", builtin([I32], string, (code) => String.fromCharCode(code as number))],
    [
      // The specification's text says externref; its tests, and all engines, what stands here.
      "fromCodePoint",
      builtin([I32], string, (value) => {
        const code = unsigned(value);
        if (code > 0x10ffff) fail(ErrCode.CastFailed, { kind: "note", text: `${code} is no code point.` });
        return String.fromCodePoint(code);
      }),
    ],
    [
      "charCodeAt",
      builtin([ExternRef, I32], I32, (value, index) => {
        const text = unwrapString(value);
        return text.charCodeAt(indexIn(text, index));
      }),
    ],
    [
      "codePointAt",
      builtin([ExternRef, I32], I32, (value, index) => {
        const text = unwrapString(value);
        return text.codePointAt(indexIn(text, index));
      }),
    ],
    ["length", builtin([ExternRef], I32, (value) => unwrapString(value).length)],
    ["concat", builtin([ExternRef, ExternRef], string, (first, second) => unwrapString(first) + unwrapString(second))],
    [
      "substring",
      builtin([ExternRef, I32, I32], string, (value, from, to) => {
        const text = unwrapString(value);
        const start = unsigned(from);
        const end = unsigned(to);
        return start > end || start > text.length ? "" : text.substring(start, end);
      }),
    ],
    ["equals", builtin([ExternRef, ExternRef], I32, (first, second) => (equals(first, second) ? 1 : 0))],
    [
      "compare",
      builtin([ExternRef, ExternRef], I32, (first, second) => compare(unwrapString(first), unwrapString(second))),
    ],
  ]);
});

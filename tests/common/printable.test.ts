import { describe, expect, it } from "vitest";
import { printable } from "../../src/common/printable.ts";

describe("printable text", () => {
  it.each([
    ["a name", "a name"],
    ["größe │ ┃ λ 🦀", "größe │ ┃ λ 🦀"],
    ["two\nlines\r\tand a tab", "two\\nlines\\r\\tand a tab"],
    ["\u001b[2J\u0007\u0000\u007f", "\\u{1b}[2J\\u{7}\\u{0}\\u{7f}"],
    ["\u009b31m \u0085", "\\u{9b}31m \\u{85}"],
    ["\u2028 \u2029 \u202e \u2066", "\\u{2028} \\u{2029} \\u{202e} \\u{2066}"],
  ])("of %j has no signs that command a terminal or end a line", (text, expected) => {
    expect(printable(text)).toBe(expected);
  });
});

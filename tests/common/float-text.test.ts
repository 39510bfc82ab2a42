import { describe, expect, it } from "vitest";
import { f32ToBits } from "../../src/common/float-bits.ts";
import { formatFloat32 } from "../../src/common/float-text.ts";

/** Expectations are what WasmEdge's command line prints, by the library fmt. */

describe("the text of a single", () => {
  it.each([
    [2998328.25, "2998328.2"],
    [0.150390625, "0.15039062"],
    [8388608.5, "8388608"],
    [2097153.25, "2097153.2"],
    [2097153.75, "2097153.8"],
  ])("half way between two numbers of as many digits, %s, is the even one", (value, text) => {
    expect(formatFloat32(f32ToBits(value))).toBe(text);
    expect(formatFloat32(f32ToBits(-value))).toBe(`-${text}`);
  });

  it.each([
    [0x0f800000, "1.2621775e-29"],
    [0x6b000000, "1.5474251e+26"],
    [0x6c800000, "1.2379401e+27"],
  ])("of the power of two with the bits %i is the shortest, though a longer one is nearer", (bits, text) => {
    expect(formatFloat32(bits)).toBe(text);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromRuns, toRuns } from "../../src/common/runs.ts";

describe("a table as runs of equal numbers", () => {
  it("names where a run begins, and its number; zeros before the first one are not told", () => {
    expect(toRuns([0, 0, 7, 7, 0, 9])).toEqual([2, 7, 4, 0, 5, 9]);
    expect(toRuns([5])).toEqual([0, 5]);
    expect(toRuns([0, 0])).toEqual([]);
  });

  it("is filled again as it was", () => {
    const numbers = fc.array(fc.oneof(fc.constant(0), fc.nat(3), fc.nat(0xffff)), { maxLength: 100 });
    fc.assert(
      fc.property(numbers, (table) => {
        expect(Array.from(fromRuns(new Uint16Array(table.length), toRuns(table)))).toEqual(table);
      }),
    );
  });
});

import { describe, expect, it } from "vitest";
import { lazy } from "../../src/common/lazy.ts";

describe("a lazy value", () => {
  it("is made when it is first asked for, and once", () => {
    let made = 0;
    const value = lazy(() => ({ number: ++made }));
    expect(made).toBe(0);
    expect(value()).toEqual({ number: 1 });
    expect(value()).toBe(value());
    expect(made).toBe(1);
  });

  it("is made anew where making it has failed", () => {
    let attempts = 0;
    const value = lazy(() => {
      if (++attempts === 1) throw new Error("not yet");
      return [attempts];
    });
    expect(value).toThrow("not yet");
    expect(value()).toEqual([2]);
  });
});

import { afterEach, describe, expect, it, vi } from "vitest";
import { i32, invoke, module0, runUnit } from "./run-support.ts";

afterEach(() => vi.unstubAllEnvs());

/** Adds up the numbers to its argument: 3 + 10 n instructions or so. */
const source = `(module (func (export "sum") (param $n i32) (result i32) (local $s i32)
  (loop $l
    (local.set $s (i32.add (local.get $s) (local.get $n)))
    (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
  (if (i32.eq (local.get $s) (i32.const -1)) (then (unreachable)))
  (local.get $s)))`;

/** What a run of `sum` under an observer prints of it. */
async function observed(wanted: string, n: number): Promise<string | undefined> {
  vi.stubEnv("SPEC_OBSERVE", wanted);
  const call = { type: "assert_return", action: invoke("sum", [i32(n)]), expected: [i32((n * (n + 1)) / 2)] };
  const { lines, last } = await runUnit([source], [module0, call]);
  expect(last).toBe("2 passed, 0 failed, 0 skipped");
  return lines.find((line) => line.startsWith("  observed: "))?.slice("  observed: ".length);
}

describe("SPEC_OBSERVE", () => {
  it("traces what runs do: the same hash each time, and another where something else is done, far into the run too", async () => {
    const first = await observed("trace", 5);
    // The call, its return, three branches taken and one not, the `if`, the instructions, and what ends the run.
    expect(first).toMatch(/^\d+ events, hash [0-9a-f]{8}$/);
    expect(await observed("trace", 5)).toBe(first);
    expect(await observed("trace", 6)).not.toBe(first);
    // Where only hashes are made of events.
    const long = await observed("trace", 5000);
    expect(Number(/^\d+/.exec(long ?? "")?.[0])).toBeGreaterThan(50_000);
    expect(await observed("trace", 5000)).toBe(long);
  });

  it("tells the coverage of the modules", async () => {
    expect(await observed("coverage", 5)).toBe("18 of 19 instructions of 1 modules executed");
  });

  it("is silent where nothing is asked for, and refuses what it does not know", async () => {
    expect(await observed("", 5)).toBeUndefined();
    vi.stubEnv("SPEC_OBSERVE", "all");
    const { code, lines } = await runUnit([source], [module0]);
    expect(code).toBe(1);
    expect(lines.join("\n")).toContain("SPEC_OBSERVE is trace or coverage, not all");
  });
});

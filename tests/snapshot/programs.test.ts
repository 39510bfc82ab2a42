import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { restore, Subject } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** So many snapshots of each program's run. */
const SNAPSHOTS = 4;

const names = [
  "fib",
  "mandelbrot",
  "virtual",
  "tree",
  "strings",
  "dot-simd",
  "gc-trees",
  "gc-arrays",
  "throw-near",
  "throw-deep",
];
const programs = readManifest().filter(({ name }) => names.includes(name));

describe("a snapshot of a program's run", () => {
  it("is taken of each kind of program", () => {
    expect(programs.length).toBe(names.length);
  });

  it.each(programs)("goes on in another engine to the same end, with the same count: $name", (program) => {
    const source = readProgram(program);
    const whole = Subject.start(source, program.export, [program.short.argument]);
    const first = whole.count;
    const wanted = whole.theRun.finish();
    const total = whole.count;
    const left = Subject.start(source, program.export, [program.short.argument]);
    let random = 4711;
    const counts = Array.from({ length: SNAPSHOTS }, () => {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      return first + Math.floor((random / 2 ** 32) * (total - first));
    });
    for (const count of counts.sort((a, b) => a - b)) {
      expect(left.theRun.runUntil(count)).toBe(false);
      const bytes = left.snapshot();
      const there = restore(bytes);
      expect(there.count).toBe(count);
      // What is restored is what there was, to the bit.
      expect(Buffer.compare(there.snapshot(), bytes)).toBe(0);
      expect(there.theRun.finish()).toEqual(wanted);
      expect(there.count).toBe(total);
    }
    expect(left.theRun.finish()).toEqual(wanted);
  });
});

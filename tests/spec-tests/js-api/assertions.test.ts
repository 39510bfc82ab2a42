import { describe, expect, it } from "vitest";
import { AssertionError, assertions } from "../../../spec-tests/js-api/assertions.ts";

class Subclass extends TypeError {}

const throwing = (error: unknown) => () => {
  throw error;
};

type Case = readonly [name: keyof typeof assertions, holds: readonly unknown[][], fails: readonly unknown[][]];

const synchronous: readonly Case[] = [
  ["assert_true", [[true]], [[1], [false], [undefined], [new Boolean(true)]]],
  ["assert_false", [[false]], [[0], [true], [undefined], [null]]],
  [
    "assert_equals",
    [
      [1, 1],
      [Number.NaN, Number.NaN],
      ["a", "a"],
      [1n, 1n],
    ],
    [
      [0, -0],
      [1, "1"],
      [1, 1n],
      [{}, {}],
    ],
  ],
  [
    "assert_not_equals",
    [
      [0, -0],
      [1, "1"],
      [{}, {}],
    ],
    [
      [1, 1],
      [Number.NaN, Number.NaN],
    ],
  ],
  [
    "assert_array_equals",
    [
      [[], []],
      [
        [1, Number.NaN],
        [1, Number.NaN],
      ],
      [new Uint8Array([1]), [1]],
    ],
    [
      [[1], [2]],
      [[1], [1, 2]],
      [[0], [-0]],
      [new Array(1), [undefined]],
      [1, [1]],
      [null, []],
    ],
  ],
  [
    "assert_class_string",
    [
      [[], "Array"],
      [null, "Null"],
    ],
    [[{}, "Array"]],
  ],
  [
    "assert_own_property",
    [[{ a: undefined }, "a"]],
    [
      [Object.create({ a: 1 }), "a"],
      [{}, "a"],
      [1, "a"],
    ],
  ],
  ["assert_not_own_property", [[Object.create({ a: 1 }), "a"]], [[{ a: undefined }, "a"]]],
  ["assert_unreached", [], [[]]],
  [
    "assert_throws_js",
    [
      [TypeError, throwing(new TypeError())],
      [Subclass, throwing(Object.assign(new Subclass(), { name: "Subclass" }))],
    ],
    [
      [TypeError, () => 1],
      [TypeError, throwing(new RangeError())],
      [TypeError, throwing(new Subclass())],
      [TypeError, throwing(Object.assign(new TypeError(), { name: "Error" }))],
      [TypeError, throwing("TypeError")],
      [TypeError, throwing(null)],
      [undefined, throwing(new TypeError())],
      [Object, throwing({})],
    ],
  ],
  [
    "assert_throws_exactly",
    [
      [7, throwing(7)],
      [Number.NaN, throwing(Number.NaN)],
    ],
    [
      [7, () => 7],
      [7, throwing(8)],
      [{}, throwing({})],
    ],
  ],
  [
    "assert_throws",
    [
      [new TypeError(), throwing(new TypeError())],
      [TypeError, throwing(new TypeError())],
      [new Map(), throwing(new Map())],
    ],
    [
      [new TypeError(), () => 1],
      [new TypeError(), throwing(new RangeError())],
      [undefined, throwing(new TypeError())],
      [TypeError, throwing(new RangeError())],
      [new Map(), throwing(new Set())],
      [new Map(), throwing(undefined)],
    ],
  ],
];

/** The arguments are made when they are used: nobody else looks at the promises. */
const asynchronous: Readonly<Record<string, () => { readonly holds: unknown[][]; readonly fails: unknown[][] }>> = {
  promise_rejects_js: () => ({
    holds: [[{}, TypeError, Promise.reject(new TypeError())]],
    fails: [
      [{}, TypeError, Promise.resolve(1)],
      [{}, TypeError, Promise.reject(new RangeError())],
      [{}, TypeError, 1],
    ],
  }),
  promise_rejects_exactly: () => ({
    holds: [[{}, 7, Promise.reject(7)]],
    fails: [
      [{}, 7, Promise.resolve(7)],
      [{}, 7, Promise.reject(8)],
    ],
  }),
  promise_rejects: () => ({
    holds: [[{}, new TypeError(), Promise.reject(new TypeError())]],
    fails: [
      [{}, new TypeError(), Promise.resolve(1)],
      [{}, new TypeError(), Promise.reject(new RangeError())],
    ],
  }),
};

/** As a test calls it: with whatever it has. */
function call(name: keyof typeof assertions, args: readonly unknown[]): unknown {
  return (assertions[name] as (...args: readonly unknown[]) => unknown)(...args);
}

describe("the assertions", () => {
  it("are each tried here", () => {
    const names = [...synchronous.map(([name]) => name), ...Object.keys(asynchronous)];
    expect(names.sort()).toEqual(Object.keys(assertions).sort());
  });

  for (const [name, holds, fails] of synchronous) {
    it(`${name} holds where it should, and fails where it should`, () => {
      for (const args of holds) expect(call(name, args)).toBeUndefined();
      for (const args of fails) expect(() => call(name, args)).toThrow(AssertionError);
    });
  }

  for (const [name, cases] of Object.entries(asynchronous)) {
    it(`${name} holds where it should, and fails where it should`, async () => {
      const { holds, fails } = cases();
      const outcome = (args: unknown[]): Promise<unknown> =>
        (call(name as keyof typeof assertions, args) as Promise<unknown>).catch((error: unknown) => error);
      expect(await Promise.all(holds.map(outcome))).toEqual(holds.map(() => undefined));
      expect(await Promise.all(fails.map(outcome))).toEqual(fails.map(() => expect.any(AssertionError)));
    });
  }

  it("tell what was expected, what was there, and the description", () => {
    expect(() => assertions.assert_equals([0, "x"], -0, "place")).toThrow(
      'assert_equals: place: expected -0, got [0, "x"]',
    );
    expect(() => assertions.assert_throws_js(TypeError, throwing(new RangeError("no")))).toThrow(
      "assert_throws_js: threw RangeError: no, which is no instance of exactly TypeError",
    );
  });
});

import { errorText, formatValue } from "./format-value.ts";

/**
 * The assertions of testharness.js that the tests of the JavaScript interface use, from its documentation:
 * https://web-platform-tests.org/writing-tests/testharness-api.html#list-of-assertions
 */

/** What a failed assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

type Callable = (...args: unknown[]) => unknown;

/** A class of errors, as `assert_throws_js` is handed it. */
export interface ErrorClass {
  readonly name: string;
  readonly prototype: unknown;
}

function fail(assertion: string, description: unknown, text: string): never {
  const told = description === undefined ? "" : `${String(description)}: `;
  throw new AssertionError(`${assertion}: ${told}${text}`);
}

function isObject(value: unknown): value is object {
  return (typeof value === "object" && value !== null) || typeof value === "function";
}

/** What is wrong where something else than an error of exactly this class was thrown; undefined for nothing. */
function wrongError(error: unknown, wanted: ErrorClass): string | undefined {
  if (!isObject(error)) return `threw ${formatValue(error)}, which is no object`;
  const { name } = error as { readonly name?: unknown };
  if (error.constructor !== (wanted as unknown)) {
    return `threw ${errorText(error)}, which is no instance of exactly ${wanted.name}`;
  }
  return name === wanted.name ? undefined : `threw an error whose name is ${formatValue(name)}, not ${wanted.name}`;
}

function isErrorClass(value: unknown): value is ErrorClass {
  for (let at: unknown = value; at !== null && typeof at === "function"; at = Object.getPrototypeOf(at)) {
    if (at === Error) return true;
  }
  return false;
}

/** Runs a function that has to throw, and returns what it threw. */
function thrownBy(assertion: string, run: Callable, description: unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return fail(assertion, description, "the function did not throw");
}

/** What a promise that has to be rejected was rejected with. */
async function rejectedWith(assertion: string, promise: unknown, description: unknown): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  return fail(assertion, description, "the promise was not rejected");
}

function checkError(assertion: string, error: unknown, wanted: unknown, description: unknown): void {
  if (!isErrorClass(wanted)) fail(assertion, description, `${formatValue(wanted)} is no class of errors`);
  const wrong = wrongError(error, wanted);
  if (wrong !== undefined) fail(assertion, description, wrong);
}

function checkExactly(assertion: string, error: unknown, wanted: unknown, description: unknown): void {
  if (!Object.is(error, wanted)) {
    fail(assertion, description, `threw ${formatValue(error)}, not exactly ${formatValue(wanted)}`);
  }
}

/** What the older forms of two assertions look at: whether the class is that of a sample such as `new TypeError()`, or a class itself. */
function checkLike(assertion: string, error: unknown, sample: unknown, description: unknown): void {
  const wanted = isErrorClass(sample) || !isObject(sample) ? sample : sample.constructor;
  if (isErrorClass(wanted)) checkError(assertion, error, wanted, description);
  else if (!isObject(sample)) fail(assertion, description, `${formatValue(sample)} is no sample of what is thrown`);
  else if (!isObject(error) || error.constructor !== wanted) {
    fail(assertion, description, `threw ${formatValue(error)}, which is not like ${formatValue(sample)}`);
  }
}

function hasOwn(object: unknown, name: PropertyKey): boolean {
  return isObject(object) && Object.hasOwn(object, name);
}

function checkArrays(actual: unknown, expected: ArrayLike<unknown>, description: unknown): void {
  const assertion = "assert_array_equals";
  if (!isObject(actual) || !("length" in actual)) fail(assertion, description, `${formatValue(actual)} is no array`);
  const array = actual as ArrayLike<unknown>;
  if (array.length !== expected.length) {
    fail(
      assertion,
      description,
      `expected ${formatValue(expected)} of length ${expected.length}, got ${formatValue(actual)} of length ${array.length}`,
    );
  }
  for (let i = 0; i < expected.length; i++) {
    if (hasOwn(array, i) !== hasOwn(expected, i)) {
      fail(assertion, description, `element ${i} is ${hasOwn(array, i) ? "present" : "missing"}`);
    }
    if (!Object.is(array[i], expected[i])) {
      fail(
        assertion,
        description,
        `expected element ${i} to be ${formatValue(expected[i])}, got ${formatValue(array[i])}`,
      );
    }
  }
}

/** The assertions by the names that tests call them by. "Equal" is the language's SameValue: NaN is NaN, and 0 is not -0. */
export const assertions = {
  assert_true(actual: unknown, description?: unknown): void {
    if (actual !== true) fail("assert_true", description, `expected true, got ${formatValue(actual)}`);
  },

  assert_false(actual: unknown, description?: unknown): void {
    if (actual !== false) fail("assert_false", description, `expected false, got ${formatValue(actual)}`);
  },

  assert_equals(actual: unknown, expected: unknown, description?: unknown): void {
    if (!Object.is(actual, expected)) {
      fail("assert_equals", description, `expected ${formatValue(expected)}, got ${formatValue(actual)}`);
    }
  },

  assert_not_equals(actual: unknown, expected: unknown, description?: unknown): void {
    if (Object.is(actual, expected)) fail("assert_not_equals", description, `got ${formatValue(actual)}`);
  },

  assert_array_equals(actual: unknown, expected: ArrayLike<unknown>, description?: unknown): void {
    checkArrays(actual, expected, description);
  },

  assert_class_string(object: unknown, className: unknown, description?: unknown): void {
    const actual = Object.prototype.toString.call(object);
    if (actual !== `[object ${String(className)}]`) {
      fail("assert_class_string", description, `expected [object ${String(className)}], got ${actual}`);
    }
  },

  assert_own_property(object: unknown, name: PropertyKey, description?: unknown): void {
    if (!hasOwn(object, name)) fail("assert_own_property", description, `there is no ${String(name)}`);
  },

  assert_not_own_property(object: unknown, name: PropertyKey, description?: unknown): void {
    if (hasOwn(object, name)) fail("assert_not_own_property", description, `there is a ${String(name)}`);
  },

  assert_unreached(description?: unknown): never {
    return fail("assert_unreached", description, "came to where it should not");
  },

  /** The constructor must be exactly the given class: of this realm, and no subclass of it. */
  assert_throws_js(wanted: unknown, run: Callable, description?: unknown): void {
    checkError("assert_throws_js", thrownBy("assert_throws_js", run, description), wanted, description);
  },

  assert_throws_exactly(wanted: unknown, run: Callable, description?: unknown): void {
    checkExactly("assert_throws_exactly", thrownBy("assert_throws_exactly", run, description), wanted, description);
  },

  /** The older form, with an error as sample: what the README beside the tests tells of it. */
  assert_throws(sample: unknown, run: Callable, description?: unknown): void {
    checkLike("assert_throws", thrownBy("assert_throws", run, description), sample, description);
  },

  async promise_rejects_js(_: unknown, wanted: unknown, promise: unknown, description?: unknown): Promise<void> {
    const error = await rejectedWith("promise_rejects_js", promise, description);
    checkError("promise_rejects_js", error, wanted, description);
  },

  async promise_rejects_exactly(_: unknown, wanted: unknown, promise: unknown, description?: unknown): Promise<void> {
    const error = await rejectedWith("promise_rejects_exactly", promise, description);
    checkExactly("promise_rejects_exactly", error, wanted, description);
  },

  async promise_rejects(_: unknown, sample: unknown, promise: unknown, description?: unknown): Promise<void> {
    const error = await rejectedWith("promise_rejects", promise, description);
    checkLike("promise_rejects", error, sample, description);
  },
} as const;

import { describe, expect, it } from "vitest";
import { assertions } from "../../../spec-tests/js-api/assertions.ts";
import { type FileResult, Harness, type TestContext } from "../../../spec-tests/js-api/harness.ts";

type Run = (test: TestContext) => unknown;

/** What a file of tests finds. */
interface Globals {
  test(run: Run, name?: string): void;
  promise_test(run: Run, name?: string): void;
  setup(run: unknown): void;
}

/** What becomes of a file. */
async function resultOf(file: (globals: Globals) => void): Promise<FileResult> {
  const harness = new Harness();
  file(harness.globals() as unknown as Globals);
  await harness.finish();
  return harness.result();
}

describe("the harness", () => {
  it("tells of each subtest whether it passed, and why not", async () => {
    const { subtests, errors } = await resultOf(({ test, promise_test }) => {
      test(() => undefined, "passes");
      test(() => assertions.assert_true(false), "fails");
      test(() => {
        throw new RangeError("no");
      }, "throws");
      promise_test(async () => 1, "waits");
      promise_test(async () => assertions.assert_true(false), "rejects");
      promise_test(() => 1, "gives no promise");
      promise_test(() => {
        throw "text";
      }, "throws at once");
    });
    expect(errors).toEqual([]);
    expect(subtests).toEqual([
      { name: "passes", failure: undefined },
      { name: "fails", failure: "assert_true: expected true, got false" },
      { name: "throws", failure: "threw RangeError: no" },
      { name: "waits", failure: undefined },
      { name: "rejects", failure: "assert_true: expected true, got false" },
      { name: "gives no promise", failure: "promise_test: the function returned 1, which is no promise" },
      { name: "throws at once", failure: 'threw "text"' },
    ]);
  });

  it("hands a test to its function, as argument and as this", async () => {
    const { subtests } = await resultOf(({ test }) => {
      test(function (this: unknown, context: unknown) {
        assertions.assert_equals(this, context);
      } as Run);
    });
    expect(subtests).toEqual([{ name: "unnamed", failure: undefined }]);
  });

  it("runs asynchronous tests one after the other, after the file, with their cleanups", async () => {
    const seen: string[] = [];
    await resultOf(({ test, promise_test }) => {
      for (const name of ["first", "second"]) {
        promise_test(async (context) => {
          context.add_cleanup(async () => {
            await Promise.resolve();
            seen.push(`${name} cleaned up`);
          });
          seen.push(`${name} begins`);
          await Promise.resolve();
          seen.push(`${name} ends`);
        }, name);
      }
      test((context) => {
        context.add_cleanup(() => seen.push("third cleaned up"));
        seen.push("third");
      }, "third");
    });
    expect(seen).toEqual([
      ...["third", "third cleaned up", "first begins", "first ends", "first cleaned up"],
      ...["second begins", "second ends", "second cleaned up"],
    ]);
  });

  it("gives equal names numbers", async () => {
    const { subtests } = await resultOf(({ test }) => {
      for (const name of ["a", undefined, "a", undefined]) test(() => undefined, name);
    });
    expect(subtests.map(({ name }) => name)).toEqual(["a", "unnamed", "a (2)", "unnamed (2)"]);
  });

  it("fails a test whose unreached function is called, also where the test goes on", async () => {
    const { subtests } = await resultOf(({ test }) => {
      test((context) => context.unreached_func("never")(), "reached");
    });
    expect(subtests).toEqual([{ name: "reached", failure: "assert_unreached: never: came to where it should not" }]);
  });

  it("fails a test that does not end", () => {
    const harness = new Harness();
    const globals = harness.globals() as unknown as Globals;
    globals.promise_test(() => new Promise(() => undefined), "hangs");
    expect(harness.result().subtests).toEqual([{ name: "hangs", failure: "did not end" }]);
  });

  it("fails a file without tests, with a setup that throws, with a cleanup that throws", async () => {
    const throwing = (): never => {
      throw new Error("no");
    };
    expect((await resultOf(() => undefined)).errors).toEqual(["the file has no tests"]);
    const { errors } = await resultOf(({ setup, test, promise_test }) => {
      setup(throwing);
      setup({ explicit_done: true });
      test((context) => context.add_cleanup(throwing), "one");
      promise_test(async (context) => context.add_cleanup(throwing), "two");
    });
    expect(errors).toEqual([
      "setup threw Error: no",
      'setup with object "[object Object]": this harness knows no properties',
      "the cleanup of one threw Error: no",
      "the cleanup of two threw Error: no",
    ]);
  });
});

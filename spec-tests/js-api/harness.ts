import { AssertionError, assertions } from "./assertions.ts";
import { errorText, formatValue } from "./format-value.ts";

/**
 * As much of testharness.js as the tests of the JavaScript interface use, written from its documentation:
 * https://web-platform-tests.org/writing-tests/testharness-api.html
 */

/** What became of a subtest. */
export interface Subtest {
  readonly name: string;
  /** Why it failed; undefined where it passed. */
  readonly failure: string | undefined;
}

/** What became of the tests of one file. */
export interface FileResult {
  readonly subtests: readonly Subtest[];
  /** What went wrong outside of all subtests. */
  readonly errors: readonly string[];
}

type Cleanup = () => unknown;

/** What the function of a test is handed. */
export interface TestContext {
  step(run: (...args: unknown[]) => unknown, self?: unknown, ...args: unknown[]): unknown;
  step_func(run: (...args: unknown[]) => unknown, self?: unknown): (...args: unknown[]) => unknown;
  unreached_func(description?: unknown): () => void;
  add_cleanup(cleanup: Cleanup): void;
}

class Test implements TestContext {
  readonly name: string;
  ended = false;
  failure: string | undefined;
  readonly cleanups: Cleanup[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** The first failure is the one that is told. */
  fail(error: unknown): void {
    this.failure ??= error instanceof AssertionError ? error.message : `threw ${errorText(error)}`;
  }

  /** Runs a part of the test: what it throws is the test's failure, and goes no further. */
  step(run: (...args: unknown[]) => unknown, self: unknown = this, ...args: unknown[]): unknown {
    if (this.ended) return undefined;
    try {
      return run.apply(self, args);
    } catch (error) {
      this.fail(error);
      return undefined;
    }
  }

  step_func(run: (...args: unknown[]) => unknown, self: unknown = this): (...args: unknown[]) => unknown {
    return (...args) => this.step(run, self, ...args);
  }

  unreached_func(description?: unknown): () => void {
    return this.step_func(() => assertions.assert_unreached(description));
  }

  add_cleanup(cleanup: Cleanup): void {
    this.cleanups.push(cleanup);
  }
}

type TestFunction = (this: TestContext, test: TestContext) => unknown;

/** The tests of one file. */
export class Harness {
  private readonly tests: Test[] = [];
  private readonly errors: string[] = [];
  private readonly names = new Map<string, number>();
  /** The asynchronous tests so far, one after the other. */
  private queue: Promise<void> = Promise.resolve();

  /** What a test finds in its global object. */
  globals(): Readonly<Record<string, unknown>> {
    return {
      ...assertions,
      format_value: formatValue,
      test: (run: TestFunction, name?: unknown) => this.test(run, name),
      promise_test: (run: TestFunction, name?: unknown) => this.promiseTest(run, name),
      setup: (run: unknown) => this.setup(run),
    };
  }

  /** Something that went wrong outside of all subtests: the file has failed. */
  error(text: string): void {
    this.errors.push(text);
  }

  /** Waits for the asynchronous tests, also for those that others of them add. */
  async finish(): Promise<void> {
    let waited: Promise<void> | undefined;
    while (waited !== this.queue) {
      waited = this.queue;
      await waited;
    }
  }

  /** What has become of the file by now: a test that has not ended by itself has failed. */
  result(): FileResult {
    const subtests = this.tests.map(({ name, ended, failure }) => ({
      name,
      failure: failure ?? (ended ? undefined : "did not end"),
    }));
    const errors = subtests.length === 0 ? [...this.errors, "the file has no tests"] : this.errors;
    return { subtests, errors };
  }

  private create(name: unknown): Test {
    const wanted = name === undefined ? "unnamed" : String(name);
    const count = (this.names.get(wanted) ?? 0) + 1;
    this.names.set(wanted, count);
    // So that each can be named.
    const test = new Test(count === 1 ? wanted : `${wanted} (${count})`);
    this.tests.push(test);
    return test;
  }

  private test(run: TestFunction, name: unknown): void {
    const test = this.create(name);
    test.step(() => run.call(test, test));
    for (const cleanup of test.cleanups) {
      try {
        cleanup();
      } catch (error) {
        this.error(`the cleanup of ${test.name} threw ${errorText(error)}`);
      }
    }
    test.ended = true;
  }

  private promiseTest(run: TestFunction, name: unknown): void {
    const test = this.create(name);
    this.queue = this.queue.then(async () => {
      try {
        const promise = run.call(test, test);
        if (typeof (promise as PromiseLike<unknown> | undefined)?.then !== "function") {
          throw new AssertionError(`promise_test: the function returned ${formatValue(promise)}, which is no promise`);
        }
        await promise;
      } catch (error) {
        test.fail(error);
      }
      for (const cleanup of test.cleanups) {
        try {
          await cleanup();
        } catch (error) {
          this.error(`the cleanup of ${test.name} threw ${errorText(error)}`);
        }
      }
      test.ended = true;
    });
  }

  private setup(run: unknown): void {
    if (typeof run !== "function") {
      this.error(`setup with ${formatValue(run)}: this harness knows no properties`);
      return;
    }
    try {
      run();
    } catch (error) {
      this.error(`setup threw ${errorText(error)}`);
    }
  }
}

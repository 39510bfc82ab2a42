/** What the runner of WebAssembly/wasi-testsuite writes with `--json-output-location`: the parts that count. */
export interface TestsuiteReport {
  readonly results: readonly {
    readonly name: string;
    readonly tests: readonly {
      readonly name: string;
      readonly executed: boolean;
      readonly failures: readonly unknown[];
    }[];
  }[];
}

/** The preview 1 programs that branch `prod/testsuite-all` has, by the name of their suite. */
export const EXPECTED_PROGRAMS: Readonly<Record<string, number>> = { c: 14, assemblyscript: 12, rust: 46 };

/** How many programs passed, and what is wrong, a line each: programs that failed or were skipped, and programs that are missing. */
export function judge({ results }: TestsuiteReport): {
  readonly passed: number;
  readonly complaints: readonly string[];
} {
  const tests = results.flatMap((suite) =>
    suite.tests.map((test) => ({ ...test, name: `${suite.name}: ${test.name}` })),
  );
  const complaints = tests.flatMap(({ name, executed, failures }) => {
    if (!executed) return [`${name}: skipped`];
    return failures.length > 0 ? [`${name}: failed`] : [];
  });
  const passed = tests.length - complaints.length;
  const expected = Object.values(EXPECTED_PROGRAMS).reduce((sum, count) => sum + count, 0);
  if (tests.length < expected) complaints.push(`${tests.length} programs instead of ${expected}`);
  return { passed, complaints };
}

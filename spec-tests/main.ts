import { join } from "node:path";
import { root } from "../scripts/npm-script.ts";
import { parseOptions, UsageError, usage } from "./options.ts";
import { run } from "./run.ts";
import { readRecordedCounts } from "./suite-sources.ts";

/** `npm run spec`: the specification's suites on our loader, validator and executor. */
async function main(args: readonly string[]): Promise<number> {
  const options = parseOptions(args);
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  return run(options, {
    places: {
      shared: process.env["SPECTEST_DIR"] ?? join(root, "..", "shared", "spectest"),
      store: join(root, ".spectest"),
      cache: join(root, ".cache", "spectest"),
    },
    counts: readRecordedCounts(join(root, "spec-tests", "expected-counts.json")),
    documents: { conformance: join(root, "docs", "conformance.md"), readme: join(root, "README.md") },
    print: (line) => process.stdout.write(`${line}\n`),
  });
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  console.error(
    error instanceof UsageError ? `${error.message}\n\n${usage}` : error instanceof Error ? error.message : error,
  );
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

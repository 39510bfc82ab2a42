import { join } from "node:path";
import { root } from "../scripts/npm-script.ts";
import { defaultAddress, fetchSuites } from "./fetch-suites.ts";
import { readRecordedCounts } from "./suite-sources.ts";

/** `npm run spec:fetch`: brings the specification's suites to where `npm run spec` finds them. */
const usage = `usage: npm run spec:fetch [-- URL or folder or archive]

Brings the specification's suites into .spectest/. Without argument from their public repository, at the tag that the
recorded counts are of.
`;

const args = process.argv.slice(2);
if (args.includes("--help")) process.stdout.write(usage);
else if (args.length > 1 || args[0]?.startsWith("-") === true) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const { tag } = readRecordedCounts(join(root, "spec-tests", "expected-counts.json"));
  const source = args[0] ?? defaultAddress(tag);
  const target = join(root, ".spectest");
  fetchSuites(source, target, join(root, ".cache")).then(
    (suites) => console.log(`${target} now holds, from ${source}: ${suites.join(", ")}`),
    (error: unknown) => {
      console.error(
        `spec:fetch failed, and what .spectest/ held is as it was: ${error instanceof Error ? error.message : error}`,
      );
      process.exitCode = 1;
    },
  );
}

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** What the first lines of a test tell: https://web-platform-tests.org/writing-tests/testharness.html#specifying-a-test-s-metadata */
export interface Metadata {
  /** Where it can run, of `window`, `dedicatedworker`, `jsshell` and others. */
  readonly globals: readonly string[];
  /** Scripts that run before it. */
  readonly scripts: readonly string[];
  /** May it take longer than others? */
  readonly long: boolean;
}

/** A test and the scripts that go before it, in the order in which they run. */
export interface TestFile {
  /** Its path below the folder of the tests, with `/`. */
  readonly name: string;
  readonly scripts: readonly string[];
  readonly long: boolean;
}

/** The tests call each other's scripts by where they stand in web-platform-tests. */
const SERVED_AS = "/wasm/jsapi/";

/** @throws Error for a line that this runner does not know */
export function metadataOf(source: string): Metadata {
  const globals: string[] = [];
  const scripts: string[] = [];
  let long = false;
  for (const line of source.split("\n")) {
    const [, key, value] = /^\/\/ META: (\w+)=(.*)$/.exec(line.trim()) ?? [];
    if (key === undefined) break;
    if (key === "global") globals.push(...value.split(","));
    else if (key === "script") scripts.push(value);
    else if (key === "timeout" && value === "long") long = true;
    else throw new Error(`the runner does not know ${line.trim()}`);
  }
  return { globals, scripts, long };
}

/** The folder of the tests: the one that was named, or the one of a whole checkout of the specification. */
export function testFolder(folder: string): string {
  const inCheckout = join(folder, "test", "js-api");
  return existsSync(inCheckout) ? inCheckout : folder;
}

/**
 * The tests below a folder: each file that says in which globals it runs. All have to run in a shell of JavaScript, as this runner is.
 * @throws Error for a test for other globals, or with a script that is not there
 */
export function findTests(folder: string): TestFile[] {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => name.endsWith(".js"));
  return names.sort().flatMap((name) => {
    const { globals, scripts, long } = metadataOf(readFileSync(join(folder, name), "utf8"));
    if (globals.length === 0 && !name.endsWith(".any.js")) return [];
    if (!globals.includes("jsshell")) throw new Error(`${name} is not for shells: ${globals.join(", ")}`);
    const paths = scripts.map((script) => {
      if (script.startsWith(SERVED_AS)) return script.slice(SERVED_AS.length);
      return join(dirname(name), script).replaceAll("\\", "/");
    });
    const missing = paths.find((path) => !existsSync(join(folder, path)));
    if (missing !== undefined) throw new Error(`${name} wants ${missing}, which is not there`);
    return [{ name, scripts: [...paths, name], long }];
  });
}

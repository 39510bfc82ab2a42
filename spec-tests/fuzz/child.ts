// Runs modules on one engine, in a process of its own: `child.ts us|words|interface|native PROFILE` reads from standard input
// a line for each module, its bytes in base64, and answers with a line of JSON. `words` is us on the run loop for engines
// without caches of properties, `interface` us through the JavaScript interface.
import { createInterface } from "node:readline";
import { installHost } from "../../src/common/host.ts";
import type { Engine } from "./engine.ts";
import { configureOf, isProfileName, profiles } from "./profiles.ts";
import { runModule } from "./run-module.ts";
import { OurEngine } from "./run-on-us.ts";
import { NativeEngine, OurInterface } from "./run-through-interface.ts";

const [kind, profile = ""] = process.argv.slice(2);
if (!isProfileName(profile)) throw new Error(`unknown profile ${profile}`);
if (kind === "words") installHost({ cachesProperties: false });
const engine = (): Engine => {
  if (kind === "native") return new NativeEngine();
  const configure = configureOf(profiles[profile]);
  return kind === "interface" ? new OurInterface(configure) : new OurEngine(configure);
};

createInterface({ input: process.stdin }).on("line", (line) => {
  let answer: object;
  try {
    answer = runModule(engine(), new Uint8Array(Buffer.from(line, "base64")));
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

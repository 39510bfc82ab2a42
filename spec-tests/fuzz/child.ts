// Runs modules on one engine, in a process of its own: `child.ts us|native PROFILE` reads from standard input a line
// for each module, its bytes in base64, and answers with a line of JSON.
import { createInterface } from "node:readline";
import type { Engine } from "./engine.ts";
import { configureOf, isProfileName, profiles } from "./profiles.ts";
import { runModule } from "./run-module.ts";
import { NativeEngine } from "./run-natively.ts";
import { OurEngine } from "./run-on-us.ts";

const [kind, profile = ""] = process.argv.slice(2);
if (!isProfileName(profile)) throw new Error(`unknown profile ${profile}`);
const engine = (): Engine => (kind === "us" ? new OurEngine(configureOf(profiles[profile])) : new NativeEngine());

createInterface({ input: process.stdin }).on("line", (line) => {
  let answer: object;
  try {
    answer = runModule(engine(), new Uint8Array(Buffer.from(line, "base64")));
  } catch (error) {
    answer = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
});

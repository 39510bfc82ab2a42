// A measurement inside Node, in a process of its own: `child.mjs KIND DIST FILE EXPORT ARGUMENT CALLS` prints a sample as JSON.
import { readFileSync } from "node:fs";
import { cpuTime } from "./cpu-time.ts";
import { type EngineKind, openEngine } from "./engines.ts";
import type { Sample } from "./sample.ts";

const [kind = "", dist = "", file = "", name = "", argument = "", calls = ""] = process.argv.slice(2);

async function measure(): Promise<Sample> {
  const engine = await openEngine(kind as EngineKind, dist);
  const entry = engine(new Uint8Array(readFileSync(file)), name);
  const times: number[] = [];
  let result: bigint | undefined;
  for (let call = 0; call < Number(calls); call++) {
    const start = cpuTime();
    const answer = entry(Number(argument));
    times.push(cpuTime() - start);
    if (result !== undefined && answer !== result) throw new Error(`answered ${result} first and ${answer} later`);
    result = answer;
  }
  return { checksum: String(result), time: times.at(-1)!, firstCall: times[0] };
}

measure().then(
  (sample) => console.log(JSON.stringify(sample)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);

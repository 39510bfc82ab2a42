// `npm run fuzz:mutations -- [OPTIONS]`: compares which variants of valid modules we accept with a native engine.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Difference, explanation, type Judged, knownDifferences } from "./judge.ts";
import { childProgram, type Failure, LineProcess } from "./processes.ts";
import { newerNodeFile } from "./tools.ts";
import { recordVerdicts } from "./verdicts.ts";

const usage = `usage: npm run fuzz:mutations -- [OPTIONS]

Spoils valid modules and compares whether our loader and validator accept what the engine of the newer Node accepts.

  --variants N     how many (100000)
  --from N         the number of the first (0)
  --suites DIR     the archives of the specification's suites (../shared/spectest); empty: the corpus and the benchmarks alone
  --record FILE    write down the native verdicts
  --help           print this

The last line is "N variants, N accepted, N known differences, N different"; the exit code is 1 where a variant was different.
`;

/** Variants that are judged in one go. */
const BATCH = 500;

/** Seconds that a batch may take: a hundred times of what it takes. */
const SECONDS = 300;

const { values } = parseArgs({
  options: {
    variants: { type: "string", default: "100000" },
    from: { type: "string", default: "0" },
    suites: { type: "string", default: "../shared/spectest" },
    record: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

async function compare(from: number, variants: number): Promise<void> {
  const known = knownDifferences();
  const reasons = new Map<string, number>();
  const codes = new Map<string, number>();
  const accepted: number[] = [];
  const explained: number[] = [];
  let different = 0;
  let slowest = 0;
  let peak = 0;
  const report = (difference: Difference): void => {
    const found = explanation(known, difference);
    if (found === undefined) {
      different++;
      console.log(`variant ${difference.number}: ours ${difference.ours}, native ${difference.native}`);
      return;
    }
    explained.push(difference.number);
    reasons.set(found.reason, (reasons.get(found.reason) ?? 0) + 1);
  };
  const judge = new LineProcess(newerNodeFile(), [...childProgram("mutations-child"), values.suites], SECONDS);
  for (let at = from; at < from + variants; at += BATCH) {
    const count = Math.min(BATCH, from + variants - at);
    const answer = (await judge.ask(`${at} ${count}`)) as Judged | Failure;
    if ("error" in answer) {
      different++;
      console.log(`variants ${at} to ${at + count - 1}: ${answer.error}`);
      continue;
    }
    answer.differences.forEach(report);
    accepted.push(...answer.accepted);
    for (const [code, times] of Object.entries(answer.codes)) codes.set(code, (codes.get(code) ?? 0) + times);
    slowest = Math.max(slowest, answer.slowest);
    peak = Math.max(peak, answer.peak);
  }
  judge.end();
  for (const [code, times] of [...codes].sort((a, b) => b[1] - a[1])) console.log(`${times} ${code}`);
  for (const [reason, times] of reasons) console.log(`known, ${times} times: ${reason}`);
  console.log(`slowest verdict ${slowest.toFixed(1)} ms, most memory ${peak.toFixed(0)} MiB`);
  console.log(
    `${variants} variants, ${accepted.length} accepted, ${explained.length} known differences, ${different} different`,
  );
  if (values.record !== undefined) writeFileSync(values.record, recordVerdicts(variants, accepted, explained));
  if (different > 0) process.exitCode = 1;
}

if (values.help) console.log(usage);
else await compare(Number(values.from), Number(values.variants));

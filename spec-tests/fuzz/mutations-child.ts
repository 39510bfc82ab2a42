// Judges variants of modules on both engines, in a process of its own: `mutations-child.ts SUITES` reads from standard input lines
// "FROM COUNT", and answers each with a line of JSON.
import { createInterface } from "node:readline";
import { bases, type Difference, type Judged } from "./judge.ts";
import { variant } from "./mutate.ts";
import { ourVerdict } from "./verdict.ts";

/** What is used here of the JavaScript interface. */
interface NativeWebAssembly {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
}

const native = (globalThis as unknown as { readonly WebAssembly: NativeWebAssembly }).WebAssembly;
const all = bases(process.argv[2] ?? "");

function nativeVerdict(bytes: Uint8Array): string {
  try {
    new native.Module(bytes);
    return "valid";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Ours, or what leaked from it. */
function verdict(bytes: Uint8Array): string {
  try {
    return ourVerdict(bytes);
  } catch (error) {
    return `leaked ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  }
}

function judge(from: number, count: number): Judged {
  const differences: Difference[] = [];
  const accepted: number[] = [];
  const codes: Record<string, number> = {};
  let slowest = 0;
  for (let number = from; number < from + count; number++) {
    const bytes = variant(all, number);
    const start = performance.now();
    const ours = verdict(bytes);
    slowest = Math.max(slowest, performance.now() - start);
    const [code] = ours.split(/[ ,]/);
    codes[code] = (codes[code] ?? 0) + 1;
    const isValid = native.validate(bytes);
    if (isValid) accepted.push(number);
    if (isValid !== (ours === "valid")) differences.push({ number, ours, native: nativeVerdict(bytes) });
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  return { differences, accepted, codes, slowest, peak };
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const [from, count] = line.split(" ").map(Number);
  process.stdout.write(`${JSON.stringify(judge(from, count))}\n`);
});

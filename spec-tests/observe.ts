import { Coverage } from "../src/debugger/coverage.ts";
import { traceKinds, traceLine } from "../src/debugger/trace-events.ts";
import { Tracer } from "../src/debugger/tracer.ts";
import type { Executor } from "../src/executor/executor.ts";

/**
 * Runs the suites under an observer, where `SPEC_OBSERVE` asks for it: a trace of everything, which reads all operands of each
 * instruction and makes text of them, or coverage, which marks each. The results have to be the same.
 * @throws Error for another value
 */
export function observeIfAsked(executor: Executor): void {
  const wanted = process.env["SPEC_OBSERVE"];
  switch (wanted) {
    case undefined:
    case "":
      return;
    case "trace":
      new Tracer(executor, traceKinds, (event) => void traceLine(event));
      return;
    case "coverage":
      new Coverage(executor);
      return;
    default:
      throw new Error(`SPEC_OBSERVE is trace or coverage, not ${wanted}`);
  }
}

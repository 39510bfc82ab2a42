import type { WasmValue } from "../src/common/wasm-value.ts";
import { Configure } from "../src/config/configure.ts";
import { Coverage, coverageText } from "../src/debugger/coverage.ts";
import { type TraceEvent, traceKinds, traceLine } from "../src/debugger/trace-events.ts";
import { Tracer } from "../src/debugger/tracer.ts";
import { Executor } from "../src/executor/executor.ts";
import { Statistics } from "../src/executor/statistics.ts";

/**
 * Runs the suites under an observer, where `SPEC_OBSERVE` asks for it: a trace of everything, which reads all operands of each
 * instruction, or coverage, which marks each and tells what it has seen of each module. The results have to be the same; and a
 * trace of a call has as many instructions as are counted.
 */

/** Events of a unit of which lines are made, as a person would read them; of the rest, of loops of millions, a hash is enough. */
const LINES_OF_A_UNIT = 20_000;

/** Adds words up to a number in which each of them, and their order, counts (FNV-1a, over words). */
class WordHash {
  private sum = 0x811c9dc5 | 0;

  add(word: number): void {
    this.sum = Math.imul(this.sum ^ word, 0x01000193);
    // The high bits have to come down again.
    this.sum ^= this.sum >>> 15;
  }

  addText(text: string): void {
    for (let i = 0; i < text.length; i++) this.add(text.charCodeAt(i));
  }

  addValues(values: readonly WasmValue[]): void {
    for (const { type, words } of values) {
      this.add(type);
      for (let i = 0; i < words.length; i++) this.add(words[i]);
    }
  }

  get text(): string {
    return (this.sum >>> 0).toString(16).padStart(8, "0");
  }
}

/** What has been seen since it was asked for. */
class Seen {
  events = 0;
  readonly hash = new WordHash();
  modules = 0;
  executed = 0;
  instructions = 0;
}

let seen = new Seen();

/** Text would take most of the time of a long run. */
function addEvent(hash: WordHash, event: TraceEvent): void {
  hash.addText(event.kind);
  hash.add(event.depth);
  switch (event.kind) {
    case "instruction":
      hash.add(event.instruction.offset);
      hash.addValues(event.takes);
      hash.addValues(event.leaves ?? []);
      return;
    case "branch":
      hash.add(event.target);
      return;
    case "memory":
      hash.add(Number(BigInt.asIntN(32, event.address)));
      return;
    case "call":
      hash.addValues(event.args);
      return;
    case "return":
      hash.addValues(event.results);
      return;
  }
}

/** The executor of a unit, and who looks at what it does. */
export class Observation {
  readonly executor: Executor;
  private readonly statistics = new Statistics();
  private readonly isTraced: boolean;
  /** Instructions that have been traced. */
  private instructions = 0;
  private events = 0;
  private detach: () => void = () => undefined;

  /** @throws Error where SPEC_OBSERVE is not what it may be */
  constructor(configure: Configure) {
    const wanted = process.env["SPEC_OBSERVE"] ?? "";
    if (!["", "trace", "coverage"].includes(wanted)) {
      throw new Error(`SPEC_OBSERVE is trace or coverage, not ${wanted}`);
    }
    this.isTraced = wanted === "trace";
    const counting = new Configure(configure);
    counting.statistics.instructionCounting = this.isTraced;
    this.executor = new Executor(counting, this.statistics);
    if (wanted === "trace") this.trace();
    if (wanted === "coverage") this.cover();
  }

  private trace(): void {
    const tracer = new Tracer(this.executor, traceKinds, (event) => {
      seen.events++;
      if (event.kind === "instruction") this.instructions++;
      if (this.events++ < LINES_OF_A_UNIT) seen.hash.addText(traceLine(event));
      else addEvent(seen.hash, event);
    });
    this.detach = () => tracer.detach();
  }

  private cover(): void {
    const coverage = new Coverage(this.executor);
    this.detach = () => {
      coverage.detach();
      for (const module of coverage.modules) {
        const report = coverage.report(module);
        coverageText(module, report);
        seen.modules++;
        seen.executed += report.executed;
        seen.instructions += report.total;
      }
    };
  }

  /** Calls a function. @throws Error where the trace has not the instructions that are counted */
  call<T>(work: () => T): T {
    const [counted, traced] = [this.statistics.getInstrCount(), this.instructions];
    const result = work();
    const executed = this.statistics.getInstrCount() - counted;
    if (this.isTraced && executed !== this.instructions - traced) {
      throw new Error(`${executed} instructions are counted, and ${this.instructions - traced} traced`);
    }
    return result;
  }

  /** The unit has ended. */
  end(): void {
    this.detach();
  }
}

/** What the observers have seen since this was asked before; undefined where there are none, or they have seen nothing. */
export function takeSeen(): string | undefined {
  const { events, hash, modules, executed, instructions } = seen;
  seen = new Seen();
  if (events > 0) return `${events} events, hash ${hash.text}`;
  return modules > 0 ? `${executed} of ${instructions} instructions of ${modules} modules executed` : undefined;
}

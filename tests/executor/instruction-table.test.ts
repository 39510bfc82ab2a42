import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { type InstructionInfo, opcodeBytes } from "../../src/ast/instructions.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Engine, failureOf } from "../support/engine.ts";
import { programOf, RESULTS } from "../support/instruction-programs.ts";
import { instantiateNatively, native } from "../support/native.ts";

/**
 * Every row of the instruction table is executed: those with rules of their own in a program by hand, the others in one made
 * of their signature, whose results are compared with the native engine's.
 */

/** What Node 20's engine lacks; their results are tested in files of their own. */
const notNative: ReadonlySet<Proposal> = new Set([Proposal.RelaxSIMD, Proposal.WideArithmetic]);

/** Where the program leaves what the instruction gives, and where a store may have written. */
function resultsOf(memory: Uint8Array | undefined): string {
  if (memory === undefined) throw new Error("no memory is exported");
  const hex = (from: number, to: number): string => Buffer.from(memory.slice(from, to)).toString("hex");
  return `${hex(0, 64)} ${hex(RESULTS, RESULTS + 32)}`;
}

function nativeResults(bytes: Uint8Array): string {
  const { f, memory } = instantiateNatively(bytes) as {
    readonly f: () => void;
    readonly memory: { buffer: ArrayBuffer };
  };
  f();
  return resultsOf(new Uint8Array(memory.buffer));
}

function ourResults(engine: Engine, bytes: Uint8Array): string {
  const instance = engine.instantiate(bytes);
  expect(engine.call(instance, "f")).toEqual([]);
  return resultsOf(instance.findMemoryExports("memory")?.bytes);
}

describe("every row of the instruction table is executed:", () => {
  it.each(instructions)("$name", (info: InstructionInfo) => {
    const engine = new Engine();
    const { source, expected } = programOf(info);
    const { bytes } = engine.parse(source);
    expect(holds(bytes, opcodeBytes(info.opcode))).toBe(true);
    if (typeof expected === "string") {
      expect(failureOf(() => engine.call(engine.instantiate(bytes), "f")).codeName).toBe(expected);
    } else if (expected !== undefined) {
      expect(engine.call(engine.instantiate(bytes), "f")).toEqual(expected);
    } else {
      expect(native.validate(bytes)).toBe(!info.proposals.some((proposal) => notNative.has(proposal)));
      const results = ourResults(engine, bytes);
      if (native.validate(bytes)) expect(results).toBe(nativeResults(bytes));
    }
  });
});

/** Whether these bytes stand somewhere in a module: its instruction has not been left out on the way. */
function holds(bytes: Uint8Array, [first = 0, second]: readonly number[]): boolean {
  return bytes.some((byte, i) => {
    if (byte !== first) return false;
    if (second === undefined) return true;
    return second < 128
      ? bytes[i + 1] === second
      : bytes[i + 1] === (second & 127) + 128 && bytes[i + 2] === second >> 7;
  });
}

import { describe, expect, it } from "vitest";
import { Execution } from "../../../src/executor/engine/execution.ts";
import { Exit } from "../../../src/executor/engine/exit.ts";
import {
  chainedTo,
  FIRST_CHAIN,
  FIRST_COLD,
  headOf,
  IR,
  irLengths,
  irNames,
  irOperands,
} from "../../../src/executor/engine/generated/ir.ts";
import { run } from "../../../src/executor/engine/generated/run.ts";
import { runWords } from "../../../src/executor/engine/generated/run-words.ts";
import { ValueStack } from "../../../src/executor/engine/value-stack.ts";
import { chainInstructions } from "../../../src/executor/lowering/chains.ts";
import { CodeSpace, unitCosts } from "../../../src/executor/lowering/code-space.ts";
import { LinkedCode } from "../../../src/executor/lowering/linked-code.ts";
import { Engine, failureOf } from "../../support/engine.ts";

const chains = Array.from({ length: FIRST_COLD - FIRST_CHAIN }, (_, i) => FIRST_CHAIN + i);

const REGISTERS = 16;
/** Where the header of the frame is, if it returns: behind the registers. */
const HEADER = 20;
const START = 1;
const TARGET = 60;

/** A word for an operand: a register's offset, which may as well be an immediate, or what the operand wants. */
function wordFor(operand: string, random: () => number): number {
  switch (operand) {
    case "target":
      return TARGET;
    case "cost":
      return (random() % 7) - 2;
    case "offset":
      return [0, 8, 0xfff8, 0x10000][random() % 4];
    case "cell":
      return 0;
    case "header":
      return HEADER;
    default:
      return 2 * (random() % (REGISTERS / 2));
  }
}

/** A generator of words, the same in each run. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1103515245) + 12345) | 0;
    return state >>> 8;
  };
}

const instance = new Engine().instantiate("(module (memory 1) (global (mut i64) (i64.const 7)))");

/** Runs code until it leaves the loop. @returns all that it can have changed */
function outcomeOf(code: Int32Array, seed: number, loop: typeof run): unknown {
  const random = generator(seed);
  const space = new CodeSpace(instance, unitCosts);
  const execution = new Execution(new ValueStack(1 << 12), space, { params: [], results: [] }, 16);
  const linked = new LinkedCode(code, code.length);
  linked.add(code, code.length - 1, START, code.length);
  space.linked = () => linked;
  // No function is lowered.
  execution.entries = new Int32Array(code.length);
  for (let i = 0; i < REGISTERS + 2; i++) {
    execution.i32[i] = [0, 1, 5, -1, 16, 0xfffc, random() << 4, random() & 0xff][random() % 8];
  }
  const { memory } = execution;
  const words = new Int32Array(memory.buffer);
  words.fill(0);
  for (let i = 0; i < 16; i++) words[i] = random() % 3;
  execution.code = code;
  execution.pc = START;
  execution.fp = 0;
  execution.fuel = random() % 4;
  execution.depth = 1;
  const reason = loop(execution);
  return {
    reason: reason === Exit.Threw ? `${execution.thrown}` : reason,
    pc: execution.pc,
    fuel: execution.fuel,
    registers: Array.from(execution.i32.subarray(0, 32)),
    memory: words.reduce((sum, word) => (Math.imul(sum, 31) + word) | 0, 0),
    globals: Array.from(execution.globals),
  };
}

/** Code of two instructions, and after them and where they branch to the end of the frame. */
function codeOf(instructions: readonly IR[], seed: number): Int32Array {
  const random = generator(seed ^ 0x5bd1e995);
  const code = new Int32Array(64);
  code.fill(IR["leave-instance"]);
  let at = START;
  for (const ir of instructions) {
    code[at] = ir;
    irOperands()[ir].forEach((operand, i) => {
      code[at + 1 + i] = wordFor(operand, random);
    });
    at += irLengths[ir];
  }
  return code;
}

describe.each(chains.map((chain) => [irNames()[chain], chain] as const))("the chain %s", (_, chain) => {
  const parts = [headOf(chain), chainedTo(chain)];

  it("does what its two instructions do one after the other, stops where they do, and leaves them in the code", () => {
    const outcomes = new Set<string>();
    for (let seed = 1; seed <= 150; seed++) {
      const separate = codeOf(parts, seed);
      const chained = separate.slice();
      chainInstructions(chained, START);
      expect(chained[START]).toBe(chain);
      chained[START] = parts[0];
      expect(chained).toEqual(separate);
      chained[START] = chain;
      const expected = outcomeOf(separate, seed, run);
      expect(outcomeOf(chained, seed, run), `seed ${seed}`).toEqual(expected);
      expect(outcomeOf(separate, seed, runWords), `seed ${seed}, words`).toEqual(expected);
      expect(outcomeOf(chained, seed, runWords), `seed ${seed}, words`).toEqual(expected);
      outcomes.add(JSON.stringify(expected));
    }
    expect(outcomes.size).toBeGreaterThan(10);
  });
});

describe("chained instructions", () => {
  const source = `(module (memory 1)
    (func (export "both") (param i32) (result i32) (i32.load (i32.load (local.get 0))))
    (func (export "loop") (param i32) (result i32) (local i32)
      (loop $again
        (local.set 1 (i32.add (local.get 1) (i32.const 3)))
        (local.set 1 (i32.and (local.get 1) (i32.const 0xff)))
        (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
      (local.get 1)))`;

  it("trap at the one that fails, with its range", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const [memory] = instance.memories;
    memory.view.setInt32(16, 0x20000, true);
    const first = failureOf(() => engine.call(instance, "both", 0x30000));
    const second = failureOf(() => engine.call(instance, "both", 16));
    expect(first.lines().join("\n")).toContain("Accessing offset from: 0x00030000 to: 0x00030003");
    expect(second.lines().join("\n")).toContain("Accessing offset from: 0x00020000 to: 0x00020003");
    const [, offsetOfFirst] = /Bytecode offset: (0x\w+)/.exec(first.lines().join("\n")) ?? [];
    const [, offsetOfSecond] = /Bytecode offset: (0x\w+)/.exec(second.lines().join("\n")) ?? [];
    expect(Number(offsetOfSecond)).toBeGreaterThan(Number(offsetOfFirst));
  });

  it("are entered by a branch at either of them", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "loop", 100)).toEqual([300 & 0xff]);
  });
});

import { describe, expect, it } from "vitest";
import { ADDRESS, instructions, instructionText, opcodeBytes } from "../../src/ast/instructions.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { isExecutable } from "../../src/executor/instantiate/executable.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";
import { programOf } from "../support/instruction-programs.ts";

/** Issue 1: every row of the instruction table is executed, or refused at instantiation by an error that names it. */

const executed = instructions.filter(isExecutable);
const refused = instructions.filter((info) => !isExecutable(info));

describe("an instruction that is executed:", () => {
  it.each(executed)("$name", (info) => {
    const engine = new Engine();
    const { source, expected } = programOf(info);
    const module = engine.parse(source);
    expect(holds(module.bytes, opcodeBytes(info.opcode))).toBe(true);
    const instance = engine.instantiate(module);
    if (typeof expected === "string") {
      expect(failureOf(() => engine.call(instance, "f")).codeName).toBe(expected);
      return;
    }
    const results = engine.callTyped(instance, "f");
    if (expected !== undefined) expect(results.map((value) => value.toValue())).toEqual(expected);
    else {
      const types = info.results?.map((type) => (type === ADDRESS ? ValType.I32 : type));
      expect(results.map(({ type }) => type)).toEqual(types);
    }
  });
});

// All of them once everything is executed: then this list is empty and the suite above holds every row.
describe.runIf(refused.length > 0)("an instruction that is refused, by name:", () => {
  it.each(refused)("$name", (info) => {
    const engine = new Engine();
    const module = engine.parse(programOf(info).source);
    const error = failureOf(() => engine.instantiate(module));
    expect(error.code).toBe(ErrCode.InstructionNotExecutable);
    const [instruction] = contextOf(error, "instruction");
    expect(instruction).toMatchObject({ name: instructionText(info.opcode), opcode: opcodeBytes(info.opcode) });
    const { offset = 0 } = instruction ?? {};
    expect(Array.from(module.bytes.subarray(offset, offset + 1))).toEqual(opcodeBytes(info.opcode).slice(0, 1));
    expect(error.lines().at(-1)).toBe("    At AST node: module");
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

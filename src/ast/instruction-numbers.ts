import { lazy } from "../common/lazy.ts";
import { Proposal } from "../common/proposal.ts";
import { allInstructions, type InstructionInfo, OPCODE_BOUND, type Opcode } from "./instructions.ts";

/** WasmEdge's numbers of the instructions, by which its cost table goes. */

/** An instruction with its number. */
export interface NumberedInstruction extends InstructionInfo {
  /** WasmEdge's number of the instruction, the index of its cost table; ours stand after WasmEdge's 566. */
  readonly ordinal: number;
}

/** WasmEdge numbers its instructions by wire order (the 0xFD page before the 0xFE page); ours follow. */
function wasmEdgeOrder({ opcode, proposals: [first] }: InstructionInfo): number {
  const ours = first === Proposal.LegacyExceptionHandling || first === Proposal.WideArithmetic;
  const wire = opcode >> 8 === 3 ? OPCODE_BOUND + opcode : opcode;
  return ours ? 0x10000 + wire : wire;
}

/** All instructions, in the order of their numbers. Few programs need them. */
export const numberedInstructions = lazy((): readonly NumberedInstruction[] =>
  allInstructions()
    .sort((a, b) => wasmEdgeOrder(a) - wasmEdgeOrder(b))
    .map((info, ordinal) => ({ ...info, ordinal })),
);

const ordinals = lazy(() => {
  const byOpcode = new Int16Array(OPCODE_BOUND);
  for (const { opcode, ordinal } of numberedInstructions()) byOpcode[opcode] = ordinal;
  return byOpcode;
});

/** WasmEdge's number of an instruction. */
export function ordinalOf(opcode: Opcode): number {
  return ordinals()[opcode];
}

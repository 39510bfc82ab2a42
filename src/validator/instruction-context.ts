import { instructionText, type Opcode, opcodeBytes } from "../ast/instructions.ts";
import type { ErrorContext } from "../common/error-context.ts";

/** The context entry of an instruction; its bytes are the wire's, where WasmEdge prints its own number. */
export function instructionContext(opcode: Opcode, offset: number): ErrorContext {
  return { kind: "instruction", name: instructionText(opcode), opcode: opcodeBytes(opcode), offset };
}

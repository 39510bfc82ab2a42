import { type NumberedInstruction, numberedInstructions } from "./instruction-numbers.ts";

/** All instructions, in the order of their WasmEdge numbers: for embedders. It is made where this is imported, so nothing else does. */
export const instructions: readonly NumberedInstruction[] = numberedInstructions();

import {
  type InstructionInfo,
  instructions,
  instructionText,
  OPCODE_BOUND,
  opcodeBytes,
} from "../../ast/instructions.ts";
import type { Expression, Module } from "../../ast/module.ts";
import { WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { Proposal } from "../../common/proposal.ts";
import { permissiveReader } from "../lowering/code-space.ts";

/** Proposals whose instructions are decoded and validated, but not executed yet. */
const notYet: ReadonlySet<Proposal> = new Set([Proposal.Threads]);

/** Whether the executor can execute an instruction. */
export function isExecutable(info: InstructionInfo): boolean {
  return !info.proposals.some((proposal) => notYet.has(proposal));
}

/** By opcode: 1 where the instruction cannot be executed. */
const refused = new Uint8Array(OPCODE_BOUND);
for (const info of instructions) if (!isExecutable(info)) refused[info.opcode] = 1;

/**
 * Refuses a module that holds an instruction which cannot be executed yet, so that no run stops half-way.
 * @throws InstructionNotExecutable, with the first such instruction
 */
export function requireExecutable(module: Module): void {
  const { code } = module;
  for (let i = 0; code.scanned && i < code.ends.length; i++) {
    scan(module, { start: code.expressionStarts[i], end: code.ends[i] });
  }
  for (const { init } of module.globals) scan(module, init);
  for (const { init } of module.tables) if (init !== undefined) scan(module, init);
  for (const { offset, expressionBounds } of module.elements) {
    if (offset !== undefined) scan(module, offset);
    if (expressionBounds !== undefined) {
      scan(module, { start: expressionBounds[0], end: expressionBounds[expressionBounds.length - 1] });
    }
  }
  for (const { offset } of module.data) if (offset !== undefined) scan(module, offset);
}

function scan(module: Module, { start, end }: Expression): void {
  const reader = permissiveReader(module.bytes);
  reader.seek(start);
  while (reader.position < end) {
    const opcode = reader.next();
    if (refused[opcode] === 0) continue;
    throw new WasmEdgeError(ErrCode.InstructionNotExecutable, {
      kind: "instruction",
      name: instructionText(opcode),
      opcode: opcodeBytes(opcode),
      offset: reader.offset,
    });
  }
}

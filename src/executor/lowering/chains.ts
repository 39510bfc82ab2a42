import { chainOf, IR, irLengths, irTraits, Trait } from "../engine/generated/ir.ts";

/** Chains of instructions: see `engine/loop/chains.ts`. */

/** The words of the instruction at a position, a br-table's list included. */
export function wordsOfInstruction(code: Int32Array, position: number): number {
  const length = irLengths[code[position]];
  return code[position] === IR["br-table"] ? length + 2 * (code[position + 2] + 1) : length;
}

/**
 * Makes each instruction that can go on with the one behind it do so. One that another goes on with may be the first of a
 * chain as well: for those who come to it by a branch.
 * @param code of one function
 * @param start the place of its first instruction
 * @returns whether any of them belongs to vectors
 */
export function chainInstructions(code: Int32Array, start: number): boolean {
  let first = start;
  let instruction = code[first];
  let traits = 0;
  while (first < code.length) {
    traits |= irTraits[instruction];
    const second = first + wordsOfInstruction(code, first);
    if (second >= code.length) break;
    const next = code[second];
    const chain = chainOf(instruction, next);
    if (chain !== undefined) code[first] = chain;
    first = second;
    instruction = next;
  }
  return (traits & Trait.Vector) !== 0;
}

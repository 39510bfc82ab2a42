import { Disassembler, type ListedInstruction } from "../debugger/disassembler.ts";
import { headOf, IR, irLengths, irNames, irOperands } from "../executor/engine/generated/ir.ts";
import { wordsOfInstruction } from "../executor/lowering/chains.ts";
import { CodeSpace, unitCosts } from "../executor/lowering/code-space.ts";
import { HEADER_WORDS } from "../executor/lowering/lower-function.ts";
import { slotWords } from "../executor/lowering/operands.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { ExplainedCode, ExplainedFunction, ExplainedInstruction, FrameRange, Lowering } from "./explanation.ts";

/** The register code that a function is lowered to at its first call. */

/** Operands that name registers, where the instruction's form says nothing else. */
const registerOperands: ReadonlySet<string> = new Set(["d", "a", "b", "c", "d2", "a2"]);

/** Names the words of a frame. */
class FrameMap {
  readonly ranges: FrameRange[] = [];
  private readonly names = new Map<number, string>();

  constructor(space: CodeSpace, func: ExplainedFunction, entry: number) {
    let word = 0;
    space.bodies.localTypes(func.index).forEach((type, i) => {
      const local = func.locals[i];
      const words = slotWords(type);
      const name = local?.name ?? `local ${i}`;
      this.add(word, words, `${name}, ${local?.isParameter === true ? "parameter" : "local"} of type ${local?.type}`);
      this.names.set(word, name);
      word += words;
    });
    const header = space.headerOffset(entry);
    if (header > word) this.add(word, header - word, "room for the results");
    this.add(header, HEADER_WORDS, "where the caller goes on, and its frame");
    const stack = header + HEADER_WORDS;
    const end = space.frameWords(entry);
    if (end > stack) this.add(stack, end - stack, "operand stack: s0, s1, … of two words each");
    for (let at = stack; at < end; at += 2) this.names.set(at, `s${(at - stack) / 2}`);
  }

  private add(first: number, words: number, content: string): void {
    this.ranges.push({ first, last: first + words - 1, content });
  }

  nameOf(word: number): string {
    return this.names.get(word) ?? `word ${word}`;
  }
}

/**
 * Which operands of an instruction are registers. One that does the work of two has the forms of both, so that it is known only
 * where neither has an immediate.
 */
function isRegister(ir: number, operand: string): boolean {
  const name = irNames()[headOf(ir)];
  if (!registerOperands.has(operand)) return false;
  if (/ of |; /.test(name)) return !/ (?:ri|ir)\b/.test(name);
  const form = / (r[ri]|ir)$/.exec(name)?.[1];
  return form === undefined || operand === "d" || form[operand === "a" ? 0 : 1] === "r";
}

function operandTexts(code: Int32Array, position: number, frame: FrameMap): string[] {
  const ir = code[position];
  const texts = irOperands()[ir].map((operand, i) => {
    const word = code[position + 1 + i];
    return `${operand}=${isRegister(ir, operand) ? frame.nameOf(word) : word}`;
  });
  if (ir !== IR["br-table"]) return texts;
  const list = code.subarray(position + irLengths[ir], position + wordsOfInstruction(code, position));
  return [...texts, `targets and costs ${Array.from(list).join(" ")}`];
}

/**
 * Lowers a function.
 * @throws ValueStackExhausted where it has more locals than any frame holds
 */
export function explainLowering(instance: ModuleInstance, func: ExplainedFunction): Lowering {
  const space = CodeSpace.of(instance, unitCosts);
  const entry = space.lower(func.index);
  const lowered = space.functionAt(entry);
  const { source } = instance;
  if (lowered === undefined || source === undefined) throw new Error("BUG: a function that was lowered has no code");
  const frame = new FrameMap(space, func, entry);
  const waiting = Disassembler.of(source).listing(func.index).reverse();
  const places = space.placesOf(lowered);
  let at = 0;
  const code: ExplainedCode[] = [];
  for (let position = entry; position < lowered.end; position += wordsOfInstruction(space.code, position)) {
    const operands = operandTexts(space.code, position, frame);
    const text = [irNames()[space.code[position]], operands.join(", ")].filter((part) => part !== "").join("  ");
    while ((places[at]?.position ?? Number.POSITIVE_INFINITY) <= position) at++;
    code.push({ position, text, from: take(waiting, places[at - 1]?.offset) });
  }
  return { frame: frame.ranges, frameWords: space.frameWords(entry), code };
}

/**
 * Takes the instructions up to the one at an offset off a listing whose first stands last: those of which the code there has been
 * made.
 */
function take(listing: ListedInstruction[], last: number | undefined): ExplainedInstruction[] {
  const taken: ExplainedInstruction[] = [];
  while (last !== undefined && (listing[listing.length - 1]?.offset ?? Number.POSITIVE_INFINITY) <= last) {
    const { offset, text } = listing.pop() as ListedInstruction;
    taken.push({ offset, text });
  }
  return taken;
}

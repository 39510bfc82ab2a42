/**
 * The two forms of an instruction, for which the run loop is generated from the same templates.
 *
 * As words, code is one `Int32Array`, and a position in it says where a run stands. Linked, an instruction is an object that
 * knows the next one (see `lowering/linked-code.ts`): engines that remember where properties stand read one in half the time that
 * an element of an array takes (docs/performance.md, "Linked code").
 */
export interface CodeForm {
  /** The operand in this place, from 1. */
  word(place: number): string;
  /** Statements, each of which says where the run goes on. */
  goForward(words: number): string;
  enter(callee: string): string;
  resumeAt(position: string): string;
  /** To one of a br-table's targets, as if that were the instruction `br`. */
  choose(index: string): string;
  /** The position that many words behind that of the instruction. */
  positionBehind(words: string): string;
  /** The code of a function that is not lowered. */
  readonly none: string;
  /** The lowered code of a function by its index, and whether there is none yet. */
  entryOf(index: string): string;
  isMissing(entry: string): string;
  /** What stands before a function's code: the place of its first local that is no parameter, of its header, and its words. */
  localsOf(entry: string): string;
  headerOf(entry: string): string;
  frameOf(entry: string): string;
}

export const asWords: CodeForm = {
  word: (place) => `code[pc + ${place}]`,
  goForward: (words) => `pc += ${words};`,
  enter: (callee) => `pc = ${callee};`,
  resumeAt: (position) => `pc = ${position};`,
  choose: (index) => `pc = pc + 2 + 2 * (${index});`,
  positionBehind: (words) => (words === "0" ? "pc" : `pc + ${words}`),
  none: "0",
  entryOf: (index) => `entries[${index}]`,
  isMissing: (entry) => `${entry} === 0`,
  localsOf: (entry) => `code[${entry} - 2]`,
  headerOf: (entry) => `code[${entry} - 3]`,
  frameOf: (entry) => `code[${entry} - 1]`,
};

export const asLinks: CodeForm = {
  word: (place) => `instr.word${place}`,
  goForward: () => "instr = instr.next;",
  enter: (callee) => `instr = ${callee}.first;`,
  resumeAt: (position) => `instr = linked[${position}];`,
  choose: (index) => `instr = instr.list[${index}];`,
  positionBehind: (words) => (words === "0" ? "instr.position" : `instr.position + ${words}`),
  none: "undefined",
  entryOf: (index) => `functions[${index}]`,
  isMissing: (entry) => `${entry} === undefined`,
  localsOf: (entry) => `${entry}.locals`,
  headerOf: (entry) => `${entry}.header`,
  frameOf: (entry) => `${entry}.frame`,
};

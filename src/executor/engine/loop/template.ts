/**
 * The notation in which the run loop's instructions are written, and its expansion to cases of the switch.
 *
 * An instruction of the intermediate representation is a few words in an `Int32Array`: its number, then its operands. A
 * template names the operands in order and gives the body, in which
 *
 * - `@d`, `@a`, … stand for the word at that operand's place in the code,
 * - `i32(@a)`, `f32(@a)`, `f64(@a)` for the value of the register that the word names, `lo(@a)` and `hi(@a)` for the halves of
 *   an i64 register; each may be assigned to,
 * - `trap(Name)` for leaving the loop with that error,
 * - `exit(Name)` for leaving the loop to the driver for that reason.
 *
 * A body ends with the next instruction, unless it is a branch's: there `branch()` takes the branch, whose target and cost
 * are the first two operands.
 */
export interface Template {
  readonly name: string;
  readonly operands: readonly string[];
  readonly body: string;
}

/** The number of words of an instruction. */
export function lengthOf(template: Template): number {
  return template.operands.length + 1;
}

const OPERAND = /@(\w+)/g;

function placeOf(template: Template, operand: string): number {
  const index = template.operands.indexOf(operand);
  if (index < 0) throw new Error(`template ${template.name} has no operand ${operand}`);
  return index + 1;
}

/** The statements of one case. */
export function expand(template: Template): string {
  const word = (operand: string): string => `code[pc + ${placeOf(template, operand)}]`;
  const body = template.body
    .trim()
    .replace(
      /\b(i32|f32|lo)\(@(\w+)\)/g,
      (_, view, operand) => `${view === "lo" ? "i32" : view}[fp + ${word(operand)}]`,
    )
    .replace(/\bhi\(@(\w+)\)/g, (_, operand) => `i32[fp + ${word(operand)} + 1]`)
    .replace(/\bf64\(@(\w+)\)/g, (_, operand) => `f64[(fp + ${word(operand)}) >> 1]`)
    .replace(OPERAND, (_, operand) => word(operand))
    .replace(/\btrap\((\w+)\)/g, (_, name) => `{ reason = Trap.${name}; break loop; }`)
    .replace(/\bexit\((\w+)\)/g, (_, name) => `{ reason = Exit.${name}; break loop; }`)
    .replace(/\bbranch\(\)/g, "break");
  return /\bnext$/.test(body) ? body.replace(/\bnext$/, `pc += ${lengthOf(template)}; continue;`) : `${body}`;
}

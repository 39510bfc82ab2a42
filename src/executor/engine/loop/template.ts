import type { CodeForm } from "./code-form.ts";

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
 * - `exit(Name)` for leaving the loop to the driver for that reason,
 * - `enter(entry)`, `resumeAt(i32[b])` and the like for what depends on the form of the code: see `CodeForm`.
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

/** What templates may ask of the form of the code, with one argument that has no parentheses in it. */
const formParts = [
  "enter",
  "resumeAt",
  "choose",
  "positionBehind",
  "entryOf",
  "isMissing",
  "localsOf",
  "headerOf",
  "frameOf",
] as const satisfies readonly (keyof CodeForm)[];

/** The statements of one case, for code of that form. */
export function expand(template: Template, form: CodeForm): string {
  const word = (operand: string): string => form.word(placeOf(template, operand));
  let body = template.body
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
    .replace(/\bbranch\(\)/g, "break")
    .replace(/\bnone\b/g, form.none);
  for (const part of formParts) {
    body = body.replace(new RegExp(`\\b${part}\\(([^()]*)\\)`, "g"), (_, argument) => form[part](argument));
  }
  return body.replace(/\bnext$/, `${form.goForward(lengthOf(template))} continue;`);
}

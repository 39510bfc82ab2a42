import { indentation } from "../debugger/text.ts";
import type {
  Execution,
  ExplainedCheck,
  ExplainedFunction,
  ExplainedInstruction,
  ExplainedStep,
  ExplainedTypes,
  Explanation,
  Instantiation,
  Loading,
  Lowering,
  NamedValue,
  Validation,
} from "./explanation.ts";
import { hexadecimal } from "./sections.ts";
import { heading, paragraph, table } from "./text-layout.ts";

/** An explanation as text: for someone who has never seen a stack machine. */

/** The bottom of a stack, and what stands between two of its entries. */
const BOTTOM = "┃";
const BETWEEN = " │ ";

/** Entries of a stack that are drawn: the topmost. */
const DRAWN = 6;

/** As many locals as have a column of their own beside the steps. */
const DRAWN_LOCALS = 4;

/** Rows of a table of instructions that are shown. */
const SHOWN_ROWS = 250;

function stackText(entries: readonly string[]): string {
  if (entries.length === 0) return BOTTOM;
  const drawn = entries.length > DRAWN ? ["…", ...entries.slice(-DRAWN)] : entries;
  return `${BOTTOM} ${drawn.join(BETWEEN)}`;
}

function typesText({ types }: ExplainedTypes): string {
  return stackText(types);
}

function namesText(values: readonly NamedValue[]): string {
  return values.map(({ name, value }) => `${name} = ${value}`).join(", ");
}

/** @param name of the file */
export function explanationText(explanation: Explanation, name: string): string[] {
  const { byteLength, loading, validation, instantiation, lowering, execution, failure } = explanation;
  return [
    `${name}: a module of ${byteLength} bytes, and what becomes of it.`,
    ...(loading === undefined
      ? heading("1. Loading", "Loader", "Loader::Loader, Loader::FileMgr")
      : loadingText(loading)),
    ...(validation === undefined ? [] : validationText(validation, explanation.function)),
    ...(instantiation === undefined ? [] : instantiationText(instantiation)),
    ...(lowering === undefined ? [] : loweringText(lowering)),
    ...(execution === undefined ? [] : executionText(execution)),
    ...(failure === undefined
      ? []
      : ["", `It ends here: the ${failure.stage} fails.`, "", ...failure.lines.map((line) => `  ${line}`)]),
    "",
  ];
}

// --- 1 ---

function loadingText({ sections }: Loading): string[] {
  const rows = sections.flatMap(({ offset, byteLength, name, entries }) => {
    const [first = "", ...others] = entries;
    return [[hexadecimal(offset), String(byteLength), name, first], ...others.map((entry) => ["", "", "", entry])];
  });
  return [
    ...heading("1. Loading: bytes become a module", "Loader", "Loader::Loader, Loader::FileMgr, AST::Module"),
    ...paragraph(
      "The bytes are read once, from the first to the last. They are cut into sections; each begins with a number that tells its kind, and its size. Of functions only the places are noted: their bodies stay bytes.",
    ),
    "",
    ...table(["offset", "bytes", "section", "what it holds"], rows),
  ];
}

// --- 2 ---

function validationText({ instructions }: Validation, func: ExplainedFunction | undefined): string[] {
  const head = heading(
    "2. Validation: may it run?",
    "Validator, FormChecker",
    "Validator::Validator, Validator::FormChecker",
  );
  if (func === undefined) return [...head, ...paragraph("The module defines no function.")];
  const others = func.definedFunctions - 1;
  const more = others === 0 ? "" : ` The module defines ${others} more: --function NAME shows another one.`;
  return [
    ...head,
    ...paragraph(
      `WebAssembly is a stack machine: an instruction takes its operands off the top of a stack and puts its results there. Before anything runs, each function is walked through with a stack of types. Where an instruction does not find the types that it needs, the module is refused, so that at run time nobody has to look. Here is ${func.name}, of type ${func.type}.${more}`,
    ),
    "",
    ...localsText(func),
    ...paragraph(`A stack is drawn from its bottom ${BOTTOM} to its top, which is on the right.`),
    "",
    ...table(
      ["offset", "instruction", "types before", "types after"],
      instructions
        .slice(0, SHOWN_ROWS)
        .map(({ offset, text, depth, before, after }) => [
          hexadecimal(offset),
          indentation(depth) + text,
          typesText(before),
          typesText(after),
        ]),
    ),
    ...moreText(instructions.length, "instructions"),
    "",
    ...paragraph(
      "These are the specification's rules for them. What each does when it is executed stands on its page exec/instructions.html, in the same order.",
    ),
    "",
    ...rulesText(instructions),
  ];
}

function moreText(count: number, what: string): string[] {
  return count <= SHOWN_ROWS ? [] : [`  and ${count - SHOWN_ROWS} more ${what}: --json has them all`];
}

function localsText({ locals }: ExplainedFunction): string[] {
  if (locals.length === 0) return [];
  const rows = locals.map(({ index, name, type, isParameter }) => {
    return [String(index), name, type, isParameter ? "parameter" : "zero or null at the start"];
  });
  return [...table(["local", "name", "type", ""], rows), ""];
}

function rulesText(instructions: readonly ExplainedCheck[]): string[] {
  const rules = new Map<string, Set<string>>();
  for (const {
    name,
    rules: { validation },
  } of instructions) {
    const names = rules.get(validation) ?? new Set();
    rules.set(validation, names.add(name));
  }
  return Array.from(rules, ([address, names]) => [`  ${Array.from(names).join(", ")}`, `      ${address}`]).flat();
}

// --- 3 ---

function instantiationText(parts: Instantiation): string[] {
  const rows = (["functions", "tables", "memories", "globals", "exports"] as const).flatMap((kind) => {
    const [first, ...others] = parts[kind];
    return first === undefined ? [] : [[kind, first], ...others.map((text) => ["", text])];
  });
  return [
    ...heading(
      "3. Instantiation: a module becomes an instance",
      "Executor, StoreManager, ModuleInstance",
      "Executor::Executor, Runtime::StoreManager, Runtime::Instance::ModuleInstance",
    ),
    ...paragraph(
      "A module is a plan; an instance is the thing. Imports are looked up by name in the store, memories and tables are made and filled, globals get their first values. One module can have many instances, each with a memory of its own.",
    ),
    "",
    ...(rows.length === 0 ? ["  There is nothing to be made."] : table(["", ""], rows)),
    ...(parts.start === undefined ? [] : ["", ...paragraph(`Its start function has run: ${parts.start}.`)]),
  ];
}

// --- 4 ---

function loweringText({ frame, frameWords, code }: Lowering): string[] {
  const places = frame.map(({ first, last, content }) => [
    first === last ? String(first) : `${first} - ${last}`,
    content,
  ]);
  return [
    ...heading(
      "4. Lowering: instructions become register code",
      "CodeSpace, FunctionLowering",
      "none: its interpreter executes the AST::Instruction objects of the loader",
    ),
    ...paragraph(
      `At its first call a function is rewritten, once. Its locals and its operand stack become registers of one frame of ${frameWords} words, 32 bits each; an instruction then names the registers that it reads and writes. So most local.get and const vanish into the instruction that uses them, and blocks become positions to branch to.`,
    ),
    "",
    ...table(["words", "hold"], places),
    "",
    ...table(
      ["position", "register code", "made of"],
      code.slice(0, SHOWN_ROWS).map(({ position, text, from }) => [String(position), text, fromText(from)]),
    ),
    ...moreText(code.length, "lines of code"),
  ];
}

function fromText(from: readonly ExplainedInstruction[]): string {
  return from.length === 0 ? "the same" : from.map(({ text }) => text).join(", ");
}

// --- 5 ---

function executionText({ call, locals, steps, goesOn, results }: Execution): string[] {
  const start = locals.length === 0 ? "It has no locals." : `Its locals: ${namesText(locals)}.`;
  const names = locals.map(({ name }) => name);
  const drawn = names.length > DRAWN_LOCALS ? [] : names;
  const end = goesOn
    ? [...paragraph(`The run goes on: --steps N shows more than these ${steps.length}.`)]
    : results === undefined
      ? []
      : [...paragraph(results.length === 0 ? "It gives nothing back." : `It gives back ${results.join(", ")}.`)];
  return [
    ...heading("5. Execution: the first steps", "Execution, run", "Executor::Executor::execute, Runtime::StackManager"),
    ...paragraph(
      `The call ${call} makes a frame on the value stack. ${start} Then one instruction after the other is executed; its operands come off the stack of values, its results go there. (Shown is the stepwise form of the code, in which each instruction is still there by itself.)`,
    ),
    "",
    ...table(
      ["step", "instruction", "stack after", ...drawn, "what happens"],
      steps.map((step, i) => [
        String(i + 1),
        indentation(step.depth - 1) + step.text,
        step.stack === undefined ? "" : stackText(step.stack),
        ...drawn.map((name) => step.locals?.find((local) => local.name === name)?.value ?? ""),
        happening(step),
      ]),
    ),
    ...(end.length === 0 ? [] : ["", ...end]),
  ];
}

function happening({ takes, leaves, effects }: ExplainedStep): string {
  const parts: string[] = [];
  if (takes.length > 0) parts.push(`takes ${takes.join(", ")}`);
  if (leaves.length > 0) parts.push(`leaves ${leaves.join(", ")}`);
  return [...parts, ...effects].join("; ");
}

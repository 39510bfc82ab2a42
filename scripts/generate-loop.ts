// Writes the generated sources: constants for opcodes from the instruction table, and from the templates of
// src/executor/engine/loop/ the numbers of the intermediate representation and the run loop.
import { instructions } from "../src/ast/instruction-list.ts";
import { chainName, chainsOf, expandChain } from "../src/executor/engine/loop/chains.ts";
import { asLinks, asWords, type CodeForm } from "../src/executor/engine/loop/code-form.ts";
import { coldInstructions } from "../src/executor/engine/loop/cold-instructions.ts";
import { controlTemplates } from "../src/executor/engine/loop/control-families.ts";
import { floatTemplates } from "../src/executor/engine/loop/float-families.ts";
import { fusedTemplates } from "../src/executor/engine/loop/fused-families.ts";
import { integerTemplates } from "../src/executor/engine/loop/integer-families.ts";
import { memoryTemplates } from "../src/executor/engine/loop/memory-families.ts";
import { expand, lengthOf, type Template } from "../src/executor/engine/loop/template.ts";
import { onlyInLoop, vectorTemplates } from "../src/executor/engine/loop/vector-families.ts";
import { floatVectorFamilies } from "../src/executor/engine/vector/float-families.ts";
import { integerVectorFamilies } from "../src/executor/engine/vector/integer-families.ts";
import { familySource } from "../src/executor/engine/vector/template.ts";
import { notice, write } from "./generated-source.ts";

const opcodes = instructions.map(({ name, opcode }) => `  "${name}" = 0x${opcode.toString(16)},`);
write(
  "src/ast/generated/opcode.ts",
  `${notice}
/** The opcode number of each instruction of \`src/ast/instructions.ts\`. */
export const enum Op {
${opcodes.join("\n")}
}
`,
);

// --- The intermediate representation ---

const hot: readonly Template[] = [
  ...controlTemplates,
  ...memoryTemplates,
  ...integerTemplates,
  ...floatTemplates,
  ...fusedTemplates,
  ...vectorTemplates,
];
const cold: readonly Template[] = Object.entries(coldInstructions).map(([name, operands]) => ({
  name,
  operands,
  body: "",
}));
const chains = chainsOf(hot);
/** To all but the loop a chain has the words of its first instruction. */
const chained: readonly Template[] = chains.map((chain) => ({ ...chain.first, name: chainName(chain) }));
const all = [...hot, ...chained, ...cold];
const numbers = new Map(all.map(({ name }, number) => [name, number]));
if (numbers.size !== all.length) throw new Error("two templates have the same name");

const Trait = { Vector: 1, Target: 2, Destination: 4 };

function traitsOf({ name, operands }: Template): number {
  const vector = /x\d|128|vector/.test(name) ? Trait.Vector : 0;
  return vector | (operands[0] === "target" ? Trait.Target : 0) | (operands.includes("d") ? Trait.Destination : 0);
}

/** Above the number of any instruction. */
const PAIRS = 1024;

/** Per opcode: the number of the template that `nameOf` gives for the instruction, or -1. */
function formTable(nameOf: (name: string) => string): string {
  const pairs = instructions.flatMap(({ name, opcode }) => {
    const number = numbers.get(nameOf(name));
    return number === undefined ? [] : [opcode, number];
  });
  return `table([${pairs.join(", ")}])`;
}

/** Of each instruction that does the work of two: the key of the pair, by their names, and its number. */
const fusions = hot.flatMap(({ name }, number) => {
  const [, outer, inner] = /^(.*?) of (.*)$/.exec(name) ?? [];
  const [, first, second] = /^(.*); (.*)$/.exec(name) ?? [];
  const pair = [outer ?? second, inner ?? first].map((part) => numbers.get(part));
  return pair[0] === undefined || pair[1] === undefined ? [] : [pair[0] * PAIRS + pair[1], number];
});

/** Of each chain: the key of the pair and its number. */
const chainNumbers = chains.flatMap(({ first, second }, index) => {
  const [number, next] = [first, second].map(({ name }) => numbers.get(name) as number);
  return [number * PAIRS + next, hot.length + index];
});

write(
  "src/executor/engine/generated/ir.ts",
  `${notice}
import { OPCODE_BOUND } from "../../../ast/instructions.ts";
import { lazy } from "../../../common/lazy.ts";

/** The instructions of the intermediate representation: those of the loop first, then the cold ones. */
export const enum IR {
${all.map(({ name }, number) => `  "${name}" = ${number},`).join("\n")}
}

/** The name of each instruction, by number. */
export const irNames: () => readonly string[] = lazy(() => ${JSON.stringify(all.map(({ name }) => name))});

/** The operands of each instruction, by number. */
export const irOperands: () => readonly (readonly string[])[] = lazy(() => ${JSON.stringify(all.map(({ operands }) => operands))});

/** The words of each instruction, by number; a br-table has its list besides. */
export const irLengths: Uint8Array = new Uint8Array([${all.map(lengthOf).join(", ")}]);

/** What can be said of an instruction, each a bit. */
export const enum Trait {
  /** It belongs to vectors: a large program may do without. */
  Vector = ${Trait.Vector},
  /** Its first operand is where a branch leads to. */
  Target = ${Trait.Target},
  /** It has a destination. */
  Destination = ${Trait.Destination},
}

/** The traits of each instruction, by number. */
export const irTraits: Uint8Array = new Uint8Array([${all.map(traitsOf).join(", ")}]);

/** The first number that has no case in the loop. */
export const FIRST_COLD = ${hot.length + chained.length};

/** The first number of a chain, whose name is those of its two instructions with a plus between them. */
export const FIRST_CHAIN = ${hot.length};

const chains = pairs([${chainNumbers.join(", ")}]);

/** The instruction that does what \`first\` does and goes on with \`second\` behind it; see \`loop/chains.ts\`. */
export function chainOf(first: IR, second: IR): IR | undefined {
  return chains.get(first * ${PAIRS} + second);
}

/** What a number does first: a chain's first instruction, any other itself. */
export function headOf(ir: IR): IR {
  return ir < FIRST_CHAIN || ir >= FIRST_COLD ? ir : chainHeads[ir - FIRST_CHAIN];
}

const chainHeads: Int16Array = new Int16Array([${chains.map(({ first }) => numbers.get(first.name)).join(", ")}]);

/** The second instruction of a chain. */
export function chainedTo(chain: IR): IR {
  return chainSeconds[chain - FIRST_CHAIN];
}

const chainSeconds: Int16Array = new Int16Array([${chains.map(({ second }) => numbers.get(second.name)).join(", ")}]);

const fusions = pairs([${fusions.join(", ")}]);

/** The one instruction for two, of which the first computes what the second uses; see \`loop/fused-families.ts\`. */
export function fusionOf(first: IR, second: IR): IR | undefined {
  return fusions.get(second * ${PAIRS} + first);
}

/** @param numbers of the pairs, each with its instruction behind it */
function pairs(numbers: readonly number[]): ReadonlyMap<number, IR> {
  const map = new Map<number, IR>();
  for (let i = 0; i < numbers.length; i += 2) map.set(numbers[i], numbers[i + 1]);
  return map;
}

/** @param pairs opcodes, each with its number behind it */
function table(pairs: readonly number[]): Int16Array {
  const numbers = new Int16Array(OPCODE_BOUND).fill(-1);
  for (let i = 0; i < pairs.length; i += 2) numbers[pairs[i]] = pairs[i + 1];
  return numbers;
}

/** By wasm opcode: the instruction on one register, -1 where there is none. */
export const formR: Int16Array = ${formTable((name) => `${name} r`)};
/** By wasm opcode: the instruction on two registers. */
export const formRR: Int16Array = ${formTable((name) => `${name} rr`)};
/** By wasm opcode: the instruction on three registers. */
export const formRRR: Int16Array = ${formTable((name) => `${name} rrr`)};
/** By wasm opcode: the instruction on a register and an immediate. */
export const formRI: Int16Array = ${formTable((name) => `${name} ri`)};
/** By wasm opcode of a comparison: the branch on two registers. */
export const branchRR: Int16Array = ${formTable((name) => `br ${name} rr`)};
/** By wasm opcode of a comparison: the branch on a register and an immediate. */
export const branchRI: Int16Array = ${formTable((name) => `br ${name} ri`)};
/** By wasm opcode of a comparison: the branch where it does not hold. */
export const branchUnlessRR: Int16Array = ${formTable((name) => `br-unless ${name} rr`)};
`,
);

function caseOf(number: number, title: string, statements: string): string {
  const body = statements
    .split("\n")
    .map((line) => `          ${line.trim()}`)
    .join("\n");
  return `        case ${number}: {\n          // ${title}\n${body}\n        }`;
}

/**
 * These stand first, as many as V8's bytecode has places for: it names the first 256 for type feedback by one byte, and all others by a
 * prefix, which its interpreter executes like an instruction of its own.
 */
const early = [
  "load64 of i32.add ri + i64.add rr of i64.mul ri",
  "i64.mul ri of i64.rotl ri",
  "move32 + call",
  "return32",
];
for (const name of early) if (!numbers.has(name)) throw new Error(`no instruction ${name} to stand first`);
const rank = (name: string): number => (early.includes(name) ? early.indexOf(name) : early.length);

/** The cases of the loop for code of a form. */
function casesFor(form: CodeForm): string {
  return [
    ...hot.map((template) => ({
      name: template.name,
      title: `${template.name}: ${template.operands.join(" ")}`,
      text: expand(template, form),
    })),
    ...chains.map((chain) => ({ name: chainName(chain), title: chainName(chain), text: expandChain(chain, form) })),
  ]
    .map(({ name, title, text }, number) => ({ name, text: caseOf(number, title, text) }))
    .sort((a, b) => rank(a.name) - rank(b.name))
    .map(({ text }) => text)
    .join("\n")
    .replace(/Math\.(imul|fround)\(/g, "$1(");
}

/** What a run loop has of its own by the form of its code, in the order in which it stands there. */
interface LoopParts {
  readonly name: string;
  readonly form: CodeForm;
  readonly imports: string;
  /** Before the function. */
  readonly declarations: string;
  /** Where the run stands, and what its code is read from. */
  readonly variables: string;
  /** The type of `entry`, and its first value. */
  readonly entry: string;
  /** Before each instruction. */
  readonly head: string;
  readonly ir: string;
  readonly cold: string;
  readonly branch: string;
  readonly position: string;
}

const links: LoopParts = {
  name: "run",
  form: asLinks,
  imports: `import type { LinkedFunction, LinkedInstruction } from "../../lowering/linked-code.ts";\n`,
  declarations: "",
  variables: `
  const code = execution.code;
  const { instructions: linked, functions } = execution.space.linked();
  let instr: LinkedInstruction = linked[execution.pc];`,
  entry: "let entry: LinkedFunction | undefined;",
  head: "",
  ir: "instr.ir",
  cold: "executeCold(execution, code, instr.position, fp); instr = instr.next;",
  branch: `
      fuel = (fuel - instr.word2) | 0;
      instr = instr.target;`,
  position: "instr.position",
};

/** Counts what it executes, for tests. */
const counting: LoopParts = {
  ...links,
  name: "runCounting",
  declarations: `
/** How often each instruction was executed, by number. */
export const irCounts = new Float64Array(${all.length});
`,
  head: "irCounts[instr.ir]++;",
};

const words: LoopParts = {
  name: "runWords",
  form: asWords,
  imports: "",
  declarations: "",
  variables: `
  let pc = execution.pc | 0;
  const code = execution.code;
  const entries = execution.entries;`,
  entry: "let entry = 0;",
  head: "",
  ir: "code[pc]",
  cold: "pc = executeCold(execution, code, pc, fp);",
  branch: `
      fuel = (fuel - code[pc + 2]) | 0;
      pc = code[pc + 1];`,
  position: "pc",
};

/** The source of a run loop. */
function runLoop(parts: LoopParts): string {
  return `${notice}
import type { FunctionInstance } from "../../../store/function-instance.ts";
${parts.imports}import { executeCold } from "../cold/execute-cold.ts";
import type { Execution } from "../execution.ts";
import { Exit, Trap } from "../exit.ts";
import { rethrowWithin, throwWithin } from "../throw-within.ts";
${parts.declarations}
/**
 * Runs an execution until it ends, its fuel is used up, or it needs its driver.
 * See docs/architecture.md and src/executor/engine/loop/.
 * @returns an Exit, or the error code of a trap
 */
export function ${parts.name}(execution: Execution): number {${parts.variables}
  let fp = execution.fp | 0;
  let fuel = execution.fuel | 0;
  let depth = execution.depth | 0;
  let steps = 0;
  const maxDepth = execution.maxDepth | 0;
  const stackEnd = execution.stackEnd | 0;
  const i32 = execution.i32;
  const f32 = execution.f32;
  const f64 = execution.f64;
  const refs = execution.refs;
  const globals = execution.globals;
  const tables = execution.tables;
  const instance = execution.instance;
  // Looked up once: an engine without a compiler would do it at each product.
  const imul = Math.imul;
  const fround = Math.fround;
  let mem = execution.memory;
  let d = 0;
  let a = 0;
  let a1 = 0;
  let b = 0;
  let b1 = 0;
  let c = 0;
  let c1 = 0;
  let at = 0;
  ${parts.entry}
  let ea = 0.5;
  let x = 0.5;
  let callee: FunctionInstance | null | undefined;
  let reason = 0;
  try {
    loop: for (;;) {
      ${parts.head}
      switch (${parts.ir}) {
${casesFor(parts.form)}
        default:
          ${parts.cold}
          mem = execution.memory;
          continue;
      }
      // A branch is taken.${parts.branch}
      if (fuel < 0) {
        reason = Exit.Fuel;
        break;
      }
    }
  } catch (error) {
    execution.thrown = error;
    reason = Exit.Threw;
  }
  execution.pc = ${parts.position};
  execution.fp = fp;
  execution.fuel = fuel;
  execution.depth = depth;
  execution.steps += steps;
  return reason;
}
`;
}

write("src/executor/engine/generated/run.ts", runLoop(links));
write("src/executor/engine/generated/run-counting.ts", runLoop(counting));
write("src/executor/engine/generated/run-words.ts", runLoop(words));

// --- Vector instructions ---

write(
  "src/executor/engine/generated/vector.ts",
  `${notice}
import { Op } from "../../../ast/generated/opcode.ts";
import type { Execution } from "../execution.ts";
import { bitCounts, clamp, orNan, saturate8, saturate16, truncateS32, truncateU32 } from "../vector/lane-values.ts";

/**
 * The vector instructions by families; see src/executor/engine/vector/. Operands and destination are word offsets on the value
 * stack.
 */

${[...integerVectorFamilies, ...floatVectorFamilies].map((family) => familySource(family, onlyInLoop)).join("\n")}`,
);

import { readI64, writeI64 } from "./integer-families.ts";
import type { Template } from "./template.ts";

/**
 * Moves, branches, calls. How calls and frames work is told in `frame.ts`.
 *
 * A branch adds its cost to what the run has used; the cost of a forward branch may be negative, since the code that it
 * jumps over was already counted in at its target (see `cost.ts`).
 */

/** Where a call leaves the loop undone: the driver does what is needed and the call begins again. */
const undo = "fuel = (fuel + @cost) | 0;";

/** `entry` is the callee's code, `at` its frame pointer. */
const enter = `
  if (at + frameOf(entry) > stackEnd || depth >= maxDepth) { ${undo} reason = Exit.Grow; break loop; }
  b = at + headerOf(entry);
  for (a = at + localsOf(entry); a < b; a++) i32[a] = 0;
  i32[b] = positionBehind(NEXT);
  i32[b + 1] = fp;
  depth = (depth + 1) | 0;
  fp = at;
  enter(entry)
  if (fuel < 0) exit(Fuel)
  continue;`;

function enterAfter(words: number): string {
  return enter.replace("NEXT", String(words));
}

/** Takes the frame down: `b` is the place of its header. */
const leave = "depth = (depth - 1) | 0; resumeAt(i32[b]) fp = i32[b + 1]; if (fuel < 0) exit(Fuel) continue;";

/** An exception that code of the same instance catches does not leave the loop. */
function throwing(within: string, exit: string): string {
  return `
    execution.pc = positionBehind(0);
    execution.fp = fp;
    execution.depth = depth;
    if (!${within}) exit(${exit})
    fuel = (fuel - @cost) | 0;
    depth = execution.depth;
    fp = execution.fp;
    resumeAt(execution.pc)
    if (fuel < 0) exit(Fuel)
    continue;`;
}

export const controlTemplates: readonly Template[] = [
  // The first word of every code space: the frame below belongs to another instance, or there is none.
  { name: "leave-instance", operands: [], body: "exit(Leave)" },
  { name: "unreachable", operands: [], body: "trap(Unreachable)" },
  // Stands before each instruction in the stepwise form, and nowhere else.
  {
    name: "step",
    operands: ["cost"],
    body: "fuel = (fuel - @cost) | 0; if (fuel < 0) exit(Fuel) steps = (steps + 1) | 0; next",
  },

  { name: "move32", operands: ["d", "a"], body: "i32(@d) = i32(@a); next" },
  { name: "move64", operands: ["d", "a"], body: `${readI64} ${writeI64} next` },
  { name: "const32", operands: ["d", "low"], body: "i32(@d) = @low; next" },
  { name: "const64", operands: ["d", "low", "high"], body: "at = fp + @d; i32[at] = @low; i32[at + 1] = @high; next" },
  { name: "move-ref", operands: ["d", "a"], body: "refs[(fp + @d) >> 1] = refs[(fp + @a) >> 1]; next" },
  { name: "ref.null", operands: ["d"], body: "refs[(fp + @d) >> 1] = null; next" },
  { name: "ref.is_null", operands: ["d", "a"], body: "i32(@d) = refs[(fp + @a) >> 1] === null ? 1 : 0; next" },
  { name: "select32", operands: ["d", "a", "b", "c"], body: "i32(@d) = i32(@c) !== 0 ? i32(@a) : i32(@b); next" },
  {
    name: "select64",
    operands: ["d", "a", "b", "c"],
    body: `at = fp + (i32(@c) !== 0 ? @a : @b); a = i32[at]; a1 = i32[at + 1]; ${writeI64} next`,
  },
  { name: "global.get32", operands: ["d", "cell"], body: "i32(@d) = globals[@cell]; next" },
  { name: "global.set32", operands: ["cell", "a"], body: "globals[@cell] = i32(@a); next" },
  {
    name: "global.get64",
    operands: ["d", "cell"],
    body: `b = @cell; a = globals[b]; a1 = globals[b + 1]; ${writeI64} next`,
  },
  {
    name: "global.set64",
    operands: ["cell", "a"],
    body: `${readI64} b = @cell; globals[b] = a; globals[b + 1] = a1; next`,
  },

  { name: "br", operands: ["target", "cost"], body: "branch();" },
  { name: "br-if", operands: ["target", "cost", "a"], body: "if (i32(@a) !== 0) branch(); next" },
  { name: "br-unless", operands: ["target", "cost", "a"], body: "if (i32(@a) === 0) branch(); next" },
  {
    // `count` pairs of target and cost follow, then the default's.
    name: "br-table",
    operands: ["a", "count"],
    body: `
      a = i32(@a) >>> 0;
      choose(a < @count ? a : @count)
      branch();`,
  },

  {
    name: "call",
    operands: ["func", "base", "cost"],
    body: `
      fuel = (fuel - @cost) | 0;
      entry = entryOf(@func);
      if (isMissing(entry)) { ${undo} exit(Lower) }
      at = fp + @base;
      ${enterAfter(4)}`,
  },
  {
    name: "call-indirect",
    operands: ["type", "table", "a", "base", "cost"],
    body: `
      fuel = (fuel - @cost) | 0;
      callee = tables[@table].elements[i32(@a) >>> 0] as FunctionInstance | null | undefined;
      // Anything but a function of this instance of exactly this type that is lowered: the driver looks closer. A number, which
      // stands for a function that nobody has looked at, has no type.
      entry = none;
      if (callee?.typeId === @type && callee.module === instance) entry = entryOf(callee.index);
      if (isMissing(entry)) { ${undo} exit(CallIndirect) }
      at = fp + @base;
      ${enterAfter(6)}`,
  },
  // To an import, through a reference, and all tail calls but the one below.
  { name: "call-outside", operands: ["func", "base", "cost"], body: "exit(CallImport)" },
  { name: "call-indirect-outside", operands: ["type", "table", "a", "base", "cost"], body: "exit(CallIndirect)" },
  { name: "call-ref", operands: ["a", "base", "cost"], body: "exit(CallRef)" },
  { name: "return-call", operands: ["func", "header", "base", "words", "cost"], body: "exit(ReturnCall)" },
  {
    name: "return-call-indirect",
    operands: ["type", "table", "a", "header", "base", "words", "cost"],
    body: "exit(ReturnCallIndirect)",
  },
  { name: "return-call-ref", operands: ["a", "header", "base", "words", "cost"], body: "exit(ReturnCallRef)" },

  {
    name: "throw",
    operands: ["tag", "base", "cost"],
    body: throwing("throwWithin(execution, @tag, fp + @base)", "Throw"),
  },
  { name: "throw-ref", operands: ["a", "cost"], body: throwing("rethrowWithin(execution)", "ThrowRef") },

  // Waits at an address, by its wasm opcode: `b` is the expected value, `c` the timeout.
  {
    name: "atomic-wait",
    operands: ["opcode", "d", "a", "b", "c", "memory", "offsetLow", "offsetHigh"],
    body: "exit(Wait)",
  },

  { name: "return", operands: ["header", "cost"], body: `fuel = (fuel - @cost) | 0; b = fp + @header; ${leave}` },
  {
    name: "return32",
    operands: ["header", "cost", "a"],
    body: `fuel = (fuel - @cost) | 0; b = fp + @header; i32[fp] = i32(@a); ${leave}`,
  },
  {
    name: "return64",
    operands: ["header", "cost", "a"],
    body: `fuel = (fuel - @cost) | 0; b = fp + @header; ${readI64} i32[fp] = a; i32[fp + 1] = a1; ${leave}`,
  },
];

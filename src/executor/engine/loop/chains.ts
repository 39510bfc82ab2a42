import type { CodeForm } from "./code-form.ts";
import { expand, lengthOf, type Template } from "./template.ts";

/**
 * Instructions that do their own work and go on with the one behind them, without the way through the switch.
 *
 * The second instruction stays in the code as it is: a branch may arrive at it, a trap in it happens at its own place, and the
 * driver finds it where the loop has stopped. So any two can be chained; which are, decides what programs execute often
 * (docs/performance.md). The lowering writes the number of the chain in place of the first one's (`lowering/chains.ts`).
 */
export interface Chain {
  readonly first: Template;
  readonly second: Template;
}

/** By the first instruction: those that it goes on with. */
const seconds: Readonly<Record<string, readonly string[]>> = {
  move32: ["br-if", "br", "load32", "call", "call-indirect", "i32.add ri", "i32.load8_u; br-if"],
  move128: ["move128"],
  const32: ["br", "i32.add ri", "select32", "store32 i", "call-outside"],
  const64: ["select64"],
  load32: ["load32", "move32"],
  load64: ["load64"],
  "load32 of i32.add ri": ["load32 of i32.add ri"],
  "load64 of i32.add ri": ["i64.add rr of i64.mul ri", "f64.add rr of f64.mul rr"],
  "load32; br-if": ["load32"],
  "i32.load8_u": ["i32.and ri"],
  "store32 r": ["move32", "br", "i32.add ri"],
  "store8 i": ["i32.add rr"],
  "store8 r": ["i32.add ri; br-if"],
  "br-unless": ["br-unless", "i32.add ri"],
  "i32.add ri": [
    "i32.add ri",
    "i32.add rr",
    "i32.and ri",
    "move32",
    "load32",
    "store8 i",
    "call",
    "br",
    "br i32.eq ri",
    "i32.add ri; br i32.lt_u ri",
  ],
  "i32.add rr": ["i32.add ri", "call", "return32", "br i32.lt_u rr"],
  "i32.shr_u ri": ["store8 r"],
  "i32.and ri of i32.shr_u ri": ["i32.xor ri"],
  "i32.xor rr of i32.shl ri": ["i32.xor rr of i32.shr_u ri", "i32.shr_u ri"],
  "i32.xor rr of i32.shr_u ri": ["i32.xor rr of i32.shl ri"],
  "i64.extend_i32_u r": ["i64.add rr"],
  "f64.add rr": ["const64"],
  "f64.mul rr": ["f64.add rr"],
  "v128.load of i32.add ri": ["f32x4.add rr of f32x4.mul rr of v128.load of i32.add ri"],
  "i16x8.shl ri of v128.load8x8_u of i32.add ri": ["i16x8.add rr of v128.load8x8_u of i32.add ri"],
  "i16x8.add rr of v128.load8x8_u of i32.add ri": ["store64 r of i8x16.shuffle low"],
};

/** A chain's name. */
export function chainName({ first, second }: Chain): string {
  return `${first.name} + ${second.name}`;
}

/** The chains. @param templates of all instructions in the loop */
export function chainsOf(templates: readonly Template[]): Chain[] {
  const byName = new Map(templates.map((template) => [template.name, template]));
  const templateOf = (name: string): Template => {
    const template = byName.get(name);
    if (template === undefined) throw new Error(`no instruction ${name} to be chained`);
    return template;
  };
  return Object.entries(seconds).flatMap(([first, names]) =>
    names.map((second) => ({ first: templateOf(first), second: templateOf(second) })),
  );
}

/** The statements of a chain's case, for code of that form. */
export function expandChain({ first, second }: Chain, form: CodeForm): string {
  const end = `${form.goForward(lengthOf(first))} continue;`;
  const before = expand(first, form);
  if (!before.endsWith(end)) throw new Error(`${first.name} does not go on with the next instruction`);
  return `${before.slice(0, -" continue;".length)}\n// ${second.name}\n${expand(second, form)}`;
}

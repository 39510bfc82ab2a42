import { Proposal } from "../common/proposal.ts";
import { ValType } from "../common/value-type.ts";
import { ADDRESS, type InstructionInfo } from "./instructions.ts";

/**
 * Where the specification has the rules of an instruction. They are found from its row in the table of instructions: an
 * instruction with a rule of its own is named in the rule's anchor, those of a family share the family's.
 */

/** Addresses of an instruction's rules. */
export interface SpecificationRules {
  /** When it is valid. */
  readonly validation: string;
  /** What it does. */
  readonly execution: string;
}

const CORE = "https://webassembly.github.io/spec/core";

/** Proposals that are not part of the specification have their rules in documents of their own. */
const elsewhere = new Map<Proposal, string>([
  [Proposal.Threads, "https://github.com/WebAssembly/threads/blob/main/proposals/threads/Overview.md"],
  [
    Proposal.LegacyExceptionHandling,
    "https://github.com/WebAssembly/exception-handling/blob/main/proposals/exception-handling/legacy/Exceptions.md",
  ],
  [
    Proposal.WideArithmetic,
    "https://github.com/WebAssembly/wide-arithmetic/blob/main/proposals/wide-arithmetic/Overview.md",
  ],
]);

/** @param info the row of an instruction */
export function specificationRules(info: InstructionInfo): SpecificationRules {
  const [proposal] = info.proposals;
  const page = info.anyProposal || proposal === undefined ? undefined : elsewhere.get(proposal);
  if (page !== undefined) return { validation: page, execution: page };
  const rule = ruleOf(info);
  return {
    validation: `${CORE}/valid/instructions.html#valid-${anchor(rule)}`,
    // Both signs of a packed field's access are executed by one rule.
    execution: `${CORE}/exec/instructions.html#exec-${anchor(rule.replace(/^(struct|array)\.get_[su]$/, "$1.get_sx"))}`,
  };
}

/** A label of the specification as its pages have it. */
function anchor(rule: string): string {
  return rule.replace(/[._]/g, "-");
}

/** The rule's label without `valid-` or `exec-`: `local.get`, `binop`, `load-val`. */
function ruleOf(info: InstructionInfo): string {
  const { name, immediate, operands, results } = info;
  switch (immediate) {
    case "i32":
    case "i64":
    case "f32":
    case "f64":
      return "const";
    case "v128":
      return "vconst";
    case "memArg":
      return accessRule(info);
    case "memArgLane":
      return name.includes("load") ? "vload_lane" : "vstore_lane";
    case "lane":
      return name.includes("extract") ? "vextract_lane" : "vreplace_lane";
    case "shuffle":
      return "vshuffle";
  }
  if (name === "else") return "if";
  if (name === "end") return "instrs";
  const numeric = operands !== undefined && results !== undefined && operands.length > 0;
  if (!numeric || immediate !== "none" || operands.includes(ADDRESS)) {
    return name.replace(/^i31\.get_[su]$/, "i31.get").replace(/_(?:t|null)$/, (end) => (isOwnName(name) ? end : ""));
  }
  return results.includes(ValType.V128) || operands.includes(ValType.V128)
    ? vectorRule(name, operands.length)
    : numberRule(name, operands, results);
}

/** Names that end like the table's second encodings, but are names of the specification's. */
function isOwnName(name: string): boolean {
  return name === "ref.is_null" || name === "ref.as_non_null" || name.startsWith("br_on_");
}

function accessRule({ name, operands = [], results = [] }: InstructionInfo): string {
  const isLoad = results.length > 0;
  const type = isLoad ? results[0] : operands[operands.length - 1];
  const kind = isLoad ? "load" : "store";
  if (type !== ValType.V128) return `${kind}-${/(?:8|16|32)(?:_[su])?$/.test(name) ? "pack" : "val"}`;
  if (!isLoad) return "vstore";
  const form = /_(splat|zero)$/.exec(name)?.[1] ?? (name.includes("x") ? "pack" : "val");
  return `vload-${form}`;
}

const COMPARISON = /\.(?:eq|ne|lt|gt|le|ge)(?:_[su])?$/;

function numberRule(name: string, operands: readonly ValType[], results: readonly ValType[]): string {
  if (name.endsWith(".eqz")) return "testop";
  if (operands.length === 2) return COMPARISON.test(name) ? "relop" : "binop";
  return operands[0] === results[0] ? "unop" : "cvtop";
}

/** Families of vector instructions, told by what the names have in common; the first that fits counts. */
const vectorFamilies: readonly (readonly [pattern: RegExp, rule: string])[] = [
  [/^v128\.not$/, "vvunop"],
  [/^v128\.(?:and|andnot|or|xor)$/, "vvbinop"],
  [/^v128\.bitselect$/, "vvternop"],
  [/^v128\.any_true$/, "vvtestop"],
  [/\.all_true$/, "vtestop"],
  [/\.bitmask$/, "vbitmask"],
  [/\.(?:relaxed_)?swizzle$/, "vswizzlop"],
  [/\.splat$/, "vsplat"],
  [/\.(?:shl|shr_[su])$/, "vshiftop"],
  [/\.extadd_pairwise/, "vextunop"],
  [/\.relaxed_dot_.*add_s$/, "vextternop"],
  [/\.(?:extmul_|dot_|relaxed_dot_)/, "vextbinop"],
  [/\.narrow_/, "vnarrow"],
  [/\.(?:extend_|convert_|trunc_sat_|relaxed_trunc_|demote_|promote_)/, "vcvtop"],
  [COMPARISON, "vrelop"],
];

function vectorRule(name: string, operands: number): string {
  const family = vectorFamilies.find(([pattern]) => pattern.test(name));
  if (family !== undefined) return family[1];
  return operands === 1 ? "vunop" : operands === 2 ? "vbinop" : "vternop";
}

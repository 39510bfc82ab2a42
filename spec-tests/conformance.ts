import { allProposals, Proposal, proposalText } from "../src/common/proposal.ts";
import { allTotals, type SuiteReport, suiteTotals, type Totals, type UnitReport } from "./report.ts";

/** What `docs/conformance.md` and the README say of a run over all suites of the pinned tag. */

/** The version of the specification that a proposal is part of; undefined: of none yet. */
type Merged = "1.0" | "2.0" | "3.0" | undefined;

/** Where a proposal's rules are tested. */
export interface Coverage {
  readonly merged: Merged;
  /** Suites, or units of one: `suite: unit unit`, where `unit*` stands for all that begin so. */
  readonly suites: readonly string[];
  /** What to say where the suites have nothing. */
  readonly note?: string;
}

/** Where each proposal is tested. */
export const coverage: { readonly [proposal in Proposal]: Coverage } = {
  [Proposal.ImportExportMutGlobals]: { merged: "1.0", suites: ["wasm-2.0: exports global imports linking"] },
  [Proposal.NonTrapFloatToIntConversions]: { merged: "2.0", suites: ["wasm-2.0: conversions"] },
  [Proposal.SignExtensionOperators]: { merged: "2.0", suites: ["wasm-2.0: i32 i64"] },
  [Proposal.MultiValue]: { merged: "2.0", suites: ["wasm-2.0: block br call fac func if loop type"] },
  [Proposal.BulkMemoryOperations]: {
    merged: "2.0",
    suites: ["wasm-2.0: bulk memory_copy memory_fill memory_init table_copy table_init", "wasm-3.0-bulk-memory"],
  },
  [Proposal.ReferenceTypes]: {
    merged: "2.0",
    suites: ["wasm-2.0: ref_* select table table-sub table_fill table_get table_grow table_set table_size"],
  },
  [Proposal.SIMD]: { merged: "2.0", suites: ["wasm-2.0: simd_*", "wasm-3.0-simd"] },
  [Proposal.TailCall]: { merged: "3.0", suites: ["wasm-3.0: return_call*"] },
  [Proposal.ExtendedConst]: { merged: "3.0", suites: ["wasm-3.0: data elem global"] },
  [Proposal.FunctionReferences]: {
    merged: "3.0",
    suites: [
      "wasm-3.0: br_on_* call_ref local_init ref ref_as_non_null return_call_ref type-canon type-equivalence type-rec",
    ],
  },
  [Proposal.GC]: { merged: "3.0", suites: ["wasm-3.0-gc"] },
  [Proposal.MultiMemories]: { merged: "3.0", suites: ["wasm-3.0-multi-memory"] },
  [Proposal.RelaxSIMD]: { merged: "3.0", suites: ["wasm-3.0-relaxed-simd"] },
  [Proposal.Annotations]: { merged: "3.0", suites: [], note: "of the text format alone: a binary module has none" },
  [Proposal.ExceptionHandling]: { merged: "3.0", suites: ["wasm-3.0-exceptions"] },
  [Proposal.Memory64]: { merged: "3.0", suites: ["wasm-3.0-memory64"] },
  [Proposal.Threads]: { merged: undefined, suites: ["threads"] },
  [Proposal.Component]: { merged: undefined, suites: [], note: "not executed: a component is refused by name" },
  [Proposal.LegacyExceptionHandling]: { merged: undefined, suites: ["exception-handling-legacy"] },
  [Proposal.CustomPageSizes]: {
    merged: undefined,
    suites: [],
    note: "the tag has no suite: `tests/executor/custom-page-sizes.test.ts`",
  },
  [Proposal.WideArithmetic]: {
    merged: undefined,
    suites: [],
    note: "the tag has no suite: `tests/executor/wide-arithmetic.test.ts`",
  },
};

/** @throws Error where there is no such suite, or no such unit in it: the table above would say more than was run */
function unitsOf(place: string, suites: readonly SuiteReport[]): readonly UnitReport[] {
  const [name, patterns] = place.split(": ");
  const suite = suites.find((candidate) => candidate.name === name);
  if (suite === undefined) throw new Error(`the suite ${name} did not run`);
  if (patterns === undefined) return suite.units;
  return patterns.split(" ").flatMap((pattern) => {
    const found = suite.units.filter((unit) =>
      pattern.endsWith("*") ? unit.name.startsWith(pattern.slice(0, -1)) : unit.name === pattern,
    );
    if (found.length === 0) throw new Error(`the suite ${name} has no unit ${pattern}`);
    return found;
  });
}

function grouped(count: number): string {
  return `${count}`.replace(/\B(?=(?:\d{3})+$)/g, ",");
}

function row(...cells: readonly (string | number)[]): string {
  return `| ${cells.map((cell) => (typeof cell === "number" ? grouped(cell) : cell)).join(" | ")} |`;
}

function results({ commands, passed, failed, text }: Totals): readonly number[] {
  return [commands, passed, failed, text];
}

function suiteRow(suite: SuiteReport): string {
  return row(suite.name, suite.units.length, ...results(suiteTotals(suite)));
}

function proposalRow(proposal: Proposal, suites: readonly SuiteReport[]): string {
  const { merged, suites: places, note } = coverage[proposal];
  const since = merged ?? "not yet";
  if (note !== undefined) return row(proposalText(proposal), since, note, "", "");
  const units = places.flatMap((place) => unitsOf(place, suites));
  const where = places.map((place) => place.replace(/(?<=: ).*/, (names) => `\`${names}\``)).join("; ");
  const { passed, failed } = allTotals([{ name: "", folder: "", proposals: [], units, problems: [] }]);
  return row(proposalText(proposal), since, where, passed, failed);
}

/** The command that makes the documents anew. */
const command = "npm run spec -- --write";

/**
 * The text of `docs/conformance.md`.
 * @param suites the reports of all suites of the pinned tag
 * @throws Error where the table of proposals names a suite or a unit that is not among them
 */
export function conformanceDocument(suites: readonly SuiteReport[], tag: string): string {
  const total = allTotals(suites);
  return `# Conformance

Made by \`${command}\`; CI runs the same suites and fails where this page is not what came of it. The suites are those of the
specification's repository at the tag \`${tag}\`, as data (\`npm run spec:fetch\` brings them). Each command that has a binary module
is run and checked: values to the bit and by class of NaN, traps and errors by phase, code and message, exhaustion, uncaught
exceptions; \`thread\` and \`wait\` run in workers. What is about modules in text form is counted, not run: we have no text parser.

## By suite

${row("suite", "units", "commands", "passed", "failed", "in text form")}
| --- | ---: | ---: | ---: | ---: | ---: |
${suites.map(suiteRow).join("\n")}
${row(
  "all",
  suites.reduce((sum, { units }) => sum + units.length, 0),
  ...results(total),
)}

The directory component-model of the tag is left out.

## By proposal

${row("proposal", "in WebAssembly", "tested by", "passed", "failed")}
| --- | --- | --- | ---: | ---: |
${allProposals.map((proposal) => proposalRow(proposal, suites)).join("\n")}
`;
}

/** What the README says, in one paragraph. */
export function conformanceSummary(suites: readonly SuiteReport[], tag: string): string {
  const { passed, failed, text } = allTotals(suites);
  return `The specification's suites at \`${tag}\`: ${grouped(passed)} commands passed, ${grouped(failed)} failed, ${grouped(text)} are about modules in text form and not
run; [docs/conformance.md](docs/conformance.md) has them by suite and by proposal, made by \`${command}\`.`;
}

const BEGIN = "<!-- conformance -->";
const END = "<!-- conformance end -->";

/**
 * Puts the summary between the marks of the README.
 * @throws Error where there are none
 */
export function withSummary(readme: string, summary: string): string {
  const from = readme.indexOf(BEGIN);
  const to = readme.indexOf(END, from);
  if (from < 0 || to < 0) throw new Error(`the README has no place between ${BEGIN} and ${END}`);
  return `${readme.slice(0, from + BEGIN.length)}\n${summary}\n${readme.slice(to)}`;
}

/** The files that tell of conformance. */
export interface Documents {
  readonly conformance: string;
  readonly readme: string;
}

/** What the documents are to be after a run. */
export function updated({ readme }: Pick<Documents, "readme">, suites: readonly SuiteReport[], tag: string): Documents {
  return {
    conformance: conformanceDocument(suites, tag),
    readme: withSummary(readme, conformanceSummary(suites, tag)),
  };
}

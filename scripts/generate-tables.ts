// Writes what loader and validator look up of each opcode, from the instruction table: typed arrays that a program need not make
// when it starts.
import { allInstructions, OPCODE_BOUND, type Opcode, prefixPage } from "../src/ast/instructions.ts";
import { toRuns } from "../src/common/runs.ts";
import { TypeCode, type ValType } from "../src/common/value-type.ts";
import { Configure } from "../src/config/configure.ts";
import { Form, formOf, Kind, kindOf } from "../src/loader/instruction-forms.ts";
import { checkOfInstruction } from "../src/validator/checks.ts";
import { fixedBytesOf, Lane, laneOf } from "../src/validator/lane-kinds.ts";
import { notice, write } from "./generated-source.ts";

const instructions = allInstructions();

/** A number for each opcode. @param others for opcodes that no instruction has */
function byOpcode(numberOf: (info: (typeof instructions)[number]) => number, others = 0): number[] {
  const table = new Array<number>(OPCODE_BOUND).fill(others);
  for (const info of instructions) table[info.opcode] = numberOf(info);
  return table;
}

/** The bytes that begin an instruction with a prefix get a number of their own. */
function withPrefixes(table: number[], number: number): number[] {
  return table.map((other, opcode: Opcode) => (opcode < 256 && prefixPage(opcode) !== 0 ? number : other));
}

/** What a program has that says nothing of proposals: its tables are generated too, which others make of those with everything on. */
const standard = new Configure();
const missing = instructions.filter((info) => standard.missingProposal(info) !== undefined).map(({ opcode }) => opcode);

/** A table for the standard. @param none for opcodes that it does not have */
function ofStandard(table: readonly number[], none: number): number[] {
  return table.map((number, opcode) => (missing.includes(opcode) ? none : number));
}

type TableType = "Uint8Array" | "Uint16Array";

function tableOf(type: TableType, table: readonly number[]): string {
  return `fromRuns(new ${type}(OPCODE_BOUND), [${toRuns(table).join(", ")}])`;
}

function source(doc: string, name: string, type: TableType, table: readonly number[]): string {
  return `/** By opcode: ${doc} */\nexport const ${name}: ${type} = ${tableOf(type, table)};\n`;
}

/** A table that few programs need. */
function lazySource(doc: string, name: string, type: TableType, table: readonly number[]): string {
  return `/** By opcode: ${doc} */\nexport const ${name}: () => ${type} = lazy(() => ${tableOf(type, table)});\n`;
}

function list(doc: string, name: string, numbers: readonly number[]): string {
  return `/** ${doc} */\nexport const ${name}: Uint8Array = new Uint8Array([${numbers.join(", ")}]);\n`;
}

const imports = `import { OPCODE_BOUND } from "../../ast/instructions.ts";
import { fromRuns } from "../../common/runs.ts";
`;

const kinds = byOpcode(kindOf);
const forms = withPrefixes(byOpcode(formOf, Form.other), Form.prefix);

write(
  "src/loader/generated/instruction-tables.ts",
  [
    `${notice}\n${imports}`,
    `/** The proposals of the standard, a bit each. */\nexport const STANDARD_PROPOSALS = ${standard.proposalBits};\n`,
    source("the `Kind` of its immediate, 0 where it is unknown.", "immediates", "Uint8Array", kinds),
    source("the same for the standard.", "standardImmediates", "Uint8Array", ofStandard(kinds, Kind.illegal)),
    source("the `Form` in which `PlainCode` walks over it; by byte of a prefix too.", "forms", "Uint8Array", forms),
    source("the same for the standard.", "standardForms", "Uint8Array", ofStandard(forms, Form.other)),
    `/** The opcodes that the standard does not have. */\nexport const standardMissing: readonly number[] = [${missing.join(", ")}];\n`,
  ].join("\n"),
);

/** The signatures, each once; rows with equal ones share their lists. Instructions without one share the first. */
const signatures = new Map<readonly ValType[] | undefined, number>([[undefined, 0]]);
const types: ValType[] = [];
const operandsStart = [0];
const resultsStart = [0];
const resultsEnd = [0];
for (const { operands, results } of instructions) {
  if (operands === undefined || results === undefined || signatures.has(operands)) continue;
  signatures.set(operands, signatures.size);
  operandsStart.push(types.length);
  resultsStart.push(types.push(...operands));
  resultsEnd.push(types.push(...results));
}
// ADDRESS and the number types fit into bytes, which the tables rely on.
if (types.some((type) => type > TypeCode.I32)) throw new Error("a signature with a reference type");
if (Math.max(signatures.size, types.length) > 255) throw new Error("more signatures than bytes can tell");

const lanes = withPrefixes(byOpcode(laneOf, Lane.other), Lane.prefix);

write(
  "src/validator/generated/signatures.ts",
  [
    `${notice}\n${imports.replace(/^import .*runs/m, (runs) => `import { lazy } from "../../common/lazy.ts";\n${runs}`)}`,
    source("how it is checked; see `checks.ts`.", "checkOf", "Uint8Array", byOpcode(checkOfInstruction)),
    source(
      "the number of its signature; 0 where it has none.",
      "signatureOf",
      "Uint8Array",
      byOpcode(({ operands }) => signatures.get(operands) as number),
    ),
    source(
      "the natural width of its memory access in bytes; of a lane instruction the number of lanes.",
      "widthOf",
      "Uint8Array",
      byOpcode(({ width }) => width),
    ),
    source(
      "the greatest alignment of its memory access, as an exponent.",
      "alignmentOf",
      "Uint8Array",
      byOpcode(({ width }) => Math.log2(Math.max(width, 1))),
    ),
    lazySource("its `Lane` where all proposals are on; by byte of a prefix too.", "lanes", "Uint8Array", lanes),
    source("the same for the standard.", "standardLanes", "Uint8Array", ofStandard(lanes, Lane.other)),
    source(
      "how many bytes its immediate has, where that is fixed.",
      "fixedBytes",
      "Uint8Array",
      byOpcode(fixedBytesOf),
    ),
    list(
      "By number of a signature: where its operands begin in `signatureTypes`; they end where its results begin.",
      "operandsStart",
      operandsStart,
    ),
    list("By number of a signature: where its results begin in `signatureTypes`.", "resultsStart", resultsStart),
    list("By number of a signature: where its results end in `signatureTypes`.", "resultsEnd", resultsEnd),
    list("Operands and results of all signatures, one after the other.", "signatureTypes", types),
  ].join("\n"),
);

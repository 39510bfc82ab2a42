// Prints the register code that a function is lowered to: `node scripts/run-ts.mjs scripts/show-ir.ts FILE INDEX [--stepwise]`.
import { readFileSync } from "node:fs";
import { instructionText } from "../src/ast/instructions.ts";
import { IR, irLengths, irNames, irOperands } from "../src/executor/engine/generated/ir.ts";
import { Executor } from "../src/executor/executor.ts";
import { CodeSpace, unitCosts } from "../src/executor/lowering/code-space.ts";
import { Loader } from "../src/loader/loader.ts";
import { StoreManager } from "../src/store/store-manager.ts";
import { Validator } from "../src/validator/validator.ts";

const [file, index = "0", form] = process.argv.slice(2);
if (file === undefined) {
  console.error("usage: show-ir.ts FILE INDEX [--stepwise]");
  process.exit(2);
}
const module = new Loader().parseModule(readFileSync(file));
new Validator().validate(module);
const instance = new Executor().instantiateModule(new StoreManager(), module);
const space = CodeSpace.of(instance, unitCosts, form === "--stepwise");
let pc = space.lower(Number(index));
const func = space.functionAt(pc);
const { code } = space;
console.log(`header at word ${code[pc - 3]}, parameters end at word ${code[pc - 2]}, frame of ${code[pc - 1]} words`);
while (func !== undefined && pc < func.end) {
  const ir = code[pc];
  const words = irOperands()[ir].map((operand, i) => `${operand} ${code[pc + 1 + i]}`);
  let length = irLengths[ir];
  if (ir === IR["br-table"]) {
    const pairs = 2 * (code[pc + 2] + 1);
    words.push(`list ${Array.from(code.subarray(pc + length, pc + length + pairs)).join(" ")}`);
    length += pairs;
  }
  const place = space.placeOf(pc);
  const source =
    place === undefined
      ? ""
      : `${place.offset.toString(16)} ${instructionText(space.bodies.instructionAt(place.offset).opcode)}`;
  console.log(`${String(pc).padStart(5)}  ${`${irNames()[ir]}  ${words.join(", ")}`.padEnd(56)}  ; ${source}`);
  pc += length;
}

import { WasmEdgeError } from "../../src/common/error.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Configure } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { Validator } from "../../src/validator/validator.ts";

/** What V8 has without flags in the Node that mutations are compared with: WebAssembly 3.0, threads, legacy exceptions. */
export const comparable: Configure = new Configure()
  .addProposal(Proposal.Threads)
  .addProposal(Proposal.LegacyExceptionHandling);

const loader = new Loader(comparable);
const validator = new Validator(comparable);

/**
 * The name of the code with which we refuse a module, the instruction that it is about if it is about one, and the types that do
 * not match; or "valid".
 * @throws what is no WasmEdgeError: a defect
 */
export function ourVerdict(bytes: Uint8Array): string {
  try {
    validator.validate(loader.parseModule(bytes));
    return "valid";
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    const instruction = error.context.find((item) => item.kind === "instruction");
    const types = error.lines().flatMap((line) => /Mismatched value type\. (.*)$/.exec(line)?.[1] ?? []);
    const place = instruction === undefined ? error.codeName : `${error.codeName} in ${instruction.name}`;
    return [place, ...types].join(", ");
  }
}

import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import { allProposals, Proposal, type ProposalName, proposalText } from "../../src/common/proposal.ts";
import { Configure, Standard, standardProposals } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";
import { section, wasm } from "../loader/support.ts";
import { contextOf } from "../support/engine.ts";
import { legacyModule } from "../validator/support.ts";

/** Modules that need a proposal each, under the standards and under mixes of proposals: reference, chapter 4. */

interface Sample {
  readonly proposal: ProposalName;
  readonly module: Uint8Array;
  /** What it needs besides. */
  readonly besides: readonly Proposal[];
  /** How it is refused without the proposal. */
  readonly code: ErrCodeName;
}

function sample(proposal: ProposalName, text: string, code: ErrCodeName, besides: readonly Proposal[] = []): Sample {
  return { proposal, module: compile(`(module ${text})`), besides, code };
}

const samples: readonly Sample[] = [
  sample("ImportExportMutGlobals", `(global (export "g") (mut i32) (i32.const 0))`, "InvalidMut"),
  sample("NonTrapFloatToIntConversions", `(func (drop (i32.trunc_sat_f32_s (f32.const 1))))`, "IllegalOpCode"),
  sample("SignExtensionOperators", `(func (drop (i32.extend8_s (i32.const 1))))`, "IllegalOpCode"),
  sample("MultiValue", `(func (result i32 i32) (i32.const 1) (i32.const 2))`, "InvalidResultArity"),
  sample(
    "BulkMemoryOperations",
    `(memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 0)))`,
    "IllegalOpCode",
  ),
  sample("ReferenceTypes", `(func (param externref))`, "MalformedElemType"),
  sample("SIMD", `(func (drop (i8x16.splat (i32.const 0))))`, "IllegalOpCode"),
  sample("TailCall", `(func $f (return_call $f))`, "IllegalOpCode"),
  sample("ExtendedConst", `(global i32 (i32.add (i32.const 1) (i32.const 2)))`, "ConstExprRequired"),
  sample("FunctionReferences", `(type $t (func)) (func (param (ref null $t)))`, "MalformedRefType"),
  sample("GC", `(type $s (struct)) (func (drop (struct.new $s)))`, "IntegerTooLong"),
  sample("MultiMemories", `(memory 1) (memory 1)`, "MultiMemories"),
  sample(
    "RelaxSIMD",
    `(func (param v128) (drop (i8x16.relaxed_swizzle (local.get 0) (local.get 0))))`,
    "IllegalOpCode",
    [Proposal.SIMD],
  ),
  sample("ExceptionHandling", `(tag $t) (func (try_table (throw $t)))`, "IllegalOpCode"),
  sample("Memory64", `(memory i64 1)`, "IntegerTooLarge"),
  sample("Threads", `(memory 1 1 shared)`, "MalformedLimitFlags"),
  {
    proposal: "LegacyExceptionHandling",
    module: legacyModule(`(func try catch_all end)`),
    besides: [],
    code: "IllegalOpCode",
  },
  { proposal: "CustomPageSizes", module: wasm(section(5, 1, 0x08, 1, 0)), besides: [], code: "MalformedLimitFlags" },
  { proposal: "WideArithmetic", module: wideModule(), besides: [Proposal.MultiValue], code: "IllegalOpCode" },
];

/** `i64.add128` of four zeros. */
function wideModule(): Uint8Array {
  const body = [0, 0x42, 0, 0x42, 0, 0x42, 0, 0x42, 0, 0xfc, 0x13, 0x0b];
  return wasm(section(1, 1, 0x60, 0, 2, 0x7e, 0x7e), section(3, 1, 0), section(10, 1, body.length, body));
}

/** Loads, validates and instantiates. @returns the error, or undefined */
function refusal(configure: Configure, module: Uint8Array): WasmEdgeError | undefined {
  try {
    const loaded = new Loader(configure).parseModule(module);
    new Validator(configure).validate(loaded);
    new Executor(configure).instantiateModule(new StoreManager(), loaded);
    return undefined;
  } catch (error) {
    if (error instanceof WasmEdgeError) return error;
    throw error;
  }
}

function everything(): Configure {
  const configure = new Configure();
  for (const proposal of allProposals) configure.addProposal(proposal);
  return configure;
}

/** Takes a proposal away, after those that build on it. */
function take(configure: Configure, proposal: Proposal): Configure {
  const { FunctionReferences, GC, ReferenceTypes } = Proposal;
  if (proposal === ReferenceTypes || proposal === FunctionReferences) configure.removeProposal(GC);
  if (proposal === ReferenceTypes) configure.removeProposal(FunctionReferences);
  // Either of the two admits bulk operations.
  if (proposal === Proposal.BulkMemoryOperations) take(configure, ReferenceTypes);
  return configure.removeProposal(proposal);
}

/** Version 1.0 without its one proposal. */
function bare(): Configure {
  return new Configure().setWASMStandard(Standard.WASM_1).removeProposal(Proposal.ImportExportMutGlobals);
}

/** What names the proposal that was missing: either of two for bulk operations, the first one. */
const named: Partial<Record<ProposalName, Proposal>> = { BulkMemoryOperations: Proposal.ReferenceTypes };

describe.each(samples)("A module that needs $proposal", ({ proposal: name, module, besides, code }) => {
  const proposal = Proposal[name];

  it("runs where everything is on", () => {
    expect(refusal(everything(), module)).toBeUndefined();
  });

  it("is refused where it alone is off, and the proposal is named", () => {
    const error = refusal(take(everything(), proposal), module);
    expect(error?.codeName).toBe(code);
    expect(error && contextOf(error, "proposal")[0]?.proposal).toBe(proposalText(named[name] ?? proposal));
  });

  it("needs nothing else", () => {
    const configure = bare().addProposal(proposal);
    for (const other of besides) configure.addProposal(other);
    expect(refusal(configure, module)).toBeUndefined();
    expect(refusal(bare(), module)).toBeDefined();
  });

  it("runs under the standards that have the proposal, and under no other", () => {
    for (const standard of Object.values(Standard)) {
      const error = refusal(new Configure().setWASMStandard(standard), module);
      expect({ standard, runs: error === undefined }).toEqual({
        standard,
        runs: standardProposals[standard].includes(proposal),
      });
    }
  });
});

it("Each proposal that can be executed has a module here", () => {
  const missing = allProposals.filter((proposal) => !samples.some(({ proposal: name }) => Proposal[name] === proposal));
  expect(missing).toEqual([Proposal.Annotations, Proposal.Component]);
});

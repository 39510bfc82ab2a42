import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { allProposals, Proposal, proposalText } from "../../src/common/proposal.ts";
import {
  Configure,
  HostRegistration,
  MAX_COST_LIMIT,
  RunMode,
  Standard,
  standardProposals,
} from "../../src/config/configure.ts";
import { VM } from "../../src/vm/vm.ts";
import { failureOf } from "../support/engine.ts";

/** The rules of Configure: reference, chapter 4. */

const { FunctionReferences, GC, ReferenceTypes } = Proposal;

function without(...removed: Proposal[]): Proposal[] {
  return standardProposals[Standard.WASM_3].filter((proposal) => !removed.includes(proposal));
}

/** The proposals of an instruction that a configuration lacks, by name. */
function missing(configure: Configure, name: string): Proposal | undefined {
  const info = instructions.find((row) => row.name === name);
  if (info === undefined) throw new Error(`no instruction ${name}`);
  return configure.missingProposal(info);
}

describe("Proposals", () => {
  it("have WasmEdge's numbers and texts, and ours stand after them", () => {
    expect(allProposals.map((proposal) => [proposal, proposalText(proposal)])).toEqual([
      [0, "Import/Export of Mutable Globals"],
      [1, "Non-trapping float-to-int Conversions"],
      [2, "Sign-extension Operators"],
      [3, "Multi-value"],
      [4, "Bulk Memory Operations"],
      [5, "Reference Types"],
      [6, "Fixed-width SIMD"],
      [7, "Tail Call"],
      [8, "Extended Const Expressions"],
      [9, "Typed Function References"],
      [10, "Garbage Collection"],
      [11, "Multiple Memories"],
      [12, "Relaxed SIMD"],
      [13, "Custom Annotation Syntax in the Text Format"],
      [14, "Exception Handling"],
      [15, "Memory64"],
      [16, "Threads"],
      [17, "Component Model"],
      [18, "Legacy Exception Handling"],
      [19, "Custom Page Sizes"],
      [20, "Wide Arithmetic"],
    ]);
  });

  it("of the standards are these; a new Configure has those of 3.0", () => {
    const listed = (standard: Standard): Proposal[] => new Configure().setWASMStandard(standard).listProposals();
    expect(listed(Standard.WASM_1)).toEqual([0]);
    expect(listed(Standard.WASM_2)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(listed(Standard.WASM_3)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15]);
    expect(new Configure().listProposals()).toEqual(listed(Standard.WASM_3));
  });

  it("that no standard has go when a standard is set, and stay when they come after it", () => {
    const optIn = [
      Proposal.Threads,
      Proposal.Component,
      Proposal.LegacyExceptionHandling,
      Proposal.CustomPageSizes,
      Proposal.WideArithmetic,
    ];
    for (const proposal of optIn) {
      const before = new Configure().addProposal(proposal).setWASMStandard(Standard.WASM_2);
      expect(before.listProposals()).toEqual(standardProposals[Standard.WASM_2]);
      const after = new Configure().setWASMStandard(Standard.WASM_2).addProposal(proposal);
      expect(after.listProposals()).toEqual([...standardProposals[Standard.WASM_2], proposal]);
    }
  });

  it("that were removed come back with the standard", () => {
    const configure = new Configure().removeProposal(Proposal.SIMD).setWASMStandard(Standard.WASM_3);
    expect(configure.hasProposal(Proposal.SIMD)).toBe(true);
  });

  it.each(allProposals)("are switched on and off one by one: %i", (proposal) => {
    const configure = new Configure().setWASMStandard(Standard.WASM_1).removeProposal(Proposal.ImportExportMutGlobals);
    expect(configure.listProposals()).toEqual([]);
    configure.addProposal(proposal).addProposal(proposal);
    expect(configure.hasProposal(proposal)).toBe(true);
    configure.removeProposal(proposal).removeProposal(proposal);
    expect(configure.hasProposal(proposal)).toBe(false);
  });
});

describe("Proposals that build on others", () => {
  const none = (): Configure =>
    new Configure().setWASMStandard(Standard.WASM_1).removeProposal(Proposal.ImportExportMutGlobals);

  it("bring them along", () => {
    expect(none().addProposal(ReferenceTypes).listProposals()).toEqual([ReferenceTypes]);
    expect(none().addProposal(FunctionReferences).listProposals()).toEqual([ReferenceTypes, FunctionReferences]);
    expect(none().addProposal(GC).listProposals()).toEqual([ReferenceTypes, FunctionReferences, GC]);
  });

  it("keep them on: in the wrong order, removing has no effect", () => {
    const configure = new Configure();
    configure.removeProposal(FunctionReferences).removeProposal(ReferenceTypes);
    expect(configure.listProposals()).toEqual(without());
    // What was without effect has no effect later either.
    configure.removeProposal(GC);
    expect(configure.listProposals()).toEqual(without(GC));
    configure.removeProposal(ReferenceTypes);
    expect(configure.listProposals()).toEqual(without(GC));
  });

  it("let them go in the right order", () => {
    const configure = new Configure().removeProposal(GC).removeProposal(FunctionReferences);
    expect(configure.listProposals()).toEqual(without(GC, FunctionReferences));
    configure.removeProposal(ReferenceTypes);
    expect(configure.listProposals()).toEqual(without(GC, FunctionReferences, ReferenceTypes));
  });

  it("do not take them along when they go", () => {
    expect(none().addProposal(GC).removeProposal(GC).listProposals()).toEqual([ReferenceTypes, FunctionReferences]);
  });

  it("are these only: the others go alone", () => {
    for (const proposal of without(ReferenceTypes, FunctionReferences)) {
      expect(new Configure().removeProposal(proposal).listProposals()).toEqual(without(proposal));
    }
  });
});

describe("The proposal that an instruction lacks", () => {
  const wasm1 = new Configure().setWASMStandard(Standard.WASM_1);
  const wasm2 = new Configure().setWASMStandard(Standard.WASM_2);
  const wasm3 = new Configure();
  const everything = new Configure();
  for (const proposal of allProposals) everything.addProposal(proposal);

  it.each([
    ["i32.trunc_sat_f32_s", wasm1, Proposal.NonTrapFloatToIntConversions],
    ["i64.extend32_s", wasm1, Proposal.SignExtensionOperators],
    ["memory.init", wasm1, ReferenceTypes],
    ["table.copy", wasm1, ReferenceTypes],
    ["ref.null", wasm1, ReferenceTypes],
    ["table.fill", wasm1, ReferenceTypes],
    ["v128.load", wasm1, Proposal.SIMD],
    ["f64x2.convert_low_i32x4_u", wasm1, Proposal.SIMD],
    ["i8x16.relaxed_swizzle", wasm2, Proposal.RelaxSIMD],
    ["return_call", wasm2, Proposal.TailCall],
    ["return_call_indirect", wasm2, Proposal.TailCall],
    ["i32.atomic.load", wasm3, Proposal.Threads],
    ["memory.atomic.notify", wasm3, Proposal.Threads],
    ["memory.atomic.wait32", wasm3, Proposal.Threads],
    ["atomic.fence", wasm3, Proposal.Threads],
    ["call_ref", wasm2, FunctionReferences],
    ["ref.as_non_null", wasm2, FunctionReferences],
    ["br_on_null", wasm2, FunctionReferences],
    ["br_on_non_null", wasm2, FunctionReferences],
    ["ref.eq", wasm2, GC],
    ["struct.new", wasm2, GC],
    ["ref.i31", wasm2, GC],
    ["throw", wasm2, Proposal.ExceptionHandling],
    ["throw_ref", wasm2, Proposal.ExceptionHandling],
    ["try_table", wasm2, Proposal.ExceptionHandling],
    ["rethrow", wasm3, Proposal.LegacyExceptionHandling],
    ["i64.add128", wasm3, Proposal.WideArithmetic],
  ] as const)("for %s is named", (name, configure, proposal) => {
    expect(missing(configure, name)).toBe(proposal);
    expect(missing(everything, name)).toBeUndefined();
  });

  it("is one of two for return_call_ref, and either suffices for bulk operations, and for throw", () => {
    const callRef = "return_call_ref";
    expect(missing(new Configure().removeProposal(Proposal.TailCall), callRef)).toBe(Proposal.TailCall);
    expect(missing(new Configure().removeProposal(GC).removeProposal(FunctionReferences), callRef)).toBe(
      FunctionReferences,
    );
    expect(missing(wasm3, callRef)).toBeUndefined();
    const legacy = new Configure().setWASMStandard(Standard.WASM_1).addProposal(Proposal.LegacyExceptionHandling);
    expect([missing(legacy, "throw"), missing(legacy, "throw_ref")]).toEqual([undefined, Proposal.ExceptionHandling]);
    for (const proposal of [Proposal.BulkMemoryOperations, ReferenceTypes]) {
      const configure = new Configure().setWASMStandard(Standard.WASM_1).addProposal(proposal);
      expect(missing(configure, "memory.copy")).toBeUndefined();
    }
  });

  it("is none for what stood in version 1.0", () => {
    for (const name of ["i32.add", "call_indirect", "br_table", "memory.grow", "f64.nearest"]) {
      expect(missing(wasm1, name)).toBeUndefined();
    }
  });

  it("is none for any instruction where everything is on", () => {
    for (const info of instructions) expect(everything.missingProposal(info)).toBeUndefined();
  });
});

describe("Host registrations and plugins", () => {
  it("are added, found and removed", () => {
    const configure = new Configure();
    expect(configure.hasHostRegistration(HostRegistration.Wasi)).toBe(false);
    configure.addHostRegistration(HostRegistration.Wasi);
    expect(configure.hasHostRegistration(HostRegistration.Wasi)).toBe(true);
    configure.removeHostRegistration(HostRegistration.Wasi);
    expect(configure.hasHostRegistration(HostRegistration.Wasi)).toBe(false);
    configure.addForbiddenPlugins("a", "b").addForbiddenPlugins("a");
    expect(["a", "b", "c"].map((name) => configure.isForbiddenPlugins(name))).toEqual([true, true, false]);
  });
});

describe("The defaults", () => {
  const { compiler, runtime, statistics } = new Configure();

  it("of the compiler's settings are WasmEdge's", () => {
    expect(compiler).toEqual({
      optimizationLevel: "O3",
      outputFormat: "wasm",
      dumpIR: false,
      genericBinary: false,
      interruptible: false,
    });
  });

  it("of the runtime are WasmEdge's, and limits where it has none", () => {
    expect(runtime).toMatchObject({
      maxMemoryPage: 65536,
      runMode: RunMode.Interpreter,
      enableCoredump: false,
      coredumpForWasmgdb: false,
      allowAFUNIX: false,
      lazyValidation: false,
      deterministic: false,
      maxModuleBytes: 2 ** 30,
      maxFunctions: Number.POSITIVE_INFINITY,
      maxFunctionBytes: Number.POSITIVE_INFINITY,
      maxCallDepth: 65536,
      maxValueStackBytes: 64 * 2 ** 20,
      maxTableElements: 10_000_000,
      maxGCObjectBytes: 256 * 2 ** 20,
      maxGCBytesPerRun: Number.POSITIVE_INFINITY,
      maxGCObjectsPerRun: Number.POSITIVE_INFINITY,
      sliceInstructions: 2 ** 20,
      turnMilliseconds: 10,
      maxDescriptors: 1024,
      maxStorageBytes: Number.POSITIVE_INFINITY,
      maxStorageEntries: Number.POSITIVE_INFINITY,
    });
    expect(RunMode).toEqual({ Interpreter: 0, JIT: 1, AOT: 2, LazyJIT: 3 });
  });

  it("of the statistics measure nothing and limit nothing", () => {
    expect(statistics).toEqual({
      instructionCounting: false,
      costMeasuring: false,
      timeMeasuring: false,
      costLimit: MAX_COST_LIMIT,
    });
    expect(MAX_COST_LIMIT).toBe(2n ** 64n - 1n);
  });
});

describe("A copy", () => {
  const original = new Configure()
    .setWASMStandard(Standard.WASM_2)
    .addProposal(Proposal.Threads)
    .addHostRegistration(HostRegistration.Wasi)
    .addForbiddenPlugins("p");
  original.compiler.optimizationLevel = "Os";
  original.runtime.maxMemoryPage = 7;
  original.runtime.maxFunctions = 8;
  original.statistics.costMeasuring = true;
  original.statistics.costLimit = 99n;

  it("has everything, the cost limit too, which WasmEdge's copy loses (12.2, item 14)", () => {
    const copy = new Configure(original);
    expect(copy.listProposals()).toEqual([...standardProposals[Standard.WASM_2], Proposal.Threads]);
    expect(copy.hasHostRegistration(HostRegistration.Wasi)).toBe(true);
    expect(copy.isForbiddenPlugins("p")).toBe(true);
    expect([copy.compiler, copy.runtime, copy.statistics]).toEqual([
      original.compiler,
      original.runtime,
      original.statistics,
    ]);
    expect(copy.statistics.costLimit).toBe(99n);
  });

  it("is refused where a number is none of what it is for, so that it does not limit nothing", () => {
    const names = Object.entries(new Configure().runtime).flatMap(([name, value]) =>
      typeof value === "number" && name !== "runMode" ? [name] : [],
    );
    expect(names).toHaveLength(15);
    for (const name of names) {
      for (const odd of [Number.NaN, -1, 0.5]) {
        const configure = new Configure();
        Object.assign(configure.runtime, { [name]: odd });
        const error = failureOf(() => new VM(configure));
        expect(error.code).toBe(ErrCode.RuntimeError);
        expect(error.lines()[1]).toContain(`${name} must be an integer of at least 0`);
      }
    }
    const costs = new Configure();
    costs.statistics.costLimit = -1n;
    expect(failureOf(() => new Configure(costs)).code).toBe(ErrCode.RuntimeError);
  });

  it("and its original do not change each other", () => {
    const copy = new Configure(original);
    copy.removeProposal(Proposal.SIMD).addForbiddenPlugins("q").removeHostRegistration(HostRegistration.Wasi);
    copy.runtime.maxMemoryPage = 1;
    copy.statistics.costLimit = 1n;
    copy.compiler.dumpIR = true;
    expect(original.hasProposal(Proposal.SIMD)).toBe(true);
    expect(original.isForbiddenPlugins("q")).toBe(false);
    expect(original.hasHostRegistration(HostRegistration.Wasi)).toBe(true);
    expect([original.runtime.maxMemoryPage, original.statistics.costLimit, original.compiler.dumpIR]).toEqual([
      7,
      99n,
      false,
    ]);
  });
});

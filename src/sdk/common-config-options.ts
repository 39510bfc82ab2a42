import { Proposal } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";

/** The proposals that build upon another one, in the order in which they have to be switched off before it. */
const dependents: ReadonlyMap<Proposal, readonly Proposal[]> = new Map<Proposal, readonly Proposal[]>([
  [Proposal.ReferenceTypes, [Proposal.GC, Proposal.FunctionReferences]],
  [Proposal.FunctionReferences, [Proposal.GC]],
]);

/**
 * Which proposals are on. What is not set stays as WebAssembly 3.0 has it: the Rust SDK switches tail calls, GC, typed
 * function references and multiple memories off unless they are asked for, though the core has them on.
 */
export class CommonConfigOptions {
  private readonly proposals = new Map<Proposal, boolean>();

  /** Switches any proposal on or off; the methods below are this one under the names of the Rust SDK. */
  proposal(proposal: Proposal, enable: boolean): this {
    this.proposals.set(proposal, enable);
    return this;
  }

  /** Globals that can be set may be imported and exported. */
  mutableGlobals(enable: boolean): this {
    return this.proposal(Proposal.ImportExportMutGlobals, enable);
  }

  /** Conversions of floats to integers that saturate instead of trapping. */
  nonTrapConversions(enable: boolean): this {
    return this.proposal(Proposal.NonTrapFloatToIntConversions, enable);
  }

  /** `i32.extend8_s` and its kin. */
  signExtensionOperators(enable: boolean): this {
    return this.proposal(Proposal.SignExtensionOperators, enable);
  }

  /** Functions and blocks with several results, blocks with parameters. */
  multiValue(enable: boolean): this {
    return this.proposal(Proposal.MultiValue, enable);
  }

  /** `memory.copy`, `memory.fill`, `table.copy`, segments that are initialised by instructions. */
  bulkMemoryOperations(enable: boolean): this {
    return this.proposal(Proposal.BulkMemoryOperations, enable);
  }

  /** Off: function references and GC, which build upon it, go off too unless they are set on. */
  referenceTypes(enable: boolean): this {
    return this.proposal(Proposal.ReferenceTypes, enable);
  }

  /** Vectors of 128 bits. */
  simd(enable: boolean): this {
    return this.proposal(Proposal.SIMD, enable);
  }

  /** `return_call` and its kin. */
  tailCall(enable: boolean): this {
    return this.proposal(Proposal.TailCall, enable);
  }

  /** Sums and products in constant expressions. */
  extendedConst(enable: boolean): this {
    return this.proposal(Proposal.ExtendedConst, enable);
  }

  /** Off: GC, which builds upon it, goes off too unless it is set on. */
  functionReferences(enable: boolean): this {
    return this.proposal(Proposal.FunctionReferences, enable);
  }

  /** Structs, arrays, i31 and subtypes. On: function references and reference types, on which it builds, go on too. */
  gc(enable: boolean): this {
    return this.proposal(Proposal.GC, enable);
  }

  /** Several memories in a module. */
  multiMemories(enable: boolean): this {
    return this.proposal(Proposal.MultiMemories, enable);
  }

  /** Vector instructions that hosts may execute in slightly different ways: docs/relaxed-simd.md tells ours. */
  relaxedSimd(enable: boolean): this {
    return this.proposal(Proposal.RelaxSIMD, enable);
  }

  /** `try_table`, `throw`, `throw_ref`, and tags. */
  exceptionHandling(enable: boolean): this {
    return this.proposal(Proposal.ExceptionHandling, enable);
  }

  /** Memories and tables with 64-bit addresses. */
  memory64(enable: boolean): this {
    return this.proposal(Proposal.Memory64, enable);
  }

  /** Shared memories and atomic instructions: docs/threads.md. Off by default. */
  threads(enable: boolean): this {
    return this.proposal(Proposal.Threads, enable);
  }

  /** The form of exceptions that many compilers still emit: try, catch, rethrow, delegate. WasmEdge has it no more. */
  legacyExceptionHandling(enable: boolean): this {
    return this.proposal(Proposal.LegacyExceptionHandling, enable);
  }

  /** Memories with pages of one byte. WasmEdge has them not. */
  customPageSizes(enable: boolean): this {
    return this.proposal(Proposal.CustomPageSizes, enable);
  }

  /** Addition, subtraction and multiplication of 128 bits. WasmEdge has it not. */
  wideArithmetic(enable: boolean): this {
    return this.proposal(Proposal.WideArithmetic, enable);
  }

  /** @internal */
  applyTo(configure: Configure): void {
    for (const [proposal, enable] of this.proposals) {
      if (enable) continue;
      for (const dependent of dependents.get(proposal) ?? []) configure.removeProposal(dependent);
      configure.removeProposal(proposal);
    }
    for (const [proposal, enable] of this.proposals) if (enable) configure.addProposal(proposal);
  }
}

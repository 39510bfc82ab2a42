/**
 * The proposals to WebAssembly that a Configure switches on and off. WasmEdge `Proposal` (common/enum.inc), chapter by
 * number; the last three are ours and stand after WasmEdge's numbers.
 */
export const Proposal = {
  ImportExportMutGlobals: 0,
  NonTrapFloatToIntConversions: 1,
  SignExtensionOperators: 2,
  MultiValue: 3,
  BulkMemoryOperations: 4,
  ReferenceTypes: 5,
  SIMD: 6,
  TailCall: 7,
  ExtendedConst: 8,
  FunctionReferences: 9,
  GC: 10,
  MultiMemories: 11,
  RelaxSIMD: 12,
  Annotations: 13,
  ExceptionHandling: 14,
  Memory64: 15,
  Threads: 16,
  Component: 17,
  LegacyExceptionHandling: 18,
  CustomPageSizes: 19,
  WideArithmetic: 20,
} as const;

/** A proposal's number. */
export type Proposal = (typeof Proposal)[keyof typeof Proposal];

/** The name of a proposal's number in `Proposal`. */
export type ProposalName = keyof typeof Proposal;

const texts: { readonly [proposal in Proposal]: string } = {
  [Proposal.ImportExportMutGlobals]: "Import/Export of Mutable Globals",
  [Proposal.NonTrapFloatToIntConversions]: "Non-trapping float-to-int Conversions",
  [Proposal.SignExtensionOperators]: "Sign-extension Operators",
  [Proposal.MultiValue]: "Multi-value",
  [Proposal.BulkMemoryOperations]: "Bulk Memory Operations",
  [Proposal.ReferenceTypes]: "Reference Types",
  [Proposal.SIMD]: "Fixed-width SIMD",
  [Proposal.TailCall]: "Tail Call",
  [Proposal.ExtendedConst]: "Extended Const Expressions",
  [Proposal.FunctionReferences]: "Typed Function References",
  [Proposal.GC]: "Garbage Collection",
  [Proposal.MultiMemories]: "Multiple Memories",
  [Proposal.RelaxSIMD]: "Relaxed SIMD",
  [Proposal.Annotations]: "Custom Annotation Syntax in the Text Format",
  [Proposal.ExceptionHandling]: "Exception Handling",
  [Proposal.Memory64]: "Memory64",
  [Proposal.Threads]: "Threads",
  [Proposal.Component]: "Component Model",
  [Proposal.LegacyExceptionHandling]: "Legacy Exception Handling",
  [Proposal.CustomPageSizes]: "Custom Page Sizes",
  [Proposal.WideArithmetic]: "Wide Arithmetic",
};

/** The proposal's name as messages print it. */
export function proposalText(proposal: Proposal): string {
  return texts[proposal];
}

/** All proposals, by number. */
export const allProposals: readonly Proposal[] = Object.values(Proposal);

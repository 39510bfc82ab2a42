import { allProposals, Proposal, type ProposalName } from "../src/common/proposal.ts";
import { Configure, Standard } from "../src/config/configure.ts";

/** What a suite is run with, as options of the command line change it. */
export interface ProposalOptions {
  readonly standard?: Standard | undefined;
  readonly enable: readonly Proposal[];
  readonly disable: readonly Proposal[];
}

/**
 * The proposals of each directory of the suite; WASM 3 for any other. WasmEdge test/spec/spectest.cpp
 * (`TestsuiteProposals`), to which the legacy exceptions are added, that WasmEdge does not run.
 */
const suites: { readonly [name: string]: readonly [standard: Standard, ...enable: Proposal[]] } = {
  "wasm-1.0": [Standard.WASM_1],
  "wasm-2.0": [Standard.WASM_2],
  threads: [Standard.WASM_2, Proposal.Threads],
  "exception-handling-legacy": [Standard.WASM_3, Proposal.LegacyExceptionHandling],
  "component-model": [Standard.WASM_3, Proposal.Component],
};

/** The configuration for a suite: first the standard, then what is disabled, then what is enabled. */
export function configureFor(suite: string, options: ProposalOptions): Configure {
  const [standard, ...additions] = suites[suite] ?? [Standard.WASM_3];
  const configure = new Configure().setWASMStandard(options.standard ?? standard);
  for (const proposal of additions) configure.addProposal(proposal);
  for (const proposal of options.disable) configure.removeProposal(proposal);
  for (const proposal of options.enable) configure.addProposal(proposal);
  return configure;
}

/** A configuration with exactly these proposals. */
export function configureWith(proposals: readonly Proposal[]): Configure {
  const configure = new Configure().setWASMStandard(Standard.WASM_1);
  for (const proposal of configure.listProposals()) configure.removeProposal(proposal);
  for (const proposal of proposals) configure.addProposal(proposal);
  return configure;
}

/** Names of WasmEdge's command line that are not the enumeration's. */
const aliases: { readonly [name: string]: Proposal } = {
  importexportmutglobals: Proposal.ImportExportMutGlobals,
  nontrapfloattoint: Proposal.NonTrapFloatToIntConversions,
  bulkmemory: Proposal.BulkMemoryOperations,
  functionreference: Proposal.FunctionReferences,
  multimemory: Proposal.MultiMemories,
  relaxedsimd: Proposal.RelaxSIMD,
  exceptionhandlinglegacy: Proposal.LegacyExceptionHandling,
};

/** The names of all proposals, as the options take them. */
export const proposalNames = Object.keys(Proposal) as readonly ProposalName[];

/**
 * The proposal of a name: that of the enumeration or of WasmEdge's command line, in any case, with or without dashes.
 * @returns undefined where there is none
 */
export function findProposal(name: string): Proposal | undefined {
  const plain = name.toLowerCase().replace(/[-_ ]/g, "");
  const known = proposalNames.find((candidate) => candidate.toLowerCase() === plain);
  return known === undefined ? aliases[plain] : Proposal[known];
}

/** The names of the proposals that are on. */
export function enabledProposals(configure: Configure): string[] {
  return allProposals
    .filter((proposal) => configure.hasProposal(proposal))
    .map((proposal) => proposalNames.find((name) => Proposal[name] === proposal) ?? `${proposal}`);
}

import type { Proposal } from "../src/common/proposal.ts";
import { Standard } from "../src/config/configure.ts";
import { findProposal, type ProposalOptions, proposalNames } from "./proposals.ts";

export interface Options extends ProposalOptions {
  readonly folders: readonly string[];
  /** Units to run, `unit` or `suite/unit`; empty: all. */
  readonly units: readonly string[];
  /** On the run loop for engines without caches of properties. */
  readonly words: boolean;
  readonly verbose: boolean;
  readonly failFast: boolean;
  /** Failures printed in full a suite; 0 for all. */
  readonly failures: number;
  readonly json: string | undefined;
  /** What to do with the documents that tell the results of all suites. */
  readonly documents: "write" | "check" | undefined;
  readonly help: boolean;
}

/** Thrown where the command line cannot be understood. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const usage = `usage: npm run spec -- [OPTIONS] [DIR...]

Runs the specification's suites. Each DIR is a suite, a folder of suites, or the archive of a suite (its .tar.gz may be left
out). Without DIR: the archives of ../shared/spectest, or of the folder that SPECTEST_DIR names; where there are none, what
\`npm run spec:fetch\` brought. The proposals follow from a suite's name; WASM 3 for an unknown one.

  --standard 1|2|3     the proposals of that standard instead of the suite's own
  --enable NAME,...    proposals to switch on (${proposalNames.join(", ")})
  --disable NAME,...   proposals to switch off
  --units NAME,...     only these units, UNIT or SUITE/UNIT
  --words              on the run loop for engines without caches of properties, as QuickJS is
  --verbose            a line for each unit
  --failures N         print at most N failures a suite (20), 0 for all
  --fail-fast          stop after the first unit that fails
  --json FILE          write the results of all units
  --write              write docs/conformance.md and the README's summary anew, from all suites of the pinned tag
  --check              fail where they are not what came of the run
  --help               print this

With SPEC_OBSERVE=trace or SPEC_OBSERVE=coverage in the environment everything is run under that observer, in stepwise code.

The last line is "N passed, N failed, N skipped"; their sum is the number of commands. The exit code is 0 where nothing failed.
`;

const standards: { readonly [text: string]: Standard } = {
  "1": Standard.WASM_1,
  "2": Standard.WASM_2,
  "3": Standard.WASM_3,
};

function list(text: string): string[] {
  return text.split(",").filter((name) => name !== "");
}

function proposals(text: string): Proposal[] {
  return list(text).map((name) => {
    const proposal = findProposal(name);
    if (proposal === undefined) {
      throw new UsageError(`unknown proposal ${name}; there are: ${proposalNames.join(", ")}`);
    }
    return proposal;
  });
}

function count(name: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new UsageError(`${name} wants a number, not ${text}`);
  return Number(text);
}

/**
 * Reads the command line: `--name value` or `--name=value`, lists with commas and by repetition.
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): Options {
  const options = {
    folders: [] as string[],
    standard: undefined as Standard | undefined,
    enable: [] as Proposal[],
    disable: [] as Proposal[],
    units: [] as string[],
    words: false,
    verbose: false,
    failFast: false,
    failures: 20,
    json: undefined as string | undefined,
    documents: undefined as Options["documents"],
    help: false,
  };
  const rest = [...args];
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (!arg.startsWith("-")) {
      options.folders.push(arg);
      continue;
    }
    const equals = arg.indexOf("=");
    const name = equals < 0 ? arg : arg.slice(0, equals);
    const value = (): string => {
      const text = equals < 0 ? rest.shift() : arg.slice(equals + 1);
      if (text === undefined) throw new UsageError(`${name} wants a value`);
      return text;
    };
    switch (name) {
      case "--standard": {
        const text = value();
        options.standard = standards[text];
        if (options.standard === undefined) throw new UsageError(`unknown standard ${text}; there are: 1, 2, 3`);
        continue;
      }
      case "--enable":
        options.enable.push(...proposals(value()));
        continue;
      case "--disable":
        options.disable.push(...proposals(value()));
        continue;
      case "--units":
        options.units.push(...list(value()));
        continue;
      case "--failures":
        options.failures = count(name, value());
        continue;
      case "--json":
        options.json = value();
        continue;
    }
    switch (arg) {
      case "--words":
        options.words = true;
        continue;
      case "--verbose":
        options.verbose = true;
        continue;
      case "--fail-fast":
        options.failFast = true;
        continue;
      case "--write":
        options.documents = "write";
        continue;
      case "--check":
        options.documents = "check";
        continue;
      case "--help":
        options.help = true;
        continue;
    }
    throw new UsageError(`unknown option ${arg}`);
  }
  return options;
}

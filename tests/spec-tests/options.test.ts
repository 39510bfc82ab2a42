import { describe, expect, it } from "vitest";
import { parseOptions, UsageError } from "../../spec-tests/options.ts";
import { configureFor, findProposal } from "../../spec-tests/proposals.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Configure, Standard, standardProposals } from "../../src/config/configure.ts";

const none = { enable: [], disable: [] };

describe("parseOptions", () => {
  it("reads folders, lists, and values behind a space or an equals sign", () => {
    const options = parseOptions([
      "a",
      "--units",
      "x,y",
      "--units=s/z",
      "--standard=2",
      "--verbose",
      "--words",
      "b",
      "--json",
      "out",
    ]);
    expect(options).toMatchObject({
      folders: ["a", "b"],
      units: ["x", "y", "s/z"],
      standard: Standard.WASM_2,
      verbose: true,
      words: true,
      failFast: false,
      json: "out",
    });
  });

  it("knows proposals by the names of the enumeration and of WasmEdge's command line", () => {
    expect(parseOptions(["--enable", "Threads,tail-call", "--disable=GC"])).toMatchObject({
      enable: [Proposal.Threads, Proposal.TailCall],
      disable: [Proposal.GC],
    });
    expect(findProposal("function-reference")).toBe(Proposal.FunctionReferences);
    expect(findProposal("multi-memory")).toBe(Proposal.MultiMemories);
    expect(findProposal("relaxed-simd")).toBe(Proposal.RelaxSIMD);
    expect(findProposal("exception-handling-legacy")).toBe(Proposal.LegacyExceptionHandling);
    expect(findProposal("toString")).toBeUndefined();
  });

  it("refuses what it does not know", () => {
    const wrong = [["--nope"], ["--standard", "4"], ["--standard"], ["--enable", "Nope"], ["--failures", "x"], ["-v"]];
    for (const args of [...wrong, ["--verbose=1"]]) {
      expect(() => parseOptions(args), args.join(" ")).toThrow(UsageError);
    }
  });
});

describe("configureFor", () => {
  it("takes the proposals from the suite's name, WASM 3 for an unknown one", () => {
    const of = (name: string): number[] => configureFor(name, none).listProposals();
    const wasm2: readonly number[] = standardProposals[Standard.WASM_2];
    expect(of("wasm-1.0")).toEqual([Proposal.ImportExportMutGlobals]);
    expect(of("wasm-2.0")).toEqual(wasm2);
    expect(of("wasm-3.0")).toEqual(new Configure().listProposals());
    expect(of("wasm-3.0-gc")).toEqual(new Configure().listProposals());
    expect(of("mine")).toEqual(new Configure().listProposals());
    expect(of("threads")).toEqual([...wasm2, Proposal.Threads]);
    expect(of("exception-handling-legacy")).toEqual([
      ...new Configure().listProposals(),
      Proposal.LegacyExceptionHandling,
    ]);
  });

  it("lets the options override the name", () => {
    const configure = configureFor("wasm-1.0", {
      standard: Standard.WASM_2,
      enable: [Proposal.Threads],
      disable: [Proposal.SIMD],
    });
    expect(configure.hasProposal(Proposal.MultiValue)).toBe(true);
    expect(configure.hasProposal(Proposal.Threads)).toBe(true);
    expect(configure.hasProposal(Proposal.SIMD)).toBe(false);
    expect(configureFor("wasm-3.0", { ...none, standard: Standard.WASM_1 }).hasProposal(Proposal.SIMD)).toBe(false);
  });
});

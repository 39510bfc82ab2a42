import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { instructions } from "../../src/ast/instruction-list.ts";
import { instructionText } from "../../src/ast/instructions.ts";
import type { WasmEdgeError } from "../../src/common/error.ts";
import { allProposals, Proposal } from "../../src/common/proposal.ts";
import { Configure, Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { Validator } from "../../src/validator/validator.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";
import { programOf } from "../support/instruction-programs.ts";

/** What the Threads proposal opens, and nothing else does. */

const atomics = instructions.filter(({ opcode }) => opcode >> 8 === 3);

/** All proposals of the standard, and these. */
function configureWith(standard: Standard, ...proposals: readonly Proposal[]): Configure {
  const configure = new Configure().setWASMStandard(standard);
  for (const proposal of proposals) configure.addProposal(proposal);
  return configure;
}

const withoutThreads = configureWith(
  Standard.WASM_3,
  ...allProposals.filter((proposal) => proposal !== Proposal.Threads),
);

function check(source: string, configure: Configure): void {
  const module = new Loader(configure).parseModule(compile(source));
  new Validator(configure).validate(module);
}

function refusal(source: string, configure: Configure): WasmEdgeError {
  return failureOf(() => check(source, configure));
}

/** The instruction in a function that is checked and never called: its operands are whatever it needs. */
function unreachable(name: string, align: number, address: "" | "i64"): string {
  return `(module (memory ${address} 1 1 shared) (func unreachable ${name} align=${align} unreachable))`;
}

describe("the proposal", () => {
  it("has the 67 instructions of the 0xFE page", () => {
    expect(atomics).toHaveLength(67);
    expect(atomics.every(({ proposals }) => proposals.length === 1 && proposals[0] === Proposal.Threads)).toBe(true);
  });

  it.each(atomics.map((info) => [instructionText(info.opcode), info] as const))("is needed by %s", (_, info) => {
    const source = programOf(info).source as string;
    const error = refusal(source, withoutThreads);
    expect(error.codeName).toBe("IllegalOpCode");
    expect(contextOf(error, "proposal")).toEqual([{ kind: "proposal", proposal: "Threads" }]);
    check(source, configureWith(Standard.WASM_3, Proposal.Threads));
  });

  it.each(atomics.filter(({ immediate }) => immediate === "memArg").map(({ name, width }) => [name, width] as const))(
    "wants the natural alignment of %s, neither less nor more",
    (name, width) => {
      const threads = configureWith(Standard.WASM_3, Proposal.Threads);
      for (const address of ["", "i64"] as const) {
        check(unreachable(name, width, address), threads);
        expect(refusal(unreachable(name, 2 * width, address), threads).codeName).toBe("InvalidAlignment");
        if (width > 1) {
          expect(refusal(unreachable(name, width / 2, address), threads).codeName).toBe("InvalidAlignment");
        }
      }
    },
  );

  it("is needed by shared memories, defined and imported, and goes with any standard", () => {
    for (const memory of ["(memory 1 2 shared)", '(import "m" "m" (memory 1 2 shared))']) {
      const source = `(module ${memory})`;
      expect(refusal(source, withoutThreads).codeName).toBe("MalformedLimitFlags");
      for (const standard of [Standard.WASM_1, Standard.WASM_2, Standard.WASM_3]) {
        check(source, configureWith(standard, Proposal.Threads));
      }
    }
    check("(module (memory i64 1 2 shared))", configureWith(Standard.WASM_3, Proposal.Threads));
    expect(refusal("(module (memory i64 1 2 shared))", configureWith(Standard.WASM_2, Proposal.Threads)).phase).toBe(
      "loading",
    );
  });
});

describe("an imported memory", () => {
  const provider = `(module (memory (export "shared") 1 4 shared) (memory (export "own") 1 4))`;

  function linking(memory: string, type: string): Engine {
    const engine = new Engine();
    engine.instantiate(provider, "m");
    engine.instantiate(`(module (import "m" "${memory}" (memory ${type})))`);
    return engine;
  }

  it.each([
    ["shared", "1 4 shared"],
    ["shared", "0 9 shared"],
    ["own", "1 4"],
  ])("%s fits (memory %s)", (memory, type) => {
    expect(linking(memory, type)).toBeInstanceOf(Engine);
  });

  it.each([
    ["shared", "1 4"],
    ["own", "1 4 shared"],
    ["shared", "2 4 shared"],
    ["shared", "1 3 shared"],
  ])("%s does not fit (memory %s)", (memory, type) => {
    expect(failureOf(() => linking(memory, type)).codeName).toBe("IncompatibleImportType");
  });
});

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { WASI } from "node:wasi";
import { describe, expect, it } from "vitest";
import { Proposal, proposalText } from "../../src/common/proposal.ts";
import { CommonConfigOptions } from "../../src/sdk/common-config-options.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { contextOf, failureOf } from "../support/engine.ts";
import { native } from "../support/native.ts";
import { bank, json } from "./exceptions/input.ts";

/**
 * Programs that clang has compiled, in which setjmp and longjmp (json.c) and the exceptions of C++ (bank.cpp) have become those
 * of WebAssembly, in the legacy form and in that of version 3.0.
 */

interface Run {
  readonly output: string;
  readonly exitCode: number;
}

function binary(name: string, form: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`exceptions/${name}-${form}.wasm`, import.meta.url))));
}

function run(bytes: Uint8Array, input: string, legacy: boolean): Run {
  const options = new CommonConfigOptions().legacyExceptionHandling(legacy).exceptionHandling(!legacy);
  const stdout = new OutputBuffer();
  const vm = new VmBuilder()
    .withConfig(new ConfigBuilder(options).build())
    .withWasiContext({ stdin: inputFromBytes(new TextEncoder().encode(input)), stdout, args: ["program"] })
    .build();
  vm.registerModuleFromBytes(null, bytes).runFunc(null, "_start");
  return { output: new TextDecoder().decode(stdout.bytes()), exitCode: vm.wasiModule().exitCode() };
}

async function runNatively(bytes: Uint8Array, input: string): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "exceptions-"));
  try {
    writeFileSync(join(folder, "in"), input);
    const stdin = openSync(join(folder, "in"), "r");
    const stdout = openSync(join(folder, "out"), "w");
    const wasi = new WASI({ version: "preview1", args: ["program"], stdin, stdout, returnOnExit: true });
    const { instance } = await native.instantiate(bytes, wasi.getImportObject());
    const exitCode = wasi.start(instance) as number;
    for (const file of [stdin, stdout]) closeSync(file);
    return { output: readFileSync(join(folder, "out"), "utf8"), exitCode };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.each([
  ["setjmp and longjmp in C", "json", json],
  ["exceptions in C++", "bank", bank],
] as const)("A program with %s", (_, name, { input, ...expected }) => {
  it.each([
    ["legacy", true],
    ["new", false],
  ] as const)("runs in the %s form, under that proposal alone", (form, legacy) => {
    expect(run(binary(name, form), input, legacy)).toEqual(expected);
  });

  it.each([
    ["legacy", false, Proposal.LegacyExceptionHandling],
    ["new", true, Proposal.ExceptionHandling],
  ] as const)("is refused in the %s form without its proposal", (form, legacy, proposal) => {
    const error = failureOf(() => run(binary(name, form), input, legacy));
    expect(error.phase).toBe("loading");
    expect(contextOf(error, "proposal")[0]?.proposal).toBe(proposalText(proposal));
  });

  // Node has the new form from version 25 on without a flag.
  it("runs natively in the legacy form, with the same result", async () => {
    expect(await runNatively(binary(name, "legacy"), input)).toEqual(expected);
  });
});

import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Configure, HostRegistration, MAX_COST_LIMIT, RunMode } from "../../src/config/configure.ts";
import { CommonConfigOptions } from "../../src/sdk/common-config-options.ts";
import { Config } from "../../src/sdk/config.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import {
  CompilerConfigOptions,
  HostRegistrationConfigOptions,
  RuntimeConfigOptions,
  StatisticsConfigOptions,
} from "../../src/sdk/config-options.ts";
import { failureOf } from "../support/engine.ts";

function common(options: CommonConfigOptions): Config {
  return new ConfigBuilder(options).build();
}

describe("a configuration without options", () => {
  const config = new ConfigBuilder().build();

  it("has all of WebAssembly 3.0, where the Rust SDK switches some of it off", () => {
    expect(config.inner.listProposals()).toEqual(new Configure().listProposals());
    expect([config.tailCallEnabled(), config.gcEnabled(), config.functionReferencesEnabled()]).toEqual([
      true,
      true,
      true,
    ]);
    expect([config.multiMemoriesEnabled(), config.threadsEnabled()]).toEqual([true, false]);
  });

  it("measures nothing, has no host modules, and the defaults of the core", () => {
    expect([config.instructionCountingEnabled(), config.costMeasuringEnabled(), config.timeMeasuringEnabled()]).toEqual(
      [false, false, false],
    );
    expect(config.costLimit()).toBe(MAX_COST_LIMIT);
    expect(config.wasiEnabled()).toBe(false);
    expect(config.maxMemoryPages()).toBe(65536);
    expect([config.lazyValidationEnabled(), config.coredumpEnabled()]).toEqual([false, false]);
    expect(config.interpreterModeEnabled()).toBe(true);
    expect([config.outFormat(), config.optimizationLevel()]).toEqual(["wasm", "O3"]);
    expect([config.dumpIrEnabled(), config.genericBinaryEnabled(), config.interruptibleEnabled()]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("the proposals of a configuration", () => {
  const switches: readonly [
    name: string,
    set: (options: CommonConfigOptions, enable: boolean) => CommonConfigOptions,
    get: (config: Config) => boolean,
    proposal: Proposal,
  ][] = [
    [
      "mutable globals",
      (o, e) => o.mutableGlobals(e),
      (c) => c.mutableGlobalsEnabled(),
      Proposal.ImportExportMutGlobals,
    ],
    [
      "non-trapping conversions",
      (o, e) => o.nonTrapConversions(e),
      (c) => c.nonTrapConversionsEnabled(),
      Proposal.NonTrapFloatToIntConversions,
    ],
    [
      "sign extension",
      (o, e) => o.signExtensionOperators(e),
      (c) => c.signExtensionOperatorsEnabled(),
      Proposal.SignExtensionOperators,
    ],
    ["multi-value", (o, e) => o.multiValue(e), (c) => c.multiValueEnabled(), Proposal.MultiValue],
    [
      "bulk memory",
      (o, e) => o.bulkMemoryOperations(e),
      (c) => c.bulkMemoryOperationsEnabled(),
      Proposal.BulkMemoryOperations,
    ],
    ["reference types", (o, e) => o.referenceTypes(e), (c) => c.referenceTypesEnabled(), Proposal.ReferenceTypes],
    ["SIMD", (o, e) => o.simd(e), (c) => c.simdEnabled(), Proposal.SIMD],
    ["tail calls", (o, e) => o.tailCall(e), (c) => c.tailCallEnabled(), Proposal.TailCall],
    ["extended constants", (o, e) => o.extendedConst(e), (c) => c.extendedConstEnabled(), Proposal.ExtendedConst],
    [
      "function references",
      (o, e) => o.functionReferences(e),
      (c) => c.functionReferencesEnabled(),
      Proposal.FunctionReferences,
    ],
    ["GC", (o, e) => o.gc(e), (c) => c.gcEnabled(), Proposal.GC],
    ["multiple memories", (o, e) => o.multiMemories(e), (c) => c.multiMemoriesEnabled(), Proposal.MultiMemories],
    ["relaxed SIMD", (o, e) => o.relaxedSimd(e), (c) => c.relaxedSimdEnabled(), Proposal.RelaxSIMD],
    ["exceptions", (o, e) => o.exceptionHandling(e), (c) => c.exceptionHandlingEnabled(), Proposal.ExceptionHandling],
    ["memory64", (o, e) => o.memory64(e), (c) => c.memory64Enabled(), Proposal.Memory64],
    ["threads", (o, e) => o.threads(e), (c) => c.threadsEnabled(), Proposal.Threads],
    [
      "legacy exceptions",
      (o, e) => o.legacyExceptionHandling(e),
      (c) => c.legacyExceptionHandlingEnabled(),
      Proposal.LegacyExceptionHandling,
    ],
    ["custom page sizes", (o, e) => o.customPageSizes(e), (c) => c.customPageSizesEnabled(), Proposal.CustomPageSizes],
    ["wide arithmetic", (o, e) => o.wideArithmetic(e), (c) => c.wideArithmeticEnabled(), Proposal.WideArithmetic],
  ];

  it.each(switches)("switch %s off and on", (_name, set, get, proposal) => {
    const off = common(set(new CommonConfigOptions(), false));
    expect([get(off), off.proposalEnabled(proposal)]).toEqual([false, false]);
    const on = common(set(new CommonConfigOptions(), true));
    expect([get(on), on.proposalEnabled(proposal)]).toEqual([true, true]);
  });

  it("go off together with what they are the base of", () => {
    const without = common(new CommonConfigOptions().referenceTypes(false));
    expect([without.referenceTypesEnabled(), without.functionReferencesEnabled(), without.gcEnabled()]).toEqual([
      false,
      false,
      false,
    ]);
    expect(common(new CommonConfigOptions().functionReferences(false)).gcEnabled()).toBe(false);
  });

  it("stay on where something that is set on needs them", () => {
    const config = common(new CommonConfigOptions().referenceTypes(false).gc(true));
    expect([config.referenceTypesEnabled(), config.functionReferencesEnabled(), config.gcEnabled()]).toEqual([
      true,
      true,
      true,
    ]);
  });

  it("are what was set last", () => {
    expect(common(new CommonConfigOptions().simd(false).simd(true)).simdEnabled()).toBe(true);
  });
});

describe("the other option groups", () => {
  it("refuse a cost limit that is none", () => {
    for (const limit of [-1n, MAX_COST_LIMIT + 1n, 5 as unknown as bigint]) {
      expect(failureOf(() => new StatisticsConfigOptions().costLimit(limit)).code).toBe(ErrCode.RuntimeError);
    }
    const options = new StatisticsConfigOptions().costLimit(MAX_COST_LIMIT);
    expect(new ConfigBuilder().withStatisticsConfig(options).build().costLimit()).toBe(MAX_COST_LIMIT);
  });

  it("set statistics, limits, compiler and host modules", () => {
    const config = new ConfigBuilder(new CommonConfigOptions())
      .withStatisticsConfig(
        new StatisticsConfigOptions().countInstructions(true).measureCost(true).measureTime(true).costLimit(99n),
      )
      .withRuntimeConfig(
        new RuntimeConfigOptions()
          .maxMemoryPages(7)
          .maxTableElements(8)
          .maxCallDepth(9)
          .maxGCObjectBytes(10)
          .maxGCBytesPerRun(11)
          .maxGCObjectsPerRun(12)
          .maxDescriptors(13)
          .maxStorageBytes(14)
          .maxStorageEntries(15)
          .maxValueStackBytes(13)
          .lazyValidation(true)
          .deterministic(true)
          .enableCoredump(true)
          .coredumpForWasmgdb(true)
          .maxModuleBytes(14)
          .maxFunctions(15)
          .maxFunctionBytes(16)
          .sliceInstructions(17)
          .turnMilliseconds(18),
      )
      .withCompilerConfig(
        new CompilerConfigOptions()
          .outFormat("native")
          .optimizationLevel("Os")
          .dumpIr(true)
          .genericBinary(true)
          .interruptible(true),
      )
      .withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true))
      .build();
    expect([config.instructionCountingEnabled(), config.costMeasuringEnabled(), config.timeMeasuringEnabled()]).toEqual(
      [true, true, true],
    );
    expect(config.costLimit()).toBe(99n);
    expect([config.maxMemoryPages(), config.maxTableElements(), config.maxCallDepth()]).toEqual([7, 8, 9]);
    expect([config.maxGCObjectBytes(), config.maxGCBytesPerRun(), config.maxGCObjectsPerRun()]).toEqual([10, 11, 12]);
    expect([config.maxDescriptors(), config.maxStorageBytes(), config.maxStorageEntries()]).toEqual([13, 14, 15]);
    expect(config.maxValueStackBytes()).toBe(13);
    expect([config.sliceInstructions(), config.turnMilliseconds()]).toEqual([17, 18]);
    expect([config.maxModuleBytes(), config.maxFunctions(), config.maxFunctionBytes()]).toEqual([14, 15, 16]);
    expect([config.outFormat(), config.optimizationLevel()]).toEqual(["native", "Os"]);
    expect([config.dumpIrEnabled(), config.genericBinaryEnabled(), config.interruptibleEnabled()]).toEqual([
      true,
      true,
      true,
    ]);
    expect([config.lazyValidationEnabled(), config.coredumpEnabled()]).toEqual([true, true]);
    expect(config.deterministicEnabled()).toBe(true);
    expect(config.inner.runtime.coredumpForWasmgdb).toBe(true);
    expect(config.wasiEnabled()).toBe(true);
    expect(config.inner.hasHostRegistration(HostRegistration.Wasi)).toBe(true);
  });

  it("switch WASI off again", () => {
    const options = new HostRegistrationConfigOptions().wasi(true).wasi(false);
    expect(new ConfigBuilder().withHostRegistrationConfig(options).build().wasiEnabled()).toBe(false);
  });

  it.each([0, 2 ** 30 + 1])("refuse a slice of %d instructions", (count) => {
    const failing = expect.objectContaining({ code: ErrCode.RuntimeError });
    expect(() => new RuntimeConfigOptions().sliceInstructions(count)).toThrow(failing);
  });

  it.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])("refuse %d as a count", (count) => {
    const failing = expect.objectContaining({ code: ErrCode.RuntimeError });
    expect(() => new RuntimeConfigOptions().maxMemoryPages(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxTableElements(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxCallDepth(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().sliceInstructions(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().turnMilliseconds(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxGCObjectBytes(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxGCBytesPerRun(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxGCObjectsPerRun(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxDescriptors(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxStorageBytes(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxStorageEntries(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxValueStackBytes(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxModuleBytes(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxFunctions(count)).toThrow(failing);
    expect(() => new RuntimeConfigOptions().maxFunctionBytes(count)).toThrow(failing);
  });
});

describe("a core configuration", () => {
  it("can be asked in the same way", () => {
    const inner = new Configure();
    inner.runtime.runMode = RunMode.JIT;
    expect(new Config(inner).interpreterModeEnabled()).toBe(false);
    expect(new Config().interpreterModeEnabled()).toBe(true);
  });
});

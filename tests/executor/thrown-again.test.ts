import { describe, expect, it } from "vitest";
import type { WasmEdgeError } from "../../src/common/error.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { hostFuncError, hostTag, ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { Module } from "../../src/sdk/module.ts";
import type { Vm } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { ExceptionInstance, WasmException } from "../../src/store/exception-instance.ts";
import { contextOf, Engine, failureOf } from "../support/engine.ts";

/** Errors that host functions keep and throw again. */

const source = `(module
  (import "env" "fails" (func $fails))
  (import "env" "calls" (func $calls))
  (tag $own (export "own"))
  (func $short (export "short") (call $fails))
  (func $long (export "long") (call $short))
  (func $throws (export "throws") (throw $own))
  (func $through (export "through") (call $calls))
  (func (export "catches") (block $caught (try_table (catch_all $caught) (call $short)))))`;

/** A Vm whose host function throws what `thrown` says. */
function started(thrown: () => unknown, calls: (vm: Vm) => void = () => undefined): Vm {
  const vm = new VmBuilder().withConfig(new ConfigBuilder().build()).build();
  const env = new ImportObjectBuilder("env")
    .withFunc("fails", [], [], () => {
      throw thrown();
    })
    .withFunc("calls", [], [], () => calls(vm))
    .build();
  vm.registerImportModule(env);
  return vm.registerModule(null, Module.fromBytes(null, new Engine().parse(source).bytes));
}

/** The frames that an error tells, outermost first, without offsets. */
function frames(error: WasmEdgeError): (string | undefined)[] {
  return contextOf(error, "backtrace").flatMap((backtrace) => backtrace.frames.map(({ functionName }) => functionName));
}

const kinds: readonly [string, () => WasmEdgeError][] = [
  ["an error of the host's own code", () => hostFuncError(7)],
  ["an exception", () => WasmException.of(hostTag([]), [])],
];

describe.each(kinds)("%s that a host function throws again and again", (_kind, make) => {
  it("tells the way that it has gone last, and no more with each", () => {
    const constant = make();
    const vm = started(() => constant);
    const once = failureOf(() => started(make).runFunc(null, "long")).context.length;
    for (let i = 0; i < 5; i++) {
      expect(failureOf(() => vm.runFunc(null, "long"))).toBe(constant);
      expect(frames(constant)).toEqual(["long", "short", "fails"]);
      expect(failureOf(() => vm.runFunc(null, "short"))).toBe(constant);
      expect(frames(constant)).toEqual(["short", "fails"]);
      expect(constant.context).toHaveLength(once);
    }
  });

  it("does so where it is rejected with", async () => {
    const constant = make();
    const vm = started(() => constant);
    for (let i = 0; i < 3; i++) {
      await expect(vm.runFuncAsync(null, "long")).rejects.toBe(constant);
      expect(frames(constant)).toEqual(["long", "short", "fails"]);
    }
  });
});

describe("an exception that the guest has caught before", () => {
  it("tells only the way on which nothing catches it", () => {
    const constant = WasmException.of(hostTag([]), []);
    const vm = started(() => constant);
    for (let i = 0; i < 5; i++) expect(vm.runFunc(null, "catches")).toEqual([]);
    failureOf(() => vm.runFunc(null, "long"));
    expect(frames(constant)).toEqual(["long", "short", "fails"]);
  });
});

describe("an exception of an inner call", () => {
  it("tells the whole way through the host function that has called", () => {
    const vm = started(
      () => undefined,
      (own) => own.runFunc(null, "throws"),
    );
    expect(frames(failureOf(() => vm.runFunc(null, "through")))).toEqual(["through", "calls", "throws"]);
  });

  it("tells where it was thrown first, and its last way, where it is kept and thrown again", () => {
    let kept: unknown;
    const vm = started(
      () => kept,
      (own) => {
        kept = failureOf(() => own.runFunc(null, "throws"));
        throw kept;
      },
    );
    failureOf(() => vm.runFunc(null, "through"));
    for (let i = 0; i < 3; i++) {
      const again = failureOf(() => vm.runFunc(null, "long"));
      expect(again).toBe(kept);
      expect(again instanceof WasmException && again.exception).toBeInstanceOf(ExceptionInstance);
      expect(frames(again)).toEqual(["long", "short", "fails", "throws"]);
    }
  });
});

import { expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { FIRST_CHAIN, irNames } from "../../src/executor/engine/generated/ir.ts";
import { irCounts, runCounting } from "../../src/executor/engine/generated/run-counting.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { type Engine, meteringEngine } from "../support/engine.ts";
import { executedInstructions, fusedPrograms } from "../support/fused-programs.ts";
import {
  argumentOf,
  conditionModule,
  conditionShapes,
  formsOf,
  isCondition,
  numericInstructions,
  operandTypes,
  valueModule,
} from "../support/numeric-modules.ts";

/**
 * Every instruction of the run loop is executed by code that the lowering makes: nothing in the loop is dead, and what the
 * other tests compare is all of it. The loop is the one that counts, made from the same templates.
 */

function countingEngine(options?: Parameters<typeof meteringEngine>[0]): Engine {
  const engine = meteringEngine({ ...options, statistics: { costMeasuring: false, ...options?.statistics } });
  engine.executor.loop = runCounting;
  return engine;
}

/** Calls, whatever comes of it. */
function attempt(action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
  }
}

/** Every numeric instruction on registers and small constants, and as a condition. */
function runNumeric(): void {
  const engine = countingEngine();
  for (const info of numericInstructions) {
    const types = operandTypes(info);
    const forms = formsOf(types, () => [5n]);
    const modules = [{ bytes: valueModule(info, forms), names: [""] }];
    if (isCondition(info)) {
      const names = Object.keys(conditionShapes).map((shape) => ` ${shape}`);
      modules.push({ bytes: conditionModule(info, forms), names });
    }
    for (const { bytes, names } of modules) {
      const instance = engine.instantiate(bytes);
      for (const form of forms) {
        const params = types.filter((_, i) => form.constants[i] === undefined).map((type) => argumentOf(type, 7n));
        for (const name of names) attempt(() => engine.call(instance, form.name + name, ...params));
      }
    }
  }
}

const programs: readonly (readonly [source: string, ...params: Value[]])[] = [
  ...["i32", "i64", "f32", "f64"].map((type): readonly [string] => [
    `(module (memory 1) (global $g (mut ${type}) (${type}.const 0))
      (func (export "f") (result ${type}) (local ${type} ${type})
        (${type}.store (i32.const 8) (local.get 0))
        (${type}.store (i32.const 8) (${type}.const 3))
        (local.set 1 (${type}.load (i32.const 8)))
        (local.set 0 (local.get 1))
        (local.set 1 (${type}.const 9))
        (global.set $g (local.get 1))
        (local.set 0 (global.get $g))
        (select (local.get 0) (local.get 1) (i32.const 1))))`,
  ]),
  ...["8_s", "8_u", "16_s", "16_u"].flatMap((kind) =>
    ["i32", "i64"].map((type): readonly [string] => [
      `(module (memory 1) (func (export "f") (drop (${type}.load${kind} (i32.const 0)))
        (${type}.store${kind.slice(0, -2)} (i32.const 0) (${type}.const 1))
        (${type}.store${kind.slice(0, -2)} (i32.const 0) (${type}.load (i32.const 0)))))`,
    ]),
  ),
  [
    `(module (memory 1) (func (export "f")
      (drop (i64.load32_s (i32.const 0))) (drop (i64.load32_u (i32.const 0))) (i64.store32 (i32.const 0) (i64.const 1))))`,
  ],
  ...fusedPrograms.map(({ source }): readonly [string, ...Value[]] => [source, 1, 2, 3]),
  [`(module (func (export "f") (unreachable)))`],
  [`(module (func (export "f") (block (br 0)) (block (br_if 0 (i32.const 1))) (if (i32.const 0) (then))))`],
  [`(module (func (export "f") (block (block (br_table 0 1 (i32.const 0))))))`],
  [`(module (func $g (param i32)) (func (export "f") (call $g (i32.const 1))))`],
  [
    `(module (type $t (func)) (table $t 2 funcref) (table $big i64 1 funcref) (elem (table $t) (i32.const 0) $g $h)
      (elem (table $big) (i64.const 0) func $g) (import "host" "h" (func $h)) (func $g)
      (func (export "f") (call $g) (call_indirect $t (type $t) (i32.const 0)) (call_indirect $t (type $t) (i32.const 1))
        (call_indirect $big (type $t) (i64.const 0)) (call $h) (call_ref $t (ref.func $g))
        (call $tail) (call $tailIndirect) (call $tailRef))
      (func $tail (return_call $g)) (func $tailIndirect (return_call_indirect $t (type $t) (i32.const 0)))
      (func $tailRef (return_call_ref $t (ref.func $g))))`,
  ],
  [
    `(module (func $g (param funcref) (result funcref) (local funcref) (local.set 1 (local.get 0)) (local.get 1))
      (func (export "f") (drop (ref.is_null (call $g (ref.null func))))))`,
  ],
  [
    `(module (memory 1 1 shared)
      (func (export "f") (drop (memory.atomic.wait32 (i32.const 0) (i32.const 1) (i64.const 0)))))`,
  ],
  [
    `(module (tag $e) (func (export "f")
      (block $caught (result exnref) (try_table (catch_ref $e $caught) (throw $e)) (unreachable)) (throw_ref)))`,
  ],
];

/** Vectors: what the loop does itself. */
const vectorPrograms = irNames()
  .filter((name) => instructions.some((info) => info.name === name.split(" ")[0]))
  .map((name) => /^((?:v128|[if]\d+x\d+)\.\w+) (r[ri]+)$/.exec(name))
  .filter((found) => found !== null)
  .map(([, name, form]): readonly [string] => {
    const operands = { rr: "(local.get 0) (local.get 1)", ri: "(local.get 0) (i32.const 3)" }[form];
    return [
      `(module (memory 1) (func (export "f") (local v128 v128)
        (local.set 0 (v128.load (i32.const 0)))
        (local.set 1 (v128.load8x8_u (i32.const 8)))
        (v128.store (i32.const 0) (${name} ${operands ?? "(local.get 0) (local.get 1) (local.get 0)"}))
        (local.set 0 (v128.const i32x4 1 2 3 4))
        (local.set 0 (local.get 1))))`,
    ];
  });

it("every instruction of the run loop is executed by lowered code", () => {
  irCounts.fill(0);
  runNumeric();
  for (const [source, ...params] of [...programs, ...vectorPrograms]) {
    // A cost table makes the second run stepwise.
    for (const options of [{}, { costs: { nop: 2 }, statistics: { costMeasuring: true } }]) {
      const engine = countingEngine(options);
      const host = new ModuleInstance("host");
      host.addHostFunction("h", new HostFunction({ params: [], results: [] }, () => {}));
      engine.store.registerModule(host);
      const instance = engine.instantiate(source);
      attempt(() => engine.call(instance, "f", ...params));
    }
  }
  const executed = executedInstructions(irCounts);
  // Chains of two of them have tests of their own.
  expect(irNames().filter((name, number) => number < FIRST_CHAIN && !executed.has(name))).toEqual([]);
});

import { afterEach, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { host, installHost } from "../../src/common/host.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { IR } from "../../src/executor/engine/generated/ir.ts";
import { run } from "../../src/executor/engine/generated/run.ts";
import { runWords } from "../../src/executor/engine/generated/run-words.ts";
import { Executor } from "../../src/executor/executor.ts";
import { wordsOfInstruction } from "../../src/executor/lowering/chains.ts";
import { CodeSpace, unitCosts } from "../../src/executor/lowering/code-space.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** The other form of code is what engines without caches of properties run; random modules and the suites in CI compare the two. */

const { cachesProperties } = host;
afterEach(() => installHost({ cachesProperties }));

describe("an executor", () => {
  it("takes the loop over linked code here, and that over words where the host says that it has no caches of properties", () => {
    expect(new Executor().loop).toBe(run);
    installHost({ cachesProperties: false });
    expect(new Executor().loop).toBe(runWords);
  });
});

describe("linked code", () => {
  const source = `(module
    (func $double (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
    (func (export "choose") (param i32) (result i32)
      (block $c (block $b (block $a (br_table $a $b $c (local.get 0))) (return (i32.const 10))) (return (i32.const 11)))
      (call $double (i32.const 6)))
    (func (export "last") (result i32) (call $double (i32.const 50))))`;

  it("links each instruction to the next, and branches to their targets", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const space = CodeSpace.of(instance, unitCosts);
    const entry = space.lower(1);
    const linked = space.linked();
    const { first, frame, header } = linked.functions[1]!;
    expect([frame, header]).toEqual([space.frameWords(entry), space.headerOffset(entry)]);
    let table = first;
    while (table.ir !== IR["br-table"]) table = table.next;
    expect(table.list.map(({ ir }) => ir)).toEqual([IR.br, IR.br, IR.br]);
    const targets = table.list.map(({ target }) => target);
    expect(new Set(targets).size).toBe(3);
    expect(targets.map(({ position }) => linked.instructions[position])).toEqual(targets);
    expect(targets.map(({ position, ir }) => [position, ir])).toEqual(
      table.list.map(({ word1 }) => [word1, space.code[word1]]),
    );
    let length = 0;
    for (let at = first; at.next !== at; at = at.next) {
      expect(at.next.position).toBe(at.position + wordsOfInstruction(space.code, at.position));
      length++;
    }
    expect(length).toBeGreaterThan(5);
  });

  it("passes over the branches around the clauses of try blocks, from the function's entry, a branch and a call", () => {
    const engine = new Engine();
    const instance = engine.instantiate(`(module
      (tag $e)
      (func $throw (param i32) (if (i32.and (local.get 0) (i32.const 1)) (then (throw $e))))
      (func (export "catch") (param i32) (result i32)
        (block $first (try_table (catch $e $first) (call $throw (local.get 0)))
          (block $second (try_table (catch $e $second) (call $throw (i32.shr_u (local.get 0) (i32.const 1)))) (return (i32.const 1)))
          (return (i32.const 2)))
        (i32.const 3)))`);
    const space = CodeSpace.of(instance, unitCosts);
    const entry = space.lower(1);
    expect(space.code[entry]).toBe(IR.br);
    const { instructions, functions } = space.linked();
    const { first } = functions[1]!;
    expect(first).toBe(instructions[space.code[entry + 1]]);
    // Who comes back from a call, or goes on where a clause says, may come to one as well.
    expect(instructions[entry]).toBe(first);
    const free = [];
    for (let at = first; at.next !== at; at = at.next) if (at.ir === IR.br && at.word2 === 0) free.push(at);
    expect(free).toEqual([]);
    expect([0, 2, 1, 3].map((n) => engine.call(instance, "catch", n)[0])).toEqual([1, 2, 3, 3]);
  });

  it("has a function once it is lowered", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const { functions } = CodeSpace.of(instance, unitCosts).linked();
    expect(functions).toEqual([undefined, undefined, undefined]);
    expect([0, 1, 7].map((index) => engine.call(instance, "choose", index)[0])).toEqual([10, 11, 12]);
    expect(functions.map((func) => func === undefined)).toEqual([false, false, true]);
    expect(engine.call(instance, "last")).toEqual([100]);
  });

  it("has what was lowered before it was made, and gives what words give, run by run in turns on one instance", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    for (const [index, loop] of [runWords, run, runWords, run].entries()) {
      engine.executor.loop = loop;
      expect(engine.call(instance, "choose", 7)).toEqual([12]);
      if (index >= 2) expect(engine.call(instance, "last")).toEqual([100]);
    }
  });

  it("stops at breakpoints that are set and taken away while it runs", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    const debug = new Debugger(engine.executor);
    let stops = 0;
    const breakpoint = debug.addBreakpoint(instance, 0);
    debug.onStop = () => {
      stops++;
      if (stops === 2) debug.removeBreakpoint(breakpoint);
      return "continue";
    };
    for (let i = 0; i < 4; i++) expect(engine.call(instance, "last")).toEqual([100]);
    expect(stops).toBe(2);
  });

  it("tells where a trap is as words do", () => {
    const trapping = `(module (memory 1) (func (export "f") (param i32) (result i32)
      (i32.add (i32.load offset=4 (local.get 0)) (i32.load (i32.const 65540)))))`;
    const errors = [true, false].map((linked) => {
      installHost({ cachesProperties: linked });
      const engine = new Engine();
      const { codeName, context } = failureOf(() => engine.call(engine.instantiate(trapping), "f", 0));
      return { codeName, context: context.filter(({ kind }) => kind !== "backtrace") };
    });
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[0]?.codeName).toBe("MemoryOutOfBounds");
  });

  it.each(readManifest())("and words run the benchmark program $name", (program) => {
    const { argument, checksum } = program.short;
    for (const linked of [true, false]) {
      installHost({ cachesProperties: linked });
      const engine = new Engine();
      const instance = engine.instantiate(readProgram(program));
      expect(engine.call(instance, program.export, argument)).toEqual([BigInt(checksum)]);
    }
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { readManifest, readProgram } from "../../bench/manifest.ts";
import { host, installHost } from "../../src/common/host.ts";
import { Debugger } from "../../src/debugger/debugger.ts";
import { IR } from "../../src/executor/engine/generated/ir.ts";
import { run } from "../../src/executor/engine/generated/run.ts";
import { runLinked } from "../../src/executor/engine/generated/run-linked.ts";
import { Executor } from "../../src/executor/executor.ts";
import { wordsOfInstruction } from "../../src/executor/lowering/chains.ts";
import { CodeSpace, unitCosts } from "../../src/executor/lowering/code-space.ts";
import { Engine, failureOf } from "../support/engine.ts";

/** Engines that do not compile JavaScript run code as objects; random-modules.test.ts and the suites in CI compare what it gives. */

function linkedEngine(...options: ConstructorParameters<typeof Engine>): Engine {
  const engine = new Engine(...options);
  engine.executor.loop = runLinked;
  return engine;
}

describe("an executor", () => {
  const { compilesJavaScript } = host;
  afterEach(() => installHost({ compilesJavaScript }));

  it("takes the loop over words here, where V8 compiles it, and linked code where the host says that it does not", () => {
    expect(new Executor().loop).toBe(run);
    installHost({ compilesJavaScript: false });
    expect(new Executor().loop).toBe(runLinked);
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
    const { first, frame, header } = space.linked().functions[1]!;
    expect([frame, header]).toEqual([space.frameWords(entry), space.headerOffset(entry)]);
    let table = first;
    while (table.ir !== IR["br-table"]) table = table.next;
    const targets = table.list.map(({ ir, target }) => [ir, space.code[target.position], target.position]);
    expect(targets.map(([branch]) => branch)).toEqual([IR.br, IR.br, IR.br]);
    expect(new Set(targets.map(([, , position]) => position)).size).toBe(3);
    expect(table.list.map(({ target }) => space.linked().instructions[target.position])).toEqual(
      table.list.map(({ target }) => target),
    );
    let length = 0;
    for (let at = first; at.next !== at; at = at.next) {
      expect(at.next.position).toBe(at.position + wordsOfInstruction(space.code, at.position));
      length++;
    }
    expect(length).toBeGreaterThan(5);
  });

  it("has the functions that were lowered before it was made and after", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    expect(engine.call(instance, "choose", 7)).toEqual([12]);
    engine.executor.loop = runLinked;
    expect([0, 1, 2, 3].map((index) => engine.call(instance, "choose", index)[0])).toEqual([10, 11, 12, 12]);
    expect(engine.call(instance, "last")).toEqual([100]);
  });

  it("gives what words give, run by run in turns on one instance", () => {
    const engine = new Engine();
    const instance = engine.instantiate(source);
    for (const loop of [runLinked, run, runLinked]) {
      engine.executor.loop = loop;
      expect([engine.call(instance, "choose", 0), engine.call(instance, "last")]).toEqual([[10], [100]]);
    }
  });

  it("stops at breakpoints that are set and taken away while it runs", () => {
    const engine = linkedEngine();
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
    const engine = new Engine();
    const instance = engine.instantiate(trapping);
    const errors = [run, runLinked].map((loop) => {
      engine.executor.loop = loop;
      const { codeName, context } = failureOf(() => engine.call(instance, "f", 0));
      return { codeName, context };
    });
    expect(errors[1]).toEqual(errors[0]);
    expect(errors[0]?.codeName).toBe("MemoryOutOfBounds");
  });

  it.each(readManifest())("runs the benchmark program $name", (program) => {
    const engine = linkedEngine();
    const instance = engine.instantiate(readProgram(program));
    const { argument, checksum } = program.short;
    expect(engine.call(instance, program.export, argument)).toEqual([BigInt(checksum)]);
  });
});

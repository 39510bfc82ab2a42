import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { ErrCode } from "../../src/common/error-code.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { RuntimeConfigOptions } from "../../src/sdk/config-options.ts";
import type { Instance } from "../../src/sdk/instance.ts";
import type { Vm } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { StructInstance } from "../../src/store/struct-instance.ts";

/** A program of garbage-collected objects, written in text: gc/words.wat. */

function file(name: string): Uint8Array {
  return new Uint8Array(readFileSync(fileURLToPath(new URL(`gc/${name}`, import.meta.url))));
}

/** A text of many words, some of them often: the license, which does not change. */
const text = new TextDecoder().decode(readFileSync(fileURLToPath(new URL("../../LICENSE", import.meta.url))));

const bytes = file("words.wasm");

interface Word {
  readonly word: string;
  readonly times: number;
  readonly isBoxed: boolean;
}

function load(content: string, builder = new VmBuilder()): { vm: Vm; count: number } {
  const vm = builder.build().registerModuleFromBytes("words", bytes);
  const data = new TextEncoder().encode(content);
  memoryOf(vm.namedModule("words")).write(data, 0);
  const [count] = vm.runFunc("words", "count", [0, data.length]);
  return { vm, count: count as number };
}

function memoryOf(instance: Instance): ReturnType<Instance["memory"]> {
  return instance.memory("memory");
}

function list(vm: Vm, byName: boolean): Word[] {
  const words: Word[] = [];
  const call = (name: string, ...args: Value[]): Value => vm.runFunc("words", name, args)[0];
  const free = 60_000;
  for (let cell = call("sort", byName ? 1 : 0); cell !== null; cell = call("next", cell)) {
    expect(cell).toBeInstanceOf(StructInstance);
    const length = call("word", cell, free) as number;
    const word = new TextDecoder().decode(memoryOf(vm.namedModule("words")).read(free, length));
    words.push({ word, times: Number(call("times", cell)), isBoxed: call("is-boxed", cell) === 1 });
  }
  return words;
}

/** The same in JavaScript, whose Map keeps the order in which words stood first. */
function expected(content: string): Word[] {
  const counts = new Map<string, number>();
  for (const word of content.match(/[A-Za-z]+/g) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
  return Array.from(counts, ([word, times]) => ({ word, times, isBoxed: times > 3 }));
}

describe("A program of garbage-collected objects", () => {
  it("is what its text says", () => {
    expect(compile(new TextDecoder().decode(file("words.wat")))).toEqual(bytes);
  });

  it("counts the words of a long text: hash map, linked lists, casts, boxes", () => {
    const { vm, count } = load(text);
    const words = expected(text);
    expect(words.length).toBeGreaterThan(300);
    expect(count).toBe(words.length);
    // Sorting is stable in JavaScript, so words that are as often stay in the order of their places.
    expect(list(vm, false)).toEqual(words.slice().sort((a, b) => b.times - a.times));
    expect(list(vm, true)).toEqual(words.slice().sort((a, b) => (a.word < b.word ? -1 : 1)));
  });

  it("counts nothing in nothing, and each word once in a list of different ones", () => {
    const empty = load("");
    expect([empty.count, list(empty.vm, false)]).toEqual([0, []]);
    const many = Array.from({ length: 500 }, (_, i) =>
      String.fromCharCode(97 + (i % 26)).repeat(1 + Math.floor(i / 26)),
    );
    const { vm, count } = load(many.join(" "));
    expect(count).toBe(500);
    expect(list(vm, false).map(({ word }) => word)).toEqual(many);
  });

  it("gives objects that no other type passes for", () => {
    const { vm } = load("a a a a b");
    const [cell] = vm.runFunc("words", "sort", [0]);
    for (const other of [null, vm.runFunc("words", "next", [cell])[0]]) {
      if (other === null) {
        expect(() => vm.runFunc("words", "times", [other])).toThrow(
          expect.objectContaining({ code: ErrCode.CastFailed }),
        );
      } else expect(vm.runFunc("words", "times", [other])).toEqual([1n]);
    }
    expect(() => vm.runFunc("words", "times", [{}])).toThrow(
      expect.objectContaining({ code: ErrCode.FuncSigMismatch }),
    );
  });

  it("ends where it makes more objects than it may", () => {
    const runs = (maximum: number): void => {
      const config = new ConfigBuilder()
        .withRuntimeConfig(new RuntimeConfigOptions().maxGCObjectsPerRun(maximum))
        .build();
      load("one two three four five", new VmBuilder().withConfig(config));
    };
    // A map with its buckets, five times a string and an entry, and buckets again for three and five entries.
    runs(2 + 10 + 2);
    expect(() => runs(2 + 10 + 1)).toThrow(expect.objectContaining({ code: ErrCode.GCObjectCountLimit }));
  });
});

// How times grow with sizes: bulk instructions beside the typed array's own methods, a memory that grows page by page, throws through
// many frames, a recursion a million deep. `npm run build && node scripts/run-ts.mjs bench/scale.ts`
import { Configure, Executor, Loader, type ModuleInstance, StoreManager, setLogLevel, Validator } from "wasmedge-ts";
import { compile } from "watr";
import { cpuTime } from "./cpu-time.ts";
import { median } from "./sample.ts";
import { layOut } from "./table.ts";

const MIB = 2 ** 20;
const PAGE = 65_536;
const SPACE = 64 * MIB;
const RUNS = 5;

setLogLevel("off");
const configure = new Configure();
// Vectors, exceptions and 1,000,001 frames of a few slots.
configure.runtime.maxCallDepth = 1_000_001;
configure.runtime.maxValueStackBytes = 2 ** 28;
const executor = new Executor(configure);

function instantiate(text: string): ModuleInstance {
  const module = new Loader(configure).parseModule(compile(text));
  new Validator(configure).validate(module);
  return executor.instantiateModule(new StoreManager(), module);
}

/** CPU time of a call in milliseconds: the median, once it is warm. */
function timeOf(call: () => void): number {
  const times: number[] = [];
  for (let run = 0; run < RUNS + 2; run++) {
    const start = cpuTime();
    call();
    times.push(cpuTime() - start);
  }
  return median(times.slice(2));
}

function ours(instance: ModuleInstance, name: string, ...args: number[]): () => void {
  const entry = instance.findFuncExports(name);
  return () => {
    executor.invoke(entry, args);
  };
}

const sizeName = (size: number): string => (size < MIB ? `${size} bytes` : `${size / MIB} MiB`);

/** Each bulk instruction, over and over, beside the same of a Uint8Array. */
function bulk(): string {
  const rows = [["bytes", "copy, ns", "of the array", "fill, ns", "of the array", "init, ns", "of the array"]];
  const twice = new Uint8Array(2 * SPACE).fill(1);
  for (const size of [64, 4096, MIB, SPACE]) {
    const instance = instantiate(`(module (memory ${(2 * SPACE) / PAGE})
      (data $d "${"\\\\07".repeat(Math.min(size, MIB))}")
      (func (export "touch") (memory.fill (i32.const 0) (i32.const 1) (i32.const ${2 * SPACE})))
      (func (export "copy") (param $n i32) (loop $l
        (memory.copy (i32.const 0) (i32.const ${SPACE}) (i32.const ${size}))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
      (func (export "fill") (param $n i32) (loop $l
        (memory.fill (i32.const 0) (i32.const 7) (i32.const ${size}))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
      (func (export "init") (param $n i32) (loop $l
        (memory.init $d (i32.const 0) (i32.const 0) (i32.const ${Math.min(size, MIB)}))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
    // What has never been written stands in one page of zeros.
    ours(instance, "touch")();
    const segment = new Uint8Array(Math.min(size, MIB)).fill(7);
    const count = Math.min(400_000, Math.ceil((4 * SPACE) / size));
    const methods: { readonly [name: string]: () => void } = {
      copy: () => twice.copyWithin(0, SPACE, SPACE + size),
      fill: () => twice.fill(7, 0, size),
      init: () => twice.set(segment),
    };
    const cells = Object.entries(methods).flatMap(([name, method]) => {
      const perCall = (milliseconds: number): number => (milliseconds * 1e6) / count;
      const us = perCall(timeOf(ours(instance, name, count)));
      const array = perCall(
        timeOf(() => {
          for (let i = 0; i < count; i++) method();
        }),
      );
      return [us.toFixed(0), array.toFixed(0)];
    });
    rows.push([sizeName(size), ...cells]);
  }
  return layOut(rows);
}

/** `memory.grow` by one page, again and again. */
function growing(): string {
  const rows = [["pages", "ms", "µs a page"]];
  for (const pages of [500, 2000, 8000, 32_000]) {
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const instance = instantiate(`(module (memory 0) (func (export "grow") (param $n i32) (loop $l
        (drop (memory.grow (i32.const 1)))
        (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
      const start = cpuTime();
      ours(instance, "grow", pages)();
      times.push(cpuTime() - start);
    }
    rows.push([String(pages), median(times).toFixed(0), ((median(times) * 1000) / pages).toFixed(1)]);
  }
  return layOut(rows);
}

/** A throw that is caught some frames further out. */
function throwing(): string {
  const instance = instantiate(`(module (tag $t)
    (func $down (param $depth i32)
      (if (i32.eqz (local.get $depth)) (then (throw $t)))
      (call $down (i32.sub (local.get $depth) (i32.const 1))))
    (func (export "throw") (param $n i32) (param $depth i32) (loop $l
      (block $caught (try_table (catch $t $caught) (call $down (local.get $depth))))
      (br_if $l (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))`);
  const rows = [["frames", "µs a throw, with the calls", "ns a frame"]];
  for (const depth of [1, 10, 100, 1000, 10_000]) {
    const count = Math.max(20, Math.ceil(1_000_000 / depth) >> (depth < 10 ? 3 : 0));
    const each = (timeOf(ours(instance, "throw", count, depth)) * 1000) / count;
    rows.push([String(depth), each.toFixed(2), ((each * 1000) / depth).toFixed(0)]);
  }
  return layOut(rows);
}

/** Calls that return, so and so deep. */
function recursion(): string {
  const instance = instantiate(`(module (func $f (export "f") (param $n i32) (result i32)
    (if (result i32) (local.get $n)
      (then (i32.add (i32.const 1) (call $f (i32.sub (local.get $n) (i32.const 1)))))
      (else (i32.const 0)))))`);
  const rows = [["frames", "ms", "ns a frame"]];
  for (const depth of [1000, 30_000, 1_000_000]) {
    const each = timeOf(ours(instance, "f", depth));
    rows.push([String(depth), each.toFixed(1), ((each * 1e6) / depth).toFixed(0)]);
  }
  return layOut(rows);
}

const parts: { readonly [title: string]: () => string } = {
  "Bulk instructions, and the same methods of a Uint8Array": bulk,
  "memory.grow by a page": growing,
  "throw, caught further out": throwing,
  "calls that deep": recursion,
};
for (const [title, part] of Object.entries(parts)) console.log(`${title}:\n\n${part()}\n`);

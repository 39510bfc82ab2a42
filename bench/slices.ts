// How long the slices of bulk instructions are, in CPU time: `node scripts/run-ts.mjs bench/slices.ts`, after `npm run build`.
import { Configure, Executor, Loader, StoreManager, setLogLevel, Validator } from "wasmedge-ts";
import { compile } from "watr";
import { cpuTime } from "./cpu-time.ts";

const source = `(module
  (type $bytes (array (mut i8))) (type $refs (array (mut anyref)))
  (memory 16384 20000) (table $t 0 funcref) (func $f) (elem declare func $f)
  (global $bytes (mut (ref null $bytes)) (ref.null $bytes))
  (global $refs (mut (ref null $refs)) (ref.null $refs))
  (func (export "memory.fill of 1 GiB") (memory.fill (i32.const 0) (i32.const 7) (i32.const 0x40000000)))
  (func (export "memory.copy of 512 MiB") (memory.copy (i32.const 0) (i32.const 0x20000000) (i32.const 0x20000000)))
  (func (export "memory.grow of 1 GiB") (drop (memory.grow (i32.const 1))))
  (func (export "table.grow by 10,000,000") (drop (table.grow $t (ref.func $f) (i32.const 10000000))))
  (func (export "array.new of 256 MiB") (global.set $bytes (array.new $bytes (i32.const 1) (i32.const 0x10000000))))
  (func (export "array.new_default of 256 MiB") (global.set $bytes (array.new_default $bytes (i32.const 0x10000000))))
  (func (export "array.fill of 256 MiB")
    (array.fill $bytes (global.get $bytes) (i32.const 0) (i32.const 1) (i32.const 0x10000000)))
  (func (export "array.new of 33,554,432 references")
    (global.set $refs (array.new $refs (ref.i31 (i32.const 1)) (i32.const 33554432))))
  (func (export "array.copy of 33,554,431 references")
    (array.copy $refs $refs (global.get $refs) (i32.const 1) (global.get $refs) (i32.const 0) (i32.const 33554431))))`;

interface Slices {
  readonly count: number;
  readonly all: number;
  readonly longest: number;
}

function measure(executor: Executor, func: Parameters<Executor["startRun"]>[0]): Slices {
  const run = executor.startRun(func, []);
  const times: number[] = [];
  for (let done = false; !done; ) {
    const before = cpuTime();
    done = run.step(false);
    times.push(cpuTime() - before);
  }
  return { count: times.length, all: times.reduce((sum, time) => sum + time, 0), longest: Math.max(...times) };
}

setLogLevel("off");
const configure = new Configure();
const module = new Loader(configure).parseModule(compile(source));
new Validator(configure).validate(module);
const executor = new Executor(configure);
const instance = executor.instantiateModule(new StoreManager(), module);
for (const { name } of module.exports) {
  const { count, all, longest } = measure(executor, instance.findFuncExports(name));
  console.log(`${name}: ${count} slices, ${all.toFixed(0)} ms, the longest ${longest.toFixed(1)} ms`);
}

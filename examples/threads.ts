// Threads: one module works in four Node workers on one shared memory. `threads-worker.mjs` is what a worker does.

import { Worker } from "node:worker_threads";
import { CommonConfigOptions, ConfigBuilder, ImportObjectBuilder, Memory, VmBuilder } from "wasmedge-ts";
import { compile } from "watr";

const module = compile(`(module
  ;; The words at 0, 4 and 8: the next number that nobody looks at yet, the primes found, the workers that are done.
  (import "env" "memory" (memory 1 2 shared))
  (func $isPrime (param $n i32) (result i32) (local $divisor i32)
    (local.set $divisor (i32.const 2))
    (loop $next
      (if (i32.gt_u (i32.mul (local.get $divisor) (local.get $divisor)) (local.get $n))
        (then (return (i32.gt_u (local.get $n) (i32.const 1)))))
      (if (i32.eqz (i32.rem_u (local.get $n) (local.get $divisor))) (then (return (i32.const 0))))
      (local.set $divisor (i32.add (local.get $divisor) (i32.const 1)))
      (br $next))
    (unreachable))
  ;; Takes one number after the other until all below $limit are taken. Each is taken by one worker.
  (func (export "work") (param $limit i32) (local $n i32)
    (loop $next
      (local.set $n (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (if (i32.lt_u (local.get $n) (local.get $limit))
        (then
          (drop (i32.atomic.rmw.add (i32.const 4) (call $isPrime (local.get $n))))
          (br $next))))
    (drop (i32.atomic.rmw.add (i32.const 8) (i32.const 1)))
    (drop (memory.atomic.notify (i32.const 8) (i32.const -1))))
  ;; Waits until as many workers are done; the primes that they have found.
  (func (export "join") (param $workers i32) (result i32) (local $done i32)
    (loop $again
      (local.set $done (i32.atomic.load (i32.const 8)))
      (if (i32.lt_u (local.get $done) (local.get $workers))
        (then
          (drop (memory.atomic.wait32 (i32.const 8) (local.get $done) (i64.const -1)))
          (br $again))))
    (i32.atomic.load (i32.const 4))))`);

// Threads are a proposal of their own, and a shared memory has a maximum.
const memory = Memory.create({ min: 1, max: 2, shared: true });
const config = new ConfigBuilder(new CommonConfigOptions().threads(true)).build();
const vm = new VmBuilder().withConfig(config).build();
vm.registerImportModule(new ImportObjectBuilder("env").withMemory("memory", memory).build());
vm.registerModuleFromBytes("primes", module);

const WORKERS = 4;
const LIMIT = 20_000;
const file = new URL("./threads-worker.mjs", import.meta.url);
for (let i = 0; i < WORKERS; i++) {
  new Worker(file, { workerData: { module, memory: memory.toShared(), limit: LIMIT } });
}

// This thread sleeps until the last worker wakes it.
const [primes] = vm.runFunc("primes", "join", [WORKERS]);
console.log(`primes below ${LIMIT}: ${primes}`);
console.log(`workers that are done: ${memory.view.getInt32(8, true)}`);

// What one grows, all have.
memory.grow(1);
console.log(`pages: ${memory.size}`);

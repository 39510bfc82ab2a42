// A plugin that nobody trusts: its gas is rationed, its memory and depth are limited, and what it takes up can be read while it runs.
// At the end of its ration it stands still, and its owner decides.

import {
  ConfigBuilder,
  ImportObjectBuilder,
  StatisticsConfigOptions,
  setLogLevel,
  type Value,
  type Vm,
  VmBuilder,
  WasmEdgeError,
} from "wasmedge-ts";
import { compile } from "watr";

const plugin = compile(`(module
  (import "host" "progress" (func $progress (param i32)))
  (memory (export "memory") 1)
  (func (export "primes") (param $limit i32) (result i32) (local $n i32) (local $d i32) (local $found i32)
    (local.set $n (i32.const 2))
    (loop $numbers
      (local.set $d (i32.const 2))
      (block $composite
        (loop $divisors
          (if (i32.le_u (i32.mul (local.get $d) (local.get $d)) (local.get $n)) (then
            (br_if $composite (i32.eqz (i32.rem_u (local.get $n) (local.get $d))))
            (local.set $d (i32.add (local.get $d) (i32.const 1)))
            (br $divisors))))
        (local.set $found (i32.add (local.get $found) (i32.const 1))))
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (if (i32.eqz (i32.rem_u (local.get $n) (i32.const 1000))) (then (call $progress (local.get $n))))
      (br_if $numbers (i32.le_u (local.get $n) (local.get $limit))))
    (local.get $found))
  (func (export "hoard") (result i32) (loop $l (br_if $l (i32.ge_s (memory.grow (i32.const 1)) (i32.const 0)))) (memory.size))
  (func $dig (export "dig") (param i32) (result i32) (call $dig (i32.add (local.get 0) (i32.const 1)))))`);

const RATION = 100_000n;

// Otherwise each run logs its statistics.
setLogLevel("off");

function load(): Vm {
  // Costs are counted up to the limit; by default an instruction costs 1.
  const statistics = new StatisticsConfigOptions().countInstructions(true).measureCost(true).costLimit(RATION);
  const vm = new VmBuilder()
    .withConfig(new ConfigBuilder().withStatisticsConfig(statistics).build())
    .withLimits({ memoryBytes: 4 * 65536, callDepth: 1000, valueStackBytes: 1 << 20 })
    .build();
  // A host function may have a price of its own: 500.
  const host = new ImportObjectBuilder("host")
    .withFunc("progress", ["i32"], [], (_caller, n) => console.log(`  ${n}, gas ${vm.statistics.getTotalCost()}`), 500)
    .build();
  return vm.registerImportModule(host).registerModuleFromBytes(null, plugin);
}

// Rationed: at each end of the ration its owner may look, wait, add more, or cancel.
async function rationed(vm: Vm, name: string, args: Value[], rations: number): Promise<Value[]> {
  const run = vm.runFuncAsync(null, name, args, { atCostLimit: "pause" });
  while (await run.whenPaused()) {
    if (--rations === 0) run.cancel("no more gas");
    else run.resume(RATION);
  }
  return run;
}

const vm = load();
console.log("primes up to 3000:", (await rationed(vm, "primes", [3000], 5))[0]);
console.log("instructions:", vm.statistics.getInstrCount(), "gas:", vm.statistics.getTotalCost());

try {
  await rationed(load(), "primes", [1_000_000], 3);
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log(`${error.headline()} (${error.cause})`);
}

// Memory: growing fails beyond the limit, as the module is told.
const greedy = load();
console.log("pages it got:", greedy.runFunc(null, "hoard")[0]);
console.log("memory:", greedy.limits.memoryBytes.current, "of", greedy.limits.memoryBytes.limit);

// Depth: a trap, and not the host's own stack.
try {
  greedy.runFunc(null, "dig", [0]);
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log(error.headline(), "at depth", greedy.limits.callDepth.peak);
}

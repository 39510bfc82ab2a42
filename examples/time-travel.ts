// Time travel: a run is recorded, fails, and is taken back to find out when it went wrong.

import {
  CommonConfigOptions,
  ConfigBuilder,
  ImportObjectBuilder,
  StatisticsConfigOptions,
  VmBuilder,
} from "wasmedge-ts";
import { compile } from "watr";

// Adds up readings of a sensor, and traps when the sum is odd: which reading was it?
const app = compile(`(module
  (import "sensor" "read" (func $read (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "check") (param $n i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $read (local.get $i))))
      (i32.store (i32.const 0) (local.get $sum))
      (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (if (i32.and (local.get $sum) (i32.const 1)) (then (unreachable)))))`);

let readings = 0;
const sensor = new ImportObjectBuilder("sensor")
  .withFunc("read", ["i32"], ["i32"], (_caller, i) => {
    readings++;
    return i === 613 ? 7 : 2 * i;
  })
  .build();

const config = new ConfigBuilder(new CommonConfigOptions())
  .withStatisticsConfig(new StatisticsConfigOptions().countInstructions(true))
  .build();
const vm = new VmBuilder().withConfig(config).build();
vm.registerImportModule(sensor).registerModuleFromBytes(null, app);

const travel = vm.recordFunc(null, "check", [1000], { interval: 1000 });
try {
  travel.finish();
} catch (error) {
  console.log("failed:", (error as Error).message, "after", travel.count, "instructions and", readings, "readings");
}

// The sum at a place of the past. The memory is the guest's own: it shows the place at which the run is.
const memory = vm.activeModule().memory("memory");
const sumAt = (count: number): number => {
  travel.goTo(count);
  return memory.view.getInt32(0, true);
};

// Where has it become odd? The sensor is asked for nothing: what it gave is played back.
let even = travel.start;
let odd = travel.furthest - 1;
while (odd - even > 1) {
  const middle = (even + odd) >> 1;
  if (sumAt(middle) % 2 === 0) even = middle;
  else odd = middle;
}
console.log("the sum became odd with instruction", odd);
console.log("before:", sumAt(even), "after:", sumAt(odd));
travel.stepBack(2);
console.log("two steps back:", travel.count, "readings:", readings);

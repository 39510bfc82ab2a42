// What a run leaves that fails: frames with their values, and the same as a file that other tools read.

import { ConfigBuilder, coredumpOf, Loader, RuntimeConfigOptions, readCoredump, VmBuilder } from "wasmedge-ts";
import { compile } from "watr";

const bytes = compile(`(module
  (memory (export "memory") 1)
  (global $orders (mut i32) (i32.const 0))
  (func $share (param $total i32) (param $people i32) (result i32)
    (i32.div_u (local.get $total) (local.get $people)))
  (func (export "order") (param $total i32) (param $people i32) (result f64)
    (global.set $orders (i32.add (global.get $orders) (i32.const 1)))
    (f64.mul (f64.const 1.5) (f64.convert_i32_u (call $share (local.get $total) (local.get $people))))))`);

const config = new ConfigBuilder().withRuntimeConfig(new RuntimeConfigOptions().enableCoredump(true)).build();
const vm = new VmBuilder().withConfig(config).build().registerModuleFromBytes(null, bytes);
console.log("order(120, 4) =", vm.runFunc(null, "order", [120, 4])[0]);
try {
  vm.runFunc(null, "order", [120, 0]);
} catch (error) {
  const dump = coredumpOf(error);
  if (dump === undefined) throw error;
  console.log(error instanceof Error ? error.message : error);
  for (const { functionIndex, codeOffset, locals, stack } of dump.frames) {
    console.log(`function ${functionIndex} at ${codeOffset}: locals ${locals.join(", ")}; stack ${stack.join(", ")}`);
  }

  // A dump is a module: memories and globals are its own sections.
  const file = dump.toBytes({ executableName: "orders.wasm" });
  const read = readCoredump(new Loader().parseModule(file));
  console.log("read back:", read?.executableName, "frames:", read?.threads[0]?.frames.length);
}

// Linear memory: JavaScript writes into a module's memory, the module works on it, JavaScript reads the result.

import { VmBuilder, WasmEdgeError } from "wasmedge-ts";
import { compile } from "watr";

const app = compile(`(module
  (memory (export "memory") 1 3)
  ;; The sum of $count numbers of 32 bits from $address on.
  (func (export "sum") (param $address i32) (param $count i32) (result i32) (local $sum i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $count)))
        (local.set $sum (i32.add (local.get $sum) (i32.load (local.get $address))))
        (local.set $address (i32.add (local.get $address) (i32.const 4)))
        (local.set $count (i32.sub (local.get $count) (i32.const 1)))
        (br $next)))
    (local.get $sum))
  ;; Makes the ASCII letters of a text upper case, where it stands.
  (func (export "shout") (param $address i32) (param $length i32) (local $c i32)
    (block $done
      (loop $next
        (br_if $done (i32.eqz (local.get $length)))
        (local.set $c (i32.load8_u (local.get $address)))
        (if (i32.lt_u (i32.sub (local.get $c) (i32.const 97)) (i32.const 26))
          (then (i32.store8 (local.get $address) (i32.sub (local.get $c) (i32.const 32)))))
        (local.set $address (i32.add (local.get $address) (i32.const 1)))
        (local.set $length (i32.sub (local.get $length) (i32.const 1)))
        (br $next)))))`);

const vm = new VmBuilder().build();
vm.registerModuleFromBytes("app", app);
const memory = vm.namedModule("app").memory("memory");
console.log("pages:", memory.size);

// Numbers, through a view: WebAssembly is little-endian.
const numbers = [3, 1, 4, 1, 5, 9, 2, 6];
numbers.forEach((number, i) => {
  memory.view.setInt32(i * 4, number, true);
});
console.log("sum:", vm.runFunc("app", "sum", [0, numbers.length])[0]);

// Text, as UTF-8.
const length = memory.writeString("hello, wörld", 256);
vm.runFunc("app", "shout", [256, length]);
console.log("text:", memory.readString(256, length));

// Growing replaces the bytes: ask for `memory.view` and `memory.bytes` again afterwards.
memory.grow(2);
console.log("pages:", memory.size);
try {
  memory.grow(1);
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log("a fourth page:", error.message);
}

// What lies outside is refused, whatever its length.
try {
  memory.read(3 * 65536 - 2, 4);
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log(error.lines().join("\n"));
}

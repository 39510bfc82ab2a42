// Host functions: a module calls back into JavaScript, with numbers, 64-bit integers, text, and an error of the host's own.

import { hostFuncError, ImportObjectBuilder, VmBuilder, WasmEdgeError } from "wasmedge-ts";
import { compile } from "watr";

const app = compile(`(module
  (import "env" "add" (func $add (param i32 i32) (result i32)))
  (import "env" "divide" (func $divide (param i64 i64) (result i64 i64)))
  (import "env" "print" (func $print (param i32 i32)))
  (memory (export "memory") 1)
  (data (i32.const 8) "text out of linear memory")
  (func (export "sum-of-squares") (param $a i32) (param $b i32) (result i32)
    (call $add (i32.mul (local.get $a) (local.get $a)) (i32.mul (local.get $b) (local.get $b))))
  (func (export "divide") (param i64 i64) (result i64 i64)
    (call $divide (local.get 0) (local.get 1)))
  (func (export "greet")
    (call $print (i32.const 8) (i32.const 25))))`);

const DIVISION_BY_ZERO = 0x5678;

// The types of the JavaScript parameters follow from the names: i32 is a number, i64 a bigint.
const env = new ImportObjectBuilder("env")
  .withFunc("add", ["i32", "i32"], ["i32"], (_caller, a, b) => (a + b) | 0)
  .withFunc("divide", ["i64", "i64"], ["i64", "i64"], (_caller, a, b) => {
    if (b === 0n) throw hostFuncError(DIVISION_BY_ZERO);
    return [a / b, a % b];
  })
  .withFunc("print", ["i32", "i32"], [], (caller, offset, length) => {
    console.log("the module says:", caller.memory()?.readString(offset, length));
  })
  .build();

const vm = new VmBuilder().build();
vm.registerImportModule(env).registerModuleFromBytes("app", app);

console.log("3² + 4² =", vm.runFunc("app", "sum-of-squares", [3, 4])[0]);

const [quotient, remainder] = vm.runFunc("app", "divide", [10n ** 18n, 7n]);
console.log(`10^18 / 7 = ${quotient}, remainder ${remainder}`);

vm.runFunc("app", "greet");

try {
  vm.runFunc("app", "divide", [1n, 0n]);
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log(error.headline());
}

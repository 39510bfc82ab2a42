// Tables and globals: a module calls functions out of a table that JavaScript fills, and both share global variables.

import { Func, Global, hostFunc, ImportObjectBuilder, ModifyConst, Table, VmBuilder } from "wasmedge-ts";
import { compile } from "watr";

const app = compile(`(module
  (type $operation (func (param i32 i32) (result i32)))
  (import "env" "operations" (table $operations 4 funcref))
  (import "env" "base" (global $base i32))
  (global $last (export "last") (mut i64) (i64.const 0))
  (func $add (export "add") (type $operation) (i32.add (local.get 0) (local.get 1)))
  (func (export "apply") (param $index i32) (param $value i32) (result i32) (local $result i32)
    (local.set $result
      (call_indirect $operations (type $operation) (global.get $base) (local.get $value) (local.get $index)))
    (global.set $last (i64.extend_i32_s (local.get $result)))
    (local.get $result)))`);

const operations = Table.create("funcref", { min: 4 });
const base = Global.create("i32", "const", 100);
const env = new ImportObjectBuilder("env").withTable("operations", operations).withGlobal("base", base).build();

const vm = new VmBuilder().build();
vm.registerImportModule(env).registerModuleFromBytes("app", app);
const instance = vm.namedModule("app");

// A table holds functions of modules and of the host alike.
operations.set(0, instance.func("add"));
operations.set(
  1,
  hostFunc(["i32", "i32"], ["i32"], (_caller, a, b) => a * b),
);
console.log("100 + 5 =", vm.runFunc("app", "apply", [0, 5])[0]);
console.log("100 * 5 =", vm.runFunc("app", "apply", [1, 5])[0]);

// What stands in a table can be called directly; an element that was not set is null.
const first = operations.get(0);
if (first instanceof Func) console.log("2 + 3 =", first.run(vm.executor, [2, 3])[0]);
console.log("element 2:", operations.get(2));

const last = instance.global("last");
console.log("last result:", last.getValue());
last.setValue(-1n);
console.log("last result now:", last.getValue());

try {
  base.setValue(1);
} catch (error) {
  if (!(error instanceof ModifyConst)) throw error;
  console.log(error.message);
}

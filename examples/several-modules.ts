// Several modules: one imports from another by name, a store is shared by two VMs, and a module is replaced.

import { NotFoundModule, Store, VmBuilder } from "wasmedge-ts";
import { compile } from "watr";

const lib = compile(`(module
  (global $calls (mut i32) (i32.const 0))
  (func (export "double") (param i32) (result i32)
    (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
    (i32.mul (local.get 0) (i32.const 2)))
  (func (export "calls-so-far") (result i32) (global.get $calls)))`);

const app = compile(`(module
  (import "lib" "double" (func $double (param i32) (result i32)))
  (func (export "quadruple") (param i32) (result i32) (call $double (call $double (local.get 0)))))`);

const store = new Store();
const vm = new VmBuilder().withStore(store).build();

// The module that is imported from comes first; null makes a module the active one, without a name.
vm.registerModuleFromBytes("lib", lib).registerModuleFromBytes(null, app);
console.log("quadruple(5) =", vm.runFunc(null, "quadruple", [5])[0]);
console.log("calls of lib:", vm.runFunc("lib", "calls-so-far")[0]);
console.log("modules:", vm.instanceNames.join(", "));

// Another VM with the same store links against the same instance.
const other = new VmBuilder().withStore(store).build();
other.registerModuleFromBytes("app", app);
console.log("quadruple(7) =", other.runFunc("app", "quadruple", [7])[0]);
console.log("calls of lib:", vm.runFunc("lib", "calls-so-far")[0]);

// A module that is taken out of the store goes on working where it is linked already.
store.inner.unregisterModule("lib");
console.log("quadruple(9) =", vm.runFunc(null, "quadruple", [9])[0]);
try {
  vm.runFunc("lib", "double", [1]);
} catch (error) {
  if (!(error instanceof NotFoundModule)) throw error;
  console.log(error.message);
}

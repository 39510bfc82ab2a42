import { compile } from "watr";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode, userErrCode } from "../../src/common/error-code.ts";
import { ValType } from "../../src/common/value-type.ts";
import { functionType, globalType, memoryType, tableType } from "../../src/sdk/value-types.ts";
import { GlobalInstance } from "../../src/store/global-instance.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { TableInstance } from "../../src/store/table-instance.ts";

/** The module of WasmEdge's API tests, written anew after their description: the same imports, exports and functions. */
export const apiModule: Uint8Array = compile(`(module
  (type $binary (func (param externref i32) (result i32)))
  (type $nullary (func (result i32)))
  (import "extern" "func-add" (func $host-add (type $binary)))
  (import "extern" "func-sub" (func $host-sub (type $binary)))
  (import "extern" "func-mul" (func $host-mul (type $binary)))
  (import "extern" "func-div" (func $host-div (type $binary)))
  (import "extern" "func-term" (func $term (type $nullary)))
  (import "extern" "func-fail" (func $fail (type $nullary)))
  (import "extern" "glob-i32" (global i32))
  (import "extern" "tab-func" (table 5 20 funcref))
  (import "extern" "mem" (memory 1 3))
  (global (export "glob-mut-i32") (mut i32) (i32.const 142))
  (global (export "glob-const-f32") f32 (f32.const 1.25))
  (table $own (export "tab-func") 10 funcref)
  (table (export "tab-ext") 10 externref)
  (memory $mem (export "mem") 1 3)
  (elem (table $own) (i32.const 2) func $f1 $f2 $f3 $f4 $host-add)
  (func $f1 (export "func-1") (result i32) (i32.const 1))
  (func $f2 (export "func-2") (result i32) (i32.const 2))
  (func $f3 (export "func-3") (result i32) (i32.const 3))
  (func $f4 (export "func-4") (result i32) (i32.const 4))
  (func (export "func-add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  (func (export "func-mul-2") (param i32 i32) (result i32 i32)
    (i32.mul (local.get 0) (i32.const 2)) (i32.mul (local.get 1) (i32.const 2)))
  (func (export "func-call-indirect") (param i32) (result i32)
    (call_indirect $own (type $nullary) (local.get 0)))
  (func (export "func-host-add") (param externref i32) (result i32) (call $host-add (local.get 0) (local.get 1)))
  (func (export "func-host-sub") (param externref i32) (result i32) (call $host-sub (local.get 0) (local.get 1)))
  (func (export "func-host-mul") (param externref i32) (result i32) (call $host-mul (local.get 0) (local.get 1)))
  (func (export "func-host-div") (param externref i32) (result i32) (call $host-div (local.get 0) (local.get 1)))
  (func (export "func-term") (result i32) (call $term))
  (func (export "func-fail") (result i32) (call $fail)))`);

export const USER_CODE: number = userErrCode(0x5678);

/** A host value that the module hands back to the host as it is. */
export interface Box {
  value: number;
}

function operation(compute: (a: number, b: number) => number): HostFunction {
  return new HostFunction(
    functionType(["externref", "i32"], ["i32"]),
    (_frame, [box, b]) => compute((box as Box).value, b as number) | 0,
  );
}

/** The host module that the API module imports from. */
export function externModule(name = "extern"): ModuleInstance {
  const module = new ModuleInstance(name);
  module.addHostFunction(
    "func-add",
    operation((a, b) => a + b),
  );
  module.addHostFunction(
    "func-sub",
    operation((a, b) => a - b),
  );
  module.addHostFunction(
    "func-mul",
    operation((a, b) => a * b),
  );
  module.addHostFunction(
    "func-div",
    operation((a, b) => Math.trunc(a / b)),
  );
  const nullary = { params: [], results: [ValType.I32] };
  module.addHostFunction(
    "func-term",
    new HostFunction(nullary, () => {
      throw new WasmEdgeError(ErrCode.Terminated);
    }),
  );
  module.addHostFunction(
    "func-fail",
    new HostFunction(nullary, () => {
      throw new WasmEdgeError(USER_CODE);
    }),
  );
  module.addHostGlobal("glob-i32", new GlobalInstance(globalType("i32", "const"), 78));
  module.addHostTable("tab-func", new TableInstance(tableType("funcref", { min: 10, max: 20 })));
  module.addHostMemory("mem", new MemoryInstance(memoryType({ min: 1, max: 2 })));
  return module;
}

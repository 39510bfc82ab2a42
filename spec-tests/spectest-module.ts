import { host } from "../src/common/host.ts";
import { Proposal } from "../src/common/proposal.ts";
import { ValType } from "../src/common/value-type.ts";
import { WasmValue } from "../src/common/wasm-value.ts";
import type { Configure } from "../src/config/configure.ts";
import { GlobalInstance } from "../src/store/global-instance.ts";
import { HostFunction } from "../src/store/host-function.ts";
import { MemoryInstance } from "../src/store/memory-instance.ts";
import { ModuleInstance } from "../src/store/module-instance.ts";
import { TableInstance } from "../src/store/table-instance.ts";

const { I32, I64, F32, F64, FuncRef } = ValType;

const functions: readonly (readonly [name: string, params: readonly ValType[]])[] = [
  ["print", []],
  ["print_i32", [I32]],
  ["print_i64", [I64]],
  ["print_f32", [F32]],
  ["print_f64", [F64]],
  ["print_i32_f32", [I32, F32]],
  ["print_f64_f64", [F64, F64]],
];

const globals: readonly (readonly [name: string, value: WasmValue])[] = [
  ["global_i32", WasmValue.i32(666)],
  ["global_i64", WasmValue.i64(666n)],
  ["global_f32", WasmValue.f32(666.6)],
  ["global_f64", WasmValue.f64(666.6)],
];

/**
 * The host module that the suites import from; a fresh one for each unit, since tests change its table and memory.
 * https://github.com/WebAssembly/spec/blob/main/interpreter/README.md#spectest-host-module — WasmEdge `SpecTestModule`
 */
export function createSpectestModule(configure: Configure): ModuleInstance {
  const module = new ModuleInstance("spectest");
  for (const [name, params] of functions) {
    module.addHostFunction(name, new HostFunction({ params, results: [] }, () => undefined));
  }
  for (const [name, value] of globals) {
    module.addHostGlobal(name, new GlobalInstance({ valType: value.type, mutable: false }, value));
  }
  for (const [name, is64] of [
    ["table", false],
    ["table64", true],
  ] as const) {
    const limit = { min: 10n, max: 20n, shared: false, is64 };
    module.addHostTable(name, new TableInstance({ elementType: FuncRef, limit }));
  }
  const limit = { min: 1n, max: 2n, shared: false, is64: false };
  module.addHostMemory("memory", new MemoryInstance({ limit, pageSizeLog2: 16 }));
  if (configure.hasProposal(Proposal.Threads) && host.createSharedBuffer !== undefined) {
    const shared = { limit: { ...limit, shared: true }, pageSizeLog2: 16 };
    module.addHostMemory("shared_memory", new MemoryInstance(shared));
  }
  return module;
}

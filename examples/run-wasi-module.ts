// Loads a WASI program from a file, registers it, and runs it: the first example of WasmEdge's Rust SDK.
//
//   node scripts/run-ts.mjs examples/run-wasi-module.ts examples/hello.wasm
import assert from "node:assert/strict";
import { CommonConfigOptions, ConfigBuilder, HostRegistrationConfigOptions, params, VmBuilder } from "wasmedge-ts";
import "wasmedge-ts/node";

// 1. The path of the .wasm file.
const wasmAppFile = process.argv[2];
if (wasmAppFile === undefined) {
  console.error("Please specify a wasm file, like examples/hello.wasm");
  process.exit(1);
}

// 2. A configuration with WASI.
const config = new ConfigBuilder(new CommonConfigOptions())
  .withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true))
  .build();
assert(config.wasiEnabled());

// 3. A VM of that configuration.
const vm = new VmBuilder().withConfig(config).build();

// 4. WASI without arguments, environment and directories.
vm.wasiModule().initialize(null, null, null);

// 5. Load the file and register it under a name;
// 6. call a function that it exports.
vm.registerModuleFromFile("wasm-app", wasmAppFile).runFunc("wasm-app", "_start", params());

process.exitCode = vm.wasiModule().exitCode();

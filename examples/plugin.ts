// Plugins: one of our own with an option, and wasi_logging, which writes where the guest may write.

import {
  Configure,
  HostFunction,
  HostRegistration,
  installHost,
  MemoryFileSystem,
  ModuleInstance,
  PLUGIN_API_VERSION,
  Plugin,
  ValType,
  VM,
} from "wasmedge-ts";
import { compile } from "watr";

Plugin.loadFromDefaultPaths();
Plugin.registerPlugin({
  name: "shop",
  description: "Prices.",
  apiVersion: PLUGIN_API_VERSION,
  version: { major: 1, minor: 0, patch: 0, build: 0 },
  options: [{ name: "shop-discount", kind: "integer", metavar: "PERCENT", description: "Taken off each price." }],
  modules: [
    {
      name: "prices",
      description: "The function price.",
      create: (context) => {
        const discount = Number(context.option("shop-discount") ?? 0n);
        const module = new ModuleInstance("shop");
        const type = { params: [ValType.I32], results: [ValType.I32] };
        module.addHostFunction("price", new HostFunction(type, (_, [n]) => ((n as number) * (100 - discount)) / 100));
        return module;
      },
    },
  ],
});

const guest = compile(`(module
  (import "shop" "price" (func $price (param i32) (result i32)))
  (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
  (memory 1)
  (data (i32.const 0) "logs/shop.log") (data (i32.const 32) "somebody has asked for a price")
  (func (export "ask") (param i32) (result i32)
    (call $log (i32.const 2) (i32.const 0) (i32.const 13) (i32.const 32) (i32.const 30))
    (call $price (local.get 0))))`);

// A clock that stands still, so that the lines below are always the same.
installHost({ realtimeNanoseconds: () => BigInt(new Date(2026, 0, 1).getTime()) * 1_000_000n });

const fileSystem = new MemoryFileSystem();
fileSystem.makeDirectory("/var/log");
const configure = new Configure()
  .addHostRegistration(HostRegistration.Wasi)
  .setPluginOption("shop", "shop-discount", 20n);
const vm = new VM(configure, { wasi: { fileSystem } });
vm.getImportModule(HostRegistration.Wasi)?.init(["logs:/var/log"], "shop.wasm");

console.log("modules:", vm.listRegisteredModules().join(", "));
console.log("price:", vm.runWasmFile(guest, "ask", [150])[0]);
console.log("price:", vm.execute("ask", [50])[0]);
console.log(new TextDecoder().decode(fileSystem.readFile("/var/log/shop.log")).trimEnd());

// Without the plugin, the guest finds nothing to import from.
const bare = new VM(new Configure(configure).addForbiddenPlugins("shop"));
try {
  bare.runWasmFile(guest, "ask", [150]);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}

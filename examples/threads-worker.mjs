// One worker of threads.ts: the same module in an instance of its own, on the memory that was handed over.
import { workerData } from "node:worker_threads";
import { CommonConfigOptions, ConfigBuilder, ImportObjectBuilder, Memory, VmBuilder } from "wasmedge-ts";

const memory = Memory.fromShared(workerData.memory);
const config = new ConfigBuilder(new CommonConfigOptions().threads(true)).build();
const vm = new VmBuilder().withConfig(config).build();
vm.registerImportModule(new ImportObjectBuilder("env").withMemory("memory", memory).build());
vm.registerModuleFromBytes("primes", workerData.module);
vm.runFunc("primes", "work", [workerData.limit]);

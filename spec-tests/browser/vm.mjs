import { CommonConfigOptions, ConfigBuilder, ImportObjectBuilder, VmBuilder } from "/dist/index.js";

/** The module in an instance of its own, on the memory. */
export function vmOn(memory, module) {
  const config = new ConfigBuilder(new CommonConfigOptions().threads(true)).build();
  const vm = new VmBuilder().withConfig(config).build();
  vm.registerImportModule(new ImportObjectBuilder("env").withMemory("memory", memory).build());
  vm.registerModuleFromBytes("app", module);
  return vm;
}

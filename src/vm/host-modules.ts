import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import { type Configure, HostRegistration } from "../config/configure.ts";
import { Plugin } from "../plugin/plugin.ts";
import type { PluginContext } from "../plugin/plugin-descriptor.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { StoreManager } from "../store/store-manager.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import { WasiModule } from "../wasi/wasi-module.ts";
import { pluginContext } from "./plugin-context.ts";

/** Unix sockets, as in WasmEdge, and limits are options of the Configure, or of the module, which come first. */
function withRuntimeOptions({ runtime }: Configure, options: WasiOptions = {}): WasiOptions {
  return {
    ...options,
    deterministic: options.deterministic ?? runtime.deterministic,
    allowAFUNIX: options.allowAFUNIX ?? runtime.allowAFUNIX,
    maxDescriptors: options.maxDescriptors ?? runtime.maxDescriptors,
    maxStorageBytes: options.maxStorageBytes ?? runtime.maxStorageBytes,
    maxStorageEntries: options.maxStorageEntries ?? runtime.maxStorageEntries,
  };
}

/**
 * The host modules that a VM makes by itself: WASI where it is configured, and those of the plugins. WasmEdge
 * `VM::unsafeLoadBuiltInHosts` and `unsafeLoadPlugInHosts`; its mock modules for plugins that are absent are left out.
 */
export class HostModules {
  private instances: ModuleInstance[];

  constructor(configure: Configure, wasiOptions?: WasiOptions) {
    const builtIn = configure.hasHostRegistration(HostRegistration.Wasi)
      ? [new WasiModule(withRuntimeOptions(configure, wasiOptions))]
      : [];
    this.instances = [...builtIn];
    for (const plugin of Plugin.plugins()) {
      if (configure.isForbiddenPlugins(plugin.name)) continue;
      const context = this.contextFor(plugin, configure);
      this.instances.push(...plugin.modules().map((module) => module.create(context)));
    }
  }

  /** What a plugin's modules may do beside these. @throws RuntimeError where the plugin does not have an option that is set */
  contextFor(plugin: Plugin, configure: Configure): PluginContext {
    return pluginContext(plugin, configure, () => this.wasi);
  }

  /** Undefined where WASI is not configured, or was taken out. */
  get wasi(): WasiModule | undefined {
    return this.instances.find((instance): instance is WasiModule => instance instanceof WasiModule);
  }

  /** Registers all under their own names. One whose name is taken is left out with a log line; WasmEdge says nothing. */
  register(store: StoreManager): void {
    for (const instance of this.instances) {
      try {
        store.registerModule(instance);
      } catch (error) {
        if (!(error instanceof WasmEdgeError) || error.code !== ErrCode.ModuleNameConflict) throw error;
        log.warning(`Host module "${instance.name}" is not registered: the store has a module of that name.`);
      }
    }
  }

  /** Takes out those of the name, under whatever names the store has them. */
  remove(name: string, store: StoreManager): void {
    for (const instance of this.instances) if (instance.name === name) store.unlink(instance);
    this.instances = this.instances.filter((instance) => instance.name !== name);
  }
}

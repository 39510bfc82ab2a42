import { Configure, HostRegistration } from "../config/configure.ts";
import { Executor } from "../executor/executor.ts";
import { Limits, type LimitsOptions } from "../executor/limits.ts";
import { Statistics } from "../executor/statistics.ts";
import { Plugin } from "../plugin/plugin.ts";
import { HostModules } from "../vm/host-modules.ts";
import { Config } from "./config.ts";
import { CreatePluginModule, NotFoundPlugin } from "./errors.ts";
import { Store } from "./store.ts";
import { Vm } from "./vm.ts";
import type { WasiContext } from "./wasi-instance.ts";

/**
 * Makes a `Vm`. Rust SDK `VmBuilder`.
 * @example
 * const vm = new VmBuilder().withConfig(config).build();
 */
export class VmBuilder {
  private config: Config | undefined;
  private store: Store | undefined;
  private statistics: Statistics | undefined;
  private limits: LimitsOptions | undefined;
  private wasiContext: WasiContext | undefined;
  private readonly plugins: { readonly pluginName: string; readonly moduleName: string }[] = [];

  /** Absent: WebAssembly 3.0, no host modules. */
  withConfig(config: Config): this {
    this.config = config;
    return this;
  }

  /** A store to share or with modules already; absent: a new one. */
  withStore(store: Store): this {
    this.store = store;
    return this;
  }

  /** Where runs are counted, as far as the configuration says so; absent: a new one, see `vm.statistics`. */
  withStatistics(statistics: Statistics): this {
    this.statistics = statistics;
    return this;
  }

  /** What modules and runs may take up, before what the configuration says; see `vm.limits`. */
  withLimits(limits: LimitsOptions): this {
    this.limits = limits;
    return this;
  }

  /**
   * Registers a module of a plugin; see `Plugin.registerPlugin`. Plugins that are not named here are left out.
   * @param moduleName the module's name in the plugin
   */
  withPlugin(pluginName: string, moduleName: string): this {
    this.plugins.push({ pluginName, moduleName });
    return this;
  }

  /** Streams, file system, arguments, environment and directories of the WASI module, which is switched on by this. */
  withWasiContext(context: WasiContext): this {
    this.wasiContext = context;
    return this;
  }

  /**
   * @throws RuntimeError where a limit is none; NotFoundPlugin, CreatePluginModule where `withPlugin` named what is not there; ModuleNameConflict where the store
   *   has a plugin's module already
   */
  build(): Vm {
    const configure = new Configure(this.config?.inner);
    if (this.wasiContext !== undefined) configure.addHostRegistration(HostRegistration.Wasi);
    const config = new Config(configure);
    const store = this.store ?? new Store();
    const statistics = this.statistics ?? new Statistics(configure.statistics.costLimit);
    const executor = new Executor(configure, statistics, this.limits && new Limits(this.limits));
    const hostModules = this.hostModules(configure);
    hostModules.register(store.inner);
    this.registerPlugins(store, hostModules, configure);
    const { args, envs, preopens } = this.wasiContext ?? {};
    const vm = new Vm({ config, store, executor, statistics, hostModules });
    if (args ?? envs ?? preopens) vm.wasiModule().initialize(args, envs, preopens);
    return vm;
  }

  /** The built-in ones alone: the Rust SDK registers only those plugins that are asked for, the core all. */
  private hostModules(configure: Configure): HostModules {
    const builtIn = new Configure(configure).addForbiddenPlugins(...Plugin.plugins().map(({ name }) => name));
    return new HostModules(builtIn, this.wasiContext);
  }

  private registerPlugins(store: Store, hostModules: HostModules, configure: Configure): void {
    for (const { pluginName, moduleName } of this.plugins) {
      const plugin = Plugin.find(pluginName);
      if (plugin === null) throw new NotFoundPlugin(pluginName);
      const module = plugin.findModule(moduleName);
      if (module === null) throw new CreatePluginModule(moduleName);
      store.inner.registerModule(module.create(hostModules.contextFor(plugin, configure)));
    }
  }
}

import { Configure } from "../config/configure.ts";
import { CommonConfigOptions } from "./common-config-options.ts";
import { Config } from "./config.ts";
import type {
  CompilerConfigOptions,
  HostRegistrationConfigOptions,
  PluginConfigOptions,
  RuntimeConfigOptions,
  StatisticsConfigOptions,
} from "./config-options.ts";

interface OptionGroup {
  applyTo(configure: Configure): void;
}

/**
 * Puts option groups together. Rust SDK `ConfigBuilder`.
 * @example
 * const config = new ConfigBuilder(new CommonConfigOptions())
 *   .withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true))
 *   .build();
 */
export class ConfigBuilder {
  private readonly groups: OptionGroup[];

  constructor(common: CommonConfigOptions = new CommonConfigOptions()) {
    this.groups = [common];
  }

  private with(group: OptionGroup): this {
    this.groups.push(group);
    return this;
  }

  /** What runs count and measure. Of several calls the last one says how each thing is set; so with the methods below. */
  withStatisticsConfig(options: StatisticsConfigOptions): this {
    return this.with(options);
  }

  /** Limits, and how modules are treated. */
  withRuntimeConfig(options: RuntimeConfigOptions): this {
    return this.with(options);
  }

  /** Settings of the compiler that is not there. */
  withCompilerConfig(options: CompilerConfigOptions): this {
    return this.with(options);
  }

  /** Options of plugins. @throws nothing: a `Vm` refuses, when it is made, what its plugins do not know */
  withPluginConfig(options: PluginConfigOptions): this {
    return this.with(options);
  }

  /** Which host modules the `Vm` registers by itself. */
  withHostRegistrationConfig(options: HostRegistrationConfigOptions): this {
    return this.with(options);
  }

  /** The configuration as it is now; the builder can go on to make others. */
  build(): Config {
    const configure = new Configure();
    for (const group of this.groups) group.applyTo(configure);
    return new Config(configure);
  }
}

import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import {
  PLUGIN_API_VERSION,
  type PluginDescriptor,
  type PluginModule,
  type PluginOption,
  type PluginOptionValue,
  type PluginVersion,
} from "./plugin-descriptor.ts";
import { wasiLogging } from "./wasi-logging.ts";

/**
 * Plugins: host modules by name that every VM registers, unless its configuration forbids them. WasmEdge loads them from
 * shared libraries; here they are registered by code. https://wasmedge.org/docs/contribute/plugin/intro/
 */

/** The plugins that come with the library. */
export const builtInPlugins: readonly PluginDescriptor[] = [wasiLogging];

const registered = new Map<string, Plugin>();

/** Why a value is none of an option; undefined where it is one. */
export function optionFault({ kind, choices }: PluginOption, value: PluginOptionValue): string | undefined {
  const isOfKind = {
    toggle: typeof value === "boolean",
    text: typeof value === "string",
    integer: typeof value === "bigint",
    list: Array.isArray(value),
  }[kind];
  if (!isOfKind) return `it takes a value of the kind ${kind}`;
  if (choices !== undefined && typeof value === "string" && !choices.includes(value)) {
    return `it is one of ${choices.join(", ")}`;
  }
  return undefined;
}

/** A registered plugin. The registry is of the process, and nothing leaves it. WasmEdge `Plugin::Plugin`. */
export class Plugin {
  private readonly descriptor: PluginDescriptor;

  private constructor(descriptor: PluginDescriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Makes the plugins known that come with the library: wasi_logging. WasmEdge looks for shared libraries too, where
   * WASMEDGE_PLUGIN_PATH says; there are none here.
   */
  static loadFromDefaultPaths(): void {
    for (const descriptor of builtInPlugins) {
      if (!registered.has(descriptor.name)) Plugin.registerPlugin(descriptor);
    }
  }

  /**
   * Makes a plugin known to all VMs that are made afterwards.
   * @returns false, with a debug line, where the name is taken or the API version is another
   */
  static registerPlugin(descriptor: PluginDescriptor): boolean {
    if (descriptor.apiVersion !== PLUGIN_API_VERSION) {
      log.debug(`Plugin: ${descriptor.name} has API version ${descriptor.apiVersion}, expected ${PLUGIN_API_VERSION}.`);
      return false;
    }
    if (registered.has(descriptor.name)) {
      log.debug(`Plugin: ${descriptor.name} is registered already.`);
      return false;
    }
    registered.set(descriptor.name, new Plugin(descriptor));
    return true;
  }

  static find(name: string): Plugin | null {
    return registered.get(name) ?? null;
  }

  /** All plugins, in the order of their registration. */
  static plugins(): Plugin[] {
    return Array.from(registered.values());
  }

  get name(): string {
    return this.descriptor.name;
  }

  get description(): string {
    return this.descriptor.description;
  }

  get version(): PluginVersion {
    return this.descriptor.version;
  }

  modules(): readonly PluginModule[] {
    return this.descriptor.modules;
  }

  findModule(name: string): PluginModule | null {
    return this.descriptor.modules.find((module) => module.name === name) ?? null;
  }

  options(): readonly PluginOption[] {
    return this.descriptor.options ?? [];
  }

  /** @throws RuntimeError where a value is set for what is no option of the plugin, or is none of the option's */
  checkOptions(values: ReadonlyMap<string, PluginOptionValue>): void {
    for (const [name, value] of values) {
      const option = this.options().find((known) => known.name === name);
      const fault = option === undefined ? "there is no such option" : optionFault(option, value);
      if (fault !== undefined) {
        fail(ErrCode.RuntimeError, { kind: "note", text: `Option "${name}" of plugin "${this.name}": ${fault}.` });
      }
    }
  }
}

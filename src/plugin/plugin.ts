import { log } from "../common/log.ts";
import type { ModuleInstance } from "../store/module-instance.ts";

/**
 * Plugins: host modules by name that every VM registers, unless its configuration forbids them. WasmEdge loads them from
 * shared libraries; here they are registered by code. https://wasmedge.org/docs/contribute/plugin/intro/
 */

/** The version that a descriptor must have been written for. WasmEdge `Plugin::CurrentAPIVersion`. */
export const PLUGIN_API_VERSION = 5;

export interface PluginVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly build: number;
}

/** A host module that a plugin offers. */
export interface PluginModule {
  /** By which it is found in the plugin; the module instance has a name of its own. */
  readonly name: string;
  readonly description: string;
  /** Makes a fresh instance: each VM has its own. */
  create(): ModuleInstance;
}

/** What a plugin is. WasmEdge `PluginDescriptor`. */
export interface PluginDescriptor {
  readonly name: string;
  readonly description: string;
  readonly apiVersion: number;
  readonly version: PluginVersion;
  readonly modules: readonly PluginModule[];
}

const registered = new Map<string, Plugin>();

/** A registered plugin. The registry is of the process, and nothing leaves it. WasmEdge `Plugin::Plugin`. */
export class Plugin {
  private readonly descriptor: PluginDescriptor;

  private constructor(descriptor: PluginDescriptor) {
    this.descriptor = descriptor;
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
}

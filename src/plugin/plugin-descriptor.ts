import type { PluginSetting } from "../config/configure.ts";
import type { ModuleInstance } from "../store/module-instance.ts";

/** What a plugin tells of itself. WasmEdge `Plugin::PluginDescriptor`. */

/** The version that a descriptor must have been written for. WasmEdge `Plugin::CurrentAPIVersion`. */
export const PLUGIN_API_VERSION = 5;

export interface PluginVersion {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly build: number;
}

export type PluginOptionValue = PluginSetting;

/**
 * An option of a plugin: set on the Configure (`setPluginOption`), or on the command line as `--NAME`. WasmEdge
 * `PluginDescriptor::AddOptions`.
 */
export interface PluginOption {
  /** As the command line has it, without dashes. It begins with the plugin's name, so that it is of no other. */
  readonly name: string;
  readonly description: string;
  readonly kind: "toggle" | "text" | "integer" | "list";
  /** Stands for the value where `--help` shows the option: "LEVEL". */
  readonly metavar?: string;
  /** The values that a text may have; absent: any. */
  readonly choices?: readonly string[];
}

/** What a plugin's module may ask of the VM for which it is made. */
export interface PluginContext {
  /** The value of one of the plugin's options; undefined where it is not set. */
  option(name: string): PluginOptionValue | undefined;
  /** Writes to what the guest has as standard output (1) or error (2). */
  write(stream: 1 | 2, bytes: Uint8Array): void;
  /**
   * Adds to the end of a file, which is made where it is not there. The path is the guest's: it leads through the guest's
   * directories, with the rights that the guest has there, and nowhere else.
   * @throws WasmEdgeError HostFuncError where the guest has no such directory, or could not write there itself
   */
  appendToFile(path: string, bytes: Uint8Array): void;
}

/** A host module that a plugin offers. */
export interface PluginModule {
  /** By which it is found in the plugin; the module instance has a name of its own. */
  readonly name: string;
  readonly description: string;
  /** Makes a fresh instance: each VM has its own. */
  create(context: PluginContext): ModuleInstance;
}

/** What a plugin is. */
export interface PluginDescriptor {
  readonly name: string;
  readonly description: string;
  readonly apiVersion: number;
  readonly version: PluginVersion;
  readonly modules: readonly PluginModule[];
  readonly options?: readonly PluginOption[];
}

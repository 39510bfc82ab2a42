import { FileType } from "./abi/constants.ts";
import type { FileSystem } from "./fs/file-system.ts";
import { MemoryFileSystem } from "./fs/memory-file-system.ts";
import type { FileQuota } from "./fs/quota-usage.ts";
import { canonicalGuest } from "./preopen.ts";
import type { Network } from "./sockets/network.ts";

/** What a WASI module takes where its options name nothing else. */
export interface WasiDefaults {
  /** The file system that preopens are opened on, under the quota of what the guest may add. */
  fileSystem: (quota: Partial<FileQuota>) => FileSystem;
  /** The type of the host's standard input (0), output (1) and error (2). */
  standardFileType: (stream: 0 | 1 | 2) => FileType;
  /** What sockets are opened on; undefined where the host has none. */
  network: (() => Network) | undefined;
}

/**
 * An empty file system in memory, in which the directories that preopens name are made: nobody else can have put any there.
 * A name is as `canonicalGuest` has it.
 */
function emptyFileSystem(quota: Partial<FileQuota>): FileSystem {
  const memory = new MemoryFileSystem(quota);
  return {
    openDirectory: (path) => {
      const directory = canonicalGuest(path);
      memory.makeDirectory(directory);
      return memory.openDirectory(directory);
    },
  };
}

/** The defaults at present: without a host, an empty file system in memory for each module, and streams of unknown type. */
export const wasiDefaults: WasiDefaults = {
  fileSystem: emptyFileSystem,
  standardFileType: () => FileType.UNKNOWN,
  network: undefined,
};

/** Replaces parts of the defaults: `wasmedge-ts/node` installs host directories. */
export function installWasiDefaults(parts: Partial<WasiDefaults>): void {
  Object.assign(wasiDefaults, parts);
}

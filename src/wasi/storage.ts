import { requireLimit } from "../common/count.ts";
import { wasiDefaults } from "./defaults.ts";
import type { FileSystem } from "./fs/file-system.ts";
import { underQuota } from "./fs/quota-file-system.ts";
import type { FileQuota } from "./fs/quota-usage.ts";

/** The file systems of a guest, each under the quota that the guest has there. */
export class Storage {
  private readonly quota: Partial<FileQuota>;
  /** By what the embedder gave: several preopens may stand on one, and have one quota then. */
  private readonly bounded = new Map<FileSystem, FileSystem>();

  /** @throws RuntimeError where a limit is no count */
  constructor(limits: { readonly maxStorageBytes?: number; readonly maxStorageEntries?: number }) {
    const maxBytes = requireLimit("maxStorageBytes", limits.maxStorageBytes ?? Number.POSITIVE_INFINITY);
    const maxEntries = requireLimit("maxStorageEntries", limits.maxStorageEntries ?? Number.POSITIVE_INFINITY);
    this.quota = {
      ...(Number.isFinite(maxBytes) ? { maxBytes } : {}),
      ...(Number.isFinite(maxEntries) ? { maxEntries } : {}),
    };
  }

  /** Forgets what was added so far. */
  reset(): void {
    this.bounded.clear();
  }

  /** What the default is where the embedder gave none; it keeps the quota itself. */
  makeDefault(): FileSystem {
    const fileSystem = wasiDefaults.fileSystem(this.quota);
    this.bounded.set(fileSystem, fileSystem);
    return fileSystem;
  }

  /** A file system as the guest gets it. */
  of(fileSystem: FileSystem): FileSystem {
    const bounded = this.bounded.get(fileSystem) ?? underQuota(fileSystem, this.quota);
    this.bounded.set(fileSystem, bounded);
    return bounded;
  }
}

import { AdapterDirectory } from "./adapter-directory.ts";
import { AdapterNode } from "./adapter-tree.ts";
import { type AdapterQuota, AdapterUsage } from "./adapter-usage.ts";
import { AdapterVolume, attempt } from "./adapter-volume.ts";
import type { FileSystem, OpenDirectory } from "./file-system.ts";
import type { FsLike } from "./fs-like.ts";

export type FsAdapterOptions = Partial<AdapterQuota>;

const defaultQuota: AdapterQuota = { maxBytes: 2 ** 30, maxEntries: 2 ** 17 };

/**
 * A file system that is there already in JavaScript, with the functions of `node:fs`: `new FsAdapter(memfs().fs)`. Its owner
 * sees what guests do and the other way around. It must run in this thread; for directories of the host there is
 * `NodeFileSystem`, which other processes cannot deceive.
 */
export class FsAdapter implements FileSystem {
  private readonly volume: AdapterVolume;
  private readonly root = new AdapterNode();

  /**
   * @param fs the file system
   * @param options the quota of what guests add (by default 1 GiB and 131,072 names): a guest could fill the host's memory
   */
  constructor(fs: FsLike, options: FsAdapterOptions = {}) {
    const quota = {
      maxBytes: options.maxBytes ?? defaultQuota.maxBytes,
      maxEntries: options.maxEntries ?? defaultQuota.maxEntries,
    };
    this.volume = new AdapterVolume(fs, new AdapterUsage(quota));
  }

  openDirectory(path: string): OpenDirectory {
    const absolute = path.startsWith("/") ? path : `/${path}`;
    const real = String(attempt(() => this.volume.fs.realpathSync(absolute)));
    const names = real.split("/").filter((name) => name !== "");
    return new AdapterDirectory(
      this.volume,
      names.reduce((node, name) => node.child(name), this.root),
    );
  }
}

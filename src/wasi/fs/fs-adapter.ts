import { AdapterDirectory } from "./adapter-directory.ts";
import { AdapterNode } from "./adapter-tree.ts";
import { AdapterVolume, attempt } from "./adapter-volume.ts";
import type { FileSystem, OpenDirectory } from "./file-system.ts";
import type { FsLike } from "./fs-like.ts";
import { QuotaDirectory } from "./quota-directory.ts";
import { type FileQuota, QuotaUsage } from "./quota-usage.ts";

/** The quota of what guests add. */
export type FsAdapterOptions = Partial<FileQuota>;

const defaultQuota: FileQuota = { maxBytes: 2 ** 30, maxEntries: 2 ** 17 };

/**
 * A file system that is there already in JavaScript, with the functions of `node:fs`: `new FsAdapter(memfs().fs)`. Its owner
 * sees what guests do and the other way around. It must run in this thread; for directories of the host there is
 * `NodeFileSystem`, which other processes cannot deceive.
 */
export class FsAdapter implements FileSystem {
  private readonly volume: AdapterVolume;
  private readonly usage: QuotaUsage;
  private readonly root = new AdapterNode();

  /**
   * @param fs the file system
   * @param options the quota of what guests add (by default 1 GiB and 131,072 names): a guest could fill the host's memory
   * @throws RuntimeError where a bound is no count and not infinite
   */
  constructor(fs: FsLike, options: FsAdapterOptions = {}) {
    this.volume = new AdapterVolume(fs);
    this.usage = new QuotaUsage({
      maxBytes: options.maxBytes ?? defaultQuota.maxBytes,
      maxEntries: options.maxEntries ?? defaultQuota.maxEntries,
    });
  }

  openDirectory(path: string): OpenDirectory {
    const absolute = path.startsWith("/") ? path : `/${path}`;
    const real = String(attempt(() => this.volume.fs.realpathSync(absolute)));
    const names = real.split("/").filter((name) => name !== "");
    const node = names.reduce((parent, name) => parent.child(name), this.root);
    return new QuotaDirectory(new AdapterDirectory(this.volume, node), this.usage);
  }
}

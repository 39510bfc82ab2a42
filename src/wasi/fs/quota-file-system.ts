import type { FileSystem, OpenDirectory } from "./file-system.ts";
import { QuotaDirectory } from "./quota-directory.ts";
import { type FileQuota, QuotaUsage, requireQuota } from "./quota-usage.ts";

/**
 * Another file system under a quota of what guests add to it: host directories, or any that bounds nothing by itself. What
 * stands there already, and what others do to it meanwhile, does not count.
 */
export class QuotaFileSystem implements FileSystem {
  readonly hasDriveLetters: boolean;
  private readonly inner: FileSystem;
  private readonly usage: QuotaUsage;

  /** @param quota what is not set has no limit @throws RuntimeError where a bound is no count and not infinite */
  constructor(inner: FileSystem, quota: Partial<FileQuota>) {
    this.inner = inner;
    this.hasDriveLetters = inner.hasDriveLetters ?? false;
    this.usage = new QuotaUsage({
      maxBytes: quota.maxBytes ?? Number.POSITIVE_INFINITY,
      maxEntries: quota.maxEntries ?? Number.POSITIVE_INFINITY,
    });
  }

  openDirectory(path: string): OpenDirectory {
    return new QuotaDirectory(this.inner.openDirectory(path), this.usage);
  }
}

/** The file system itself where nothing is bounded. */
export function underQuota(fileSystem: FileSystem, quota: Partial<FileQuota>): FileSystem {
  const bounds = Object.values(requireQuota(quota));
  return bounds.some(Number.isFinite) ? new QuotaFileSystem(fileSystem, quota) : fileSystem;
}

import { requireLimit } from "../../common/count.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileStat } from "./file-system.ts";

/** What bounds that which a guest adds to a file system. */
export interface FileQuota {
  /** Bytes by which all files may grow together, holes included; beyond it NOSPC. */
  readonly maxBytes: number;
  /** Names that may be added, of files, directories and links; beyond it NOSPC. */
  readonly maxEntries: number;
}

/** @throws RuntimeError where a bound is no count and not infinite: it would bound nothing */
export function requireQuota<Q extends Partial<FileQuota>>(quota: Q): Q {
  for (const name of ["maxBytes", "maxEntries"] as const) requireLimit(name, quota[name] ?? Number.POSITIVE_INFINITY);
  return quota;
}

/** What is known of a file that is open. */
export interface OpenCount {
  readonly key: string;
  count: number;
  /** It has no name any more: its bytes are free once it is closed. */
  unlinked: boolean;
}

function keyOf({ dev, ino }: FileStat): string {
  return `${dev}:${ino}`;
}

/**
 * What guests added to a file system that has no quota of its own: bytes and names, those taken away subtracted.
 */
export class QuotaUsage {
  private readonly quota: FileQuota;
  /** Those with names; the number of one without may be another's already. */
  private readonly open = new Map<string, OpenCount>();
  private bytes = 0;
  private entries = 0;

  /** @throws RuntimeError where a bound is no count and not infinite */
  constructor(quota: FileQuota) {
    this.quota = requireQuota(quota);
  }

  get roomBytes(): number {
    return this.quota.maxBytes - this.bytes;
  }

  /** @throws WasiError NOSPC, and nothing is taken */
  chargeBytes(bytes: number): void {
    if (bytes > 0 && bytes > this.roomBytes) failWith(Errno.NOSPC);
    this.bytes += bytes;
  }

  /** Makes a name, which counts if `make` returns. @throws WasiError NOSPC, and what `make` throws */
  addName<T>(make: () => T): T {
    if (this.entries >= this.quota.maxEntries) failWith(Errno.NOSPC);
    const result = make();
    this.entries++;
    return result;
  }

  removedName(): void {
    this.entries--;
  }

  /** A file was opened; what is returned is for `closed`. */
  opened(stat: FileStat): OpenCount {
    const key = keyOf(stat);
    let known = this.open.get(key);
    if (known === undefined) {
      known = { key, count: 0, unlinked: false };
      this.open.set(key, known);
    }
    known.count++;
    return known;
  }

  /** @param size of the file at present */
  closed(known: OpenCount, size: () => number): void {
    if (--known.count > 0) return;
    if (known.unlinked) this.chargeBytes(-size());
    else this.open.delete(known.key);
  }

  /** The last name of a file went. */
  unlinked(stat: FileStat): void {
    const key = keyOf(stat);
    const known = this.open.get(key);
    if (known === undefined) this.chargeBytes(-stat.size);
    else {
      known.unlinked = true;
      this.open.delete(key);
    }
  }
}

import { Errno, failWith } from "../abi/errno.ts";

/** What bounds that which guests add through an `FsAdapter`. */
export interface AdapterQuota {
  /** Bytes by which all files may grow together, holes included; beyond it NOSPC. */
  readonly maxBytes: number;
  /** Names that may be added, of files, directories and links; beyond it NOSPC. */
  readonly maxEntries: number;
}

/** What is known of a file that is open. */
export interface OpenCount {
  readonly ino: bigint;
  count: number;
  /** It has no name any more: its bytes are free once it is closed. */
  unlinked: boolean;
}

/**
 * What guests added to a file system that has no quota of its own: bytes and names, those taken away subtracted.
 */
export class AdapterUsage {
  private readonly quota: AdapterQuota;
  /** Those with names; the number of one without may be another's already. */
  private readonly open = new Map<bigint, OpenCount>();
  private bytes = 0;
  private entries = 0;

  constructor(quota: AdapterQuota) {
    this.quota = quota;
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
  opened(ino: bigint): OpenCount {
    let known = this.open.get(ino);
    if (known === undefined) {
      known = { ino, count: 0, unlinked: false };
      this.open.set(ino, known);
    }
    known.count++;
    return known;
  }

  /** @param size of the file at present */
  closed(known: OpenCount, size: () => number): void {
    if (--known.count > 0) return;
    if (known.unlinked) this.chargeBytes(-size());
    else this.open.delete(known.ino);
  }

  /** The last name of a file went. */
  unlinked(ino: bigint, size: number): void {
    const known = this.open.get(ino);
    if (known === undefined) this.chargeBytes(-size);
    else {
      known.unlinked = true;
      this.open.delete(ino);
    }
  }
}

import type { DirectoryEntry } from "../fs/file-system.ts";
import type { DirectoryDescriptor } from "./directory-descriptor.ts";

/** Entries that all listings of a guest may hold together, the one in use aside. */
const MOST_ENTRIES = 2 ** 18;

/**
 * The listings that a guest is reading: it has a descriptor for each, and many descriptors on a large directory would be
 * a large part of our memory. The oldest are forgotten first; who reads on in one of those gets a new one, as if from another
 * file system: an entry may be missed or come twice where names came or went meanwhile.
 */
export class Listings {
  private readonly limit: number;
  /** The one that was used last is the last. */
  private readonly holders = new Set<DirectoryDescriptor>();

  constructor(limit = MOST_ENTRIES) {
    this.limit = limit;
  }

  /** A directory's entries; at cookie 0 as they are now, later as they were then. */
  of(directory: DirectoryDescriptor, cookie: number): readonly DirectoryEntry[] {
    if (cookie === 0) directory.listing = undefined;
    this.holders.delete(directory);
    const isNew = directory.listing === undefined;
    directory.listing ??= directory.list();
    if (isNew) this.makeRoom(directory.listing.length);
    this.holders.add(directory);
    return directory.listing;
  }

  private makeRoom(needed: number): void {
    let held = needed;
    for (const { listing } of this.holders) held += listing?.length ?? 0;
    for (const holder of this.holders) {
      if (held <= this.limit && holder.listing !== undefined) continue;
      held -= holder.listing?.length ?? 0;
      holder.listing = undefined;
      this.holders.delete(holder);
    }
  }
}

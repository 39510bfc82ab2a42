import { Errno, failWith } from "../abi/errno.ts";
import type { Descriptor } from "./descriptor.ts";

/**
 * The guest's descriptors by number. A new one gets the lowest free number, as POSIX has it and guests expect; WasmEdge
 * draws random ones.
 */
export class DescriptorTable {
  private readonly descriptors: (Descriptor | undefined)[] = [];
  private readonly limit: number;
  /** No number below this one is free. */
  private lowestFree = 0;

  /** @param limit how many descriptors there may be */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** @throws WasiError MFILE where no more descriptors may be opened */
  requireRoom(): void {
    while (this.descriptors[this.lowestFree] !== undefined) this.lowestFree++;
    if (this.lowestFree >= this.limit) failWith(Errno.MFILE);
  }

  /** Returns the number. @throws WasiError MFILE */
  add(descriptor: Descriptor): number {
    this.requireRoom();
    this.descriptors[this.lowestFree] = descriptor;
    return this.lowestFree++;
  }

  find(fd: number): Descriptor | undefined {
    return this.descriptors[fd];
  }

  /** All descriptors that are open, with their numbers. */
  numbered(): (readonly [fd: number, descriptor: Descriptor])[] {
    return this.descriptors.flatMap((descriptor, fd) => (descriptor === undefined ? [] : [[fd, descriptor] as const]));
  }

  /** For snapshots: puts others in place of all, which are closed. @throws WasiError MFILE, with nothing changed */
  replaceAll(descriptors: readonly (readonly [fd: number, descriptor: Descriptor])[]): void {
    if (descriptors.some(([fd]) => fd >= this.limit)) failWith(Errno.MFILE);
    this.clear();
    for (const [fd, descriptor] of descriptors) this.descriptors[fd] = descriptor;
  }

  /** All descriptors that are open, lowest number first. */
  all(): Descriptor[] {
    return this.descriptors.filter((descriptor): descriptor is Descriptor => descriptor !== undefined);
  }

  /** @throws WasiError BADF */
  get(fd: number): Descriptor {
    return this.descriptors[fd] ?? failWith(Errno.BADF);
  }

  /** The descriptor's resources go; its number is free. @returns what was closed @throws WasiError BADF */
  close(fd: number): Descriptor {
    const descriptor = this.get(fd);
    this.descriptors[fd] = undefined;
    this.lowestFree = Math.min(this.lowestFree, fd);
    descriptor.close();
    return descriptor;
  }

  /**
   * Moves a descriptor to the number of another, which is closed.
   * @returns what was closed, if it is another
   * @throws WasiError BADF where one is missing
   */
  renumber(from: number, to: number): Descriptor | undefined {
    const descriptor = this.get(from);
    const replaced = this.get(to);
    if (from === to) return undefined;
    this.descriptors[to] = descriptor;
    this.descriptors[from] = undefined;
    this.lowestFree = Math.min(this.lowestFree, from);
    replaced.close();
    return replaced;
  }

  /** Closes all. @returns what was closed */
  clear(): readonly Descriptor[] {
    const all = this.descriptors.filter((descriptor) => descriptor !== undefined);
    for (const descriptor of all) descriptor.close();
    this.descriptors.length = 0;
    this.lowestFree = 0;
    return all;
  }
}

import type { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { FileStat, FileTimes, OpenDirectory, OpenFile } from "./file-system.ts";
import { copyUp, type LowerPlace, openToRead } from "./overlay-copy.ts";
import type { Layer, LowerFile, OverlayVolume } from "./overlay-volume.ts";

/** An open file of an overlay: one of the upper layer, or one of the lower that is only read. */
export class OverlayFile implements OpenFile, LowerFile {
  readonly kind = "file";
  readonly filetype: FileType;
  readonly seekable: boolean;
  private readonly volume: OverlayVolume;
  private inner: OpenFile;
  /** Where it was found in the lower layer; undefined in the upper. */
  private place: LowerPlace | undefined;

  constructor(volume: OverlayVolume, inner: OpenFile, place?: LowerPlace) {
    this.volume = volume;
    this.inner = inner;
    this.filetype = inner.filetype;
    this.seekable = inner.seekable;
    this.place = place;
    if (place === undefined) return;
    place.node.open();
    volume.openedLower(place.stat, this);
  }

  private get layer(): Layer {
    return this.place === undefined ? "upper" : "lower";
  }

  get nativeHandle(): number | undefined {
    return this.inner.nativeHandle;
  }

  changeTo(directory: OpenDirectory, name: string): void {
    const copy = openToRead(directory, name);
    this.inner.close();
    this.inner = copy;
    this.leaveLower();
  }

  private leaveLower(): void {
    const { place } = this;
    if (place === undefined) return;
    this.place = undefined;
    this.volume.closedLower(place.stat, this);
    place.node.close();
  }

  stat(): FileStat {
    return this.volume.toGuest(this.inner.stat(), this.layer);
  }

  /** @throws WasiError ROFS for a file of the lower layer that has lost its name */
  setTimes(times: FileTimes): void {
    if (this.place !== undefined) {
      const { node, name, stat } = this.place;
      const found = node.lookup(name);
      if (found?.layer !== "lower" || found.stat.ino !== stat.ino) failWith(Errno.ROFS);
      copyUp(node, name);
    }
    this.inner.setTimes(times);
  }

  read(bytes: Uint8Array, offset: number): number {
    return this.inner.read(bytes, offset);
  }

  write(bytes: Uint8Array, offset: number): number {
    return this.writable().write(bytes, offset);
  }

  append(bytes: Uint8Array): number {
    return this.writable().append(bytes);
  }

  setSize(size: number): void {
    this.writable().setSize(size);
  }

  allocate(offset: number, length: number): void {
    this.writable().allocate(offset, length);
  }

  sync(dataOnly: boolean): void {
    this.inner.sync(dataOnly);
  }

  /** The lower layer is never written to, whatever a caller does. */
  private writable(): OpenFile {
    return this.place === undefined ? this.inner : failWith(Errno.ROFS);
  }

  close(): void {
    this.leaveLower();
    this.inner.close();
  }
}

import { FileType } from "../abi/constants.ts";
import type { Readiness } from "./descriptor.ts";
import { readOnce } from "./vectored.ts";

/** Bytes that are read at most to find out whether there is something to read. */
const LOOK_AHEAD = 4096;

/**
 * What was read from a stream, a pipe or a terminal to find out whether there is something to read: Node tells it in no other way.
 * The guest's next reads get it.
 */
export class ReadAhead {
  /** Undefined where nothing was read; an empty one is the end. */
  bytes: Uint8Array | undefined;

  /** @param tryRead gives undefined where there is nothing yet */
  look(tryRead: (bytes: Uint8Array) => number | undefined): Readiness | undefined {
    if (this.bytes === undefined) {
      const bytes = new Uint8Array(LOOK_AHEAD);
      const count = tryRead(bytes);
      if (count === undefined) return undefined;
      this.bytes = bytes.subarray(0, count);
    }
    return { bytes: this.bytes.length, hangup: this.bytes.length === 0 };
  }

  /** Forgets the end, where it is not the last: that of a pipe is there as often as somebody looks, until another writer comes. */
  forgetEnd(filetype: FileType): void {
    if (this.bytes?.length === 0 && filetype !== FileType.CHARACTER_DEVICE) this.bytes = undefined;
  }

  /** Moves what there is into the buffers. @returns undefined where nothing was read */
  take(buffers: readonly Uint8Array[]): number | undefined {
    const { bytes } = this;
    if (bytes === undefined) return undefined;
    return readOnce(buffers, (buffer) => {
      const part = bytes.subarray(0, buffer.length);
      buffer.set(part);
      this.bytes = part.length < bytes.length ? bytes.subarray(part.length) : undefined;
      return part.length;
    });
  }
}

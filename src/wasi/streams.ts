import { requireLimit } from "../common/count.ts";
import { host } from "../common/host.ts";
import type { FileType } from "./abi/constants.ts";
import { Errno, failWith } from "./abi/errno.ts";
import { wasiDefaults } from "./defaults.ts";

/** What is common to streams. */
interface Stream {
  /**
   * What the guest is told that it is; by default UNKNOWN. A guest takes a CHARACTER_DEVICE for a terminal: it buffers by lines and
   * may prompt.
   */
  readonly filetype?: FileType;
  /** The host's own number for it, where it has one. */
  readonly nativeHandle?: number;
}

/** A guest's standard input. */
export interface InputStream extends Stream {
  /** Fills `bytes` from the start, waiting for at least one; returns how many there are, 0 at the end. */
  read(bytes: Uint8Array): number;
  /** Bytes that can be read without waiting, where that is known. */
  available?(): number;
  /**
   * The same as `read`, without waiting: undefined where there is nothing yet. What cannot say so cannot be polled, and a
   * run that waits for it is ended by no time limit and no cancel.
   */
  tryRead?(bytes: Uint8Array): number | undefined;
  /** Called when the guest's descriptor is closed: the stream gives up what it made for itself. Others may go on reading it. */
  close?(): void;
}

/** A guest's standard output or error. */
export interface OutputStream extends Stream {
  /** Takes `bytes`, which are the stream's to keep; returns how many it took. */
  write(bytes: Uint8Array): number;
}

/** The host's standard input; at its end from the start where the host has none. */
export function hostInput(): InputStream {
  return {
    get filetype() {
      return wasiDefaults.standardFileType(0);
    },
    nativeHandle: 0,
    read: (bytes) => host.read?.(bytes) ?? 0,
    ...(host.tryRead === undefined ? {} : { tryRead: host.tryRead }),
  };
}

/** The host's standard output (1) or error (2). */
export function hostOutput(stream: 1 | 2): OutputStream {
  return {
    get filetype() {
      return wasiDefaults.standardFileType(stream);
    },
    nativeHandle: stream,
    write: (bytes) => host.write(stream, bytes),
  };
}

/** Bytes as a standard input; text becomes UTF-8 in the embedder's hands. */
export function inputFromBytes(bytes: Uint8Array): InputStream {
  let position = 0;
  return {
    read(target) {
      const part = bytes.subarray(position, position + target.length);
      target.set(part);
      position += part.length;
      return part.length;
    },
    available: () => bytes.length - position,
  };
}

/** A standard output that keeps what it is given. */
export class OutputBuffer implements OutputStream {
  private readonly chunks: Uint8Array[] = [];
  private length = 0;
  private readonly maxBytes: number;

  /**
   * @param maxBytes what it takes at most; beyond it the guest's write fails with NOSPC
   * @throws RuntimeError where that is no count and not infinite
   */
  constructor(maxBytes = Number.POSITIVE_INFINITY) {
    this.maxBytes = requireLimit("maxBytes", maxBytes);
  }

  write(bytes: Uint8Array): number {
    const part = bytes.subarray(0, Math.max(0, this.maxBytes - this.length));
    if (part.length === 0 && bytes.length > 0) failWith(Errno.NOSPC);
    this.chunks.push(part);
    this.length += part.length;
    return part.length;
  }

  /** All that was written, as a copy. */
  bytes(): Uint8Array {
    const all = new Uint8Array(this.length);
    let position = 0;
    for (const chunk of this.chunks) {
      all.set(chunk, position);
      position += chunk.length;
    }
    return all;
  }
}

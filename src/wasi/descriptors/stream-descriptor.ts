import { FileType } from "../abi/constants.ts";
import { Errno } from "../abi/errno.ts";
import type { RightsPair } from "../abi/rights.ts";
import type { FileStat } from "../fs/file-system.ts";
import type { InputStream, OutputStream } from "../streams.ts";
import { Descriptor, type Readiness } from "./descriptor.ts";
import { ReadAhead } from "./read-ahead.ts";
import { readOnce, writeToStream } from "./vectored.ts";

/** A descriptor of standard input, output or error. */
abstract class StreamDescriptor extends Descriptor {
  readonly nativeHandle: number | undefined;
  private readonly typed: InputStream | OutputStream;
  private knownType: FileType | undefined;
  protected readonly withoutContent = Errno.BADF;
  protected readonly withoutPlaces = Errno.SPIPE;

  constructor(stream: InputStream | OutputStream, rights: RightsPair) {
    super(rights, 0);
    this.typed = stream;
    this.nativeHandle = stream.nativeHandle;
  }

  /** Asked of the stream when it is wanted, which few guests do. */
  get filetype(): FileType {
    this.knownType ??= this.typed.filetype ?? FileType.UNKNOWN;
    return this.knownType;
  }

  /** Nothing but the type, as in WasmEdge: what the host's terminal or pipe is, is not the guest's business. */
  stat(): FileStat {
    return { dev: 0n, ino: 0n, filetype: this.filetype, nlink: 0n, size: 0, atim: 0n, mtim: 0n, ctim: 0n };
  }

  /** What was written has left us already. */
  override sync(): void {}

  close(): void {}
}

export class InputDescriptor extends StreamDescriptor {
  private readonly stream: InputStream;
  private readonly ahead = new ReadAhead();

  constructor(stream: InputStream, rights: RightsPair) {
    super(stream, rights);
    this.stream = stream;
  }

  /** For snapshots: what has been taken from the stream and not been read; an empty one is the end. */
  get readAhead(): Uint8Array | undefined {
    return this.ahead.bytes;
  }

  set readAhead(bytes: Uint8Array | undefined) {
    this.ahead.bytes = bytes;
  }

  override read(buffers: readonly Uint8Array[], mayBlock: boolean): number | undefined {
    const taken = this.ahead.take(buffers);
    if (taken !== undefined) return taken;
    const { stream } = this;
    if (mayBlock || stream.tryRead === undefined) return readOnce(buffers, (bytes) => stream.read(bytes));
    let isEmpty = false;
    const count = readOnce(buffers, (bytes) => {
      const read = stream.tryRead?.(bytes);
      isEmpty = read === undefined;
      return read ?? 0;
    });
    return isEmpty ? undefined : count;
  }

  override close(): void {
    this.stream.close?.();
  }

  /** A stream that does not know counts as ready: reading it may wait. */
  override readable(): Readiness | undefined {
    const { stream } = this;
    if (this.ahead.bytes === undefined) {
      const available = stream.available?.();
      if (available !== undefined) return { bytes: available };
      if (stream.tryRead === undefined) return { bytes: 1 };
    }
    return this.ahead.look((bytes) => stream.tryRead?.(bytes));
  }
}

export class OutputDescriptor extends StreamDescriptor {
  /** Standard output or error. */
  readonly stream: 1 | 2;
  private readonly output: OutputStream;

  constructor(output: OutputStream, rights: RightsPair, stream: 1 | 2) {
    super(output, rights);
    this.output = output;
    this.stream = stream;
  }

  override write(buffers: readonly Uint8Array[]): number {
    return writeToStream(buffers, this.output);
  }

  override writable(): Readiness {
    return { bytes: 1 };
  }
}

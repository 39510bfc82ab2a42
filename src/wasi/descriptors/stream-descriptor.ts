import { FileType } from "../abi/constants.ts";
import { Errno } from "../abi/errno.ts";
import type { RightsPair } from "../abi/rights.ts";
import type { FileStat } from "../fs/file-system.ts";
import type { InputStream, OutputStream } from "../streams.ts";
import { Descriptor } from "./descriptor.ts";
import { readOnce, writeToStream } from "./vectored.ts";

/** A descriptor of standard input, output or error. */
abstract class StreamDescriptor extends Descriptor {
  readonly filetype: FileType;
  readonly nativeHandle: number | undefined;
  protected readonly withoutContent = Errno.BADF;
  protected readonly withoutPlaces = Errno.SPIPE;

  constructor(stream: InputStream | OutputStream, rights: RightsPair) {
    super(rights, 0);
    this.filetype = stream.filetype ?? FileType.UNKNOWN;
    this.nativeHandle = stream.nativeHandle;
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

  constructor(stream: InputStream, rights: RightsPair) {
    super(stream, rights);
    this.stream = stream;
  }

  override read(buffers: readonly Uint8Array[]): number {
    return readOnce(buffers, (bytes) => this.stream.read(bytes));
  }

  /** A stream that does not know counts as ready: reading it may wait. */
  override readable(): number {
    return this.stream.available?.() ?? 1;
  }
}

export class OutputDescriptor extends StreamDescriptor {
  private readonly stream: OutputStream;

  constructor(stream: OutputStream, rights: RightsPair) {
    super(stream, rights);
    this.stream = stream;
  }

  override write(buffers: readonly Uint8Array[]): number {
    return writeToStream(buffers, this.stream);
  }

  override writable(): number {
    return 1;
  }
}

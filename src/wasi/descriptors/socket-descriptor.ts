import { FileType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { connectionRights, type RightsPair } from "../abi/rights.ts";
import type { FileStat } from "../fs/file-system.ts";
import { anyAddress, type Family, type SocketAddress } from "../sockets/address.ts";
import type { Network, NetworkSocket, Pending, Received, SocketType } from "../sockets/network.ts";
import type { EventSource } from "../waiting.ts";
import { Descriptor, type Readiness } from "./descriptor.ts";
import { totalLength } from "./vectored.ts";

/** What several buffers are sent as at once, at most; a stream takes the rest another time. */
const GATHERED = 262_144;

/** Bytes of buffers from some place on, copied: the guest's memory goes on changing. */
function gather(buffers: readonly Uint8Array[], from: number): Uint8Array {
  const gathered = new Uint8Array(Math.min(totalLength(buffers) - from, GATHERED));
  let skip = from;
  let at = 0;
  for (const buffer of buffers) {
    const part = buffer.subarray(skip, skip + gathered.length - at);
    gathered.set(part, at);
    at += part.length;
    skip = Math.max(0, skip - buffer.length);
  }
  return gathered;
}

/** A descriptor of a socket. */
export class SocketDescriptor extends Descriptor {
  readonly filetype: FileType;
  readonly nativeHandle = undefined;
  readonly family: Family;
  readonly type: SocketType;
  readonly socket: NetworkSocket;
  override readonly events: EventSource;
  /** What the guest has set, for it to read back: bytes by `SockOpt`. */
  readonly options: Map<number, Uint8Array> = new Map();
  /** In nanoseconds. */
  receiveTimeout: bigint | undefined;
  sendTimeout: bigint | undefined;
  /** Begun and not waited for. */
  connecting: Pending<true> | undefined;
  private left: Pending<unknown> | undefined;
  protected readonly withoutContent = Errno.NOTSUP;
  protected readonly withoutPlaces = Errno.SPIPE;

  constructor(
    network: Network,
    socket: NetworkSocket,
    kind: { readonly family: Family; readonly type: SocketType },
    rights: RightsPair,
    flags = 0,
  ) {
    super(rights, flags);
    this.socket = socket;
    this.events = network.events;
    this.family = kind.family;
    this.type = kind.type;
    this.filetype = kind.type === "stream" ? FileType.SOCKET_STREAM : FileType.SOCKET_DGRAM;
  }

  /** Where it is bound. */
  get local(): SocketAddress {
    return this.socket.local ?? anyAddress(this.family);
  }

  /** A connection that has come in, as a descriptor; undefined where there is none yet. */
  accept(network: Network, flags: number): SocketDescriptor | undefined {
    const connection = this.socket.accept();
    if (connection === undefined) return undefined;
    return new SocketDescriptor(network, connection, this, connectionRights, flags);
  }

  stat(): FileStat {
    return { dev: 0n, ino: 0n, filetype: this.filetype, nlink: 0n, size: 0, atim: 0n, mtim: 0n, ctim: 0n };
  }

  close(): void {
    this.left = this.socket.close();
  }

  override get leaving(): Pending<unknown> | undefined {
    return this.left;
  }

  override read(buffers: readonly Uint8Array[]): number | undefined {
    const received = this.receive(buffers, false);
    return received?.bytes.length;
  }

  /** Fills the buffers with what is there; undefined where nothing is. */
  receive(buffers: readonly Uint8Array[], peek: boolean): Received | undefined {
    const room = totalLength(buffers);
    // Asking a stream for nothing does not wait.
    if (room === 0 && this.type === "stream") return { bytes: new Uint8Array(0), from: undefined, truncated: false };
    const received = this.socket.receive(room, peek);
    if (received === undefined) return undefined;
    let at = 0;
    for (const buffer of buffers) {
      const part = received.bytes.subarray(at, at + buffer.length);
      buffer.set(part);
      at += part.length;
    }
    return received;
  }

  /**
   * @param from how many of the bytes have been sent already
   * @param to where a datagram goes; undefined: where the socket is connected to
   * @returns how many bytes were taken; undefined where there is no room yet
   */
  send(buffers: readonly Uint8Array[], from: number, to?: SocketAddress): number | undefined {
    if (this.type === "datagram" && totalLength(buffers) > GATHERED) failWith(Errno.MSGSIZE);
    return this.socket.send(gather(buffers, from), to);
  }

  override readable(): Readiness | undefined {
    return this.socket.readable();
  }

  override writable(): Readiness | undefined {
    return this.socket.writable();
  }

  override edges(direction: "read" | "write"): number {
    return this.socket.edges(direction);
  }

  override timeout(direction: "read" | "write"): bigint | undefined {
    return direction === "read" ? this.receiveTimeout : this.sendTimeout;
  }
}

import { Errno, errnoOf, failWith, WasiError } from "../abi/errno.ts";
import type { Readiness } from "../descriptors/descriptor.ts";
import type { Family, SocketAddress } from "./address.ts";
import type { NetworkSocket, Pending, Received, SocketOption, SocketType } from "./network.ts";
import { type Command, RECEIVE_WINDOW, type Report, SEND_WINDOW } from "./node-protocol.ts";

/** The errno of a code of Node's. */
export function errnoOfCode(code: string): Errno {
  return errnoOf({ code }) ?? Errno.IO;
}

/** What a socket on the guest's side tells the worker through. */
export interface WorkerSide {
  /** Takes in what the worker has reported meanwhile. */
  drain(): void;
  command(command: Command): void;
  /** @param make given the number of the request */
  request(make: (request: number) => Command): Pending<readonly SocketAddress[]>;
  /** Closes a socket. @returns what tells that all that was sent has left */
  close(id: number): Pending<unknown>;
  /** The socket of a connection that came in. */
  adopt(id: number, like: NodeSocket, local: SocketAddress, peer: SocketAddress): NodeSocket;
}

interface Chunk {
  readonly bytes: Uint8Array;
  readonly from: SocketAddress | undefined;
}

/** The largest datagram over IPv4 without its headers. */
const LARGEST_DATAGRAM = 65_507;

/** The guest's side of a socket that a worker has: what the worker has reported, in order. */
export class NodeSocket implements NetworkSocket {
  readonly id: number;
  readonly family: Family;
  readonly type: SocketType;
  local: SocketAddress | undefined;
  peer: SocketAddress | undefined;
  isListening = false;
  private readonly worker: WorkerSide;
  private readonly chunks: Chunk[] = [];
  private readonly connections: NodeSocket[] = [];
  private connecting: Pending<true> | undefined;
  private hasEnded = false;
  private error: Errno = Errno.SUCCESS;
  private unsent = 0;
  private sendingEnded = false;
  private readonly counts = { read: 0, write: 0 };

  constructor(worker: WorkerSide, id: number, family: Family, type: SocketType) {
    this.worker = worker;
    this.id = id;
    this.family = family;
    this.type = type;
  }

  /** Takes in a report of the worker. */
  take(report: Extract<Report, { id: number }>): void {
    switch (report.event) {
      case "bound":
        this.local = report.local;
        return;
      case "accepted":
        this.connections.push(this.worker.adopt(report.connection, this, report.local, report.peer));
        this.counts.read++;
        return;
      case "data":
        this.chunks.push(report);
        this.counts.read++;
        return;
      case "end":
        this.hasEnded = true;
        this.counts.read++;
        return;
      case "sent":
        this.unsent -= report.count;
        this.counts.write++;
        return;
      case "error":
        this.error = errnoOfCode(report.code);
        if (this.type === "stream") this.hasEnded = true;
        this.counts.read++;
        this.counts.write++;
    }
  }

  // --- Connecting ---

  private started(make: (request: number) => Command, then: () => void = () => undefined): Pending<true> {
    const pending = this.worker.request(make);
    let isDone = false;
    return {
      outcome: () => {
        if (pending.outcome() === undefined) return undefined;
        if (!isDone) then();
        isDone = true;
        return true;
      },
    };
  }

  bind(address: SocketAddress): Pending<true> {
    return this.started((request) => ({ op: "bind", id: this.id, request, address }));
  }

  listen(backlog: number): Pending<true> {
    return this.started(
      (request) => ({ op: "listen", id: this.id, request, backlog }),
      () => {
        this.isListening = true;
      },
    );
  }

  connect(address: SocketAddress): Pending<true> {
    const pending = this.started(
      (request) => ({ op: "connect", id: this.id, request, address }),
      () => {
        this.peer = address;
        this.counts.write++;
      },
    );
    const connecting: Pending<true> = {
      outcome: () => {
        try {
          const outcome = pending.outcome();
          if (outcome !== undefined) this.connecting = undefined;
          return outcome;
        } catch (error) {
          this.connecting = undefined;
          throw error;
        }
      },
    };
    this.connecting = connecting;
    return connecting;
  }

  /** A connection that was begun and not waited for: its failure is the socket's. */
  private get isConnecting(): boolean {
    this.worker.drain();
    try {
      return this.connecting !== undefined && this.connecting.outcome() === undefined;
    } catch (error) {
      if (!(error instanceof WasiError)) throw error;
      this.error = error.errno;
      this.hasEnded = true;
      this.counts.write++;
      return false;
    }
  }

  accept(): NetworkSocket | undefined {
    this.worker.drain();
    const connection = this.connections.shift();
    if (connection !== undefined) this.worker.command({ op: "taken", id: this.id, count: 1 });
    return connection;
  }

  // --- Data ---

  takeError(): Errno {
    void this.isConnecting;
    const { error } = this;
    this.error = Errno.SUCCESS;
    return error;
  }

  private throwError(): void {
    const error = this.takeError();
    if (error !== Errno.SUCCESS) failWith(error);
  }

  receive(maximum: number, peek: boolean): Received | undefined {
    if (this.isConnecting) return undefined;
    const [chunk] = this.chunks;
    if (chunk === undefined) {
      this.throwError();
      if (this.type === "stream" && this.peer === undefined) failWith(Errno.NOTCONN);
      return this.hasEnded ? { bytes: new Uint8Array(0), from: undefined, truncated: false } : undefined;
    }
    return this.type === "stream" ? this.receiveBytes(maximum, peek) : this.receiveDatagram(chunk, maximum, peek);
  }

  private receiveBytes(maximum: number, peek: boolean): Received {
    const parts: Uint8Array[] = [];
    let length = 0;
    let index = 0;
    while (length < maximum && index < this.chunks.length) {
      const { bytes } = this.chunks[index];
      const part = bytes.subarray(0, maximum - length);
      parts.push(part);
      length += part.length;
      if (!peek && part.length < bytes.length) {
        this.chunks[index] = { bytes: bytes.subarray(part.length), from: undefined };
        break;
      }
      index++;
    }
    if (!peek) {
      this.chunks.splice(0, index);
      this.worker.command({ op: "taken", id: this.id, count: length });
    }
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return { bytes, from: this.peer, truncated: false };
  }

  private receiveDatagram({ bytes, from }: Chunk, maximum: number, peek: boolean): Received {
    if (!peek) {
      this.chunks.shift();
      this.worker.command({ op: "taken", id: this.id, count: Math.max(1, bytes.length) });
    }
    return { bytes: bytes.subarray(0, maximum), from, truncated: bytes.length > maximum };
  }

  send(bytes: Uint8Array, to?: SocketAddress): number | undefined {
    if (this.isConnecting) return undefined;
    this.throwError();
    if (this.type === "stream") {
      if (this.peer === undefined) failWith(Errno.NOTCONN);
      if (this.sendingEnded) failWith(Errno.PIPE);
    } else if (bytes.length > LARGEST_DATAGRAM) failWith(Errno.MSGSIZE);
    else if (to === undefined && this.peer === undefined) failWith(Errno.DESTADDRREQ);
    const room = SEND_WINDOW - this.unsent;
    if (room <= 0) return undefined;
    const part = this.type === "stream" ? bytes.slice(0, room) : bytes.slice();
    this.unsent += this.type === "stream" ? part.length : Math.max(1, part.length);
    if (part.length > 0 || this.type === "datagram") {
      this.worker.command({ op: "send", id: this.id, bytes: part, to });
    }
    return part.length;
  }

  shutdown(receiving: boolean, sending: boolean): void {
    if (this.isConnecting || (this.peer === undefined && !this.isListening)) failWith(Errno.NOTCONN);
    this.worker.command({ op: "shutdown", id: this.id, receiving, sending });
    if (sending) this.sendingEnded = true;
    if (!receiving) return;
    this.chunks.length = 0;
    this.hasEnded = true;
    this.counts.read++;
  }

  setOption(option: SocketOption, value: number): void {
    this.worker.command({ op: "option", id: this.id, option, value });
  }

  // --- Readiness ---

  readable(): Readiness | undefined {
    if (this.isConnecting) return undefined;
    if (this.isListening) {
      const { length } = this.connections;
      return length > 0 ? { bytes: length } : undefined;
    }
    if (this.chunks.length > 0) {
      const [first, ...rest] = this.chunks.map(({ bytes }) => bytes.length);
      const bytes = this.type === "datagram" ? first : rest.reduce((sum, length) => sum + length, first);
      return { bytes: Math.min(bytes, RECEIVE_WINDOW), hangup: this.hasEnded };
    }
    const isOver = this.hasEnded || this.error !== Errno.SUCCESS;
    const isNothing = this.type === "stream" && this.peer === undefined;
    return isOver || isNothing ? { bytes: 0, hangup: true } : undefined;
  }

  writable(): Readiness | undefined {
    if (this.isConnecting || this.isListening) return undefined;
    const isNothing = this.type === "stream" && this.peer === undefined;
    if (this.error !== Errno.SUCCESS || this.sendingEnded || isNothing) return { bytes: 0, hangup: true };
    const room = SEND_WINDOW - this.unsent;
    return room > 0 ? { bytes: room } : undefined;
  }

  edges(direction: "read" | "write"): number {
    void this.isConnecting;
    return this.counts[direction];
  }

  close(): Pending<unknown> {
    for (const connection of this.connections) connection.close();
    return this.worker.close(this.id);
  }
}

import type { Errno } from "../abi/errno.ts";
import type { Readiness } from "../descriptors/descriptor.ts";
import type { EventSource } from "../waiting.ts";
import type { Family, SocketAddress } from "./address.ts";

/**
 * What sockets need of their host. No operation waits: what is not there yet is undefined, and `events` tells when to ask
 * again. What fails throws a `WasiError`. Whether an operation is allowed is decided before a backend is asked.
 */
export interface Network {
  readonly events: EventSource;
  /** @throws WasiError AFNOSUPPORT, PROTONOSUPPORT for what there is not */
  open(family: Family, type: SocketType): NetworkSocket;
  /** The addresses of a host by its name. @throws AINONAME, AIAGAIN, AIFAIL, from the outcome */
  lookup(name: string): Pending<readonly SocketAddress[]>;
}

export type SocketType = "stream" | "datagram";

/** Something that is under way. */
export interface Pending<T> {
  /** Undefined as long as it is not known. @throws WasiError where it has failed */
  outcome(): T | undefined;
}

/** What `receive` gives: bytes of a stream, none at its end; or one datagram. */
export interface Received {
  readonly bytes: Uint8Array;
  /** Who sent a datagram. */
  readonly from: SocketAddress | undefined;
  /** Whether more of the datagram was lost. */
  readonly truncated: boolean;
}

/** Options that a backend may follow. */
export type SocketOption = "reuseAddress" | "broadcast" | "sendBuffer" | "receiveBuffer" | "keepAlive" | "abort";

/** A socket of the host. */
export interface NetworkSocket {
  /** Undefined until it is bound. */
  readonly local: SocketAddress | undefined;
  /** Undefined until it is connected. */
  readonly peer: SocketAddress | undefined;
  readonly isListening: boolean;
  bind(address: SocketAddress): Pending<true>;
  /** Binds to any address where it is not bound. */
  listen(backlog: number): Pending<true>;
  /** For datagrams: whom they go to and are taken from. */
  connect(address: SocketAddress): Pending<true>;
  /** A connection that has come in. */
  accept(): NetworkSocket | undefined;
  /** @param peek leaves what it gives */
  receive(maximum: number, peek: boolean): Received | undefined;
  /** @returns how many bytes were taken: those of a datagram all */
  send(bytes: Uint8Array, to?: SocketAddress): number | undefined;
  shutdown(receiving: boolean, sending: boolean): void;
  /** @param value 1 or 0 for switches, bytes for sizes; abort: closing drops what is not sent */
  setOption(option: SocketOption, value: number): void;
  /** What went wrong since it was asked last; SUCCESS for nothing. */
  takeError(): Errno;
  readable(): Readiness | undefined;
  writable(): Readiness | undefined;
  /** How often it has become readable or writable. */
  edges(direction: "read" | "write"): number;
  /** @returns what tells that all that was sent has left; undefined where it has */
  close(): Pending<unknown> | undefined;
}

import type { Family, SocketAddress } from "./address.ts";
import type { SocketOption, SocketType } from "./network.ts";

/**
 * What the thread of the guest and the worker that has the sockets tell each other. Sockets have numbers: positive ones that the
 * guest's side gives, negative ones for connections that came in. `request` numbers what is answered by `done` or `failed`.
 */

/** To the worker. */
export type Command =
  | { readonly op: "open"; readonly id: number; readonly family: Family; readonly type: SocketType }
  | { readonly op: "bind"; readonly id: number; readonly request: number; readonly address: SocketAddress }
  | { readonly op: "listen"; readonly id: number; readonly request: number; readonly backlog: number }
  | { readonly op: "connect"; readonly id: number; readonly request: number; readonly address: SocketAddress }
  | { readonly op: "send"; readonly id: number; readonly bytes: Uint8Array; readonly to: SocketAddress | undefined }
  /** The guest has taken so many bytes, or a connection. */
  | { readonly op: "taken"; readonly id: number; readonly count: number }
  | { readonly op: "shutdown"; readonly id: number; readonly receiving: boolean; readonly sending: boolean }
  | { readonly op: "option"; readonly id: number; readonly option: SocketOption; readonly value: number }
  | { readonly op: "close"; readonly id: number; readonly request: number }
  | { readonly op: "lookup"; readonly request: number; readonly name: string };

/** From the worker. */
export type Report =
  | { readonly event: "ready" }
  | { readonly event: "done"; readonly request: number; readonly addresses: readonly SocketAddress[] }
  /** @param code Node's, "ECONNREFUSED" */
  | { readonly event: "failed"; readonly request: number; readonly code: string }
  | { readonly event: "bound"; readonly id: number; readonly local: SocketAddress }
  | {
      readonly event: "accepted";
      readonly id: number;
      readonly connection: number;
      readonly local: SocketAddress;
      readonly peer: SocketAddress;
    }
  | {
      readonly event: "data";
      readonly id: number;
      readonly bytes: Uint8Array;
      readonly from: SocketAddress | undefined;
    }
  | { readonly event: "end"; readonly id: number }
  /** So many bytes have left. */
  | { readonly event: "sent"; readonly id: number; readonly count: number }
  | { readonly event: "error"; readonly id: number; readonly code: string };

/** What a worker is started with. */
export interface WorkerStart {
  readonly port: unknown;
  /** One number, which grows with each report. */
  readonly counter: Int32Array;
}

/** Bytes of a socket that wait for the guest to take them, at most; more are left to the host, datagrams are dropped. */
export const RECEIVE_WINDOW = 262_144;

/** Bytes of a socket that the guest has sent and that have not left, at most. */
export const SEND_WINDOW = 262_144;

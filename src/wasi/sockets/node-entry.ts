import type { AddressInfo } from "node:net";
import type { Family, SocketAddress } from "./address.ts";
import { formatIP, parseIP } from "./address.ts";
import type { SocketOption } from "./network.ts";
import type { Report } from "./node-protocol.ts";

/** A socket in the worker. What it is told never throws for what the network does: that is reported. */
export interface Entry {
  bind(address: SocketAddress): Promise<void>;
  listen(backlog: number): Promise<void>;
  connect(address: SocketAddress): Promise<void>;
  send(bytes: Uint8Array, to: SocketAddress | undefined): void;
  taken(count: number): void;
  shutdown(receiving: boolean, sending: boolean): void;
  setOption(option: SocketOption, value: number): void;
  /** Resolves when what was sent has left. */
  close(): Promise<void>;
}

/** What sockets in the worker report through. */
export interface Reporter {
  report(message: Report): void;
  /** Gives a connection that came in a number. */
  adopt(entry: Entry): number;
}

/** An error with a code of Node's. */
export function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** The code of an error, "EIO" where it has none. */
export function codeOf(error: unknown): string {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === "string" ? code : "EIO";
}

/** An address as Node tells it. */
export function toAddress(family: Family, host: string | undefined, port: number | undefined): SocketAddress {
  // A zone is of the host's interfaces and no business of the guest.
  const bytes = parseIP((host ?? "").replace(/%.*$/, ""));
  if (bytes === undefined) return { family, host: host ?? "", port: 0 };
  return { family, host: formatIP(bytes), port: port ?? 0 };
}

/** What a bound server or datagram socket says of itself. */
export function boundTo(family: Family, info: AddressInfo | string | null): SocketAddress {
  if (info === null) return toAddress(family, undefined, undefined);
  return typeof info === "string" ? { family, host: info, port: 0 } : toAddress(family, info.address, info.port);
}

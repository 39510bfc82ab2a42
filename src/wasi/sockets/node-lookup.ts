import { lookup } from "node:dns/promises";
import type { SocketAddress } from "./address.ts";
import { toAddress } from "./node-entry.ts";

/** The addresses of a host by its name, as the system finds them: its hosts file, its resolver. */
export async function lookupName(name: string): Promise<SocketAddress[]> {
  const found = await lookup(name, { all: true, verbatim: true });
  return found.map(({ address, family }) => toAddress(family === 6 ? "ipv6" : "ipv4", address, 0));
}

import { formatIP, parseIP, parseIPv6, type SocketAddress, unmapped } from "./address.ts";

/**
 * Which addresses a guest may connect, send and bind to. Patterns:
 *
 *     HOST, HOST:PORT, HOST:FROM-TO     HOST is one of
 *     *                                 any host
 *     192.168.1.7  10.0.0.0/8           an address, or all with that prefix
 *     [::1]  [fd00::/8]                 the same of IPv6
 *     example.com  *.example.com        a name, or all below it: the addresses that the guest has looked up by it
 *     unix:PATH                         a Unix socket
 *
 * Without a port any is meant. An IPv4 address is the same when it is written as one of IPv6.
 */

interface PortRange {
  readonly from: number;
  readonly to: number;
}

type HostPattern =
  | { readonly kind: "any" }
  | { readonly kind: "prefix"; readonly bytes: Uint8Array; readonly bits: number }
  | { readonly kind: "name"; readonly name: string; readonly below: boolean };

type Pattern =
  | { readonly kind: "ip"; readonly host: HostPattern; readonly ports: PortRange }
  | { readonly kind: "unix"; readonly path: string };

/** Names that are this machine on any host, without being looked up. */
const LOOPBACK: readonly HostPattern[] = [
  { kind: "prefix", bytes: Uint8Array.of(127, 0, 0, 0), bits: 8 },
  { kind: "prefix", bytes: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), bits: 128 },
];

/** Addresses that are remembered: a guest must not fill our memory with them. */
const MOST_FOUND = 4096;

/** A pattern that says nothing. */
export class AllowListError extends Error {
  constructor(pattern: string, reason: string) {
    super(`"${pattern}" is no address to allow: ${reason}`);
    this.name = "AllowListError";
  }
}

function parsePorts(text: string): PortRange | undefined {
  if (text === "*") return { from: 0, to: 65535 };
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return undefined;
  const from = Number(match[1]);
  const to = Number(match[2] ?? match[1]);
  return from <= to && to <= 65535 ? { from, to } : undefined;
}

function parsePrefix(text: string): HostPattern | undefined {
  const [address, length, ...more] = text.split("/");
  const bytes = parseIP(address);
  if (bytes === undefined || more.length > 0) return undefined;
  const all = bytes.length * 8;
  if (length !== undefined && (!/^\d{1,3}$/.test(length) || Number(length) > all)) return undefined;
  const bits = length === undefined ? all : Number(length);
  const plain = unmapped(bytes);
  // A prefix that ends inside of the mapping is of IPv6 addresses.
  if (plain !== bytes && bits >= 96) return { kind: "prefix", bytes: plain, bits: bits - 96 };
  return { kind: "prefix", bytes, bits };
}

function parseName(text: string): HostPattern | undefined {
  const below = text.startsWith("*.");
  const name = normalName(below ? text.slice(2) : text);
  const label = /^[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?$/;
  const isAddressLike = /^[\d.]+$/.test(name);
  if (isAddressLike || !name.split(".").every((part) => label.test(part))) return undefined;
  return { kind: "name", name, below };
}

/** Names differ neither by case nor by the dot of the root. */
function normalName(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}

/** @throws AllowListError */
function parsePattern(pattern: string): Pattern {
  const wrong = (reason: string): never => {
    throw new AllowListError(pattern, reason);
  };
  if (pattern.startsWith("unix:")) {
    const path = pattern.slice("unix:".length);
    return path === "" ? wrong("the path is missing") : { kind: "unix", path };
  }
  if (parseIPv6(pattern) !== undefined) return wrong("an address of IPv6 stands in brackets");
  const match = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(pattern);
  if (match === null) return wrong("it is neither HOST nor HOST:PORT");
  const [, bracketed, plain = "", port = "*"] = match;
  const host =
    bracketed !== undefined
      ? parsePrefix(bracketed)
      : plain === "*"
        ? ({ kind: "any" } as const)
        : (parsePrefix(plain) ?? parseName(plain));
  if (host === undefined) return wrong("the host is neither an address nor a name");
  return { kind: "ip", host, ports: parsePorts(port) ?? wrong("the port is no number or range from 0 to 65535") };
}

function hasPrefix(address: Uint8Array, { bytes, bits }: Extract<HostPattern, { kind: "prefix" }>): boolean {
  if (address.length !== bytes.length) return false;
  for (let i = 0; i < bits; i++) {
    const mask = 0x80 >> (i & 7);
    if ((address[i >> 3] & mask) !== (bytes[i >> 3] & mask)) return false;
  }
  return true;
}

function hasName(name: string, pattern: Extract<HostPattern, { kind: "name" }>): boolean {
  return pattern.below ? name.endsWith(`.${pattern.name}`) : name === pattern.name;
}

/** The allow-list of one guest. */
export class AllowList {
  private readonly patterns: readonly Pattern[];
  /** By address, the names by which the guest has found it. */
  private readonly found = new Map<string, Set<string>>();

  /** @throws AllowListError */
  constructor(patterns: readonly string[]) {
    this.patterns = patterns.map(parsePattern);
  }

  /** Whether there is anything that it allows. */
  get isEmpty(): boolean {
    return this.patterns.length === 0;
  }

  /** Whether a guest may connect, send or bind to an address. */
  allows(address: SocketAddress): boolean {
    if (address.family === "unix") {
      return this.patterns.some((pattern) => pattern.kind === "unix" && pattern.path === address.host);
    }
    const bytes = parseIP(address.host);
    if (bytes === undefined) return false;
    const plain = unmapped(bytes);
    return this.patterns.some(
      (pattern) =>
        pattern.kind === "ip" &&
        address.port >= pattern.ports.from &&
        address.port <= pattern.ports.to &&
        this.allowsHost(plain, pattern.host),
    );
  }

  private allowsHost(address: Uint8Array, host: HostPattern): boolean {
    switch (host.kind) {
      case "any":
        return true;
      case "prefix":
        return hasPrefix(address, host);
      case "name": {
        if (host.name === "localhost" && !host.below && LOOPBACK.some((loop) => this.allowsHost(address, loop))) {
          return true;
        }
        const names = this.found.get(formatIP(address));
        return names !== undefined && [...names].some((name) => hasName(name, host));
      }
    }
  }

  /** Whether a guest may look a name up: the question leaves the machine. */
  allowsName(name: string): boolean {
    const normal = normalName(name);
    return this.patterns.some(
      (pattern) =>
        pattern.kind === "ip" &&
        (pattern.host.kind === "any" || (pattern.host.kind === "name" && hasName(normal, pattern.host))),
    );
  }

  /**
   * Remembers what a name was found to be: patterns of names allow it from now on. Beyond
   * thousands of addresses it begins anew, and the guest has to look names up again.
   */
  remember(name: string, addresses: readonly SocketAddress[]): void {
    if (this.found.size > MOST_FOUND) this.found.clear();
    for (const { host } of addresses) {
      const bytes = parseIP(host);
      if (bytes === undefined) continue;
      const key = formatIP(unmapped(bytes));
      const names = this.found.get(key) ?? new Set();
      this.found.set(key, names.add(normalName(name)));
    }
  }
}

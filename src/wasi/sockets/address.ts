import { Errno, failWith } from "../abi/errno.ts";

/**
 * Addresses of sockets: as bytes in the guest's memory, as text for backends and allow-lists.
 */

/** What a socket's address is of. */
export type Family = "ipv4" | "ipv6" | "unix";

/** Where a socket is bound or connected to. */
export interface SocketAddress {
  readonly family: Family;
  /** "127.0.0.1", "::1" in the form of RFC 5952, or the path of a Unix socket. */
  readonly host: string;
  /** 0 to 65535; 0 for Unix sockets. */
  readonly port: number;
}

/** The address of no interface in particular. */
export function anyAddress(family: Family): SocketAddress {
  return { family, host: family === "ipv4" ? "0.0.0.0" : family === "ipv6" ? "::" : "", port: 0 };
}

/** Four decimal numbers; undefined for any other text, the shorter and octal forms of inet_aton included. */
export function parseIPv4(text: string): Uint8Array | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  return numbers.every((number) => number <= 255) ? Uint8Array.from(numbers) : undefined;
}

/** The groups of one side of `::`, an IPv4 address at its end as two. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const groups: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const ipv4 = i === parts.length - 1 ? parseIPv4(part) : undefined;
    if (ipv4 !== undefined) groups.push(ipv4[0] * 256 + ipv4[1], ipv4[2] * 256 + ipv4[3]);
    else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** RFC 4291, 2.2. Undefined for any other text; zones ("%eth0") are not understood. */
export function parseIPv6(text: string): Uint8Array | undefined {
  const sides = text.split("::");
  if (sides.length > 2) return undefined;
  const head = groupsOf(sides[0]);
  const tail = sides.length === 2 ? groupsOf(sides[1]) : [];
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (sides.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(Math.max(0, missing)).fill(0), ...tail];
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

/** RFC 5952: lower case, the longest run of zero groups as `::`. */
function formatIPv6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => ((bytes[i * 2] << 8) | bytes[i * 2 + 1]).toString(16));
  let best = { start: 0, length: 0 };
  for (let start = 0; start < 8; start++) {
    let length = 0;
    while (start + length < 8 && groups[start + length] === "0") length++;
    if (length > best.length) best = { start, length };
  }
  if (best.length < 2) return groups.join(":");
  return `${groups.slice(0, best.start).join(":")}::${groups.slice(best.start + best.length).join(":")}`;
}

/** The text of 4 or 16 bytes in network order. */
export function formatIP(bytes: Uint8Array): string {
  return bytes.length === 4 ? bytes.join(".") : formatIPv6(bytes);
}

/** An IP address as bytes in network order: 4 or 16. */
export function parseIP(text: string): Uint8Array | undefined {
  return parseIPv4(text) ?? parseIPv6(text);
}

/** The bytes of an address, in network order. */
export function addressBytes({ host }: SocketAddress): Uint8Array {
  return parseIP(host) ?? failWith(Errno.AFNOSUPPORT);
}

const MAPPED = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** An IPv4 address that is written as one of IPv6 (`::ffff:a.b.c.d`) as what it is; others as they are. */
export function unmapped(bytes: Uint8Array): Uint8Array {
  return bytes.length === 16 && MAPPED.every((byte, i) => bytes[i] === byte) ? bytes.subarray(12) : bytes;
}

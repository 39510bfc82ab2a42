import { decodeUtf8, encodeUtf8 } from "../../common/utf8.ts";
import {
  addressBytes,
  anyAddress,
  type Family,
  formatIP,
  parseIP,
  type SocketAddress,
  unmapped,
} from "../sockets/address.ts";
import { AddressFamily } from "./constants.ts";
import { Errno, failWith } from "./errno.ts";
import type { GuestMemory } from "./guest-memory.ts";

/**
 * Addresses of sockets in the guest's memory. A function is given a pointer to `{ buf, buf_len }`, and in the buffer stand 4 or 16
 * bytes of an IP address in network order; in the second version of the functions also 128 bytes, of which the first two
 * are the family. WasmEdge `__wasi_address_t`.
 */

const ADDRESS_SIZE = 8;
const LONG = 128;
/** Room for a path in a buffer of 128 bytes, and in the host's `sockaddr_un`. */
const MAX_UNIX_PATH = 108;

/** Which form of a function is called. */
export type Version = 1 | 2;

/** A buffer for an address. */
export interface AddressBuffer {
  readonly at: number;
  readonly length: number;
}

/** @throws FAULT; INVAL for a length that is none of an address */
export function readAddressBuffer(memory: GuestMemory, pointer: number, version: Version): AddressBuffer {
  memory.require(pointer, ADDRESS_SIZE);
  const buffer = { at: memory.readUint32(pointer), length: memory.readUint32(pointer + 4) };
  const isLength = buffer.length === 4 || buffer.length === 16 || (version === 2 && buffer.length === LONG);
  if (!isLength) failWith(Errno.INVAL);
  memory.require(buffer.at, buffer.length);
  return buffer;
}

/** @throws INVAL for a family that there is not */
export function familyOf(number: number): Family {
  switch (number) {
    case AddressFamily.INET4:
      return "ipv4";
    case AddressFamily.INET6:
      return "ipv6";
    case AddressFamily.AF_UNIX:
      return "unix";
    default:
      return failWith(Errno.INVAL);
  }
}

export const familyNumbers: Readonly<Record<Family, number>> = {
  ipv4: AddressFamily.INET4,
  ipv6: AddressFamily.INET6,
  unix: AddressFamily.AF_UNIX,
};

function readPath(memory: GuestMemory, at: number): string {
  const bytes = memory.span(at, MAX_UNIX_PATH).slice();
  const end = bytes.indexOf(0);
  const length = end < 0 ? bytes.length : end;
  // Linux's abstract names, which begin with a NUL, are no paths.
  if (length === 0) failWith(Errno.INVAL);
  return decodeUtf8(bytes, 0, length) ?? failWith(Errno.ILSEQ);
}

/** The address in a buffer, with a port. @throws INVAL for a family or port that there is not */
export function readSocketAddress(memory: GuestMemory, { at, length }: AddressBuffer, port: number): SocketAddress {
  if (port > 0xffff) failWith(Errno.INVAL);
  if (length !== LONG) {
    return { family: length === 4 ? "ipv4" : "ipv6", host: formatIP(memory.span(at, length)), port };
  }
  const family = familyOf(memory.readUint16(at));
  if (family === "unix") return { family, host: readPath(memory, at + 2), port: 0 };
  return { family, host: formatIP(memory.span(at + 2, family === "ipv4" ? 4 : 16)), port };
}

/** The bytes that stand in a buffer for an address. @throws NOMEM where it has no room */
export function addressContent(address: SocketAddress, { length }: AddressBuffer): Uint8Array {
  const bytes = address.family === "unix" ? encodeUtf8(address.host) : addressBytes(address);
  if (length !== LONG) {
    if (address.family === "unix" || bytes.length > length) failWith(Errno.NOMEM);
    return bytes;
  }
  const content = new Uint8Array(LONG);
  content[0] = familyNumbers[address.family];
  content.set(bytes.subarray(0, MAX_UNIX_PATH), 2);
  return content;
}

/**
 * Where connecting to an address leads: to the host itself for the address of no interface, as on Linux. The allow-list is
 * asked for that.
 */
export function destination(address: SocketAddress): SocketAddress {
  const bytes = parseIP(address.host);
  if (address.family === "unix" || bytes === undefined || !unmapped(bytes).every((byte) => byte === 0)) return address;
  const { family, port } = address;
  if (bytes.length !== unmapped(bytes).length) return { family, host: "::ffff:127.0.0.1", port };
  return { ...anyAddress(family), host: family === "ipv4" ? "127.0.0.1" : "::1", port };
}

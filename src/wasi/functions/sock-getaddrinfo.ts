import { decodeUtf8 } from "../../common/utf8.ts";
import { AddressFamily, AiFlags, ALL_AI_FLAGS, Protocol, SockType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { GuestMemory } from "../abi/guest-memory.ts";
import { familyNumbers } from "../abi/socket-structs.ts";
import { addressBytes, anyAddress, formatIP, parseIP, type SocketAddress } from "../sockets/address.ts";
import { type WasiCall, type WasiFunction, wasiFunction } from "./definition.ts";
import { waitForOutcome } from "./wait-on.ts";

/**
 * `sock_getaddrinfo`: the guest hands over a list of structures that are linked already and point at buffers, and we fill as many
 * as there are addresses. WasmEdge `WasiGetAddrinfo`.
 */

const ADDRINFO_SIZE = 28;
const SOCKADDR_SIZE = 12;
/** Behind the family in a `sockaddr_in` and a `sockaddr_in6`: port, address and what else they have. */
const DATA_SIZES = { ipv4: 14, ipv6: 26, unix: 0 } as const;
/** What WasmEdge's `ai_addrlen` counts: the host's structures. */
const ADDRLEN = { ipv4: 16, ipv6: 28, unix: 110 } as const;

/** No host has more addresses under one name, and no guest needs more places for them. */
const MAX_RESULTS = 1024;

/** Services by name, as far as guests are likely to ask. */
const services: ReadonlyMap<string, number> = new Map([
  ["ftp", 21],
  ["ssh", 22],
  ["telnet", 23],
  ["smtp", 25],
  ["domain", 53],
  ["http", 80],
  ["pop3", 110],
  ["ntp", 123],
  ["imap", 143],
  ["https", 443],
  ["imaps", 993],
  ["mysql", 3306],
  ["postgresql", 5432],
]);

interface Hints {
  readonly flags: number;
  readonly family: number;
  readonly socktype: number;
  readonly protocol: number;
}

/** One structure to fill, with all that it points at. */
interface Place {
  readonly at: number;
  readonly sockaddr: number;
  readonly data: number;
}

/** Up to a NUL, where there is one. @throws FAULT; ILSEQ */
function readName(memory: GuestMemory, pointer: number, length: number): string {
  const bytes = memory.span(pointer, length).slice(0, 1024);
  const end = bytes.indexOf(0);
  return decodeUtf8(bytes, 0, end < 0 ? bytes.length : end) ?? failWith(Errno.ILSEQ);
}

/** @throws FAULT, and what WasmEdge says of hints that it does not know */
function readHints(memory: GuestMemory, at: number, node: string): Hints {
  memory.require(at, ADDRINFO_SIZE);
  const hints: Hints = {
    flags: memory.readUint16(at),
    family: memory.readUint8(at + 2),
    socktype: memory.readUint8(at + 3),
    protocol: memory.readUint32(at + 4),
  };
  if ((hints.flags & ~ALL_AI_FLAGS) !== 0) failWith(Errno.AIBADFLAG);
  if ((hints.flags & AiFlags.CANONNAME) !== 0 && node === "") failWith(Errno.AIBADFLAG);
  if (hints.family > AddressFamily.INET6) failWith(Errno.AIFAMILY);
  if (hints.protocol > Protocol.UDP || hints.socktype > SockType.STREAM) failWith(Errno.NOSYS);
  return hints;
}

/** Follows the guest's list. @throws FAULT where a part of it is outside of the memory */
function readPlaces(memory: GuestMemory, first: number, count: number): Place[] {
  const places: Place[] = [];
  for (let at = first; places.length < count && at !== 0; at = memory.readUint32(at + 24)) {
    memory.require(at, ADDRINFO_SIZE);
    const sockaddr = memory.readUint32(at + 12);
    memory.require(sockaddr, SOCKADDR_SIZE);
    const data = memory.readUint32(sockaddr + 8);
    memory.require(data, DATA_SIZES.ipv6);
    places.push({ at, sockaddr, data });
  }
  return places;
}

/** @throws WasiError AISERVICE */
function portOf(service: string, flags: number): number {
  if (service === "") return 0;
  if (/^\d{1,5}$/.test(service) && Number(service) <= 0xffff) return Number(service);
  const known = (flags & AiFlags.NUMERICSERV) === 0 ? services.get(service) : undefined;
  return known ?? failWith(Errno.AISERVICE);
}

/** The address that needs no question: none at all, or a number. */
function knownAddresses(node: string, { family, flags }: Hints): SocketAddress[] | undefined {
  if (node === "") {
    const families =
      family === AddressFamily.INET6
        ? (["ipv6"] as const)
        : family === AddressFamily.INET4
          ? (["ipv4"] as const)
          : (["ipv4", "ipv6"] as const);
    const isPassive = (flags & AiFlags.PASSIVE) !== 0;
    return families.map((name) => ({
      ...anyAddress(name),
      ...(isPassive ? {} : { host: name === "ipv4" ? "127.0.0.1" : "::1" }),
    }));
  }
  const bytes = parseIP(node);
  if (bytes === undefined) return (flags & AiFlags.NUMERICHOST) === 0 ? undefined : failWith(Errno.AINONAME);
  return [{ family: bytes.length === 4 ? "ipv4" : "ipv6", host: formatIP(bytes), port: 0 }];
}

/** The kinds of socket that an address is for, as hints narrow them. */
function kindsOf({ socktype, protocol }: Hints): { readonly socktype: number; readonly protocol: number }[] {
  const all = [
    { socktype: SockType.STREAM, protocol: Protocol.TCP },
    { socktype: SockType.DGRAM, protocol: Protocol.UDP },
  ];
  return all.filter(
    (kind) =>
      (socktype === SockType.ANY || socktype === kind.socktype) &&
      (protocol === Protocol.IP || protocol === kind.protocol),
  );
}

function dataOf(address: SocketAddress): Uint8Array {
  const data = new Uint8Array(DATA_SIZES[address.family]);
  data[0] = address.port >> 8;
  data[1] = address.port & 0xff;
  // IPv6 has its flow information before the address.
  data.set(addressBytes(address), address.family === "ipv4" ? 2 : 6);
  return data;
}

interface Result extends Hints {
  readonly address: SocketAddress;
}

function writeResult(
  memory: GuestMemory,
  { at, sockaddr, data }: Place,
  { address, flags, socktype, protocol }: Result,
): void {
  const family = familyNumbers[address.family];
  const bytes = dataOf(address);
  memory.writeUint16(at, flags);
  memory.writeUint8(at + 2, family);
  memory.writeUint8(at + 3, socktype);
  memory.writeUint32(at + 4, protocol);
  memory.writeUint32(at + 8, ADDRLEN[address.family]);
  memory.writeUint32(at + 20, 0);
  memory.writeUint8(sockaddr, family);
  memory.writeUint32(sockaddr + 4, bytes.length);
  memory.writeBytes(data, bytes);
}

function getaddrinfo(
  call: WasiCall,
  nodePointer: number,
  nodeLength: number,
  servicePointer: number,
  serviceLength: number,
  hintsPointer: number,
  resultPointer: number,
  maximum: number,
  countPointer: number,
): void {
  const { environ, memory } = call;
  const node = readName(memory, nodePointer, nodeLength);
  const service = readName(memory, servicePointer, serviceLength);
  memory.require(resultPointer, 4);
  memory.require(countPointer, 4);
  if (node === "" && service === "") failWith(Errno.AINONAME);
  if (maximum < 1) failWith(Errno.AIMEMORY);
  const hints = readHints(memory, hintsPointer, node);
  const places = readPlaces(memory, memory.readUint32(resultPointer), Math.min(maximum, MAX_RESULTS));
  const port = portOf(service, hints.flags);
  const network = environ.network();
  const write = (addresses: readonly SocketAddress[]): void => {
    const wanted = addresses.filter(
      ({ family }) => hints.family === AddressFamily.UNSPEC || familyNumbers[family] === hints.family,
    );
    if (wanted.length === 0) failWith(addresses.length === 0 ? Errno.AINONAME : Errno.AIADDRFAMILY);
    const results = wanted.flatMap((address) =>
      kindsOf(hints).map((kind) => ({ ...hints, ...kind, address: { ...address, port } })),
    );
    if (results.length === 0) failWith(Errno.AISOCKTYPE);
    const written = results.slice(0, places.length);
    written.forEach((result, i) => {
      writeResult(memory, places[i], result);
    });
    memory.writeUint32(countPointer, written.length);
  };
  const known = knownAddresses(node, hints);
  if (known !== undefined) {
    write(known);
    return;
  }
  if (!environ.allowList.allowsName(node)) failWith(Errno.ACCES);
  waitForOutcome(call, "sock_getaddrinfo", network.lookup(node), (addresses) => {
    environ.allowList.remember(node, addresses);
    write(addresses);
  });
}

export const sockGetaddrinfoFunctions: readonly WasiFunction[] = [
  wasiFunction("sock_getaddrinfo", ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"], getaddrinfo),
];

import { ALL_RI_FLAGS, RiFlags, RoFlags } from "../abi/constants.ts";
import { errnoOf } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import {
  type AddressBuffer,
  addressContent,
  readAddressBuffer,
  readSocketAddress,
  type Version,
} from "../abi/socket-structs.ts";
import { type Iovec, readIovecs, spansOf } from "../abi/structs.ts";
import type { SocketDescriptor } from "../descriptors/socket-descriptor.ts";
import type { SocketAddress } from "../sockets/address.ts";
import type { Received } from "../sockets/network.ts";
import { checkFlags } from "./checks.ts";
import { type WasiCall, type WasiFunction, wasiFunction } from "./definition.ts";
import { bothVersions, readDestination, requireAllowed, socketOf } from "./sock.ts";
import { sendAll, waitOn } from "./wait-on.ts";

/** Receiving and sending on sockets. */

/** What a call receives into. */
interface Receiving {
  readonly name: string;
  readonly fd: number;
  readonly descriptor: SocketDescriptor;
  readonly iovecs: readonly Iovec[];
  readonly flags: number;
}

/** The rest of buffers behind so many bytes. */
function after(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skip = bytes;
  return buffers.map((buffer) => {
    const rest = buffer.subarray(skip);
    skip = Math.max(0, skip - buffer.length);
    return rest;
  });
}

/** Receives, and hands over how much and from whom. Waits for all of it where the flags say so. */
function receive(call: WasiCall, receiving: Receiving, write: (count: number, received: Received) => void): void {
  const { name, fd, descriptor, iovecs, flags } = receiving;
  const peek = (flags & RiFlags.RECV_PEEK) !== 0;
  const wantsAll = (flags & RiFlags.RECV_WAITALL) !== 0 && !peek && descriptor.type === "stream";
  const total = iovecs.reduce((sum, { length }) => sum + length, 0);
  const last: { received: Received } = { received: { bytes: new Uint8Array(0), from: undefined, truncated: false } };
  let done = 0;
  const finish = (): true => {
    write(done, last.received);
    return true;
  };
  const attempt = (): boolean => {
    try {
      for (;;) {
        const received = descriptor.receive(after(spansOf(call.memory, iovecs), done), peek);
        if (received === undefined) return false;
        last.received = received;
        done += received.bytes.length;
        if (!wantsAll || received.bytes.length === 0 || done === total) break;
      }
    } catch (error) {
      // What has come is not lost; the next call finds the error.
      if (done === 0 || errnoOf(error) === undefined) throw error;
    }
    return finish();
  };
  waitOn(call, name, { fd, descriptor, direction: "read" }, attempt, () => done > 0 && finish());
}

function writeReceived({ memory }: WasiCall, length: number, outFlags: number) {
  return (count: number, { truncated }: Received): void => {
    memory.writeUint32(length, count);
    memory.writeUint16(outFlags, truncated ? RoFlags.RECV_DATA_TRUNCATED : 0);
  };
}

function recv(
  call: WasiCall,
  fd: number,
  vectors: number,
  count: number,
  flags: number,
  length: number,
  outFlags: number,
): void {
  const { environ, memory } = call;
  const iovecs = readIovecs(memory, vectors, count);
  memory.require(length, 4);
  memory.require(outFlags, 2);
  checkFlags(flags, ALL_RI_FLAGS);
  const descriptor = socketOf(environ, fd, Right.SOCK_RECV);
  receive(call, { name: "sock_recv", fd, descriptor, iovecs, flags }, writeReceived(call, length, outFlags));
}

/** Where a sender's address is written. */
interface SenderPlaces {
  readonly buffer: AddressBuffer;
  readonly port: number | undefined;
}

/** Who sent, or the peer of a stream. Where the buffer has no room for it, it is left as it is, as in WasmEdge. */
function writeSender({ memory }: WasiCall, { buffer, port }: SenderPlaces, from: SocketAddress | undefined): void {
  if (from === undefined) return;
  if (port !== undefined) memory.writeUint32(port, from.port);
  const room = from.family === "ipv6" ? 16 : 4;
  if (from.family !== "unix" && buffer.length >= room) memory.writeBytes(buffer.at, addressContent(from, buffer));
}

function recvFrom(
  call: WasiCall,
  version: Version,
  args: {
    readonly fd: number;
    readonly vectors: number;
    readonly count: number;
    readonly address: number;
    readonly flags: number;
    readonly port: number | undefined;
    readonly length: number;
    readonly outFlags: number;
  },
): void {
  const { environ, memory } = call;
  const { fd, flags, length, outFlags, port } = args;
  const buffer = readAddressBuffer(memory, args.address, version);
  const iovecs = readIovecs(memory, args.vectors, args.count);
  if (port !== undefined) memory.require(port, 4);
  memory.require(length, 4);
  memory.require(outFlags, 2);
  checkFlags(flags, ALL_RI_FLAGS);
  const descriptor = socketOf(environ, fd, Right.SOCK_RECV_FROM);
  const write = writeReceived(call, length, outFlags);
  receive(call, { name: "sock_recv_from", fd, descriptor, iovecs, flags }, (count, received) => {
    writeSender(call, { buffer, port }, received.from);
    write(count, received);
  });
}

function send(call: WasiCall, fd: number, vectors: number, count: number, flags: number, result: number): void {
  const { environ, memory } = call;
  const iovecs = readIovecs(memory, vectors, count);
  memory.require(result, 4);
  checkFlags(flags, 0);
  const descriptor = socketOf(environ, fd, Right.SOCK_SEND);
  sendAll(call, "sock_send", { fd, descriptor }, { iovecs, result, to: undefined });
}

function sendTo(
  call: WasiCall,
  version: Version,
  args: {
    readonly fd: number;
    readonly vectors: number;
    readonly count: number;
    readonly address: number;
    readonly port: number;
    readonly flags: number;
    readonly result: number;
  },
): void {
  const { environ, memory } = call;
  const { fd, result } = args;
  readSocketAddress(memory, readAddressBuffer(memory, args.address, version), args.port);
  const iovecs = readIovecs(memory, args.vectors, args.count);
  memory.require(result, 4);
  checkFlags(args.flags, 0);
  const descriptor = socketOf(environ, fd, Right.SOCK_SEND_TO);
  // A connected stream goes where it goes, whatever the address says.
  let to: SocketAddress | undefined;
  if (descriptor.type === "datagram") {
    to = readDestination(call, descriptor, { pointer: args.address, port: args.port, version });
    requireAllowed(environ, to);
  }
  sendAll(call, "sock_send_to", { fd, descriptor }, { iovecs, result, to });
}

export const sockIoFunctions: readonly WasiFunction[] = [
  ...bothVersions((name, version) => [
    wasiFunction(name("sock_recv"), ["i32", "i32", "i32", "i32", "i32", "i32"], recv),
    wasiFunction(name("sock_send"), ["i32", "i32", "i32", "i32", "i32"], send),
    wasiFunction(
      name("sock_send_to"),
      ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
      (call, fd, vectors, count, address, port, flags, result) =>
        sendTo(call, version, { fd, vectors, count, address, port, flags, result }),
    ),
  ]),
  wasiFunction(
    "sock_recv_from",
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    (call, fd, vectors, count, address, flags, length, outFlags) =>
      recvFrom(call, 1, { fd, vectors, count, address, flags, port: undefined, length, outFlags }),
  ),
  wasiFunction(
    "sock_recv_from_v2",
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    (call, fd, vectors, count, address, flags, port, length, outFlags) =>
      recvFrom(call, 2, { fd, vectors, count, address, flags, port, length, outFlags }),
  ),
];

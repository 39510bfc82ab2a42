import { SOL_SOCKET, SockOpt, SockType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { addressContent, familyNumbers, readAddressBuffer, type Version } from "../abi/socket-structs.ts";
import type { SocketDescriptor } from "../descriptors/socket-descriptor.ts";
import type { Environ } from "../environ.ts";
import type { SocketAddress } from "../sockets/address.ts";
import type { SocketOption } from "../sockets/network.ts";
import { type WasiCall, type WasiFunction, wasiFunction } from "./definition.ts";
import { socketOf } from "./sock.ts";

/** What sockets tell of themselves: addresses and options. */

// --- Addresses ---

/** What the first form of the functions calls the families. */
const v1Types = { ipv4: 4, ipv6: 6, unix: familyNumbers.unix } as const;

interface AddressPlaces {
  readonly pointer: number;
  readonly type: number | undefined;
  readonly port: number;
}

function writeAddress(
  call: WasiCall,
  fd: number,
  version: Version,
  places: AddressPlaces,
  which: (socket: SocketDescriptor) => SocketAddress,
): void {
  const { environ, memory } = call;
  const { pointer, type, port } = places;
  const buffer = readAddressBuffer(memory, pointer, version);
  if (type !== undefined) memory.require(type, 4);
  memory.require(port, 4);
  const address = which(socketOf(environ, fd, 0n));
  const content = addressContent(address, buffer);
  memory.writeBytes(buffer.at, content);
  if (type !== undefined) memory.writeUint32(type, v1Types[address.family]);
  memory.writeUint32(port, address.port);
}

function local(descriptor: SocketDescriptor): SocketAddress {
  return descriptor.local;
}

/** @throws WasiError NOTCONN */
function peer({ socket }: SocketDescriptor): SocketAddress {
  return socket.peer ?? failWith(Errno.NOTCONN);
}

function addressFunctions(plain: string, which: (socket: SocketDescriptor) => SocketAddress): WasiFunction[] {
  return [
    wasiFunction(plain, ["i32", "i32", "i32", "i32"], (call, fd, pointer, type, port) =>
      writeAddress(call, fd, 1, { pointer, type, port }, which),
    ),
    wasiFunction(`${plain}_v2`, ["i32", "i32", "i32"], (call, fd, pointer, port) =>
      writeAddress(call, fd, 2, { pointer, type: undefined, port }, which),
    ),
  ];
}

// --- Options ---

/** Options that are a number to us, and what the network is told. */
const numbers: ReadonlyMap<number, SocketOption> = new Map([
  [SockOpt.REUSEADDR, "reuseAddress"],
  [SockOpt.BROADCAST, "broadcast"],
  [SockOpt.SNDBUF, "sendBuffer"],
  [SockOpt.RCVBUF, "receiveBuffer"],
  [SockOpt.KEEPALIVE, "keepAlive"],
]);

/** What the backend holds for a socket, either way. */
const DEFAULT_BUFFER = 262_144;

/** Bytes of a `linger` and a `timeval`. */
const LINGER_SIZE = 8;
const TIMEVAL_SIZE = 16;

const NANOSECONDS_PER_SECOND = 1_000_000_000n;
const NANOSECONDS_PER_MICROSECOND = 1_000n;

function int32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, value, true);
  return bytes;
}

function checkOption(level: number, name: number): void {
  if (level !== SOL_SOCKET || name > SockOpt.BINDTODEVICE) failWith(Errno.INVAL);
}

/** The value of an option as the guest sees it. */
function getOption(descriptor: SocketDescriptor, name: number): Uint8Array {
  switch (name) {
    case SockOpt.TYPE:
      return int32(descriptor.type === "stream" ? SockType.STREAM : SockType.DGRAM);
    case SockOpt.ERROR:
      return int32(descriptor.socket.takeError());
    case SockOpt.ACCEPTCONN:
      return int32(descriptor.socket.isListening ? 1 : 0);
    default:
      return descriptor.options.get(name) ?? defaultOption(name);
  }
}

function defaultOption(name: number): Uint8Array {
  switch (name) {
    case SockOpt.SNDBUF:
    case SockOpt.RCVBUF:
      return int32(DEFAULT_BUFFER);
    case SockOpt.RCVLOWAT:
      return int32(1);
    case SockOpt.LINGER:
      return new Uint8Array(LINGER_SIZE);
    case SockOpt.RCVTIMEO:
    case SockOpt.SNDTIMEO:
      return new Uint8Array(TIMEVAL_SIZE);
    case SockOpt.BINDTODEVICE:
      return new Uint8Array(0);
    default:
      return int32(0);
  }
}

/** A `timeval` in nanoseconds; undefined for zero, which is no limit. @throws WasiError DOM */
function timeoutOf(view: DataView): bigint | undefined {
  const field = (at: number): bigint =>
    BigInt.asIntN(64, (BigInt(view.getUint32(at + 4, true)) << 32n) | BigInt(view.getUint32(at, true)));
  const [seconds, microseconds] = [field(0), field(8)];
  if (microseconds < 0n || microseconds >= 1_000_000n) failWith(Errno.DOM);
  if (seconds < 0n) return undefined;
  const timeout = seconds * NANOSECONDS_PER_SECOND + microseconds * NANOSECONDS_PER_MICROSECOND;
  return timeout === 0n ? undefined : timeout;
}

/** @throws WasiError INVAL for a value that is too short; NOPROTOOPT for what cannot be set on this host */
function setOption(environ: Environ, descriptor: SocketDescriptor, name: number, value: Uint8Array): void {
  const view = new DataView(value.buffer, value.byteOffset, value.length);
  const take = (length: number): Uint8Array => (value.length < length ? failWith(Errno.INVAL) : value.slice(0, length));
  switch (name) {
    case SockOpt.RCVTIMEO:
    case SockOpt.SNDTIMEO: {
      const kept = take(TIMEVAL_SIZE);
      const timeout = timeoutOf(view);
      if (name === SockOpt.RCVTIMEO) descriptor.receiveTimeout = timeout;
      else descriptor.sendTimeout = timeout;
      descriptor.options.set(name, kept);
      return;
    }
    case SockOpt.LINGER: {
      const kept = take(LINGER_SIZE);
      // Closing waits a little in any case; only to drop what is not sent is something else.
      const drops = view.getInt32(0, true) !== 0 && view.getInt32(4, true) === 0;
      if (descriptor.type === "stream") descriptor.socket.setOption("abort", drops ? 1 : 0);
      descriptor.options.set(name, kept);
      return;
    }
    case SockOpt.BINDTODEVICE:
      if (value.length > 0) refuse(environ, name);
      return;
    default:
      setNumber(environ, descriptor, name, take(4));
  }
}

function setNumber(environ: Environ, descriptor: SocketDescriptor, name: number, value: Uint8Array): void {
  const number = new DataView(value.buffer).getInt32(0, true);
  const option = numbers.get(name);
  if (option === undefined) {
    // What stays as it is needs nothing of the host.
    const isDefault = number === new DataView(defaultOption(name).buffer).getInt32(0, true);
    if (!isDefault || name === SockOpt.TYPE || name === SockOpt.ERROR || name === SockOpt.ACCEPTCONN) {
      refuse(environ, name);
    }
    return;
  }
  if (number < 0 || (option.endsWith("Buffer") && number === 0)) failWith(Errno.INVAL);
  // Node sets these of datagram sockets only; a stream's are kept for the guest to read.
  const isOfDatagrams = option === "broadcast" || option.endsWith("Buffer");
  const isOfStreams = option === "keepAlive";
  const isFollowed = descriptor.type === "stream" ? !isOfDatagrams : !isOfStreams;
  if (isFollowed) descriptor.socket.setOption(option, number);
  descriptor.options.set(name, value);
}

/** @throws WasiError NOPROTOOPT */
function refuse(environ: Environ, name: number): never {
  environ.reportOnce(`WASI: sock_setsockopt returns ENOPROTOOPT for option ${name}, which this host cannot set.`);
  return failWith(Errno.NOPROTOOPT);
}

export const sockStateFunctions: readonly WasiFunction[] = [
  ...addressFunctions("sock_getlocaladdr", local),
  ...addressFunctions("sock_getpeeraddr", peer),
  wasiFunction(
    "sock_getsockopt",
    ["i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, level, name, flag, size) => {
      checkOption(level, name);
      const room = memory.readUint32(size);
      memory.require(flag, room);
      const descriptor = socketOf(environ, fd, 0n);
      const value = getOption(descriptor, name);
      if (room < value.length) failWith(Errno.INVAL);
      memory.writeBytes(flag, value);
      memory.writeUint32(size, value.length);
    },
  ),
  wasiFunction(
    "sock_setsockopt",
    ["i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, level, name, flag, size) => {
      checkOption(level, name);
      const value = memory.span(flag, size);
      setOption(environ, socketOf(environ, fd, 0n), name, value.slice(0, TIMEVAL_SIZE));
    },
  ),
];

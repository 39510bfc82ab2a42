import { ALL_FD_FLAGS, ALL_SD_FLAGS, SdFlags, SockType } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { Right, type Rights, socketRights } from "../abi/rights.ts";
import { destination, familyOf, readAddressBuffer, readSocketAddress, type Version } from "../abi/socket-structs.ts";
import { SocketDescriptor } from "../descriptors/socket-descriptor.ts";
import type { Environ } from "../environ.ts";
import type { SocketAddress } from "../sockets/address.ts";
import { checkFlags } from "./checks.ts";
import { type WasiCall, type WasiFunction, wasiFunction } from "./definition.ts";
import { waitForOutcome, waitOn } from "./wait-on.ts";

/**
 * Opening, binding, connecting and accepting: WasmEdge's functions, and the standard's `sock_accept` and `sock_shutdown`. Under its
 * plain name each has WasmEdge's first form; with `_v2` the second, which a module gets too where its import has that type.
 */

/** @throws WasiError BADF, NOTSOCK, NOTCAPABLE */
export function socketOf(environ: Environ, fd: number, rights: Rights): SocketDescriptor {
  const descriptor = environ.descriptor(fd);
  if (!(descriptor instanceof SocketDescriptor)) failWith(Errno.NOTSOCK);
  descriptor.require(rights);
  return descriptor;
}

/** @throws WasiError ACCES where the guest may not use the address */
export function requireAllowed({ allowList }: Environ, address: SocketAddress): void {
  if (!allowList.allows(address)) failWith(Errno.ACCES);
}

/** Where a guest's socket is to connect or send to. @throws WasiError FAULT, INVAL; AFNOSUPPORT for one of another family */
export function readDestination(
  call: WasiCall,
  descriptor: SocketDescriptor,
  { pointer, port, version }: { readonly pointer: number; readonly port: number; readonly version: Version },
): SocketAddress {
  const address = destination(readAddress(call, pointer, port, version));
  if (address.family !== descriptor.family) failWith(Errno.AFNOSUPPORT);
  return address;
}

function readAddress({ memory }: WasiCall, pointer: number, port: number, version: Version): SocketAddress {
  return readSocketAddress(memory, readAddressBuffer(memory, pointer, version), port);
}

const versions: readonly Version[] = [1, 2];

/** Defines a function in both of its forms. */
export function bothVersions(
  define: (name: (plain: string) => string, version: Version) => WasiFunction[],
): WasiFunction[] {
  return versions.flatMap((version) => define((plain) => (version === 1 ? plain : `${plain}_v2`), version));
}

// --- Opening ---

function open({ environ, memory }: WasiCall, familyNumber: number, type: number, result: number): void {
  memory.require(result, 4);
  const family = familyOf(familyNumber);
  if (type !== SockType.DGRAM && type !== SockType.STREAM) failWith(Errno.INVAL);
  if (family === "unix" && environ.options.allowAFUNIX !== true) failWith(Errno.NOSYS);
  const network = environ.network();
  environ.descriptors.requireRoom();
  const kind = { family, type: type === SockType.STREAM ? "stream" : "datagram" } as const;
  const socket = network.open(kind.family, kind.type);
  memory.writeUint32(result, environ.descriptors.add(new SocketDescriptor(network, socket, kind, socketRights)));
}

function bind(call: WasiCall, fd: number, address: SocketAddress): void {
  const descriptor = socketOf(call.environ, fd, Right.SOCK_BIND);
  if (address.family !== descriptor.family) failWith(Errno.AFNOSUPPORT);
  requireAllowed(call.environ, address);
  if (descriptor.socket.local !== undefined || descriptor.socket.peer !== undefined) failWith(Errno.INVAL);
  waitForOutcome(call, "sock_bind", descriptor.socket.bind(address));
}

function listen(call: WasiCall, fd: number, backlog: number): void {
  const descriptor = socketOf(call.environ, fd, Right.SOCK_BIND);
  if (descriptor.type !== "stream") failWith(Errno.NOTSUP);
  if (descriptor.socket.peer !== undefined) failWith(Errno.INVAL);
  if (descriptor.socket.local === undefined) requireAllowed(call.environ, descriptor.local);
  // Negative numbers and large ones ask for as many as there may be.
  waitForOutcome(call, "sock_listen", descriptor.socket.listen(Math.min(backlog, MAX_BACKLOG)));
}

/** Linux's SOMAXCONN of old. */
const MAX_BACKLOG = 128;

function accept(call: WasiCall, fd: number, flags: number, result: number): void {
  const { environ, memory } = call;
  memory.require(result, 4);
  checkFlags(flags, ALL_FD_FLAGS);
  const descriptor = socketOf(environ, fd, Right.SOCK_BIND);
  if (descriptor.type !== "stream") failWith(Errno.NOTSUP);
  if (!descriptor.socket.isListening) failWith(Errno.INVAL);
  const network = environ.network();
  waitOn(call, "sock_accept", { fd, descriptor, direction: "read" }, () => {
    environ.descriptors.requireRoom();
    const connection = descriptor.accept(network, flags);
    if (connection !== undefined) memory.writeUint32(result, environ.descriptors.add(connection));
    return connection !== undefined;
  });
}

// --- Connecting ---

function connect(call: WasiCall, fd: number, pointer: number, port: number, version: Version): void {
  // The pointer first: where it is bad, nothing else matters.
  const wanted = readAddress(call, pointer, port, version);
  const descriptor = socketOf(call.environ, fd, Right.SOCK_OPEN);
  const address = readDestination(call, descriptor, { pointer, port, version });
  if (wanted.port === 0 && address.family !== "unix") failWith(Errno.ADDRNOTAVAIL);
  requireAllowed(call.environ, address);
  if (descriptor.type === "stream") {
    if (descriptor.socket.peer !== undefined) failWith(Errno.ISCONN);
    if (descriptor.socket.isListening) failWith(Errno.NOTSUP);
    if (isUnderWay(descriptor)) {
      if (descriptor.isNonblocking) failWith(Errno.ALREADY);
      waitUntilConnected(call, fd, descriptor);
      return;
    }
  }
  descriptor.connecting = descriptor.socket.connect(address);
  if (descriptor.isNonblocking && descriptor.type === "stream") failWith(Errno.INPROGRESS);
  waitUntilConnected(call, fd, descriptor);
}

/** Whether connecting has begun and is not over. One that has failed was told of by SO_ERROR; the next begins anew. */
function isUnderWay({ connecting }: SocketDescriptor): boolean {
  try {
    return connecting !== undefined && connecting.outcome() === undefined;
  } catch {
    return false;
  }
}

function waitUntilConnected(call: WasiCall, fd: number, descriptor: SocketDescriptor): void {
  const { connecting } = descriptor;
  call.wait("sock_connect", {
    attempt: () => {
      call.environ.same(fd, descriptor);
      return connecting === undefined || connecting.outcome() !== undefined;
    },
    sources: () => [descriptor.events],
  });
}

export const sockFunctions: readonly WasiFunction[] = [
  ...bothVersions((name, version) => [
    wasiFunction(name("sock_open"), ["i32", "i32", "i32"], open),
    wasiFunction(name("sock_bind"), ["i32", "i32", "i32"], (call, fd, pointer, port) =>
      bind(call, fd, readAddress(call, pointer, port, version)),
    ),
    wasiFunction(name("sock_listen"), ["i32", "i32"], listen),
    wasiFunction(name("sock_connect"), ["i32", "i32", "i32"], (call, fd, pointer, port) =>
      connect(call, fd, pointer, port, version),
    ),
  ]),
  wasiFunction("sock_accept", ["i32", "i32"], (call, fd, result) => accept(call, fd, 0, result)),
  // The form of the standard.
  wasiFunction("sock_accept_v2", ["i32", "i32", "i32"], accept),
  wasiFunction("sock_shutdown", ["i32", "i32"], ({ environ }, fd, how) => {
    checkFlags(how, ALL_SD_FLAGS);
    const descriptor = socketOf(environ, fd, Right.SOCK_SHUTDOWN);
    if (how === 0) failWith(Errno.INVAL);
    descriptor.socket.shutdown((how & SdFlags.RD) !== 0, (how & SdFlags.WR) !== 0);
  }),
];

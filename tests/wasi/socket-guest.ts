import { host } from "../../src/common/host.ts";
import type { ErrnoName } from "../../src/wasi/abi/errno.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
import type { WasiOptions } from "../../src/wasi/environ.ts";
import type { Network } from "../../src/wasi/sockets/network.ts";
import { nodeNetwork } from "../../src/wasi/sockets/node-network.ts";
import { CallFailed, Guest, places } from "./guest.ts";

export const INET4 = 1;
export const INET6 = 2;
export const DGRAM = 1;
export const STREAM = 2;

const ADDRESS = 20000;
const ADDRESS_BYTES = 20032;
const PORT = 20200;
const { result } = places;

export const LOOPBACK = [127, 0, 0, 1] as const;
export const LOOPBACK_6 = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1] as const;

/** How long a call of a test may wait for the network, in nanoseconds: a datagram may be lost, and the test must end. */
const LONGEST_WAIT = 20_000_000_000n;

/** The host's network, on which nothing waits for ever. */
function impatientNetwork(): Network {
  const network = nodeNetwork();
  return {
    open: (family, type) => network.open(family, type),
    lookup: (name) => network.lookup(name),
    events: {
      block(nanoseconds) {
        const before = host.monotonicNanoseconds();
        network.events.block(nanoseconds < LONGEST_WAIT ? nanoseconds : LONGEST_WAIT);
        if (host.monotonicNanoseconds() - before >= LONGEST_WAIT) throw new Error("nothing has come from the network");
      },
      listen: (callback) => network.events.listen(callback),
    },
  };
}

/** A guest that opens sockets on the host's loopback, called as `Guest` calls: each call blocks until it is done. */
export class SocketGuest extends Guest {
  constructor(options: WasiOptions = {}) {
    super({ network: impatientNetwork(), allowNet: ["localhost"], ...options });
    this.wasi.init([], "test");
  }

  socket(type: number, family = INET4): number {
    this.must("sock_open", family, type, result);
    return this.u32(result);
  }

  /** Puts an address into the memory: the pointer to it. */
  address(bytes: readonly number[]): number {
    this.setU32(ADDRESS, ADDRESS_BYTES);
    this.setU32(ADDRESS + 4, bytes.length);
    this.memory.setBytes(Uint8Array.from(bytes), ADDRESS_BYTES);
    return ADDRESS;
  }

  bind(fd: number, port = 0, host: readonly number[] = LOOPBACK): ErrnoName {
    return this.call("sock_bind", fd, this.address(host), port);
  }

  connect(fd: number, port: number, host: readonly number[] = LOOPBACK): ErrnoName {
    return this.call("sock_connect", fd, this.address(host), port);
  }

  /** A socket that listens: descriptor and port. */
  listener(family = INET4): [fd: number, port: number] {
    const fd = this.socket(STREAM, family);
    const errno = this.bind(fd, 0, family === INET4 ? LOOPBACK : LOOPBACK_6);
    if (errno !== "SUCCESS") throw new CallFailed("sock_bind", Errno[errno]);
    this.must("sock_listen", fd, 16);
    return [fd, this.local(fd).port];
  }

  accept(fd: number): number {
    this.must("sock_accept", fd, result);
    return this.u32(result);
  }

  private addressOf(name: string, fd: number): { type: number; bytes: number[]; port: number } {
    this.must(name, fd, this.address(new Array(16).fill(0)), result, PORT);
    const type = this.u32(result);
    const bytes = [...this.memory.getBytes(ADDRESS_BYTES, type === 4 ? 4 : 16)];
    return { type, bytes, port: this.u32(PORT) };
  }

  local(fd: number): { type: number; bytes: number[]; port: number } {
    return this.addressOf("sock_getlocaladdr", fd);
  }

  peer(fd: number): { type: number; bytes: number[]; port: number } {
    return this.addressOf("sock_getpeeraddr", fd);
  }

  /** Sends all of a text. */
  send(fd: number, text: string): number {
    this.memory.setBytes(new TextEncoder().encode(text), places.buffer);
    this.must("sock_send", fd, ...this.iovecs(text.length), 0, result);
    return this.u32(result);
  }

  recv(fd: number, length: number, flags = 0): string {
    this.must("sock_recv", fd, ...this.iovecs(length), flags, result, result + 4);
    return this.text(places.buffer, this.u32(result));
  }

  sendTo(fd: number, text: string, port: number, host: readonly number[] = LOOPBACK): ErrnoName {
    this.memory.setBytes(new TextEncoder().encode(text), places.buffer);
    return this.call("sock_send_to", fd, ...this.iovecs(text.length), this.address(host), port, 0, result);
  }

  /** One datagram, with who sent it, by the second form of the function. */
  recvFrom(
    fd: number,
    length: number,
    room = 4,
  ): { text: string; port: number; address: number[]; truncated: boolean } {
    const address = this.address(new Array(room).fill(0));
    this.must("sock_recv_from_v2", fd, ...this.iovecs(length), address, 0, PORT, result, result + 4);
    return {
      text: this.text(places.buffer, this.u32(result)),
      port: this.u32(PORT),
      address: [...this.memory.getBytes(ADDRESS_BYTES, room)],
      truncated: this.u16(result + 4) === 1,
    };
  }

  setNonblocking(fd: number): void {
    this.must("fd_fdstat_set_flags", fd, 4);
  }

  /** A socket option that is a number. */
  option(fd: number, name: number): number {
    this.setU32(PORT, 4);
    this.must("sock_getsockopt", fd, 0, name, result, PORT);
    return this.u32(result);
  }

  setOption(fd: number, name: number, value: number): ErrnoName {
    this.setU32(result, value);
    return this.call("sock_setsockopt", fd, 0, name, result, 4);
  }
}

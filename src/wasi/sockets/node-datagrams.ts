import { createSocket, type Socket } from "node:dgram";
import type { Family, SocketAddress } from "./address.ts";
import type { SocketOption } from "./network.ts";
import { boundTo, codeOf, type Entry, failure, type Reporter, toAddress } from "./node-entry.ts";
import { RECEIVE_WINDOW } from "./node-protocol.ts";

/** A datagram socket. Node's is made at the first use, since it takes some options only then. */
export class DatagramEntry implements Entry {
  private readonly reporter: Reporter;
  private readonly id: number;
  private readonly family: Family;
  private made: Socket | undefined;
  private reuseAddress = false;
  private readonly options = new Map<SocketOption, number>();
  private isBound = false;
  private peer: SocketAddress | undefined;
  private untaken = 0;
  private ignoresInput = false;
  /** Sends that the host has not done yet. */
  private sending = 0;
  private whenSent: (() => void) | undefined;

  constructor(reporter: Reporter, id: number, family: Family) {
    this.reporter = reporter;
    this.id = id;
    this.family = family;
  }

  private get socket(): Socket {
    this.made ??= this.make();
    return this.made;
  }

  private make(): Socket {
    const isIPv6 = this.family === "ipv6";
    const socket = createSocket({ type: isIPv6 ? "udp6" : "udp4", reuseAddr: this.reuseAddress, ipv6Only: isIPv6 });
    socket.on("listening", () => this.bound(socket));
    socket.on("message", (bytes, { address, port }) => this.receive(bytes, toAddress(this.family, address, port)));
    socket.on("error", (error) => this.reporter.report({ event: "error", id: this.id, code: codeOf(error) }));
    return socket;
  }

  private bound(socket: Socket): void {
    this.isBound = true;
    for (const [option, value] of this.options) this.apply(socket, option, value);
    this.reporter.report({ event: "bound", id: this.id, local: boundTo(this.family, socket.address()) });
  }

  private receive(bytes: Uint8Array, from: SocketAddress): void {
    // As the kernel does when nobody takes them.
    if (this.ignoresInput || this.untaken + bytes.length > RECEIVE_WINDOW) return;
    // An empty datagram counts too: it takes room in the queue.
    this.untaken += Math.max(1, bytes.length);
    this.reporter.report({ event: "data", id: this.id, bytes: bytes.slice(), from });
  }

  bind({ host, port }: SocketAddress): Promise<void> {
    const { socket } = this;
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.bind({ port, address: host, exclusive: true }, () => {
        socket.off("error", reject);
        resolve();
      });
    });
  }

  listen(): Promise<void> {
    return Promise.reject(failure("EOPNOTSUPP"));
  }

  async connect(peer: SocketAddress): Promise<void> {
    const { socket } = this;
    if (this.peer !== undefined) socket.disconnect();
    this.peer = undefined;
    await new Promise<void>((resolve, reject) => {
      socket.connect(peer.port, peer.host, (error?: Error) => {
        if (error === undefined || error === null) resolve();
        else reject(error);
      });
    });
    this.peer = peer;
    this.reporter.report({ event: "bound", id: this.id, local: boundTo(this.family, socket.address()) });
  }

  send(bytes: Uint8Array, to: SocketAddress | undefined): void {
    this.sending++;
    const sent = (error: Error | null): void => {
      this.sending--;
      if (this.sending === 0) this.whenSent?.();
      this.reporter.report({ event: "sent", id: this.id, count: Math.max(1, bytes.length) });
      if (error !== null) this.reporter.report({ event: "error", id: this.id, code: codeOf(error) });
    };
    if (to === undefined || this.peer !== undefined) this.socket.send(bytes, sent);
    else this.socket.send(bytes, to.port, to.host, sent);
  }

  taken(count: number): void {
    this.untaken -= count;
  }

  shutdown(receiving: boolean): void {
    if (receiving) this.ignoresInput = true;
  }

  setOption(option: SocketOption, value: number): void {
    if (option === "reuseAddress") this.reuseAddress = value !== 0;
    this.options.set(option, value);
    if (this.isBound && this.made !== undefined) this.apply(this.made, option, value);
  }

  private apply(socket: Socket, option: SocketOption, value: number): void {
    if (option === "broadcast") socket.setBroadcast(value !== 0);
    else if (option === "sendBuffer") socket.setSendBufferSize(value);
    else if (option === "receiveBuffer") socket.setRecvBufferSize(value);
  }

  async close(): Promise<void> {
    this.ignoresInput = true;
    if (this.sending > 0) {
      await new Promise<void>((resolve) => {
        this.whenSent = resolve;
      });
    }
    this.made?.close();
  }
}

import { createConnection, createServer, type Server, type Socket } from "node:net";
import type { Family, SocketAddress } from "./address.ts";
import type { SocketOption } from "./network.ts";
import { boundTo, codeOf, type Entry, failure, type Reporter, toAddress } from "./node-entry.ts";
import { RECEIVE_WINDOW } from "./node-protocol.ts";
import { findUnixSocket } from "./node-unix-path.ts";

/** How long closing waits for what was sent to leave, in milliseconds; then the connection is cut. */
const LINGER = 10_000;

/** A hint to the host; how many connections wait for a guest is counted here. */
const HOST_BACKLOG = 511;

/**
 * A stream socket: a server, a connection, or neither yet.
 *
 * Node binds only what listens, so a bound socket listens at once: its address is taken, and known. Connections that come before
 * the guest listens are reset. Where the guest connects instead, the address is given up for the connection to take.
 */
export class StreamEntry implements Entry {
  private readonly reporter: Reporter;
  private readonly family: Family;
  private id: number;
  private server: Server | undefined;
  private socket: Socket | undefined;
  private local: SocketAddress | undefined;
  private backlog = 0;
  private waiting = 0;
  private keepAlive = false;
  private abort = false;
  /** Received and not taken. */
  private untaken = 0;
  private ignoresInput = false;

  constructor(reporter: Reporter, id: number, family: Family) {
    this.reporter = reporter;
    this.id = id;
    this.family = family;
  }

  bind(address: SocketAddress): Promise<void> {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true });
    this.server = server;
    server.on("connection", (socket) => this.arrive(socket));
    return new Promise((resolve, reject) => {
      server.once("error", (error) => {
        this.server = undefined;
        reject(error);
      });
      server.listen(this.listenOptions(address), () => {
        this.local = boundTo(this.family, server.address());
        this.reporter.report({ event: "bound", id: this.id, local: this.local });
        resolve();
      });
    });
  }

  private listenOptions({ family, host, port }: SocketAddress) {
    if (family === "unix") return { path: host };
    return { host, port, exclusive: true, ipv6Only: family === "ipv6", backlog: HOST_BACKLOG };
  }

  async listen(backlog: number): Promise<void> {
    if (this.socket !== undefined) throw failure("EISCONN");
    if (this.server === undefined) {
      await this.bind({ family: this.family, host: this.family === "ipv4" ? "0.0.0.0" : "::", port: 0 });
    }
    this.backlog = Math.max(1, backlog);
  }

  private arrive(socket: Socket): void {
    if (this.waiting >= this.backlog) {
      socket.on("error", () => undefined);
      socket.resetAndDestroy();
      return;
    }
    this.waiting++;
    const local = toAddress(this.family, socket.localAddress, socket.localPort);
    const peer = toAddress(this.family, socket.remoteAddress, socket.remotePort);
    const entry = new StreamEntry(this.reporter, 0, this.family);
    entry.id = this.reporter.adopt(entry);
    this.reporter.report({ event: "accepted", id: this.id, connection: entry.id, local, peer });
    entry.take(socket);
  }

  async connect(address: SocketAddress): Promise<void> {
    if (this.socket !== undefined) throw failure("EISCONN");
    if (this.backlog > 0) throw failure("EOPNOTSUPP");
    await this.closeServer();
    const { local } = this;
    const from = local === undefined ? {} : { localAddress: local.host, localPort: local.port };
    const found = address.family === "unix" ? findUnixSocket(address.host) : undefined;
    const socket = createConnection(
      found === undefined
        ? { host: address.host, port: address.port, allowHalfOpen: true, ...from }
        : { path: found.path, allowHalfOpen: true },
    );
    for (const event of ["connect", "close"]) socket.once(event, () => found?.release());
    this.socket = socket;
    return new Promise((resolve, reject) => {
      const fail = (error: unknown): void => {
        this.socket = undefined;
        socket.destroy();
        reject(error);
      };
      socket.once("error", fail);
      socket.once("connect", () => {
        socket.off("error", fail);
        this.local = toAddress(this.family, socket.localAddress, socket.localPort);
        this.reporter.report({ event: "bound", id: this.id, local: this.local });
        this.take(socket);
        resolve();
      });
    });
  }

  /** Passes on what a connection does. */
  private take(socket: Socket): void {
    this.socket = socket;
    socket.setNoDelay(true);
    if (this.keepAlive) socket.setKeepAlive(true);
    socket.on("data", (bytes) => this.receive(socket, bytes));
    socket.on("end", () => this.reporter.report({ event: "end", id: this.id }));
    socket.on("error", (error) => this.reporter.report({ event: "error", id: this.id, code: codeOf(error) }));
    socket.resume();
  }

  private receive(socket: Socket, bytes: Uint8Array): void {
    if (this.ignoresInput) return;
    this.untaken += bytes.length;
    this.reporter.report({ event: "data", id: this.id, bytes: bytes.slice(), from: undefined });
    if (this.untaken >= RECEIVE_WINDOW) socket.pause();
  }

  taken(count: number): void {
    if (this.server !== undefined) {
      this.waiting -= count;
      return;
    }
    this.untaken -= count;
    if (this.untaken < RECEIVE_WINDOW / 2) this.socket?.resume();
  }

  send(bytes: Uint8Array): void {
    const sent = (): void => this.reporter.report({ event: "sent", id: this.id, count: bytes.length });
    if (this.socket === undefined) sent();
    else this.socket.write(bytes, sent);
  }

  shutdown(receiving: boolean, sending: boolean): void {
    if (sending) this.socket?.end();
    if (!receiving) return;
    this.ignoresInput = true;
    this.socket?.resume();
  }

  setOption(option: SocketOption, value: number): void {
    if (option === "keepAlive") {
      this.keepAlive = value !== 0;
      this.socket?.setKeepAlive(this.keepAlive);
    } else if (option === "abort") this.abort = value !== 0;
    else if (option !== "reuseAddress") throw failure("ENOPROTOOPT");
  }

  private closeServer(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server === undefined) return Promise.resolve();
    return new Promise((resolve) => server.close(() => resolve()));
  }

  async close(): Promise<void> {
    // A server that has open connections is not closed before they are: it takes none from now on, and that is enough.
    void this.closeServer();
    const { socket } = this;
    if (socket === undefined || socket.destroyed) return;
    this.ignoresInput = true;
    if (this.abort) {
      socket.resetAndDestroy();
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => {
        socket.destroy();
        resolve();
      }, LINGER);
      const end = (): void => {
        clearTimeout(timer);
        resolve();
      };
      socket.once("close", end);
      socket.once("finish", () => {
        end();
        socket.destroy();
      });
      socket.end();
      socket.resume();
    });
  }
}

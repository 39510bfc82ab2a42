import type { MessagePort, Worker } from "node:worker_threads";
import { Errno, failWith } from "../abi/errno.ts";
import { fs, nodeBuiltin } from "../fs/node-builtins.ts";
import type { EventSource } from "../waiting.ts";
import type { Family, SocketAddress } from "./address.ts";
import type { Network, NetworkSocket, Pending, SocketType } from "./network.ts";
import type { Command, Report, WorkerStart } from "./node-protocol.ts";
import { errnoOfCode, NodeSocket, type WorkerSide } from "./node-socket.ts";

/** How long starting the worker may take, in milliseconds. */
const START_LIMIT = 60_000;

/** How long a thread blocks at most without looking, in milliseconds: `Atomics.wait` takes no more than it can count. */
const LONGEST_BLOCK = 2 ** 30;

type Outcome = { readonly addresses: readonly SocketAddress[] } | { readonly errno: Errno };

/**
 * The network of Node, over `node:net` and `node:dgram`, in a worker: a thread that blocks waits for the worker, an event
 * loop hears of it.
 */
export class NodeNetwork implements Network {
  private readonly worker: Worker;
  private readonly port: MessagePort;
  /** What the worker has sent and nobody has seen yet, one message at a time. */
  private readonly receive: () => { readonly message: unknown } | undefined;
  private readonly counter = new Int32Array(new SharedArrayBuffer(4));
  private seen = 0;
  /** How often reports have been taken in, and how often when `block` returned last. */
  private taken = 0;
  private acknowledged = 0;
  /** Whether reports have been taken in since the event loop had its turn last. */
  private isFresh = false;
  private isReady = false;
  private readonly sockets = new Map<number, NodeSocket>();
  /** What takes the outcome of each request that is under way; whether anybody asks for it or not, it goes from here. */
  private readonly requests = new Map<number, (outcome: Outcome) => void>();
  private readonly listeners = new Set<() => void>();
  private isHearing = false;
  private lastId = 0;
  private lastRequest = 0;

  /** What sockets tell the worker through. */
  private readonly side: WorkerSide = {
    drain: () => this.drain(),
    command: (command) => this.command(command),
    request: (make) => this.request(make),
    close: (id) => this.closeSocket(id),
    adopt: (id, { family }, local, peer) => {
      const socket = new NodeSocket(this.side, id, family, "stream");
      socket.local = local;
      socket.peer = peer;
      this.sockets.set(id, socket);
      return socket;
    },
  };

  readonly events: EventSource = {
    block: (nanoseconds) => this.block(Number(nanoseconds) / 1e6),
    listen: (callback) => this.listen(callback),
  };

  constructor() {
    // `npm run generate` makes it of `node-worker.ts`.
    const program = new URL("./generated/node-worker.mjs", import.meta.url);
    if (!fs.existsSync(program)) {
      const path = nodeBuiltin("node:url").fileURLToPath(program);
      throw new Error(`the program of the sockets' worker is missing: ${path}`);
    }
    const { MessageChannel, receiveMessageOnPort, Worker } = nodeBuiltin("node:worker_threads");
    const { port1, port2 } = new MessageChannel();
    this.receive = () => receiveMessageOnPort(port1);
    this.port = port1;
    const start: WorkerStart = { port: port2, counter: this.counter };
    this.worker = new Worker(program, { workerData: start, transferList: [port2], execArgv: [] });
    this.worker.unref();
    this.port.unref();
  }

  open(family: Family, type: SocketType): NetworkSocket {
    if (family === "unix" && type === "datagram") failWith(Errno.PROTONOSUPPORT);
    this.awaitWorker();
    const id = ++this.lastId;
    const socket = new NodeSocket(this.side, id, family, type);
    this.sockets.set(id, socket);
    this.command({ op: "open", id, family, type });
    return socket;
  }

  lookup(name: string): Pending<readonly SocketAddress[]> {
    this.awaitWorker();
    return this.request((request) => ({ op: "lookup", request, name }));
  }

  /** Ends the worker and with it all sockets. */
  async close(): Promise<void> {
    this.port.close();
    await this.worker.terminate();
  }

  /** A worker that does not start would leave the guest waiting for ever. */
  private awaitWorker(): void {
    const limit = performance.now() + START_LIMIT;
    while (!this.isReady) {
      if (performance.now() > limit) throw new Error("the worker of the sockets has not started");
      this.block(1000);
    }
  }

  private command(command: Command): void {
    this.port.postMessage(command);
  }

  private request(make: (request: number) => Command): Pending<readonly SocketAddress[]> {
    const request = ++this.lastRequest;
    const holder: { known?: Outcome } = {};
    this.requests.set(request, (outcome) => {
      holder.known = outcome;
    });
    this.command(make(request));
    return {
      outcome: () => {
        if (holder.known === undefined) this.drain();
        const { known } = holder;
        if (known === undefined) return undefined;
        return "errno" in known ? failWith(known.errno) : known.addresses;
      },
    };
  }

  private settle(request: number, outcome: Outcome): void {
    this.requests.get(request)?.(outcome);
    this.requests.delete(request);
  }

  private closeSocket(id: number): Pending<unknown> {
    this.drain();
    this.sockets.delete(id);
    return this.request((request) => ({ op: "close", id, request }));
  }

  // --- Reports ---

  /** Takes in what has been reported. */
  private drain(): void {
    // Read first: a report that comes meanwhile makes the next wait return at once.
    this.seen = Atomics.load(this.counter, 0);
    let any = false;
    for (;;) {
      const message = this.receive();
      if (message === undefined) break;
      any = true;
      this.take(message.message as Report);
    }
    if (!any) return;
    this.taken++;
    this.isFresh = true;
    queueMicrotask(() => {
      this.isFresh = false;
    });
    this.tell();
  }

  private take(report: Report): void {
    switch (report.event) {
      case "ready":
        this.isReady = true;
        return;
      case "done":
        this.settle(report.request, { addresses: report.addresses });
        return;
      case "failed":
        this.settle(report.request, { errno: errnoOfFailure(report.code) });
        return;
      default: {
        const socket = this.sockets.get(report.id);
        if (socket !== undefined) socket.take(report);
        else if (report.event === "accepted") this.command({ op: "close", id: report.connection, request: 0 });
      }
    }
  }

  private tell(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /**
   * Returns at once where anything has been taken in since it returned last: perhaps while the caller looked, and after it had
   * looked at what has changed. Then it has to look again.
   */
  private block(milliseconds: number): void {
    this.drain();
    if (this.taken === this.acknowledged) {
      Atomics.wait(this.counter, 0, this.seen, Math.min(milliseconds, LONGEST_BLOCK));
      this.drain();
    }
    this.acknowledged = this.taken;
  }

  /** While somebody listens, the event loop stays alive. Calls back at once where `block` would return at once. */
  private listen(callback: () => void): () => void {
    if (this.isFresh) {
      callback();
      return () => undefined;
    }
    if (!this.isHearing) {
      this.isHearing = true;
      this.port.on("message", (report: Report) => {
        this.take(report);
        this.tell();
      });
    }
    this.listeners.add(callback);
    this.port.ref();
    return () => {
      this.listeners.delete(callback);
      if (this.listeners.size === 0) this.port.unref();
    };
  }
}

let ofProcess: NodeNetwork | undefined;

/** The one network of this thread: its worker is started at the first use. */
export function nodeNetwork(): NodeNetwork {
  ofProcess ??= new NodeNetwork();
  return ofProcess;
}

/** The resolver's codes are its own. */
function errnoOfFailure(code: string): Errno {
  switch (code) {
    case "ENOTFOUND":
      return Errno.AINONAME;
    case "EAI_AGAIN":
      return Errno.AIAGAIN;
    case "ENODATA":
      return Errno.AINODATA;
    default:
      return code.startsWith("EAI_") ? Errno.AIFAIL : errnoOfCode(code);
  }
}

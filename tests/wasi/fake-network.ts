import { Errno, failWith } from "../../src/wasi/abi/errno.ts";
import type { SocketAddress } from "../../src/wasi/sockets/address.ts";
import type { Network, NetworkSocket, Pending, Received } from "../../src/wasi/sockets/network.ts";

/** Something under way that ends when the test says so. */
export class Controlled<T> implements Pending<T> {
  result: T | undefined;
  error: Errno | undefined;

  outcome(): T | undefined {
    return this.error === undefined ? this.result : failWith(this.error);
  }
}

const done: Pending<true> = { outcome: () => true };

/** A socket that does what the test says: each list is taken from the front; undefined means "not yet". */
export class FakeSocket implements NetworkSocket {
  local: SocketAddress | undefined;
  peer: SocketAddress | undefined;
  isListening = false;
  /** What `connect` gives. */
  readonly connecting = new Controlled<true>();
  /** What `close` gives. */
  readonly closing = new Controlled<true>();
  /** What the next tries to receive find; an errno is thrown. */
  readonly incoming: (string | Errno | undefined)[] = [];
  /** For how many bytes the next tries to send find room; a negative one is an errno that is thrown. */
  readonly room: (number | undefined)[] = [];
  sent = "";

  bind(address: SocketAddress): Pending<true> {
    this.local = address;
    return done;
  }

  listen(): Pending<true> {
    this.isListening = true;
    return done;
  }

  connect(address: SocketAddress): Pending<true> {
    return {
      outcome: () => {
        const outcome = this.connecting.outcome();
        if (outcome !== undefined) this.peer = address;
        return outcome;
      },
    };
  }

  accept(): NetworkSocket | undefined {
    return undefined;
  }

  receive(maximum: number): Received | undefined {
    const next = this.incoming.shift();
    if (next === undefined) return undefined;
    if (typeof next === "number") failWith(next);
    return { bytes: new TextEncoder().encode(next).subarray(0, maximum), from: undefined, truncated: false };
  }

  send(bytes: Uint8Array): number | undefined {
    const room = this.room.shift();
    if (room === undefined) return undefined;
    if (room < 0) failWith(-room as Errno);
    const part = bytes.subarray(0, room);
    this.sent += new TextDecoder().decode(part);
    return part.length;
  }

  shutdown(): void {}

  setOption(): void {}

  takeError(): Errno {
    return Errno.SUCCESS;
  }

  readable(): undefined {
    return undefined;
  }

  writable(): undefined {
    return undefined;
  }

  edges(): number {
    return 0;
  }

  close(): Pending<true> {
    return this.closing;
  }
}

/** A network of which the test says what it does. Blocking on it takes no time: `blocked` is called, and time passes. */
export class FakeNetwork implements Network {
  readonly sockets: FakeSocket[] = [];
  readonly found = new Controlled<readonly SocketAddress[]>();
  blocked: (nanoseconds: bigint) => void = () => undefined;

  readonly events = {
    block: (nanoseconds: bigint): void => this.blocked(nanoseconds),
    listen: (): (() => void) => () => undefined,
  };

  open(): FakeSocket {
    const socket = new FakeSocket();
    this.sockets.push(socket);
    return socket;
  }

  lookup(): Pending<readonly SocketAddress[]> {
    return this.found;
  }
}

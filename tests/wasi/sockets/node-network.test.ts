import { afterAll, describe, expect, it } from "vitest";
import { host, installHost } from "../../../src/common/host.ts";
import { nodeHost } from "../../../src/wasi/fs/node-host.ts";
import type { NetworkSocket, Pending } from "../../../src/wasi/sockets/network.ts";
import { NodeNetwork } from "../../../src/wasi/sockets/node-network.ts";
import { type Wait, waitBlocking, waitInTurns } from "../../../src/wasi/waiting.ts";
import { findLoopback } from "../../support/loopback.ts";

installHost(nodeHost);
const loopback = await findLoopback();

/** What has not come by then does not come, in nanoseconds. */
const NEVER = 10_000_000_000n;

describe.runIf(loopback.inet4)("the network of Node", () => {
  const network = new NodeNetwork();
  afterAll(() => network.close());

  const deadline = () => ({ deadline: host.monotonicNanoseconds() + NEVER });
  const cannotSleep = (): never => {
    throw new Error("the network's events should have been waited for");
  };
  const sources = () => [network.events];

  function settle<T>(pending: Pending<T>): void {
    waitBlocking({ attempt: () => pending.outcome() !== undefined, sources }, deadline(), cannotSleep);
  }

  function bound(): NetworkSocket {
    const socket = network.open("ipv4", "datagram");
    settle(socket.bind({ family: "ipv4", host: "127.0.0.1", port: 0 }));
    return socket;
  }

  /**
   * Waits for a datagram, by an attempt that looks for it too early, and takes in what the worker reports afterwards: the next
   * look has to come although nothing more does.
   */
  function lateNews(
    receiver: NetworkSocket,
    send: () => void,
  ): { readonly wait: Wait; readonly attempts: () => number } {
    let attempts = 0;
    const end = host.monotonicNanoseconds() + NEVER;
    const attempt = (): boolean => {
      if (host.monotonicNanoseconds() >= end) throw new Error("only the end of the wait has brought another look");
      if (receiver.readable() !== undefined) return true;
      // Counted first: a thread that loses its turn after it has sent finds the datagram there already.
      const before = receiver.edges("read");
      if (++attempts === 1) send();
      const limit = host.monotonicNanoseconds() + NEVER;
      while (receiver.edges("read") === before && host.monotonicNanoseconds() < limit);
      // Until the worker has counted its report, which it does after it has sent it.
      const counted = host.monotonicNanoseconds() + 20_000_000n;
      while (host.monotonicNanoseconds() < counted) receiver.edges("read");
      return false;
    };
    return { wait: { attempt, sources }, attempts: () => attempts };
  }

  it("lets a thread look again at what was taken in while it looked", () => {
    const [sender, receiver] = [bound(), bound()];
    const { wait, attempts } = lateNews(receiver, () => void sender.send(Uint8Array.of(7), receiver.local));
    waitBlocking(wait, deadline(), cannotSleep);
    expect(attempts()).toBe(1);
    expect(receiver.receive(10, false)?.bytes).toEqual(Uint8Array.of(7));
  });

  it("lets an asynchronous run look again too", async () => {
    const [sender, receiver] = [bound(), bound()];
    const { wait, attempts } = lateNews(receiver, () => void sender.send(Uint8Array.of(8), receiver.local));
    expect(wait.attempt()).toBe(false);
    await waitInTurns(wait, { ...deadline(), mayAwait: true });
    expect(attempts()).toBe(1);
    expect(receiver.receive(10, false)?.bytes).toEqual(Uint8Array.of(8));
  });
});

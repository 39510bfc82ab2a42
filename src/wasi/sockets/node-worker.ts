import { type MessagePort, workerData } from "node:worker_threads";
import { DatagramEntry } from "./node-datagrams.ts";
import type { Entry, Reporter } from "./node-entry.ts";
import { lookupName } from "./node-lookup.ts";
import type { Command, Report, WorkerStart } from "./node-protocol.ts";
import { StreamEntry } from "./node-streams.ts";

/**
 * The worker that has the sockets, so that they go on while the guest's thread blocks: it does what it is told over a port, and
 * reports through the same. Each report raises a counter, on which that thread can wait.
 */

const { port, counter } = workerData as WorkerStart & { readonly port: MessagePort };

const entries = new Map<number, Entry>();
let lastConnection = 0;

function report(message: Report): void {
  port.postMessage(message);
  Atomics.add(counter, 0, 1);
  Atomics.notify(counter, 0);
}

const reporter: Reporter = {
  report,
  adopt(entry) {
    const id = --lastConnection;
    entries.set(id, entry);
    return id;
  },
};

function done(request: number): void {
  report({ event: "done", request, addresses: [] });
}

function failed(request: number, error: unknown): void {
  const code = (error as { readonly code?: unknown } | undefined)?.code;
  report({ event: "failed", request, code: typeof code === "string" ? code : "EIO" });
}

function answer(request: number, work: Promise<void>): void {
  work.then(
    () => done(request),
    (error) => failed(request, error),
  );
}

function open({ id, family, type }: Extract<Command, { op: "open" }>): void {
  entries.set(id, type === "stream" ? new StreamEntry(reporter, id, family) : new DatagramEntry(reporter, id, family));
}

/** @throws what the host throws at once */
function obey(command: Command): void {
  if (command.op === "open") {
    open(command);
    return;
  }
  if (command.op === "lookup") {
    lookupName(command.name).then(
      (addresses) => report({ event: "done", request: command.request, addresses }),
      (error) => failed(command.request, error),
    );
    return;
  }
  const entry = entries.get(command.id);
  if (entry === undefined) {
    if ("request" in command) failed(command.request, { code: "EBADF" });
    return;
  }
  switch (command.op) {
    case "bind":
      answer(command.request, entry.bind(command.address));
      return;
    case "listen":
      answer(command.request, entry.listen(command.backlog));
      return;
    case "connect":
      answer(command.request, entry.connect(command.address));
      return;
    case "send":
      entry.send(command.bytes, command.to);
      return;
    case "taken":
      entry.taken(command.count);
      return;
    case "shutdown":
      entry.shutdown(command.receiving, command.sending);
      return;
    case "option":
      entry.setOption(command.option, command.value);
      return;
    case "close":
      entries.delete(command.id);
      answer(command.request, entry.close());
  }
}

port.on("message", (command: Command) => {
  try {
    obey(command);
  } catch (error) {
    if ("request" in command) failed(command.request, error);
    else if ("id" in command) report({ event: "error", id: command.id, code: "EIO" });
  }
});

// Whatever a socket throws outside of our hands must not end the worker: the guest would wait for it forever.
process.on("uncaughtException", (error) => {
  console.error(`WASI sockets: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
});

report({ event: "ready" });

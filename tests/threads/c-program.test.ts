import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, describe, expect, it } from "vitest";
import { root } from "../../scripts/npm-script.ts";
import { ThreadedProgram } from "../../spec-tests/threads/program.ts";
import type { WorkerTask } from "../../spec-tests/threads/worker.ts";
import type { SharedMemory } from "../../src/store/shared-memory.ts";

/** A C program whose threads are workers: producers and consumers on one queue. Source: spec-tests/threads/queue.c. */

const file = join(root, "spec-tests", "threads", "queue.wasm");
const runner = join(root, "scripts", "run-ts.mjs");
const program = join(root, "spec-tests", "threads", "worker.ts");

/** The numbers from 1 to `last`. */
function sumOfSquares(last: bigint): bigint {
  return (last * (last + 1n) * (2n * last + 1n)) / 6n;
}

const workers: Worker[] = [];
// Where one failed, others wait for it.
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.terminate())));

/** Starts a thread. @returns what its thread-local variable is at its end; rejects with the error that ended it */
function start(memory: SharedMemory, ...calls: WorkerTask["calls"]): Promise<number> {
  const task: WorkerTask = { file, memory, calls };
  const worker = new Worker(runner, { argv: [program], workerData: task });
  workers.push(worker);
  return new Promise((resolve, reject) => {
    worker.on("message", resolve);
    worker.on("error", reject);
  });
}

describe("a C program with threads", () => {
  it("passes numbers through a queue, from two producers to two consumers, each a worker", async () => {
    const first = new ThreadedProgram(file);
    first.beginThread();
    const memory = first.memory.toShared();
    first.call("expect", 4);
    const results = await Promise.all([
      start(memory, ["produce", 1, 1000]),
      start(memory, ["produce", 1001, 2500]),
      start(memory, ["consume"]),
      start(memory, ["consume"]),
      // Sleeps until the consumers alone are left, then until nobody is.
      start(memory, ["join", 2], ["close"], ["join", 0]),
    ]);
    expect(BigInt(first.call("total") as bigint)).toBe(sumOfSquares(2500n));
    expect(first.call("count")).toBe(2500);
    // A thread-local variable begins with 7 in each thread, and counts what the thread has done.
    const [producer, other, consumer, last, closer] = results;
    expect([producer, other, closer]).toEqual([1007, 1507, 7]);
    expect(consumer + last).toBe(2 * 7 + 2500);
    expect(first.call("ownTotal")).toBe(4 * 7 + 2 * 2500);
    expect(first.call("ownNow")).toBe(7);
    // Stacks and variables of six threads: some of them have grown the memory, and all use it.
    expect(first.memory.pageCount).toBeGreaterThan(1);
  });
});

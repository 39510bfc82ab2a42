import { parentPort, workerData } from "node:worker_threads";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { SharedMemory } from "../../src/store/shared-memory.ts";
import { ThreadedProgram } from "./program.ts";

/** What a worker is handed: the program, the memory of all of its threads, and what this one is to do. */
export interface WorkerTask {
  readonly file: string;
  readonly memory: SharedMemory;
  /** Calls of exported functions, one after the other. */
  readonly calls: readonly (readonly [name: string, ...args: number[]])[];
}

/** One thread of the program: makes the calls, and tells what its thread-local variable is then. */
const { file, memory, calls } = workerData as WorkerTask;
try {
  const program = new ThreadedProgram(file, memory);
  program.beginThread();
  for (const [name, ...args] of calls) program.call(name, ...args);
  parentPort?.postMessage(program.call("ownNow"));
} catch (error) {
  throw error instanceof WasmEdgeError ? new Error(error.lines().join("\n")) : error;
}

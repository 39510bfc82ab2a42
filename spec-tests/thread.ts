import { join } from "node:path";
import { Worker } from "node:worker_threads";

import { root } from "../scripts/npm-script.ts";
import type { Proposal } from "../src/common/proposal.ts";
import { MemoryInstance } from "../src/store/memory-instance.ts";
import { ModuleInstance } from "../src/store/module-instance.ts";
import type { SharedMemory } from "../src/store/shared-memory.ts";
import type { Command } from "./script.ts";
import type { Result } from "./script-runner.ts";

/**
 * The threads of a script: each is a worker that runs its commands with a registry of its own. What threads share is memory:
 * of a module instance that is shared with a thread, there stands one beside it that exports the same memories.
 */

/** The shared memories that an instance exports. */
export interface SharedInstance {
  readonly name: string;
  readonly memories: readonly { readonly name: string; readonly memory: SharedMemory }[];
}

/** What a worker is handed. */
export interface ThreadTask {
  readonly proposals: readonly Proposal[];
  /** Where the unit's modules stand. */
  readonly folder: string;
  readonly commands: readonly Command[];
  readonly shared: readonly SharedInstance[];
}

/** What of an instance can be handed to another thread. */
export function shareInstance(name: string, instance: ModuleInstance): SharedInstance {
  const memories = instance.exportNames("memory").flatMap((exported) => {
    const memory = instance.findMemoryExports(exported);
    return memory?.isShared ? [{ name: exported, memory: memory.toShared() }] : [];
  });
  return { name, memories };
}

/** The instance that stands for a shared one in another thread. */
export function sharedInstance({ memories }: SharedInstance): ModuleInstance {
  const instance = new ModuleInstance("");
  for (const { name, memory } of memories) instance.addHostMemory(name, MemoryInstance.fromShared(memory));
  return instance;
}

/** What the workers run, and what makes a module of it for Node. */
const program = join(root, "spec-tests", "thread-program.ts");
const runner = join(root, "scripts", "run-ts.mjs");

/** A thread that was started. */
export class Thread {
  /** Resolves when the thread has ended: with what went wrong beside its commands, if anything did. */
  readonly ended: Promise<string | undefined>;

  /** @param onResult called for each command that the thread has run, those of its own threads included */
  constructor(task: ThreadTask, onResult: (result: Result) => void) {
    const worker = new Worker(runner, { argv: [program], workerData: task });
    let reason: string | undefined;
    worker.on("message", onResult);
    worker.on("error", (error) => {
      reason = error.message;
    });
    this.ended = new Promise((resolve) => worker.on("exit", () => resolve(reason)));
  }
}

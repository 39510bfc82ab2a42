import { WasmEdgeError } from "../common/error.ts";
import { isTerminated } from "../executor/executor.ts";
import type { InspectingVM } from "../vm/inspecting-vm.ts";
import { writeCoredump } from "./coredump-file.ts";
import { logError } from "./logger.ts";
import { exitCode } from "./module-world.ts";

/** What ended a command early: its log lines are written, this is its exit status. */
export class Ended extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`exit status ${status}`);
    this.status = status;
  }
}

/** The exit status of a command that may end early. */
export async function untilEnded(work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Ended) return error.status;
    throw error;
  }
}

/**
 * What an error makes of a command: it is logged, with a core dump where one was asked for. A guest that ends itself has not failed.
 * @param path the program
 * @param status where the guest has failed
 * @throws any error that is no WasmEdgeError
 */
export function endedBy(error: unknown, vm: InspectingVM, path: string, status: number): Ended {
  if (error instanceof Ended) return error;
  if (isTerminated(error)) return new Ended(exitCode(vm));
  if (!(error instanceof WasmEdgeError)) throw error;
  logError(error);
  writeCoredump(error, path);
  return new Ended(status);
}

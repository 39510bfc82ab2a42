import { installHost } from "../common/host.ts";
import { Errno, errnoText, WasiError } from "../wasi/abi/errno.ts";
import { installWasiDefaults } from "../wasi/defaults.ts";
import { nodeHost, nodeWasiDefaults } from "../wasi/fs/node-host.ts";
import { runCommandLine } from "./command-line.ts";
import { ExitStatus } from "./exit-status.ts";
import { writeText } from "./logger.ts";
import { installWatr } from "./module-source.ts";

/** The program `wasmedge-ts`. */

/**
 * Writes for the guest and for us. Where nobody reads any more, as behind `| head`, the program ends, as the signal SIGPIPE
 * ends other programs: Node ignores that signal, and a guest that does not look at its errors would write for ever.
 */
function writeOrEnd(stream: 1 | 2, bytes: Uint8Array): number {
  try {
    return nodeHost.write?.(stream, bytes) ?? 0;
  } catch (error) {
    if (error instanceof WasiError && error.errno === Errno.PIPE) process.exit(ExitStatus.BrokenPipe);
    throw error;
  }
}

installHost({ ...nodeHost, write: writeOrEnd });
installWasiDefaults(nodeWasiDefaults);

/** https://no-color.org */
const colour = (): boolean => process.stderr.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";

/** Says that our own output could not be written, as to a full disk; where standard error is full too, the exit status says it. */
function reportFailedOutput({ errno }: WasiError): void {
  try {
    writeText(2, `wasmedge-ts: cannot write the output: ${errnoText(errno)}\n`);
  } catch (error) {
    if (!(error instanceof WasiError)) throw error;
  }
}

/**
 * Ends the process. All output has been written by now, and what could still be under way is the guest's, which has ended; Node
 * would collect garbage once more before it ends by itself, and take down its heap piece by piece.
 */
function exit(status: number): void {
  process.exit(status);
}

/** Runs what the process's arguments say. @param importWatr imports the optional package */
export function start(importWatr: () => Promise<object>): void {
  installWatr(importWatr);
  runCommandLine(process.argv.slice(2), { program: "wasmedge-ts", colour }).then(
    (status) => exit(status & 0xff),
    (error: unknown) => {
      if (!(error instanceof WasiError)) throw error;
      reportFailedOutput(error);
      exit(ExitStatus.Failure);
    },
  );
}

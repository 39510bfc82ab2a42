import { installHost } from "../common/host.ts";
import { Errno, WasiError } from "../wasi/abi/errno.ts";
import { installWasiDefaults } from "../wasi/defaults.ts";
import { nodeHost, nodeWasiDefaults } from "../wasi/fs/node-host.ts";
import { runCommandLine } from "./command-line.ts";
import { ExitStatus } from "./exit-status.ts";

/** The program `wasmedge-ts`. */

installHost(nodeHost);
installWasiDefaults(nodeWasiDefaults);

/** https://no-color.org */
const colour = process.stderr.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";

/** Nobody reads our output any more, as behind `| head`: there is nobody to tell either. */
function isBrokenPipe(error: unknown): boolean {
  return error instanceof WasiError && error.errno === Errno.PIPE;
}

runCommandLine(process.argv.slice(2), { program: "wasmedge-ts", colour }).then(
  (status) => {
    process.exitCode = status & 0xff;
  },
  (error: unknown) => {
    if (!isBrokenPipe(error)) throw error;
    process.exitCode = ExitStatus.BrokenPipe;
  },
);

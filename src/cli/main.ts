import { installHost } from "../common/host.ts";
import { installWasiDefaults } from "../wasi/defaults.ts";
import { nodeHost, nodeWasiDefaults } from "../wasi/fs/node-host.ts";
import { runCommandLine } from "./command-line.ts";

/** The program `wasmedge-ts`. */

installHost(nodeHost);
installWasiDefaults(nodeWasiDefaults);

/** https://no-color.org */
const colour = process.stderr.isTTY === true && (process.env["NO_COLOR"] ?? "") === "";

void runCommandLine(process.argv.slice(2), { program: "wasmedge-ts", colour }).then((status) => {
  process.exitCode = status & 0xff;
});

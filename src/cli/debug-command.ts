import { printable } from "../common/printable.ts";
import { Debugger } from "../debugger/debugger.ts";
import { inputFromBytes } from "../wasi/streams.ts";
import type { DebugValues } from "./configuration.ts";
import { DebugConsole, type Terminal } from "./debug-console.ts";
import { ExitStatus } from "./exit-status.ts";
import { LineReader } from "./line-reader.ts";
import { writeText } from "./logger.ts";
import { beginObservation } from "./observing.ts";
import { runObserved } from "./run-command.ts";

/** `debug FILE [ARGS]`: runs a module as `run` does, stopping where the user says. Standard input is the debugger's. */
export async function debugCommand(values: DebugValues, path: string, args: readonly string[]): Promise<number> {
  const lines = new LineReader();
  let console: DebugConsole | undefined;
  const status = await runObserved(
    values,
    path,
    args,
    async (vm) => {
      const endObservation = await beginObservation(vm, values, path);
      const debug = new Debugger(vm.getExecutor());
      const terminal: Terminal = {
        read: (prompt) => {
          // At a terminal people see what they type; elsewhere what was read is shown, so that it reads the same.
          const isTyped = process.stdin.isTTY === true;
          if (isTyped) writeText(1, prompt);
          const line = lines.next();
          if (!isTyped || line === undefined) writeText(1, `${isTyped ? "" : prompt}${line ?? "quit"}\n`);
          return line;
        },
        write: (line) => writeText(1, `${printable(line)}\n`),
      };
      console = new DebugConsole(debug, terminal, path);
      return () => {
        debug.detach();
        return endObservation();
      };
    },
    { stdin: inputFromBytes(new Uint8Array(0)) },
  );
  return console?.hasQuit === true ? ExitStatus.Success : status;
}

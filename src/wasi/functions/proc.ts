import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { Signal } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { Environ } from "../environ.ts";
import { wasiFunction, wasiProcedure } from "./definition.ts";

/** Ends the run, whatever the guest's frames would catch. @throws WasmEdgeError Terminated */
function exit(environ: Environ, code: number): never {
  environ.exitCode = code;
  fail(ErrCode.Terminated);
}

/** Signals that do nothing by default. */
const ignored: ReadonlySet<number> = new Set([Signal.NONE, Signal.CHLD, Signal.CONT, Signal.URG, Signal.WINCH]);
/** Signals that would stop a process for a while; nobody could wake it here. */
const stopping: ReadonlySet<number> = new Set([Signal.STOP, Signal.TSTP, Signal.TTIN, Signal.TTOU]);

export const procFunctions = [
  wasiProcedure("proc_exit", ["i32"], ({ environ }, code) => exit(environ, code)),
  // The signal's default action, on the guest alone: WasmEdge raises it in the host's process. A signal that kills ends the run
  // with the exit code by which a shell would report it.
  wasiFunction("proc_raise", ["i32"], ({ environ }, signal) => {
    if (signal > Signal.SYS) failWith(Errno.INVAL);
    if (ignored.has(signal)) return;
    if (stopping.has(signal)) failWith(Errno.NOTSUP);
    exit(environ, 128 + signal);
  }),
  // There is nobody to yield to: the guest is the only thing that runs in this thread.
  wasiFunction("sched_yield", [], () => undefined),
];

/** The exit statuses of WasmEdge's tools. */
export const ExitStatus = {
  Success: 0,
  /** Usage, loading, validation, linking, instantiation, arguments. */
  Failure: 1,
  /** SIGINT or SIGTERM has ended the run, and not the process: 128 and the signal's number, as shells tell it. */
  Interrupted: 130,
  Terminated: 143,
  /** A trap, an interruption, a limit: 128 and the number of SIGABRT, with which WasmEdge says that a run was aborted. */
  Aborted: 134,
  /** The run was stopped into a snapshot: 128 and the number of SIGTSTP, by which shells tell of a program that was stopped. */
  Stopped: 148,
  /** Nobody reads the output: 128 and the number of SIGPIPE, which ends other programs then. */
  BrokenPipe: 141,
} as const;

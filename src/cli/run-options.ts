import { MAX_COST_LIMIT } from "../config/configure.ts";
import { defineOptions } from "./option-parser.ts";
import { executionOptions, givenOptions, group, moduleOptions, placeOptions, toggle } from "./options.ts";

/** The options of the commands that run programs. */

/** Which function is called, and how it was to be executed in WasmEdge. */
export const modeOptions = defineOptions(() => ({
  reactor: toggle("Call the exported function named first in ARGS, not _start; _initialize is called before it."),
  "run-mode": {
    kind: "text",
    metavar: "MODE",
    description: "interpreter, jit, aot or lazyjit. There is no compiler: all of them interpret, and say so.",
  },
  "enable-jit": toggle("Deprecated: use --run-mode jit."),
  "force-interpreter": toggle("Deprecated: use --run-mode interpreter."),
}));

/** What is measured, watched and bounded while a program runs. */
export const programOptions = defineOptions(() => ({
  ...group("WHAT THE MODULE SEES", {
    "allow-af-unix": toggle("Let the module open Unix sockets too, at paths given as --allow-net unix:PATH."),
  }),
  ...group("LIMITS", {
    "gas-limit": {
      kind: "integer",
      metavar: "COST",
      max: MAX_COST_LIMIT,
      description: "End the run when its instructions have cost this much.",
    },
  }),
  ...group("STATISTICS", {
    "enable-instruction-count": toggle("Count the executed instructions."),
    "enable-gas-measuring": toggle("Add up what the executed instructions cost."),
    "enable-time-measuring": toggle("Measure the time of the run."),
    "enable-all-statistics": toggle("All three of these statistics."),
  }),
  ...group("WATCHING THE RUN", {
    trace: {
      kind: "text",
      metavar: "KINDS",
      description:
        "Write to standard error what the run does: calls, host, branches, memory, exceptions, instructions; several with commas. Host calls and exceptions cost next to nothing, the others each instruction some microseconds.",
    },
    profile: {
      kind: "text",
      metavar: "FILE",
      description:
        "Write where the time goes, by wasm function, sampled every 65,536 instructions and at host calls: a .cpuprofile for Chrome's developer tools, or for speedscope.app where FILE ends in .speedscope.json.",
    },
    coverage: {
      kind: "text",
      metavar: "FILE",
      description:
        "Write which functions and instructions were executed, as text, or as JSON where FILE ends in .json.",
    },
  }),
  ...group("WHEN IT FAILS", {
    "enable-coredump": toggle(
      "When the run fails, write all frames, memories and globals to coredump.SECONDS in the working directory; parse shows the frames.",
    ),
    "coredump-for-wasmgdb": toggle("The same, without the operand stacks, for the debugger wasmgdb."),
  }),
}));

/** How a run is stopped, to go on later. */
export const snapshotOptions = defineOptions(() =>
  group("STOPPING, AND GOING ON LATER", {
    snapshot: {
      kind: "text",
      metavar: "FILE",
      description:
        "Where the run is interrupted (Ctrl-C, SIGINT or SIGTERM), write it to FILE as it stands, and end with exit status 148: resume FILE goes on with it.",
    },
    "snapshot-at": {
      kind: "integer",
      metavar: "COUNT",
      max: 2n ** 53n - 1n,
      description:
        "Do so when COUNT instructions have been executed. What comes before the call, as instantiation, is counted and not interrupted.",
    },
    "snapshot-without-modules": toggle("Leave the modules out of it: resume FILE MODULE... is given them."),
  }),
);

/** `run`. */
export const runOptions = defineOptions(() => ({
  ...modeOptions(),
  ...placeOptions(),
  ...givenOptions(),
  ...executionOptions(),
  ...moduleOptions(),
  ...snapshotOptions(),
  ...programOptions(),
}));

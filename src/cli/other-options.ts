import { defineOptions } from "./option-parser.ts";
import { executionOptions, givenOptions, moduleOptions, placeOptions, toggle } from "./options.ts";
import { modeOptions, programOptions, snapshotOptions } from "./run-options.ts";

/** The options of `instantiate`, `explain`, `debug`, `resume` and `compile`. */

/** What a run goes on with that was begun elsewhere. */
export const placedOptions = defineOptions(() => ({
  ...placeOptions(),
  ...executionOptions(),
  ...moduleOptions(),
}));

/** What a module is linked with: `instantiate`. */
export const linkOptions = defineOptions(() => ({
  ...placeOptions(),
  ...givenOptions(),
  ...executionOptions(),
  ...moduleOptions(),
}));

/** `explain`. */
export const explainOptions = defineOptions(() => ({
  function: {
    kind: "text",
    metavar: "NAME",
    description:
      "The function to show: an export, a name of the name section, or an index. Default: the start function, _start, or the first export.",
  },
  steps: {
    kind: "integer",
    metavar: "COUNT",
    max: 1_000_000n,
    description: "Steps of the call that are shown. Default: 40.",
  },
  json: toggle("Print the same as JSON."),
  ...linkOptions(),
}));

/** `debug`. */
export const debugOptions = defineOptions(() => ({ ...modeOptions(), ...linkOptions(), ...programOptions() }));

/** `resume`: arguments, environment and other modules are in the snapshot. */
export const resumeOptions = defineOptions(() => ({
  ...placedOptions(),
  ...snapshotOptions(),
  ...programOptions(),
}));

/** `compile`: the options are known so that the answer is about compiling, not about an option. */
export const compileOptions = defineOptions(() => ({
  dump: toggle("Not built."),
  interruptible: toggle("Not built."),
  "generic-binary": toggle("Not built."),
  optimize: { kind: "text", metavar: "LEVEL", description: "Not built." },
  "enable-instruction-count": toggle("Not built."),
  "enable-gas-measuring": toggle("Not built."),
  "enable-time-measuring": toggle("Not built."),
  "enable-all-statistics": toggle("Not built."),
  ...moduleOptions(),
}));

import { argsEnvironFunctions } from "./args-environ.ts";
import { clockFunctions } from "./clock.ts";
import type { WasiFunction } from "./definition.ts";
import { fdFunctions } from "./fd.ts";
import { fdDirectoryFunctions } from "./fd-directory.ts";
import { fdIoFunctions } from "./fd-io.ts";
import { pathFunctions } from "./path.ts";
import { pathOpenFunctions } from "./path-open.ts";
import { pollFunctions } from "./poll.ts";
import { procFunctions } from "./proc.ts";
import { randomFunctions } from "./random.ts";
import { sockFunctions } from "./sock.ts";
import { sockGetaddrinfoFunctions } from "./sock-getaddrinfo.ts";
import { sockIoFunctions } from "./sock-io.ts";
import { sockStateFunctions } from "./sock-state.ts";

/** All functions of the WASI module. */
export const wasiFunctions: readonly WasiFunction[] = [
  ...argsEnvironFunctions,
  ...clockFunctions,
  ...fdFunctions,
  ...fdDirectoryFunctions,
  ...fdIoFunctions,
  ...pathFunctions,
  ...pathOpenFunctions,
  ...pollFunctions,
  ...procFunctions,
  ...randomFunctions,
  ...sockFunctions,
  ...sockIoFunctions,
  ...sockStateFunctions,
  ...sockGetaddrinfoFunctions,
];

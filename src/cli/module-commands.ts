import { WasmEdgeError } from "../common/error.ts";
import { log } from "../common/log.ts";
import { printable } from "../common/printable.ts";
import { Loader } from "../loader/loader.ts";
import { Validator } from "../validator/validator.ts";
import { type ModuleValues, moduleConfigure } from "./configuration.ts";
import { dumpCoredump } from "./coredump-dump.ts";
import { ExitStatus } from "./exit-status.ts";
import { logError, writeText } from "./logger.ts";
import { dumpModule } from "./module-dump.ts";
import { moduleSource } from "./module-source.ts";

/** The commands that read a module and run nothing of it: `parse` and `validate`. */

/** `parse FILE` */
export async function parseCommand(values: ModuleValues, path: string): Promise<number> {
  const configure = moduleConfigure(values);
  try {
    const module = new Loader(configure).parseModule(await moduleSource(path));
    const lines = [
      `${path}:  file format wasm 0x1`,
      "",
      "Section Details:",
      "",
      ...dumpModule(module, configure),
      ...dumpCoredump(module),
    ];
    writeText(1, `${lines.map(printable).join("\n")}\n`);
    return ExitStatus.Success;
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    logError(error);
    log.error("Failed to parse WASM module.");
    return ExitStatus.Failure;
  }
}

/** `validate FILE` */
export async function validateCommand(values: ModuleValues, path: string): Promise<number> {
  const configure = moduleConfigure(values);
  try {
    new Validator(configure).parseAndValidate(new Loader(configure), await moduleSource(path));
    log.info("Validation succeeded.");
    return ExitStatus.Success;
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    logError(error);
    return ExitStatus.Failure;
  }
}

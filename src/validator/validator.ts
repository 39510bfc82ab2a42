import type { Module } from "../ast/module.ts";
import { refuseArgument } from "../common/arguments.ts";
import { isInstance } from "../common/host-values.ts";
import { Configure } from "../config/configure.ts";
import { Loader, naming, plainBytes, trainLoader } from "../loader/loader.ts";
import { TRAINING_ROUNDS, TRAINING_SIZE } from "../loader/training-module.ts";
import { within } from "./ast-nodes.ts";
import { canonicalTypeCount, rollBackCanonicalTypes } from "./canonical-types.ts";
import type { CheckedInstruction } from "./form-checker.ts";
import type { Validation } from "./module-context.ts";
import { ModuleValidation } from "./module-validation.ts";

export type { CheckedInstruction, CheckedStack } from "./form-checker.ts";
export type { Validation } from "./module-context.ts";

const validations = new WeakMap<Module, Validation>();

/** What validation found out about a module, or undefined where it has not been validated. */
export function validationOf(module: Module): Validation | undefined {
  return validations.get(module);
}

/** What has been checked in training, kept for good: see `trainLoader`. */
let trainedOn: ModuleValidation | undefined;

/** Makes V8's type feedback for the checks, and for the loader's part in `parseAndValidate`, once a process. */
function train(): void {
  if (trainedOn !== undefined) return;
  const module = trainLoader(false);
  const configure = new Configure();
  for (let round = 0; round < TRAINING_ROUNDS; round++) {
    trainedOn = new ModuleValidation(module, configure);
    trainedOn.check();
  }
}

/**
 * Checks that a module is valid. The module itself is not changed: what is found out stands in a table beside it, see
 * `validationOf`.
 *
 * https://webassembly.github.io/spec/core/valid/modules.html — WasmEdge `Validator`
 */
export class Validator {
  private readonly configure: Configure;

  /** @param configure copied, so later changes have no effect; absent: WebAssembly 3.0 */
  constructor(configure?: Configure) {
    this.configure = new Configure(configure);
  }

  /**
   * @param module as the Loader made it
   * @throws WasmEdgeError with the code of the first rule that is broken, and where: instruction and AST nodes
   */
  validate(module: Module): void {
    if (!isInstance(module?.bytes, Uint8Array)) refuseArgument("module", "a module that a Loader has made", module);
    if (module.bytes.length >= TRAINING_SIZE) train();
    const typeCount = canonicalTypeCount();
    try {
      const validation = within("module", () => new ModuleValidation(module, this.configure).check());
      validations.set(module, validation);
    } catch (error) {
      rollBackCanonicalTypes(typeCount);
      throw error;
    }
  }

  /**
   * Loads a module and validates it: what `loader.parseModule` and then `validate` do, but with one walk over the bodies
   * instead of two. For those who need nothing between the two.
   * @param source the module's bytes, which are not copied, or the path of a file that holds them
   * @throws RuntimeError where `source` is neither; what these two throw: errors of the loading phase before errors of the validation phase
   */
  parseAndValidate(loader: Loader, source: Uint8Array | ArrayBuffer | string): Module {
    const bytes = typeof source === "string" ? Loader.loadFile(source) : plainBytes(source);
    if (bytes.length >= TRAINING_SIZE) train();
    try {
      const module = loader.parseDeclarations(bytes);
      this.validate(module);
      loader.warnOfRunMode();
      return module;
    } catch {
      // Of several mistakes, another one than the first may have been found: the two tell which is the first.
    }
    const module =
      typeof source === "string" ? naming(source, () => loader.parseModule(bytes)) : loader.parseModule(bytes);
    this.validate(module);
    return module;
  }

  /**
   * Checks the module but for its bodies, and of these one, telling of each instruction and the operand stack around it. The
   * module does not count as validated afterwards.
   * @param index of the function among those that the module defines (without imports)
   * @param watch called behind each instruction that was found valid
   * @throws as `validate`
   */
  watchBody(module: Module, index: number, watch: (checked: CheckedInstruction) => void): void {
    const configure = new Configure(this.configure);
    configure.runtime.lazyValidation = true;
    const typeCount = canonicalTypeCount();
    try {
      within("module", () => {
        const validation = new ModuleValidation(module, configure);
        validation.check();
        validation.watchBody(index, watch);
      });
    } catch (error) {
      rollBackCanonicalTypes(typeCount);
      throw error;
    }
  }
}

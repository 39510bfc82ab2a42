import type { Module } from "../ast/module.ts";
import type { Configure } from "../config/configure.ts";
import { scanBodies } from "../loader/code-section.ts";
import { within } from "./ast-nodes.ts";
import type { FormChecker } from "./form-checker.ts";

/**
 * The checks of a module's function bodies: all of them while the module is validated, or each before its first use
 * (`lazyValidation`). They find malformed bodies, too, which the loader may have passed over.
 */
export class BodyChecks {
  private readonly module: Module;
  private readonly checker: FormChecker;
  private readonly configure: Configure;
  /** The type index of each defined function. */
  private readonly typeIndices: Uint32Array;
  /** Per body: 1 once it has been found valid. */
  private readonly checked: Uint8Array;

  /** @param checker whose context has all that stands outside of the bodies */
  constructor(module: Module, checker: FormChecker, configure: Configure) {
    this.module = module;
    this.checker = checker;
    this.typeIndices = module.functionTypeIndices;
    this.configure = configure;
    this.checked = new Uint8Array(module.code.starts.length);
  }

  /** @throws WasmEdgeError for the first body that is not valid */
  checkAll(): void {
    within("code section", () => within("code segment", () => this.checkRange(0, this.checked.length)));
  }

  /**
   * Checks one body, unless that has been done.
   * @param index of the defined function (without imports)
   * @throws WasmEdgeError of the loading phase where the body is malformed, of the validation phase where it is invalid
   */
  check(index: number): void {
    if (this.checked[index] === 1) return;
    within("module", () =>
      within("code section", () => within("code segment", () => this.checkRange(index, index + 1))),
    );
    this.checked[index] = 1;
  }

  private checkRange(first: number, end: number): void {
    const { code } = this.module;
    try {
      this.checker.checkBodies(this.typeIndices, code, first, end);
    } catch (error) {
      // What is malformed is told before what is invalid, wherever it stands.
      if (!code.scanned) scanBodies(this.module, first, end, this.configure);
      throw error;
    }
  }
}

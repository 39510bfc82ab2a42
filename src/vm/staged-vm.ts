import type { Module } from "../ast/module.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import { RunMode } from "../config/configure.ts";
import type { Async } from "../executor/async.ts";
import type { RunOptions } from "../executor/executor.ts";
import { type SlicedRun, wrapRun } from "../executor/sliced-run.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { RegisteringVM } from "./registering-vm.ts";
import { isLoaded, type ModuleSource, VMStage } from "./vm-types.ts";

/** Of a `VM`: the active module, which is loaded, validated and instantiated, step by step. */
export abstract class StagedVM extends RegisteringVM {
  /**
   * Loads the module that `validate` and `instantiate` are about. Legal at any stage; a failure changes nothing.
   * @throws errors of loading
   */
  loadWasm(source: ModuleSource): void {
    this.module = this.load(source);
    this.stage = VMStage.Loaded;
  }

  /** @throws WrongVMWorkflow where nothing is loaded; errors of validation, after which the stage is what it was */
  validate(): void {
    if (this.stage < VMStage.Loaded || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
    this.validator.validate(this.module);
    this.stage = VMStage.Validated;
  }

  /**
   * Loads and validates a module: what `loadWasm` and `validate` do, with one walk over its function bodies instead of two. Legal
   * at any stage; a failure changes nothing.
   * @throws errors of loading and validation
   */
  loadAndValidate(source: ModuleSource): void {
    this.module = this.loadValid(source);
    this.stage = VMStage.Validated;
  }

  /**
   * Makes the loaded module the active one.
   * @param options bound the instantiation, the start function included
   * @throws WrongVMWorkflow where it is not validated; errors of instantiation, after which the active module is what it was
   */
  instantiate(options?: RunOptions): ModuleInstance {
    if (this.stage < VMStage.Validated || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
    const instance = this.activate(this.module, options);
    this.stage = VMStage.Instantiated;
    return instance;
  }

  /** Like `instantiate`; the start function goes on in slices on the event loop. */
  asyncInstantiate(options?: RunOptions): Async<ModuleInstance> {
    return this.pending.add(() => {
      if (this.stage < VMStage.Validated || this.module === undefined) fail(ErrCode.WrongVMWorkflow);
      const run = this.activation(this.module, options);
      return wrapRun(run, () => {
        const instance = run.result();
        this.stage = VMStage.Instantiated;
        return instance;
      });
    }, options);
  }

  /** There is one way to run, whatever was asked for. */
  protected warnOfRunMode(): void {
    const { runMode } = this.configure.runtime;
    if (runMode === RunMode.JIT || runMode === RunMode.LazyJIT) {
      log.warning("JIT was requested but there is no compiler, falling back to interpreter.");
    }
  }

  /** `activate` in slices. */
  protected activation(module: Module, options?: RunOptions): SlicedRun<ModuleInstance> {
    this.warnOfRunMode();
    const run = this.executor.asyncInstantiateModule(this.store, module, options).handOver();
    return wrapRun(run, () => {
      this.activeInstance = run.result();
      return this.activeInstance;
    });
  }

  protected activate(module: Module, options?: RunOptions): ModuleInstance {
    this.warnOfRunMode();
    const instance = this.executor.instantiateModule(this.store, module, options);
    this.activeInstance = instance;
    return instance;
  }

  /** How far this VM has come. */
  getStage(): VMStage {
    return this.stage;
  }

  /** Whether there is an active module. */
  holdsModule(): boolean {
    return this.activeInstance !== undefined;
  }

  /** Loads and validates, as `runWasmFile` does. */
  protected prepareSource(source: ModuleSource): Module {
    if (this.stage === VMStage.Instantiated) this.stage = VMStage.Validated;
    const module = this.loadValid(source);
    if (!isLoaded(source)) this.module = module;
    return module;
  }
}

import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { Async } from "../executor/async.ts";
import type { RunOptions } from "../executor/executor.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { chainRuns, type SlicedRun } from "../executor/sliced-run.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { type Callee, describing, describingRun } from "./calls.ts";
import { StagedVM } from "./staged-vm.ts";
import type { ModuleSource, Params } from "./vm-types.ts";

/** Of a `VM`: calls of functions, of the active module and of registered ones. */
export abstract class ExecutingVM extends StagedVM {
  protected findActive(name: string): FunctionInstance {
    if (this.activeInstance === undefined) fail(ErrCode.WrongInstanceAddress);
    return this.activeInstance.findFuncExports(name) ?? fail(ErrCode.FuncNotFound);
  }

  private findRegistered(module: string, name: string): FunctionInstance {
    const instance = this.store.findModule(module) ?? fail(ErrCode.WrongInstanceAddress);
    return instance.findFuncExports(name) ?? fail(ErrCode.FuncNotFound);
  }

  private call(callee: Callee, find: () => FunctionInstance, params: Params, options?: RunOptions): WasmValue[] {
    return describing(callee, () => this.executor.invokeTyped(find(), params, options));
  }

  private start(
    callee: Callee,
    find: () => FunctionInstance,
    params: Params,
    options?: RunOptions,
  ): SlicedRun<Value[]> {
    const func = describing(callee, find);
    return describingRun(callee, this.executor.asyncInvoke(func, params, options).handOver());
  }

  /**
   * Calls an exported function of the active module.
   * @throws WrongInstanceAddress where there is none, FuncNotFound, FuncSigMismatch, and what ends the run
   */
  execute(func: string, params: Params = [], options?: RunOptions): Value[] {
    return this.executeTyped(func, params, options).map((value) => value.toValue());
  }

  /** Like `execute`; the results have types and their exact bits. */
  executeTyped(func: string, params: Params = [], options?: RunOptions): WasmValue[] {
    return this.call({ module: "", name: func }, () => this.findActive(func), params, options);
  }

  /**
   * Calls an exported function of a registered module.
   * @throws WrongInstanceAddress where no module has the name, FuncNotFound, FuncSigMismatch, and what ends the run
   */
  executeRegistered(module: string, func: string, params: Params = [], options?: RunOptions): Value[] {
    return this.executeRegisteredTyped(module, func, params, options).map((value) => value.toValue());
  }

  /** Like `executeRegistered`; the results have types and their exact bits. */
  executeRegisteredTyped(module: string, func: string, params: Params = [], options?: RunOptions): WasmValue[] {
    return this.call({ module, name: func }, () => this.findRegistered(module, func), params, options);
  }

  /** Like `execute`, in slices on the event loop; host functions may give promises. */
  asyncExecute(func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    return this.pending.add(
      () => this.start({ module: "", name: func }, () => this.findActive(func), params, options),
      options,
    );
  }

  /** Like `executeRegistered`, in slices on the event loop. */
  asyncExecuteRegistered(module: string, func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    return this.pending.add(
      () => this.start({ module, name: func }, () => this.findRegistered(module, func), params, options),
      options,
    );
  }

  /**
   * Loads, validates and instantiates a module as the active one, and calls a function of it. The stage does not advance: a
   * VM that is Instantiated falls back to Validated, any other stays where it is. C API `VMRunWasmFromFile`, …
   * @throws errors of each of these
   */
  runWasmFile(source: ModuleSource, func: string, params: Params = [], options?: RunOptions): Value[] {
    this.activate(this.prepareSource(source), options);
    return this.execute(func, params, options);
  }

  /** Like `runWasmFile`; loading begins at the first turn, and the start function and the call go on in slices. */
  asyncRunWasmFile(source: ModuleSource, func: string, params: Params = [], options?: RunOptions): Async<Value[]> {
    const callee: Callee = { module: "", name: func };
    return this.pending.add(
      () =>
        chainRuns(this.activation(this.prepareSource(source), options), () =>
          this.start(callee, () => this.findActive(func), params, options),
        ),
      options,
    );
  }

  /**
   * A call of an exported function of the active module, of which nothing is executed before its owner says how far it may go.
   * @throws WrongInstanceAddress where there is none, FuncNotFound, FuncSigMismatch
   */
  pausable(func: string, params: Params = [], options?: RunOptions): PausableRun {
    return this.executor.pausable(this.findActive(func), params, options);
  }

  /** Makes all runs that have been asked of this VM end with Interrupted; later ones are not affected. */
  stop(): void {
    this.pending.cancelAll();
    this.executor.stop();
  }
}

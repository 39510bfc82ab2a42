import { kindText } from "../common/arguments.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";

/**
 * The errors of the SDK's own: the texts are those of WasmEdge's Rust SDK. Errors of the core pass through the SDK as they
 * are; the Rust SDK wraps them as `WasmEdgeError::Core`. Here both are `WasmEdgeError`s, so one `catch` sees all.
 * https://docs.rs/wasmedge-types/latest/wasmedge_types/error/index.html
 */
export abstract class SdkError extends WasmEdgeError {
  /** The text that Rust displays. */
  override readonly message: string;

  protected constructor(name: string, code: number, message: string) {
    super(code);
    this.name = name;
    this.message = message;
  }

  override headline(): string {
    return this.message;
  }
}

/** A name that was asked for; what is none is told by its kind. */
function nameText(name: string): string {
  return typeof name === "string" ? name : kindText(name);
}

/** Rust `WasmEdgeError::ExecuteTimeout` */
export class ExecuteTimeout extends SdkError {
  constructor() {
    super("ExecuteTimeout", ErrCode.Interrupted, "Execution Timed Out");
  }
}

// --- Rust `VmError` ---

/** Something was asked of a `Vm` that it does not have. */
export abstract class VmError extends SdkError {}

/** No module is registered under the name. */
export class NotFoundModule extends VmError {
  readonly moduleName: string;

  constructor(moduleName: string) {
    super("NotFoundModule", ErrCode.WrongInstanceAddress, `Fail to get module instance (${nameText(moduleName)})`);
    this.moduleName = moduleName;
  }
}

/** The module name was null, and no module has been registered without a name. */
export class NotFoundActiveModule extends VmError {
  constructor() {
    super("NotFoundActiveModule", ErrCode.WrongInstanceAddress, "Not found active module instance");
  }
}

/** WASI was asked for, and the configuration has it off. */
export class NotFoundWasiModule extends VmError {
  constructor() {
    super("NotFoundWasiModule", ErrCode.WrongInstanceAddress, "Fail to get Wasi module instance");
  }
}

/** An import object's name is taken. */
export class DuplicateImportModule extends VmError {
  readonly moduleName: string;

  constructor(moduleName: string) {
    super(
      "DuplicateImportModule",
      ErrCode.ModuleNameConflict,
      `Fail to register import module named ${nameText(moduleName)}. Another import module with the same name has already existed.`,
    );
    this.moduleName = moduleName;
  }
}

// --- Rust `InstanceError` ---

/** An instance has no export of the kind and name. */
export abstract class InstanceError extends SdkError {
  /** The name that was looked for. */
  readonly exportName: string;

  protected constructor(name: string, code: number, kind: string, exportName: string) {
    super(name, code, `Not found the target ${kind} (${nameText(exportName)})`);
    this.exportName = exportName;
  }
}

/** Rust `InstanceError::NotFoundFunc` */
export class NotFoundFunc extends InstanceError {
  constructor(name: string) {
    super("NotFoundFunc", ErrCode.FuncNotFound, "function", name);
  }
}

/** Rust `InstanceError::NotFoundTable` */
export class NotFoundTable extends InstanceError {
  constructor(name: string) {
    super("NotFoundTable", ErrCode.WrongInstanceAddress, "table", name);
  }
}

/** Rust `InstanceError::NotFoundMem` */
export class NotFoundMem extends InstanceError {
  constructor(name: string) {
    super("NotFoundMem", ErrCode.WrongInstanceAddress, "memory", name);
  }
}

/** Rust `InstanceError::NotFoundGlobal` */
export class NotFoundGlobal extends InstanceError {
  constructor(name: string) {
    super("NotFoundGlobal", ErrCode.WrongInstanceAddress, "global", name);
  }
}

/** Of our own: the Rust SDK has no tags. */
export class NotFoundTag extends InstanceError {
  constructor(name: string) {
    super("NotFoundTag", ErrCode.WrongInstanceAddress, "tag", name);
  }
}

/** WASI has no descriptor of the number, or the host has no number for it. Rust `InstanceError::NotFoundMappedFdHandler` */
export class NotFoundMappedFdHandler extends SdkError {
  constructor() {
    super("NotFoundMappedFdHandler", ErrCode.WrongInstanceAddress, "Not found the given mapped Fd/handler");
  }
}

// --- Rust `StoreError` ---

/** A `Store` has no module under the name. Rust `StoreError::NotFoundModule` */
export class NotFoundModuleInStore extends SdkError {
  readonly moduleName: string;

  constructor(moduleName: string) {
    super(
      "NotFoundModuleInStore",
      ErrCode.WrongInstanceAddress,
      `Not found the target module (${nameText(moduleName)})`,
    );
    this.moduleName = moduleName;
  }
}

// --- Rust `GlobalError` and `MemError` ---

/** A constant global was to be set. Rust `GlobalError::ModifyConst` */
export class ModifyConst extends SdkError {
  constructor() {
    super("ModifyConst", ErrCode.SetValueToConst, "Trying to set value to a const global variable");
  }
}

/** A value is not of the global's type. Rust `GlobalError::UnmatchedValType`, which displays nothing. */
export class UnmatchedValType extends SdkError {
  constructor() {
    super("UnmatchedValType", ErrCode.SetValueErrorType, "The value is not of the type of the global variable");
  }
}

/** Rust `MemError::CreateSharedType` */
export class CreateSharedType extends SdkError {
  constructor() {
    super(
      "CreateSharedType",
      ErrCode.SharedMemoryNoMax,
      "Fail to create shared memory type. The 'max' field must not be None.",
    );
  }
}

// --- Rust `PluginError` ---

/** Rust `PluginError::NotFound` */
export class NotFoundPlugin extends SdkError {
  readonly pluginName: string;

  constructor(pluginName: string) {
    super(
      "NotFoundPlugin",
      ErrCode.WrongInstanceAddress,
      `Not found the plugin named '${nameText(pluginName)}'. Make sure that the plugin name is correct.`,
    );
    this.pluginName = pluginName;
  }
}

/** A plugin has no module of the name. Rust `PluginError::Create` */
export class CreatePluginModule extends SdkError {
  readonly moduleName: string;

  constructor(moduleName: string) {
    super(
      "CreatePluginModule",
      ErrCode.WrongInstanceAddress,
      `Failed to create a plugin instance named '${nameText(moduleName)}'. Make sure that the plugin instance name is correct.`,
    );
    this.moduleName = moduleName;
  }
}

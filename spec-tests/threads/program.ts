import { readFileSync } from "node:fs";
import { Proposal } from "../../src/common/proposal.ts";
import { type Value, WasmValue } from "../../src/common/wasm-value.ts";
import { Configure } from "../../src/config/configure.ts";
import { Executor } from "../../src/executor/executor.ts";
import { Loader } from "../../src/loader/loader.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { SharedMemory } from "../../src/store/shared-memory.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { Validator } from "../../src/validator/validator.ts";

/** Bytes of a thread's stack. */
const STACK_SIZE = 16384;

/**
 * A program with threads as clang and lld make it: what every one of its threads does before anything else.
 *
 * All instances import one memory. The linker's start function copies the data in the first of them and lets the others wait
 * until that is done. https://github.com/WebAssembly/tool-conventions/blob/main/Linking.md
 */
export class ThreadedProgram {
  private readonly executor: Executor;
  private readonly instance: ModuleInstance;
  readonly memory: MemoryInstance;

  /** @param memory of a thread that has begun already; absent: this is the first one */
  constructor(file: string, memory?: SharedMemory) {
    const configure = new Configure().addProposal(Proposal.Threads);
    const module = new Loader(configure).parseModule(new Uint8Array(readFileSync(file)));
    new Validator(configure).validate(module);
    this.executor = new Executor(configure);
    const imported = module.imports.find(({ type }) => type.kind === "memory");
    if (imported?.type.kind !== "memory") throw new Error(`${file} imports no memory`);
    this.memory = memory === undefined ? new MemoryInstance(imported.type) : MemoryInstance.fromShared(memory);
    const provider = new ModuleInstance(imported.moduleName);
    provider.addHostMemory(imported.name, this.memory);
    const store = new StoreManager();
    store.registerModule(provider);
    this.instance = this.executor.instantiateModule(store, module);
  }

  /** The result of a function of the program. */
  call(name: string, ...args: readonly Value[]): Value | undefined {
    return this.executor.invoke(this.instance.findFuncExports(name), args)[0];
  }

  private global(name: string): { getValue(): Value; setValue(value: WasmValue): void } {
    const global = this.instance.findGlobalExports(name);
    if (global === null) throw new Error(`no global ${name} is exported`);
    return global;
  }

  /** Gives this thread a stack and thread-local variables of its own; the first one has the linker's stack. */
  beginThread(): void {
    const variables = Number(this.global("__tls_size").getValue());
    const start = Number(this.call("reserve", STACK_SIZE + variables));
    // A stack grows downwards, away from the variables above it.
    this.global("__stack_pointer").setValue(WasmValue.i32(start + STACK_SIZE));
    this.call("__wasm_init_tls", start + STACK_SIZE);
  }
}

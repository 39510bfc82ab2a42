import { WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { WasmValue } from "../../common/wasm-value.ts";
import type { Configure } from "../../config/configure.ts";
import type { GlobalInstance } from "../../store/global-instance.ts";
import type { MemoryInstance } from "../../store/memory-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { Execution } from "../engine/execution.ts";
import { framesOf } from "../engine/frames.ts";
import { encodeCoredump } from "./encode-coredump.ts";
import { FrameReader, type FrameValues } from "./frame-values.ts";
import { imageOf, type MemoryImage } from "./memory-image.ts";

/** A frame of a core dump. */
export interface CoredumpFrame extends FrameValues {
  readonly instance: ModuleInstance;
  /** In the index space of the instance's functions. */
  readonly functionIndex: number;
  /** The same place as `offset`, counted from the first byte of the function's body after its size. */
  readonly codeOffset: number;
}

/** How `Coredump.toBytes` names things. */
export interface CoredumpOptions {
  /** The program. Absent: "wasmedge-ts". */
  readonly executableName?: string;
  /** The thread whose frames they are. Absent: "main". */
  readonly threadName?: string;
  /** Leaves out the operand stacks, as wasmgdb wants it. Absent: as `coredumpForWasmgdb` of the Configure says. */
  readonly withoutStacks?: boolean;
}

/**
 * What there was when a run failed: all frames with their values, and memories and globals of all modules that take part.
 * https://github.com/WebAssembly/tool-conventions/blob/main/Coredump.md — WasmEdge `Coredump::generateCoredump`
 */
export class Coredump {
  /** Innermost first. A host function that has called wasm again has no frame; those before it and behind it are here. */
  readonly frames: CoredumpFrame[] = [];
  /** The instances of the frames, and those whose functions they import. Host modules are none. */
  readonly instances: ModuleInstance[] = [];
  readonly memories = new Map<MemoryInstance, MemoryImage>();
  readonly globals = new Map<GlobalInstance, WasmValue>();
  private readonly withoutStacks: boolean;

  /** @internal */
  constructor(withoutStacks = false) {
    this.withoutStacks = withoutStacks;
  }

  /** The dump as a file of the WebAssembly binary format. @throws ModuleSizeLimit where no such file can be that large */
  toBytes(options: CoredumpOptions = {}): Uint8Array {
    const { executableName = "wasmedge-ts", threadName = "main", withoutStacks = this.withoutStacks } = options;
    return encodeCoredump(this, { executableName, threadName, withoutStacks });
  }

  /**
   * Adds the frames of an execution, and what its modules hold now.
   * @internal
   */
  add(execution: Execution, trapped: boolean): void {
    const reader = new FrameReader(execution);
    for (const frame of framesOf(execution)) {
      const { space, func } = frame;
      const values = reader.read(frame, trapped);
      const codeOffset = values.offset - space.bodies.startOf(func.index);
      this.frames.push({ ...values, instance: space.instance, functionIndex: func.index, codeOffset });
      this.addInstance(space.instance);
    }
    // The only frame may have given way to a host function.
    this.addInstance(execution.instance);
  }

  /** Adds an instance, and those from which it imports functions. */
  private addInstance(first: ModuleInstance): void {
    const known = new Set(this.instances);
    const added = [first];
    for (let instance = added.pop(); instance !== undefined; instance = added.pop()) {
      if (known.has(instance) || instance.source === undefined) continue;
      known.add(instance);
      this.instances.push(instance);
      for (const memory of instance.memories) {
        if (!this.memories.has(memory)) this.memories.set(memory, imageOf(memory));
      }
      for (const global of instance.globals) {
        if (!this.globals.has(global)) this.globals.set(global, global.getTypedValue());
      }
      const imported = instance.functionCount - instance.source.functionTypeIndices.length;
      for (let i = 0; i < imported; i++) {
        const { module } = instance.getFunction(i);
        if (module !== undefined) added.push(module);
      }
    }
  }
}

const dumps = new WeakMap<WasmEdgeError, Coredump>();

/**
 * The core dump that belongs to an error of a run, where the Configure asked for it (`enableCoredump`). It is of the moment at
 * which the run failed, whatever has happened since.
 * @param error what a call has thrown
 */
export function coredumpOf(error: unknown): Coredump | undefined {
  return error instanceof WasmEdgeError ? dumps.get(error) : undefined;
}

/**
 * For invocations: keeps what there is when a run fails. Where the error has come through a host function from another run, the
 * frames follow those of that run.
 */
export function dumpCore(configure: Configure, execution: Execution | undefined, error: unknown): void {
  if (!configure.runtime.enableCoredump || execution === undefined) return;
  if (!(error instanceof WasmEdgeError) || error.code === ErrCode.Terminated) return;
  const dump = dumps.get(error) ?? new Coredump(configure.runtime.coredumpForWasmgdb);
  // Where a run is stopped, or out of fuel, the instruction that comes next has not been begun.
  dump.add(execution, error.phase === "execution");
  dumps.set(error, dump);
}

import type { Executor } from "../executor/executor.ts";
import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { GlobalInstance } from "../store/global-instance.ts";
import type { MemoryInstance } from "../store/memory-instance.ts";
import type { TableInstance } from "../store/table-instance.ts";
import type { TagInstance } from "../store/tag-instance.ts";
import { defineError } from "./error-classes.ts";
import type { Slot } from "./slot.ts";
import { exceptionSlot, functionSlot, globalSlot, memorySlot, tableSlot, tagSlot } from "./slots.ts";
import { defineHidden } from "./web-idl.ts";

/** Calls a function of the engine with arguments of JavaScript. */
export type ExportedCall = (realm: Realm, instance: FunctionInstance, args: readonly unknown[]) => unknown;

/** A function as JavaScript has it. */
export type Callable = (...args: unknown[]) => unknown;

/**
 * The objects of one kind of instance: for each instance at most one object.
 * https://webassembly.github.io/spec/js-api/#object-caches
 */
export class ObjectCache<T extends object> {
  private readonly objects = new WeakMap<T, object>();
  private readonly slot: Slot<T>;
  /** Of the interface's constructor. */
  prototype: object | undefined;

  constructor(slot: Slot<T>) {
    this.slot = slot;
  }

  /** The object of an instance, made where there is none yet. */
  objectOf(instance: T): object {
    return this.objects.get(instance) ?? this.add(Object.create(this.prototype ?? null) as object, instance);
  }

  /** Makes `object` that of the instance: for constructors. */
  add(object: object, instance: T): object {
    this.slot.set(object, instance);
    this.objects.set(instance, object);
    return object;
  }
}

/** What a `WebAssembly` object has that scripts do not see: the engine behind it, its errors, and the objects it has made. */
export class Realm {
  /** Whose configuration and limits hold. */
  readonly executor: Executor;
  readonly memories: ObjectCache<MemoryInstance> = new ObjectCache(memorySlot);
  readonly tables: ObjectCache<TableInstance> = new ObjectCache(tableSlot);
  readonly globals: ObjectCache<GlobalInstance> = new ObjectCache(globalSlot);
  readonly tags: ObjectCache<TagInstance> = new ObjectCache(tagSlot);
  readonly exceptions: ObjectCache<ExceptionInstance> = new ObjectCache(exceptionSlot);
  readonly CompileError = defineError("CompileError");
  readonly LinkError = defineError("LinkError");
  readonly RuntimeError = defineError("RuntimeError");
  readonly SuspendError = defineError("SuspendError");
  /** Of the constructors, for objects that are made without them. */
  modulePrototype: object = Object.prototype;
  instancePrototype: object = Object.prototype;
  private readonly functions = new WeakMap<FunctionInstance, Callable>();
  private readonly call: ExportedCall;

  constructor(executor: Executor, call: ExportedCall) {
    this.executor = executor;
    this.call = call;
  }

  /** The Exported Function of a function: the same one each time. https://webassembly.github.io/spec/js-api/#a-new-exported-function */
  functionOf(instance: FunctionInstance): Callable {
    const known = this.functions.get(instance);
    if (known !== undefined) return known;
    const { call } = this;
    const exported: Callable = (...args) => call(this, instance, args);
    defineHidden(exported, "name", String(instance.index));
    defineHidden(exported, "length", instance.type.params.length);
    functionSlot.set(exported, instance);
    this.functions.set(instance, exported);
    return exported;
  }
}

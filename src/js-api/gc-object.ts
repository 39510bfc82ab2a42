import { isInstance } from "../common/host-values.ts";
import { CompositeInstance } from "../store/composite-instance.ts";
import { Slot } from "./slot.ts";

/**
 * Exported GC Objects: a struct or an array for JavaScript, which can hand it on and see nothing of it.
 * https://webassembly.github.io/spec/js-api/#gc-exotic-objects
 */

const compositeSlot: Slot<CompositeInstance> = new Slot("WebAssembly object");

const objects = new WeakMap<CompositeInstance, object>();

const handler: ProxyHandler<object> = {
  set() {
    throw new TypeError("WebAssembly objects are opaque.");
  },
  deleteProperty() {
    throw new TypeError("WebAssembly objects are opaque.");
  },
  setPrototypeOf: () => false,
  preventExtensions: () => false,
};

/** The object of a struct or array: the same one each time. */
export function gcObject(instance: CompositeInstance): object {
  let object = objects.get(instance);
  if (object === undefined) {
    object = new Proxy(Object.freeze(Object.create(null) as object), handler);
    compositeSlot.set(object, instance);
    objects.set(instance, object);
  }
  return object;
}

/** The struct or array that an object stands for; undefined for any other value. */
export function compositeOf(value: unknown): CompositeInstance | undefined {
  return compositeSlot.of(value);
}

/** Whether a reference of the engine is a struct or an array. */
export function isComposite(reference: unknown): reference is CompositeInstance {
  return isInstance(reference, CompositeInstance);
}

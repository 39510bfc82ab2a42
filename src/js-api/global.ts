import { GlobalInstance } from "../store/global-instance.ts";
import type { Realm } from "./realm.ts";
import { globalSlot } from "./slots.ts";
import {
  defaultValue,
  requireTransparent,
  toJSValue,
  toValueType,
  toWebAssemblyValue,
  type ValueTypeName,
} from "./values.ts";
import { asInterface, dictionary } from "./web-idl.ts";

/** https://webassembly.github.io/spec/js-api/#dictdef-globaldescriptor */
export interface GlobalDescriptor {
  readonly value: ValueTypeName;
  readonly mutable?: boolean;
}

/** https://webassembly.github.io/spec/js-api/#global */
export interface Global {
  /** Setting it throws a TypeError where the global is constant, or the value none of its type. */
  value: unknown;
  valueOf(): unknown;
}

export type GlobalConstructor = new (descriptor: GlobalDescriptor, value?: unknown) => Global;

/** `WebAssembly.Global`. */
export function defineGlobal(realm: Realm): GlobalConstructor {
  function read(object: unknown): unknown {
    const global = globalSlot.require(object);
    requireTransparent([global.type.valType]);
    return toJSValue(realm, global.getValue());
  }

  class Global {
    constructor(descriptor?: unknown, value?: unknown) {
      const given = dictionary<keyof GlobalDescriptor>(descriptor, "The descriptor of a global");
      const mutable = Boolean(given.mutable);
      const valType = toValueType(given.value);
      requireTransparent([valType]);
      const initial = value === undefined ? defaultValue(valType) : toWebAssemblyValue(value, valType);
      realm.globals.add(this, new GlobalInstance({ valType, mutable }, initial));
    }

    valueOf(): unknown {
      return read(this);
    }

    get value(): unknown {
      return read(this);
    }

    set value(value: unknown) {
      const global = globalSlot.require(this);
      const { valType, mutable } = global.type;
      requireTransparent([valType]);
      if (!mutable) throw new TypeError("The global is constant.");
      global.setValue(toWebAssemblyValue(value, valType));
    }
  }
  realm.globals.prototype = Global.prototype;
  return asInterface("Global", 1, Global) as unknown as GlobalConstructor;
}

import { requireKind } from "../common/arguments.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import type { TagInstance } from "../store/tag-instance.ts";
import { NotFoundFunc, NotFoundGlobal, NotFoundMem, NotFoundTable, NotFoundTag } from "./errors.ts";
import { Func } from "./func.ts";
import { Global } from "./global.ts";
import { Memory } from "./memory.ts";
import { Table } from "./table.ts";

const wrappers = new WeakMap<ModuleInstance, Instance>();

/** A module instance and its exports by name; lists of names are ordered by their bytes. Rust SDK `Instance`. */
export class Instance {
  /** The core's instance. */
  readonly inner: ModuleInstance;

  private constructor(inner: ModuleInstance) {
    this.inner = inner;
  }

  /** The `Instance` of a core module instance: the same one each time. */
  static of(inner: ModuleInstance): Instance {
    let instance = wrappers.get(inner);
    if (instance === undefined) {
      instance = new Instance(requireKind("An instance", inner, ModuleInstance, "ModuleInstance"));
      wrappers.set(inner, instance);
    }
    return instance;
  }

  /** The module's own name; undefined for one without. */
  get name(): string | undefined {
    return this.inner.name === "" ? undefined : this.inner.name;
  }

  /** @throws NotFoundFunc */
  func(name: string): Func {
    const found = this.inner.findFuncExports(name);
    if (found === null) throw new NotFoundFunc(name);
    return Func.of(found);
  }

  /** @throws NotFoundTable */
  table(name: string): Table {
    const found = this.inner.findTableExports(name);
    if (found === null) throw new NotFoundTable(name);
    return new Table(found);
  }

  /** @throws NotFoundMem */
  memory(name: string): Memory {
    const found = this.inner.findMemoryExports(name);
    if (found === null) throw new NotFoundMem(name);
    return new Memory(found);
  }

  /** @throws NotFoundGlobal */
  global(name: string): Global {
    const found = this.inner.findGlobalExports(name);
    if (found === null) throw new NotFoundGlobal(name);
    return new Global(found);
  }

  /** @throws NotFoundTag */
  tag(name: string): TagInstance {
    const found = this.inner.findTagExports(name);
    if (found === null) throw new NotFoundTag(name);
    return found;
  }

  get funcNames(): string[] {
    return this.inner.exportNames("function");
  }

  get tableNames(): string[] {
    return this.inner.exportNames("table");
  }

  get memoryNames(): string[] {
    return this.inner.exportNames("memory");
  }

  get globalNames(): string[] {
    return this.inner.exportNames("global");
  }

  get tagNames(): string[] {
    return this.inner.exportNames("tag");
  }
}

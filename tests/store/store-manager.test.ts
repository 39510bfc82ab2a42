import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { StoreManager } from "../../src/store/store-manager.ts";
import { failureOf } from "../support/engine.ts";

/** Reference, chapter 2.6. */

describe("a store", () => {
  it("finds modules under their own names and under aliases", () => {
    const store = new StoreManager();
    const module = new ModuleInstance("own");
    store.registerModule(module);
    store.registerModule(module, "alias");
    expect(store.findModule("own")).toBe(module);
    expect(store.findModule("alias")).toBe(module);
    expect(store.findModule("other")).toBeNull();
    expect(module.name).toBe("own");
    expect(store.moduleListSize).toBe(2);
  });

  it("gives a name away once, the empty one too", () => {
    const store = new StoreManager();
    store.registerModule(new ModuleInstance("a"));
    store.registerModule(new ModuleInstance(""));
    const error = failureOf(() => store.registerModule(new ModuleInstance("b"), "a"));
    expect(error.lines()).toEqual(["instantiation failed: module name conflict, Code: 0x300", '    Module name: "a"']);
    expect(failureOf(() => store.registerModule(new ModuleInstance(""))).code).toBe(ErrCode.ModuleNameConflict);
    expect(store.findModule("b")).toBeNull();
  });

  it("lists names in the order of their bytes", () => {
    const store = new StoreManager();
    for (const name of ["b", "ä", "a", "B", "", "\u{1f600}", "\uffff"]) store.registerModule(new ModuleInstance(name));
    expect(store.getModuleList()).toEqual(["", "B", "a", "b", "ä", "\uffff", "\u{1f600}"]);
  });

  it("takes a name away and leaves the others", () => {
    const store = new StoreManager();
    const module = new ModuleInstance("own");
    store.registerModule(module);
    store.registerModule(module, "alias");
    store.unregisterModule("own");
    expect(store.getModuleList()).toEqual(["alias"]);
    const error = failureOf(() => store.unregisterModule("own"));
    expect(error.lines()).toEqual(["instantiation failed: unknown import, Code: 0x302", '    Module name: "own"']);
    store.registerModule(new ModuleInstance("own"));
    store.unlink(module);
    expect(store.getModuleList()).toEqual(["own"]);
    store.reset();
    expect(store.moduleListSize).toBe(0);
  });

  it("shares modules with other stores", () => {
    const stores = [new StoreManager(), new StoreManager()];
    const module = new ModuleInstance("m");
    for (const store of stores) store.registerModule(module);
    stores[0]?.unlink(module);
    expect(stores[0]?.findModule("m")).toBeNull();
    expect(stores[1]?.findModule("m")).toBe(module);
  });
});

import { afterEach, describe, expect, it } from "vitest";
import { type LogRecord, setLogCallback, setLogLevel } from "../../src/common/log.ts";
import { ValType } from "../../src/common/value-type.ts";
import { Configure } from "../../src/config/configure.ts";
import { Plugin } from "../../src/plugin/plugin.ts";
import { PLUGIN_API_VERSION, type PluginDescriptor } from "../../src/plugin/plugin-descriptor.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { VM } from "../../src/vm/vm.ts";

/** The registry is the process's: every test takes a name of its own. */
function descriptor(name: string, parts: Partial<PluginDescriptor> = {}): PluginDescriptor {
  return {
    name,
    description: `describes ${name}`,
    apiVersion: PLUGIN_API_VERSION,
    version: { major: 1, minor: 2, patch: 3, build: 4 },
    modules: [
      {
        name: "answers",
        description: "gives an answer",
        create: () => {
          const module = new ModuleInstance(`${name}_answers`);
          module.addHostFunction("answer", new HostFunction({ params: [], results: [ValType.I32] }, () => 42));
          return module;
        },
      },
    ],
    ...parts,
  };
}

afterEach(() => {
  setLogCallback(null);
  setLogLevel("info");
});

describe("a plugin", () => {
  it("is found by its name, with what its descriptor says", () => {
    expect(Plugin.find("one")).toBeNull();
    expect(Plugin.registerPlugin(descriptor("one"))).toBe(true);
    const plugin = Plugin.find("one");
    expect(plugin?.name).toBe("one");
    expect(plugin?.description).toBe("describes one");
    expect(plugin?.version).toEqual({ major: 1, minor: 2, patch: 3, build: 4 });
    expect(plugin?.modules().map(({ name }) => name)).toEqual(["answers"]);
    expect(plugin?.findModule("answers")?.description).toBe("gives an answer");
    expect(plugin?.findModule("questions")).toBeNull();
    expect(Plugin.plugins()).toContain(plugin);
  });

  it("is refused, with a debug line, under a name that is taken or for another API version", () => {
    const records: LogRecord[] = [];
    setLogCallback((record) => records.push(record));
    setLogLevel("debug");
    expect(Plugin.registerPlugin(descriptor("two"))).toBe(true);
    expect(Plugin.registerPlugin(descriptor("two"))).toBe(false);
    expect(Plugin.registerPlugin(descriptor("three", { apiVersion: 4 }))).toBe(false);
    expect(Plugin.find("three")).toBeNull();
    expect(records).toEqual([
      { level: "debug", message: "Plugin: two is registered already." },
      { level: "debug", message: "Plugin: three has API version 4, expected 5." },
    ]);
  });
});

describe("a VM", () => {
  it("registers a fresh instance of each plugin's modules, and makes others after cleanup", () => {
    Plugin.registerPlugin(descriptor("four"));
    const [first, second] = [new VM(), new VM()];
    expect(first.executeRegistered("four_answers", "answer")).toEqual([42]);
    const instance = first.getRegisteredModule("four_answers");
    expect(second.getRegisteredModule("four_answers")).not.toBe(instance);
    first.cleanup();
    expect(first.getRegisteredModule("four_answers")).not.toBe(instance);
    expect(first.executeRegistered("four_answers", "answer")).toEqual([42]);
  });

  it("leaves out the plugins that its configuration forbids", () => {
    Plugin.registerPlugin(descriptor("five"));
    Plugin.registerPlugin(descriptor("six"));
    const names = new VM(new Configure().addForbiddenPlugins("five")).listRegisteredModules();
    expect(names).not.toContain("five_answers");
    expect(names).toContain("six_answers");
  });
});

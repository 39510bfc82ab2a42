import { ValType } from "../../src/common/value-type.ts";
import { HostFunction } from "../../src/store/host-function.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import type { Engine } from "./engine.ts";

/** An instance, and a host function between its own: `outer` calls `again` of "host", which calls `inner` with one more. */
export function callingBack(engine: Engine, source: string): ModuleInstance {
  const host = new ModuleInstance("host");
  host.addHostFunction(
    "again",
    new HostFunction({ params: [ValType.I32], results: [] }, (frame, [n]) => {
      const inner = frame.module?.findFuncExports("inner");
      if (inner) frame.executor.invoke(inner, [(n as number) + 1]);
    }),
  );
  engine.store.registerModule(host);
  return engine.instantiate(`(module (import "host" "again" (func $again (param i32))) ${source})`);
}

// A debugger session: a function is stepped through, stopped at a breakpoint and at a change, and looked at; then a trace.

import { readFileSync } from "node:fs";
import { Debugger, DebugSession, Tracer, traceLine, typedText, VmBuilder } from "wasmedge-ts";

const vm = new VmBuilder().build();
// 20 lines of text (examples/gcd.wat), with the names of functions and locals in the module.
vm.registerModuleFromBytes(null, readFileSync("examples/gcd.wasm"));
const gcd = vm.activeModule().func("gcd").inner;

// A session drives one run, from stop to stop. It stands before the first instruction.
const session = DebugSession.call(vm.executor, gcd, [12, 18]);
for (let i = 0; i < 3; i++) session.step();
const { stop } = session;
console.log("next:", stop?.frame.instruction, "takes", stop?.frame.takes.map(typedText).join(" and "));

// Over the call, then to a breakpoint: in a function, where its second parameter is 6.
const { executed } = session.stepOver() ?? {};
console.log("done:", executed?.text, "left", executed?.leaves?.map(typedText).join(" and "));
const { debugger: debug } = session;
const instance = stop?.frame.instance;
if (instance === undefined) throw new Error("it has not stopped");
debug.addBreakpoint(instance, "remainder", ({ frame }) => frame.locals[1]?.value.toI32() === 6);
const inside = session.continue();
console.log("frames:", inside?.frames.map(({ functionName }) => functionName).join(" < "));
console.log("locals:", inside?.frame.locals.map(({ name, value }) => `${name} = ${value.toValue()}`).join(", "));

// What changes memory?
debug.addWatchpoint({ kind: "memory", instance, address: 8, length: 4 });
const change = session.continue();
console.log("changed by", change?.executed?.text, "to", change?.change?.new);
session.continue();
console.log("result:", session.result().map(typedText).join());
session.close();

// The same run as a trace, while no debugger is attached.
const tracer = new Tracer(vm.executor, ["calls"], (event) => console.log(traceLine(event)));
vm.runFunc(null, "gcd", [12, 18]);
tracer.detach();

// An asynchronous run pauses at a breakpoint; meanwhile the event loop goes on.
const attached = new Debugger(vm.executor);
attached.addBreakpoint(instance, "remainder");
const run = vm.runFuncAsync(null, "gcd", [7, 21]);
const paused = await attached.nextStop();
console.log("paused in", paused.frame.functionName, "- done:", run.done);
attached.detach();
console.log("gcd(7, 21) =", (await run)[0]);

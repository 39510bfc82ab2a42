// Host functions that await: a module asks for prices one after the other, and the host has to wait for each. The module knows
// nothing of that: its execution is suspended, the event loop goes on, and other executions have their turn.

import { ImportObjectBuilder, VmBuilder, WasmEdgeError } from "wasmedge-ts";
import { compile } from "watr";

const app = compile(`(module
  (import "shop" "price" (func $price (param i32) (result i32)))
  (func (export "total") (param $first i32) (param $last i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $price (local.get $first))))
      (local.set $first (i32.add (local.get $first) (i32.const 1)))
      (br_if $next (i32.le_s (local.get $first) (local.get $last))))
    (local.get $sum)))`);

const sleep = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

// A `fetch(url, { signal })` would stand here: the signal tells it when nobody waits for the answer any more.
async function lookUp(article: number, signal?: AbortSignal): Promise<number> {
  if (article === 99) await aborted(signal);
  await sleep(2);
  if (article > 100) throw new Error(`there is no article ${article}`);
  return article * 10;
}

// About article 99 the answer never comes.
function aborted(signal?: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
}

let asked = 0;
const shop = new ImportObjectBuilder("shop")
  .withFunc("price", ["i32"], ["i32"], (caller, article) => {
    asked++;
    return lookUp(article, caller.run.signal);
  })
  .build();

const vm = new VmBuilder().build().registerImportModule(shop).registerModuleFromBytes("app", app);

// Two executions at once, on one instance.
const [few, many] = await Promise.all([
  vm.runFuncAsync("app", "total", [1, 3]),
  vm.runFuncAsync("app", "total", [1, 8]),
]);
console.log("totals:", few[0], many[0], "after", asked, "questions");

// A promise that fails is as an error that is thrown.
try {
  await vm.runFuncAsync("app", "total", [100, 102]);
} catch (error) {
  console.log(String(error).split("\n").slice(0, 2).join("\n"));
}

// Cancelling ends an execution that waits, too.
const controller = new AbortController();
const waiting = vm.runFuncAsync("app", "total", [98, 99], { signal: controller.signal });
console.log("has ended:", await waiting.waitFor(20));
controller.abort("the customer has left");
try {
  await waiting;
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log(`${error.headline()} (${error.cause})`);
}

// A call that cannot wait says what it would have to wait for.
try {
  vm.runFunc("app", "total", [1, 1]);
} catch (error) {
  console.log(String(error).split("\n").slice(0, 2).join("\n"));
}

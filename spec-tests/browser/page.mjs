// The page of main.ts: the module here and in a worker, on one memory; what came of it goes to the server.
import { Memory } from "/dist/index.js";
import { vmOn } from "/vm.mjs";

async function play() {
  const module = new Uint8Array(await (await fetch("/module.wasm")).arrayBuffer());
  const memory = Memory.create({ min: 1, max: 4, shared: true });
  const vm = vmOn(memory, module);
  const worker = new Worker("/worker.mjs", { type: "module" });
  const answer = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  });
  const seen = {};
  try {
    vm.runFunc("app", "wait", [8]);
  } catch (error) {
    seen.synchronousWait = error.codeName;
  }
  // The worker wakes this run at its end; until then the page goes on.
  const waiting = vm.runFuncAsync("app", "wait", [8]);
  worker.postMessage({ memory: memory.toShared(), module });
  for (let i = 0; i < 1000; i++) vm.runFunc("app", "add", [1]);
  while (vm.runFunc("app", "wake", [16])[0] === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  seen.worker = await answer;
  seen.asynchronousWait = await waiting;
  seen.sum = vm.runFunc("app", "add", [0]);
  seen.pages = vm.runFunc("app", "size");
  return seen;
}

let result;
try {
  result = await play();
} catch (error) {
  result = { error: error.codeName ?? String(error) };
}
await fetch("/result", { method: "POST", body: JSON.stringify(result) });

// The worker of page.mjs: adds, grows the memory, sleeps until the page wakes it, and then wakes the page's run.
import { Memory } from "/dist/index.js";
import { vmOn } from "/vm.mjs";

addEventListener("message", ({ data: { memory, module } }) => {
  const vm = vmOn(Memory.fromShared(memory), module);
  for (let i = 0; i < 1000; i++) vm.runFunc("app", "add", [1]);
  vm.runFunc("app", "grow");
  const woken = vm.runFunc("app", "wait", [16]);
  while (vm.runFunc("app", "wake", [8])[0] === 0) {
    // The page's run does not wait yet.
  }
  postMessage({ woken });
});

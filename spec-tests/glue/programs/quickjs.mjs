import { getQuickJS, shouldInterruptAfterDeadline } from "quickjs-emscripten";

const QuickJS = await getQuickJS();
console.log(
  JSON.stringify(
    QuickJS.evalCode(
      "[1, 2, 3].map((x) => x ** 2.5).concat(`$\x7b10n ** 20n}`, /(?<y>\\d+)/.exec('in 2026').groups.y)",
    ),
  ),
);
const vm = QuickJS.newContext();
const log = vm.newFunction("log", (...args) => console.log("log", ...args.map((arg) => vm.dump(arg))));
vm.setProp(vm.global, "log", log);
log.dispose();
const result = vm.evalCode(`
  const fibonacci = (n) => (n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2));
  log(fibonacci(12), { nested: [1, "two"] });
  function* numbers() { yield* [1, 2]; return 3; }
  log([...numbers()]);
  throw new TypeError("thrown inside");`);
console.log(vm.dump(result.error).message);
result.error.dispose();
vm.dispose();
try {
  QuickJS.evalCode("for (;;);", {
    shouldInterrupt: shouldInterruptAfterDeadline(Date.now() + 100),
    memoryLimitBytes: 1 << 20,
  });
} catch (error) {
  console.log(error.name, error.message);
}

import asc from "assemblyscript/asc";

const source =
  "export function fib(n: i32): i32 { return n < 2 ? n : fib(n - 1) + fib(n - 2); }\nexport function text(s: string): string { return s.toUpperCase(); }";
const written = {};
const { error, stdout, stderr } = await asc.main(
  ["module.ts", "--textFile", "module.wat", "--outFile", "module.wasm", "-O1", "--runtime", "stub"],
  {
    readFile: (name) => (name === "module.ts" ? source : null),
    writeFile: (name, data) => {
      written[name] = data;
    },
    listFiles: () => [],
  },
);
console.log(error?.message, stdout.toString(), stderr.toString());
console.log(written["module.wat"].slice(0, 2000), written["module.wasm"].length);
const { instance } = await WebAssembly.instantiate(written["module.wasm"], { env: { abort: () => undefined } });
console.log(instance.exports.fib(15));

import { rollup } from "@rollup/wasm-node";

const files = {
  main: 'import { used } from "other"; export * from "third"; console.log(used, class { static #x = 1n; });',
  other: "export const used = `a$\x7b1}`; export const unused = () => { sideEffectFree(); };",
  third: "export default 1; export const a = 2, b = import.meta.url;",
};
const bundle = await rollup({
  input: "main",
  plugins: [{ name: "memory", resolveId: (id) => (id in files ? id : null), load: (id) => files[id] }],
});
const { output } = await bundle.generate({ format: "es" });
console.log(output[0].code);
try {
  await rollup({ input: "broken", plugins: [{ name: "memory", resolveId: (id) => id, load: () => "let a = ;" }] });
} catch (error) {
  console.log(error.code, error.message);
}

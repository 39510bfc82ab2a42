import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import init, { transform } from "lightningcss-wasm";

await init(readFileSync(createRequire(import.meta.url).resolve("lightningcss-wasm/lightningcss_node.wasm")));
const code = Buffer.from(
  ".a { .b & { color: lch(50% 60 70); } inset: 0 1px; } @media (width > 3px) { a { color: rgba(255, 0, 0, .5) } }",
);
const result = transform({
  filename: "a.css",
  code,
  minify: true,
  sourceMap: true,
  targets: { chrome: 80 << 16 },
  visitor: { Length: (length) => ({ unit: length.unit, value: length.value * 2 }) },
});
console.log(Buffer.from(result.code).toString(), Buffer.from(result.map).toString());
try {
  transform({ filename: "b.css", code: Buffer.from("a { color: "), minify: false, errorRecovery: false });
  transform({ filename: "b.css", code: Buffer.from("@media { a b c } }}"), minify: false, errorRecovery: false });
} catch (error) {
  console.log(error.name, error.message, JSON.stringify(error.loc));
}

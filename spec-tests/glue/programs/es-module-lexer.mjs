import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { init, parse } from "es-module-lexer";

await init;
const source = `import a, { b as c } from "d"; export { e } from 'f\\u{67}'; import("h", { with: { type: "json" } }); export const i = import.meta.url;`;
const own = readFileSync(createRequire(import.meta.url).resolve("es-module-lexer"), "utf8");
for (const text of [source, own]) console.log(JSON.stringify(parse(text)));
try {
  parse("import { from");
} catch (error) {
  console.log(error.message, error.idx);
}

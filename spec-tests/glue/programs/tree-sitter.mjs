import { createRequire } from "node:module";
import { Language, Parser, Query } from "web-tree-sitter";

await Parser.init();
const file = createRequire(import.meta.url).resolve("tree-sitter-javascript/tree-sitter-javascript.wasm");
const language = await Language.load(file);
const parser = new Parser();
parser.setLanguage(language);
const source =
  "class A extends B { #x = 1; get y() { return `$\x7bthis.#x} é 漢`; } }\nfor (const a of b) if (a) c(/d/g, ...e);\nlet = ;";
const tree = parser.parse(source);
console.log(tree.rootNode.toString(), tree.rootNode.hasError);
const query = new Query(language, "(identifier) @name (template_string) @text");
for (const { name, node } of query.captures(tree.rootNode))
  console.log(name, node.text, JSON.stringify(node.startPosition));
const edited = `x;\n${source}`;
tree.edit({
  startIndex: 0,
  oldEndIndex: 0,
  newEndIndex: 3,
  startPosition: { row: 0, column: 0 },
  oldEndPosition: { row: 0, column: 0 },
  newEndPosition: { row: 1, column: 0 },
});
console.log(parser.parse(edited, tree).rootNode.descendantCount);

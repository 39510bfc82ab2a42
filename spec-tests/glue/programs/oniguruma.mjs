import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const oniguruma = require("vscode-oniguruma");
await oniguruma.loadWASM(readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm")));
const scanner = new oniguruma.OnigScanner(["(?<word>\\p{L}+)", "\\d+(?=€)", "(?i)\\bWASM\\b"]);
const text = new oniguruma.OnigString("é漢字 12€ wasm 🦀 end");
for (let at = 0; at < text.content.length; ) {
  const match = scanner.findNextMatchSync(text, at);
  if (match === null) break;
  console.log(match.index, JSON.stringify(match.captureIndices));
  at = Math.max(match.captureIndices[0].end, at + 1);
}
scanner.dispose();
try {
  new oniguruma.OnigScanner(["("]);
} catch (error) {
  console.log(error.message);
}

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

await initWasm(readFileSync(createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm")));
const svg =
  '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><circle cx="15" cy="15" r="12.5" fill="#369" opacity=".7"/><path d="M5 5 C 20 0, 20 30, 38 22" stroke="red" fill="none"/></svg>';
const image = new Resvg(svg, { background: "white" }).render();
const digest = (bytes) => createHash("sha256").update(bytes).digest("hex");
console.log(image.width, image.height, digest(image.pixels), digest(image.asPng()));
try {
  new Resvg("<svg");
} catch (error) {
  console.log(String(error.message ?? error));
}

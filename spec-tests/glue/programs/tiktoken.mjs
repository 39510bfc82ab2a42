import { get_encoding } from "tiktoken";

const encoding = get_encoding("gpt2");
const tokens = encoding.encode("Rust, by way of wasm-bindgen: tokens of a text with é, 漢字 and 🦀.");
console.log([...tokens].join(" "), new TextDecoder().decode(encoding.decode(tokens)));
try {
  encoding.encode("<|endoftext|>");
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
encoding.free();

import { createRequire } from "node:module";

const sodium = createRequire(import.meta.url)("libsodium-wrappers");
await sodium.ready;
const hex = (bytes) => Buffer.from(bytes).toString("hex");
const seed = new Uint8Array(32).fill(5);
const { publicKey, privateKey } = sodium.crypto_sign_seed_keypair(seed);
const signature = sodium.crypto_sign_detached("text", privateKey);
console.log(hex(signature), sodium.crypto_sign_verify_detached(signature, "text", publicKey));
const nonce = new Uint8Array(24).fill(9);
const box = sodium.crypto_secretbox_easy("a message", nonce, seed);
console.log(hex(box), Buffer.from(sodium.crypto_secretbox_open_easy(box, nonce, seed)).toString());
console.log(hex(sodium.crypto_generichash(32, "text")), hex(sodium.crypto_scalarmult_base(seed)));
box[3] ^= 1;
try {
  sodium.crypto_secretbox_open_easy(box, nonce, seed);
} catch (error) {
  console.log(error.message);
}

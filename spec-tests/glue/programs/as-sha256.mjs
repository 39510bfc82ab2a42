import { digest, digest64, SHA256 } from "@chainsafe/as-sha256";

const hex = (bytes) => Buffer.from(bytes).toString("hex");
for (const length of [0, 1, 55, 56, 64, 1000]) console.log(length, hex(digest(new Uint8Array(length).fill(length))));
console.log(hex(digest64(new Uint8Array(64).fill(3))));
const hash = new SHA256();
hash.init();
for (let i = 0; i < 100; i++) hash.update(Uint8Array.of(i, i, i));
console.log(hex(hash.final()));

import hash from "hash-wasm";

const text = "WebAssembly over WebAssembly ".repeat(100);
for (const name of [
  "adler32",
  "crc32",
  "md4",
  "md5",
  "ripemd160",
  "sha1",
  "sha256",
  "sha512",
  "sha3",
  "keccak",
  "sm3",
  "whirlpool",
  "xxhash32",
  "xxhash64",
  "xxhash128",
  "blake2b",
  "blake2s",
  "blake3",
]) {
  console.log(name, await hash[name](text));
}
const salt = new Uint8Array(16).fill(7);
console.log(
  await hash.argon2id({ password: "p", salt, parallelism: 1, iterations: 2, memorySize: 64, hashLength: 32 }),
);
console.log(await hash.bcrypt({ password: "p", salt, costFactor: 4 }));
console.log(
  await hash.scrypt({
    password: "p",
    salt,
    costFactor: 16,
    blockSize: 8,
    parallelism: 1,
    hashLength: 32,
    outputType: "hex",
  }),
);
console.log(
  await hash.pbkdf2({
    password: "p",
    salt,
    iterations: 10,
    hashLength: 32,
    hashFunction: hash.createSHA256(),
    outputType: "hex",
  }),
);
const streamed = await hash.createSHA256();
streamed.init();
for (let i = 0; i < 10; i++) streamed.update(text);
const saved = streamed.save();
console.log(streamed.digest("hex"));
streamed.load(saved);
console.log(streamed.update("more").digest("hex"));

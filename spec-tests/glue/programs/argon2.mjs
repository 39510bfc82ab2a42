import { createRequire } from "node:module";

// Its glue is older than Node's fetch, which cannot read files.
delete globalThis.fetch;
const argon2 = createRequire(import.meta.url)("argon2-browser");
for (const type of [argon2.ArgonType.Argon2d, argon2.ArgonType.Argon2i, argon2.ArgonType.Argon2id]) {
  const { encoded, hashHex } = await argon2.hash({
    pass: "password",
    salt: "somesalt",
    time: 2,
    mem: 64,
    hashLen: 24,
    parallelism: 1,
    type,
  });
  console.log(encoded, hashHex);
  await argon2.verify({ pass: "password", encoded });
}
const refused = await argon2.hash({ pass: "p", salt: "s" }).catch((error) => error);
console.log(refused.code, refused.message);

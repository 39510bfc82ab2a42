// `node scripts/run-ts.mjs bench/assemble.ts`: makes the binaries of the benchmark programs in text.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "watr";
import { benchFolder, readManifest } from "./manifest.ts";

for (const { file, source } of readManifest()) {
  if (!source.endsWith(".wat")) continue;
  writeFileSync(join(benchFolder, file), compile(readFileSync(join(benchFolder, source), "utf8")));
  console.log(file);
}

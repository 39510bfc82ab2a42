import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { archivesIn } from "../suite-archives.ts";
import { readTar } from "../tar.ts";
import { readCorpus } from "./corpus.ts";
import { ourVerdict } from "./verdict.ts";

/** The largest module that is mutated, in bytes. */
const LARGEST = 65536;

const here = dirname(fileURLToPath(import.meta.url));

/** The modules that are mutated in the tests: those of the corpus, and the benchmark programs. */
export function committedModules(): Uint8Array[] {
  const corpora = ["2.0", "3.0"].flatMap((name) => readCorpus(readFileSync(join(here, "corpus", `${name}.gz`))));
  const programs = join(dirname(dirname(here)), "bench", "programs");
  const files = readdirSync(programs)
    .filter((file) => file.endsWith(".wasm"))
    .sort();
  return [
    ...corpora.map(({ bytes }) => bytes),
    ...files.map((file) => new Uint8Array(readFileSync(join(programs, file)))),
  ];
}

/** The valid modules of the specification's suites, each once. @param folder where the suites' archives stand */
export function suiteModules(folder: string): Uint8Array[] {
  const seen = new Set<string>();
  return archivesIn(folder).flatMap((archive) =>
    Array.from(readTar(gunzipSync(readFileSync(archive))))
      .filter(({ path }) => path.endsWith(".wasm"))
      .map(({ data }) => new Uint8Array(data))
      .filter((bytes) => {
        const digest = createHash("sha1").update(bytes).digest("hex");
        const isNew = !seen.has(digest);
        seen.add(digest);
        return isNew && bytes.length <= LARGEST && ourVerdict(bytes) === "valid";
      }),
  );
}

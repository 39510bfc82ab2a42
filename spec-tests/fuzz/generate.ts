import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Profile } from "./profiles.ts";
import { randomBytes } from "./random.ts";

export interface Generator {
  /** The file of wasm-opt. */
  readonly wasmOpt: string;
  /** The Node that runs it. */
  readonly node: string;
  /** Where input and output stand meanwhile. */
  readonly folder: string;
}

/**
 * The module that a seed stands for: random bytes, which binaryen's fuzzer turns into a valid module. `--denan` puts a zero
 * wherever a NaN would come out, since engines may choose a NaN's bits.
 * @param inputSize bytes of input: the more, the larger the module
 * @throws Error with what wasm-opt printed, where it fails
 */
export function generate({ wasmOpt, node, folder }: Generator, profile: Profile, seed: number, inputSize: number) {
  const input = join(folder, `${profile.name}-${seed}.bin`);
  const output = join(folder, `${profile.name}-${seed}.wasm`);
  writeFileSync(input, randomBytes(`${profile.name}:${seed}`, inputSize));
  const options = [input, "--translate-to-fuzz", ...profile.options, "--denan", "-o", output];
  try {
    const { status, signal, stderr } = spawnSync(node, [wasmOpt, ...options], { encoding: "utf8" });
    if (status !== 0) throw new Error(`wasm-opt ended with ${signal ?? status} on seed ${seed}: ${stderr}`);
    return new Uint8Array(readFileSync(output));
  } finally {
    rmSync(input, { force: true });
    rmSync(output, { force: true });
  }
}

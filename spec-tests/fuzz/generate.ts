import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withDrivers } from "./drivers.ts";
import { bundleChild, LineProcess } from "./processes.ts";
import type { Profile } from "./profiles.ts";
import { randomBytes } from "./random.ts";
import { wasmOptFile } from "./tools.ts";

/** Seconds that wasm-opt may take for a module. */
const SECONDS = 120;

/** Makes modules of seeds, with a process in which binaryen's wasm-opt runs. */
export class Generator {
  private readonly process: LineProcess;
  private readonly folder: string;

  private constructor(process: LineProcess, folder: string) {
    this.process = process;
    this.folder = folder;
  }

  /** @param folder where input and output of wasm-opt stand meanwhile */
  static async open(folder: string): Promise<Generator> {
    const argv = [await bundleChild("generate-child"), wasmOptFile()];
    return new Generator(new LineProcess(process.execPath, argv, SECONDS), folder);
  }

  /**
   * The module that a seed stands for, with its drivers: random bytes, which binaryen's fuzzer turns into a valid module.
   * The fuzzer makes some modules of two or three functions; for those other random bytes are taken.
   * @param inputSize bytes of input: the more, the larger the module
   * @param fewest functions that can be called
   * @throws Error with what wasm-opt printed, where it fails
   */
  async generate(profile: Profile, seed: number, inputSize: number, fewest: number): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const input = randomBytes(`${profile.name}:${seed}:${attempt}`, inputSize);
      const { bytes, functions } = withDrivers(await this.translate(profile, input), profile, seed);
      if (functions >= fewest) return bytes;
    }
  }

  /** `--denan` puts a zero wherever a NaN would come out, since engines may choose a NaN's bits. */
  private async translate(profile: Profile, input: Uint8Array): Promise<Uint8Array> {
    const stem = join(this.folder, `${profile.name}-${process.pid}`);
    const [inputFile, outputFile] = [`${stem}.bin`, `${stem}.wasm`];
    writeFileSync(inputFile, input);
    try {
      const options = [inputFile, "--translate-to-fuzz", ...profile.options, "--denan", "-o", outputFile];
      const answer = (await this.process.ask(JSON.stringify(options))) as { readonly error?: string };
      if (answer.error !== undefined) throw new Error(`wasm-opt failed: ${answer.error}`);
      return new Uint8Array(readFileSync(outputFile));
    } finally {
      rmSync(inputFile, { force: true });
      rmSync(outputFile, { force: true });
    }
  }

  end(): void {
    this.process.end();
  }
}

import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { WasmEdgeError } from "../../src/common/error.ts";
import { withDrivers } from "./drivers.ts";
import { childProgram, LineProcess } from "./processes.ts";
import type { Profile } from "./profiles.ts";
import { randomBytes } from "./random.ts";
import { wasmOptFile } from "./tools.ts";

/** Seconds that wasm-opt may take for a module. */
const SECONDS = 120;

/** The level at which modules are optimized. */
const OPTIMIZE = "-O3";

/** binaryen puts ref.as_non_null and the like into some modules that must do without typed function references. */
function lacksProposal(error: unknown): boolean {
  return error instanceof WasmEdgeError && error.context.some(({ kind }) => kind === "proposal");
}

/** Which modules are wanted. */
export interface Fit {
  /** Bytes that a module is made from: the more, the larger it is. */
  readonly inputSize: number;
  /** Functions that can be called. */
  readonly fewest: number;
  /** Bytes that the module may have. */
  readonly largest: number;
  /** Whether it is optimized, so that it has the shapes of compilers. */
  readonly optimized: boolean;
}

/** Makes modules of seeds, with a process in which binaryen's wasm-opt runs. */
export class Generator {
  private readonly process: LineProcess;
  private readonly folder: string;

  /** @param folder where input and output of wasm-opt stand meanwhile */
  constructor(folder: string) {
    this.process = new LineProcess(process.execPath, [...childProgram("generate-child"), wasmOptFile()], SECONDS);
    this.folder = folder;
  }

  /**
   * The module that a seed stands for, with its drivers: random bytes, which binaryen's fuzzer turns into a valid module.
   * `--denan` puts a zero wherever a NaN would come out, since engines may choose a NaN's bits.
   * The fuzzer makes some modules of two or three functions; where one does not fit, other random bytes are taken.
   * @throws Error with what wasm-opt printed, where it fails
   */
  async generate(profile: Profile, seed: number, { inputSize, fewest, largest, optimized }: Fit): Promise<Uint8Array> {
    for (let attempt = 0; ; attempt++) {
      const input = randomBytes(`${profile.name}:${seed}:${attempt}`, inputSize);
      const module = await this.run(profile, input, [
        "--translate-to-fuzz",
        ...profile.features,
        ...profile.passes,
        "--denan",
      ]);
      try {
        const { bytes, functions } = withDrivers(module, profile, seed);
        if (functions >= fewest && bytes.length <= largest) {
          return optimized ? await this.run(profile, bytes, [...profile.features, OPTIMIZE]) : bytes;
        }
      } catch (error) {
        if (!lacksProposal(error)) throw error;
      }
    }
  }

  /** What the native engine gets for a module. @throws Error with what wasm-opt printed, where it fails */
  async forNative(profile: Profile, bytes: Uint8Array): Promise<Uint8Array> {
    const { features, nativePasses } = profile;
    return nativePasses.length === 0 ? bytes : await this.run(profile, bytes, [...features, ...nativePasses]);
  }

  private async run(profile: Profile, input: Uint8Array, passes: readonly string[]): Promise<Uint8Array> {
    const stem = join(this.folder, `${profile.name}-${process.pid}`);
    const [inputFile, outputFile] = [`${stem}.bin`, `${stem}.wasm`];
    writeFileSync(inputFile, input);
    try {
      const options = [inputFile, ...passes, "-o", outputFile];
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

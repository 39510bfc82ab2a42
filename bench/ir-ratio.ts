import { readFileSync } from "node:fs";
import { join } from "node:path";
import { benchFolder } from "./manifest.ts";

/** What is recorded of a program with its short argument. */
export interface IrRatio {
  readonly name: string;
  /**
   * Instructions of wasm that the call executes: what `wasmedge --enable-instruction-count` of WasmEdge 0.17.1 says, less the
   * instructions of the module's constant expressions, which it counts at instantiation.
   */
  readonly wasmInstructions: number;
  /** Instructions of the intermediate representation that we execute for them: not more, from here on. */
  irInstructions: number;
}

export const irRatioFile: string = join(benchFolder, "ir-ratio.json");

export function readIrRatios(): IrRatio[] {
  return (JSON.parse(readFileSync(irRatioFile, "utf8")) as { readonly programs: IrRatio[] }).programs;
}

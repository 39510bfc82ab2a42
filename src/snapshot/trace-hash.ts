import { WasmEdgeError } from "../common/error.ts";
import { isList } from "../common/host-values.ts";
import { Sha256, toHex } from "../common/sha256.ts";
import { encodeUtf8 } from "../common/utf8.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { HostCallRecord } from "./host-recorder.ts";
import { encodeSnapshot, type SnapshotParts } from "./take-snapshot.ts";

/** A hash of what a run sees and does: the same on every engine and in every process. */
export class TraceHash {
  private readonly hasher = new Sha256();

  /** Of all up to now, as hexadecimal digits. */
  get text(): string {
    return toHex(this.hasher.clone().digest());
  }

  private addText(text: string): void {
    this.hasher.update(encodeUtf8(`${text}\n`));
  }

  /** The whole state. */
  addState(parts: SnapshotParts): void {
    this.hasher.update(encodeSnapshot(parts));
  }

  /** A call of a host function. */
  addRecord({ func, instructions, outcome, changes: { grown, writes } }: HostCallRecord): void {
    const name = func.module?.exportNameOfFunction(func.index) ?? func.index;
    const end = "thrown" in outcome ? `threw ${errorText(outcome.thrown)}` : `gave ${valueText(outcome.results)}`;
    this.addText(`${func.module?.name}.${name} ${end} ${grown.join(" ")} ${instructions}`);
    for (const { memory, offset, bytes } of writes) {
      this.addText(`${memory} ${offset} ${bytes.length}`);
      this.hasher.update(bytes);
    }
  }

  /** How the run has ended. */
  addEnd(count: number, results: readonly WasmValue[], error: unknown): void {
    this.addText(`${count} ${results.map(({ words }) => words.join(",")).join(" ")} ${errorText(error)}`);
  }
}

function errorText(error: unknown): string {
  if (error === undefined) return "";
  return error instanceof WasmEdgeError ? error.codeName : "an error";
}

function valueText(results: unknown): string {
  if (isList(results)) return results.map(valueText).join(" ");
  return typeof results === "object" || typeof results === "function"
    ? "a reference"
    : `${typeof results} ${String(results)}`;
}

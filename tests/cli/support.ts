import { readFileSync } from "node:fs";
import { afterEach, beforeEach } from "vitest";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { host, installHost } from "../../src/common/host.ts";
import { setLogCallback, setLogLevel } from "../../src/common/log.ts";
import { decodeUtf8Lossy } from "../../src/common/utf8.ts";
import { installWasiDefaults, wasiDefaults } from "../../src/wasi/defaults.ts";
import { nodeHost, nodeWasiDefaults } from "../../src/wasi/fs/node-host.ts";
import { type SampleName, sampleModule, sampleNames, sampleText } from "./sample-modules.ts";

export interface Outcome {
  readonly stdout: string;
  /** Log lines without their time. */
  readonly stderr: string;
  readonly status: number;
}

const files = new Map<string, () => Uint8Array>([
  ...sampleNames.map((name) => [`${name}.wasm`, () => sampleModule(name)] as const),
  ...sampleNames.map((name) => [`${name}.wat`, () => new TextEncoder().encode(sampleText(name))] as const),
  ["text.wasm", () => new TextEncoder().encode("not wasm at all")],
  ["empty.wasm", () => new Uint8Array(0)],
  ["short.wasm", () => sampleModule("hello").subarray(0, 6)],
  ["badver.wasm", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 9, 0, 0, 0)],
  ["component.wasm", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
  ["badsec.wasm", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0x7f, 0)],
  ["leb.wasm", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 0x80, 0x80, 0x80, 0x80, 0x7f)],
  ["bad.wat", () => new TextEncoder().encode("(module (func (export")],
]);

/** A sample by its name, any other file from the disk. */
function readFile(path: string): Uint8Array {
  return files.get(path)?.() ?? readFileSync(path);
}

/** Gives the command line Node's host, and takes it away again. */
export function useCommandLine(): void {
  const hostBefore = { ...host };
  const defaultsBefore = { ...wasiDefaults };
  beforeEach(() => {
    installHost({ ...nodeHost, readFile });
    installWasiDefaults(nodeWasiDefaults);
  });
  afterEach(() => {
    installHost(hostBefore);
    installWasiDefaults(defaultsBefore);
    setLogCallback(null);
    setLogLevel("info");
  });
}

/** Runs a command line in this process. */
export async function commandLine(...args: string[]): Promise<Outcome> {
  const chunks: Record<1 | 2, Uint8Array[]> = { 1: [], 2: [] };
  installHost({
    write: (stream, bytes) => {
      chunks[stream].push(bytes.slice());
      return bytes.length;
    },
  });
  const status = await runCommandLine(args, { program: "wasmedge-ts", colour: () => false });
  const text = (stream: 1 | 2): string => decodeUtf8Lossy(Buffer.concat(chunks[stream]));
  return { stdout: text(1), stderr: text(2).replace(/^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}\] /gm, ""), status };
}

/** The offset in a sample of the last byte of a sequence that occurs in it once, as messages print it. */
export function offsetOf(name: SampleName, ...sequence: number[]): string {
  const bytes = Array.from(sampleModule(name));
  const places = bytes.flatMap((_, i) => (sequence.every((byte, k) => bytes[i + k] === byte) ? [i] : []));
  if (places.length !== 1) throw new Error(`${name} has the sequence ${places.length} times`);
  return `0x${((places[0] ?? 0) + sequence.length - 1).toString(16).padStart(8, "0")}`;
}

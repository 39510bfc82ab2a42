import { gunzipSync, gzipSync } from "node:zlib";

/** A module, and what a native engine made of it when it was recorded. */
export interface Recorded {
  readonly seed: number;
  readonly bytes: Uint8Array;
  readonly lines: readonly string[];
}

/** A corpus as a file: of each module a line of JSON and then its bytes, all compressed. */
export function writeCorpus(modules: readonly Recorded[]): Uint8Array {
  const parts = modules.flatMap(({ seed, bytes, lines }) => [
    Buffer.from(`${JSON.stringify({ seed, size: bytes.length, lines })}\n`),
    bytes,
  ]);
  return gzipSync(Buffer.concat(parts), { level: 9 });
}

export function readCorpus(file: Uint8Array): Recorded[] {
  const content = gunzipSync(file);
  const modules: Recorded[] = [];
  for (let at = 0; at < content.length; ) {
    const end = content.indexOf(0x0a, at);
    const head = JSON.parse(content.toString("utf8", at, end)) as { seed: number; size: number; lines: string[] };
    at = end + 1 + head.size;
    modules.push({ seed: head.seed, bytes: new Uint8Array(content.subarray(end + 1, at)), lines: head.lines });
  }
  return modules;
}

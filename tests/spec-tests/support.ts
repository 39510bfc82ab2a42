import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { onTestFinished } from "vitest";

/** A folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-spec-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files by their paths below a folder. */
export function writeFiles(folder: string, files: { readonly [path: string]: string | Uint8Array }): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

/** One entry of a tar archive, with the header fields that differ from a plain file's. */
export interface TarEntry {
  readonly path: string;
  readonly data?: Uint8Array | string;
  readonly type?: string;
  readonly prefix?: string;
}

/** A ustar header and its content, by the tables of POSIX. */
function tarEntry({ path, data = "", type = "0", prefix = "" }: TarEntry): Uint8Array {
  const content = typeof data === "string" ? new TextEncoder().encode(data) : data;
  const block = new Uint8Array(512 + Math.ceil(content.length / 512) * 512);
  const put = (text: string, offset: number): void => block.set(new TextEncoder().encode(text), offset);
  put(path, 0);
  put("0000644\0", 100);
  put("0000000\0", 108);
  put("0000000\0", 116);
  put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  put("00000000000\0", 136);
  put("        ", 148);
  put(type, 156);
  put("ustar\x0000", 257);
  put(prefix, 345);
  const sum = block.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  block.set(content, 512);
  return block;
}

/** A tar archive. */
export function makeTar(entries: readonly TarEntry[]): Uint8Array {
  return Buffer.concat([...entries.map(tarEntry), new Uint8Array(1024)]);
}

/** A compressed archive of files by their paths. */
export function makeArchive(files: { readonly [path: string]: string | Uint8Array }): Uint8Array {
  return gzipSync(makeTar(Object.entries(files).map(([path, data]) => ({ path, data }))));
}

/**
 * Reads tar archives: ustar, with the long names of pax and GNU. What the suites' archives and GitHub's need, and no more:
 * regular files come out, folders and links are passed over.
 * https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html#tag_20_92_13_06
 */

/** A file of an archive. */
export interface TarFile {
  /** Relative, with forward slashes, without `.` and `..`. */
  readonly path: string;
  readonly data: Uint8Array;
}

/** Thrown where bytes are no whole archive, or one that must not be unpacked. */
export class ArchiveError extends Error {
  override readonly name = "ArchiveError";
}

const BLOCK = 512;
const decoder = new TextDecoder();

function text(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return decoder.decode(end < 0 ? bytes : bytes.subarray(0, end));
}

/** A number field: octal digits, or base 256 where the top bit of its first byte is set. */
function number(field: Uint8Array): number {
  let value = 0;
  if ((field[0] & 0x80) !== 0) {
    value = field[0] & 0x7f;
    for (const byte of field.subarray(1)) value = value * 256 + byte;
  } else {
    const digits = text(field).trim();
    if (!/^[0-7]*$/.test(digits)) throw new ArchiveError("a header holds no number where one belongs");
    value = digits === "" ? 0 : Number.parseInt(digits, 8);
  }
  if (!Number.isSafeInteger(value)) throw new ArchiveError("a file's size is out of range");
  return value;
}

function checkHeader(header: Uint8Array): void {
  let sum = 0;
  // The checksum counts its own field as spaces.
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 0x20 : header[i];
  if (sum !== number(header.subarray(148, 156))) throw new ArchiveError("a header's checksum does not agree");
}

/** The records of a pax header: `length key=value\n`, the length counting the whole record in bytes. */
function paxRecords(data: Uint8Array): Map<string, string> {
  const records = new Map<string, string>();
  for (let start = 0; start < data.length; ) {
    const space = data.indexOf(0x20, start);
    const length = space < 0 ? Number.NaN : Number(decoder.decode(data.subarray(start, space)));
    if (!Number.isInteger(length) || length <= space - start || start + length > data.length) {
      throw new ArchiveError("an extended header is malformed");
    }
    const record = decoder.decode(data.subarray(space + 1, start + length - 1));
    const equals = record.indexOf("=");
    records.set(record.slice(0, equals), record.slice(equals + 1));
    start += length;
  }
  return records;
}

/** The path without `.` components; an archive must not write beside the folder that it is unpacked into. */
function safePath(path: string): string {
  const parts = path.split("/").filter((part) => part !== "." && part !== "");
  if (path.startsWith("/") || path.includes("\\") || path.includes(":") || parts.includes("..")) {
    throw new ArchiveError(`it holds the path ${JSON.stringify(path)}`);
  }
  return parts.join("/");
}

/**
 * The regular files of an archive, in its order.
 * @param bytes the archive, not compressed
 * @throws ArchiveError
 */
export function* readTar(bytes: Uint8Array): Generator<TarFile> {
  let position = 0;
  let longName: string | undefined;
  let longSize: number | undefined;
  const take = (length: number): Uint8Array => {
    if (position + length > bytes.length) throw new ArchiveError("it is cut off");
    const part = bytes.subarray(position, position + length);
    position += length;
    return part;
  };
  for (;;) {
    const header = take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkHeader(header);
    const type = String.fromCharCode(header[156]);
    const size = longSize ?? number(header.subarray(124, 136));
    const data = take(size);
    take(-size & (BLOCK - 1));
    switch (type) {
      case "x": {
        const records = paxRecords(data);
        longName = records.get("path") ?? longName;
        longSize = records.has("size") ? Number(records.get("size")) : longSize;
        if (longSize !== undefined && !(Number.isSafeInteger(longSize) && longSize >= 0)) {
          throw new ArchiveError("an extended header is malformed");
        }
        continue;
      }
      case "L":
        longName = text(data);
        continue;
      case "g":
        continue;
      case "0":
      case "\0": {
        const isUstar = text(header.subarray(257, 263)).trim() === "ustar";
        const prefix = isUstar ? text(header.subarray(345, 500)) : "";
        const name = text(header.subarray(0, 100));
        yield { path: safePath(longName ?? (prefix === "" ? name : `${prefix}/${name}`)), data };
        break;
      }
      default:
        // Folders come into being with their files; links and devices have no place in a suite.
        break;
    }
    longName = undefined;
    longSize = undefined;
  }
}

import { host } from "../common/host.ts";
import { decodeUtf8Lossy } from "../common/utf8.ts";

const NEWLINE = 0x0a;

/** Standard input line by line; a line is waited for. */
export class LineReader {
  private rest = new Uint8Array(0);
  private ended = false;

  /** The next line without its end; undefined where there are no more. */
  next(): string | undefined {
    for (;;) {
      const end = this.rest.indexOf(NEWLINE);
      if (end >= 0) {
        const line = decodeUtf8Lossy(this.rest.subarray(0, end));
        this.rest = this.rest.slice(end + 1);
        return line.replace(/\r$/, "");
      }
      if (this.ended) break;
      this.readMore();
    }
    if (this.rest.length === 0) return undefined;
    const line = decodeUtf8Lossy(this.rest);
    this.rest = new Uint8Array(0);
    return line;
  }

  private readMore(): void {
    const bytes = new Uint8Array(1024);
    const count = host.read?.(bytes) ?? 0;
    if (count === 0) this.ended = true;
    const joined = new Uint8Array(this.rest.length + count);
    joined.set(this.rest);
    joined.set(bytes.subarray(0, count), this.rest.length);
    this.rest = joined;
  }
}

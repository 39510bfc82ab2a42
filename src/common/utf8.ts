/**
 * UTF-8, written out because hosts such as Hermes and QuickJS have no `TextDecoder`.
 * https://webassembly.github.io/spec/core/binary/values.html#names
 */

/** Characters that are made a string at once. */
const CHUNK = 1024;

/**
 * Decodes bytes [start, end) strictly: overlong forms, surrogates and values beyond U+10FFFF are refused.
 * @returns the text, or undefined where the bytes are not UTF-8
 */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string | undefined {
  let text = "";
  let points: number[] = [];
  for (let i = start; i < end; ) {
    let point = bytes[i++];
    if (point >= 0x80) {
      const lead = point;
      const more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
      if (lead < 0xc2 || lead > 0xf4 || i + more > end) return undefined;
      point = lead & (0x3f >> more);
      for (let k = 0; k < more; k++) {
        const byte = bytes[i++];
        if ((byte & 0xc0) !== 0x80) return undefined;
        point = (point << 6) | (byte & 0x3f);
      }
      const least = more === 3 ? 0x10000 : more === 2 ? 0x800 : 0x80;
      if (point < least || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return undefined;
    }
    points.push(point);
    // Text that grows by single characters is a long chain of small strings in most engines.
    if (points.length === CHUNK) {
      text += String.fromCodePoint(...points);
      points = [];
    }
  }
  return text + String.fromCodePoint(...points);
}

/** Decodes bytes leniently: what is not UTF-8 becomes U+FFFD. For text that only people read. */
export function decodeUtf8Lossy(bytes: Uint8Array, start = 0, end: number = bytes.length): string {
  const whole = decodeUtf8(bytes, start, end);
  if (whole !== undefined) return whole;
  let text = "";
  for (let i = start; i < end; ) {
    let width = 4;
    while (
      width > 0 &&
      (i + width > end ||
        decodeUtf8(bytes, i, i + width)?.length === undefined ||
        codePoints(bytes, i, i + width) !== 1)
    )
      width--;
    text += width === 0 ? "\ufffd" : decodeUtf8(bytes, i, i + width);
    i += Math.max(width, 1);
  }
  return text;
}

function codePoints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let i = start; i < end; i++) if ((bytes[i] & 0xc0) !== 0x80) count++;
  return count;
}

/** Encodes text; lone surrogates become U+FFFD, as `TextEncoder` does. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    const point = code >= 0xd800 && code <= 0xdfff ? 0xfffd : code;
    if (point < 0x80) bytes.push(point);
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
    else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else {
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      );
    }
  }
  return Uint8Array.from(bytes);
}

/**
 * Orders names as the bytes of their UTF-8 form do, which is the order of code points: JavaScript's own comparison of
 * strings goes by UTF-16 units and puts U+10000 and above before U+E000.
 */
export function compareUtf8(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < left.length && i < right.length; i++) {
    const difference = (left[i].codePointAt(0) as number) - (right[i].codePointAt(0) as number);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

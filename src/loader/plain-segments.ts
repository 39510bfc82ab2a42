import { Op } from "../ast/generated/opcode.ts";
import type { DataSegment, Expression } from "../ast/module.ts";
import type { FileManager } from "./file-manager.ts";

/** The most bytes of an `i32.const` without its opcode. */
const LONGEST_I32 = 5;

/** The most bytes that are read before the end of the bytes is looked at: a form, an offset, a length. */
const LONGEST = 12;

/** The forms of a segment, by its first number. */
export const DataForm = { active: 0, passive: 1, activeInMemory: 2 } as const;

/**
 * The fast lane through segments of data: passive ones, and those that go to memory 0, to an offset that is a constant, as
 * linkers write them by the ten thousand. It stops at the first one of another kind, and at whatever is malformed; so this
 * never throws. In one function, for the reason that `PlainCode` gives.
 * @param segments those read so far
 * @param count of all segments
 * @param highestForm the highest form that the proposals allow
 */
export function readPlainSegments(
  file: FileManager,
  segments: DataSegment[],
  count: number,
  highestForm: number,
): void {
  const { bytes } = file;
  const last = bytes.length - LONGEST;
  let { position } = file;
  while (segments.length < count && position <= last) {
    const form = bytes[position];
    if (form > highestForm || form > DataForm.passive) break;
    let at = position + 1;
    let byte = 0;
    let offset: Expression | undefined;
    if (form === DataForm.active) {
      const start = at;
      if (bytes[start] !== Op["i32.const"]) break;
      byte = bytes[++at];
      while (byte >= 0x80 && at - start < LONGEST_I32) byte = bytes[++at];
      // The unused bits of the longest integers repeat the sign.
      const unused = at - start === LONGEST_I32 ? byte & 0x78 : 0;
      if (byte >= 0x80 || (unused !== 0 && unused !== 0x78)) break;
      if (bytes[++at] !== Op.end) break;
      offset = { start, end: ++at };
    }
    byte = bytes[at++];
    let length = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[at++];
      length |= (byte & 0x7f) << shift;
    }
    const end = at + length;
    if (byte >= 0x80 || end > bytes.length) break;
    const mode = form === DataForm.active ? "active" : "passive";
    segments.push({ mode, memoryIndex: 0, offset, start: at, end });
    position = end;
  }
  file.position = position;
}

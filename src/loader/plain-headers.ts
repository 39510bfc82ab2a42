import { TypeCode } from "../common/value-type.ts";
import type { BodyOffsets } from "./body-offsets.ts";
import type { FileManager } from "./file-manager.ts";

/** The most bytes that are read before the end of the bytes is looked at again: a size, a count, and a group of locals. */
const LONGEST = 10;

/** Fewer groups of locals than this have a count of one byte, and are within any limit. */
const FEW_GROUPS = 0x20;

/**
 * The fast lane through the headers of bodies: their sizes and declarations of locals, the instructions passed over. It stops
 * at the first body that is not plain, has no room in `bodies`, or is malformed; so this never throws.
 *
 * All is in one function and its state in local variables, for the reason that `PlainCode` gives: a module may have 600,000
 * bodies.
 * @param file at the header of a body; moved to the next one that is to be read
 */
export function readPlainHeaders(file: FileManager, bodies: BodyOffsets, maxFunctionBytes: number): void {
  const { bytes } = file;
  const { segmentOffsets, starts, expressionStarts, ends } = bodies;
  const room = Math.min(bodies.count, starts.length);
  const limit = bytes.length - LONGEST;
  let { position } = file;
  let { opened } = bodies;
  headers: while (opened < room && position <= limit) {
    let at = position;
    let byte = bytes[at++];
    let size = byte & 0x7f;
    for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
      byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
    }
    if (byte >= 0x80 || size > maxFunctionBytes) break;
    const start = at;
    let groups = bytes[at++];
    if (groups >= FEW_GROUPS) break;
    for (; groups > 0 && at <= limit; groups--) {
      // So many locals of one type that two bytes tell them: within any limit, too.
      if (bytes[at++] >= 0x80 && bytes[at++] >= 0x80) break headers;
      const type = bytes[at++];
      if (type < TypeCode.F64 || type > TypeCode.I32) break headers;
    }
    const end = start + size;
    if (at > limit || at > end || end > bytes.length) break;
    segmentOffsets[opened] = position;
    starts[opened] = start;
    expressionStarts[opened] = at;
    ends[opened++] = end;
    position = end;
  }
  bodies.opened = opened;
  file.position = position;
}

import type { OutputStream } from "../streams.ts";

/**
 * Reading and writing lists of buffers by operations on one.
 */

/** Up to this many bytes, several buffers are one write to a stream: a line in parts is not torn. */
const GATHERED = 65536;

/** The bytes of all buffers. */
export function totalLength(buffers: readonly Uint8Array[]): number {
  return buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}

/**
 * Moves the buffers in turn by `move`, until one is not moved wholly.
 * @param move given a buffer and the bytes before it; returns the bytes moved
 * @throws what `move` throws at the first byte; later, what was moved counts
 */
export function moveInTurn(
  buffers: readonly Uint8Array[],
  move: (buffer: Uint8Array, before: number) => number,
): number {
  let done = 0;
  for (const buffer of buffers) {
    // One operation of the host may move less than it could: go on until there is nothing more.
    for (let part = 0; part < buffer.length; ) {
      let count: number;
      try {
        count = move(buffer.subarray(part), done);
      } catch (error) {
        if (done > 0) return done;
        throw error;
      }
      if (count === 0) return done;
      part += count;
      done += count;
    }
  }
  return done;
}

/** Reads once, and deals out what came: a second read could wait. */
export function readOnce(buffers: readonly Uint8Array[], read: (bytes: Uint8Array) => number): number {
  const filled = buffers.filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled.length === 0 ? 0 : read(filled[0]);
  const gathered = new Uint8Array(Math.min(totalLength(filled), GATHERED));
  const count = read(gathered);
  let done = 0;
  for (const buffer of filled) {
    const part = gathered.subarray(done, Math.min(done + buffer.length, count));
    buffer.set(part);
    done += part.length;
  }
  return count;
}

/** Writes copies: the stream may keep what it is given, and the guest's memory goes on changing. */
export function writeToStream(buffers: readonly Uint8Array[], stream: OutputStream): number {
  if (totalLength(buffers) <= GATHERED) {
    const gathered = new Uint8Array(totalLength(buffers));
    let position = 0;
    for (const buffer of buffers) {
      gathered.set(buffer, position);
      position += buffer.length;
    }
    return moveInTurn([gathered], (bytes) => stream.write(bytes));
  }
  return moveInTurn(buffers, (buffer) => stream.write(buffer.slice(0, GATHERED)));
}

/** Bytes in a chunk. */
const CHUNK = 65536;
/** The least that a chunk takes. */
const SMALLEST = 256;

const NOTHING = new Uint8Array(0);

/**
 * The content of a file in memory: chunks, of which those never written take no room. A chunk holds what was written to
 * it, rounded up; beyond that it reads as zeros.
 */
export class SparseBytes {
  /** In bytes; what lies beyond reads as nothing. */
  length = 0;
  private readonly chunks = new Map<number, Uint8Array>();
  private readonly charge: (bytes: number) => void;

  /** @param charge told how many bytes are taken (or given back, negative); throws to refuse, before anything changes */
  constructor(charge: (bytes: number) => void) {
    this.charge = charge;
  }

  /** What has been written, by offset; the rest is zeros. */
  pieces(): { readonly offset: number; readonly bytes: Uint8Array }[] {
    const pieces = Array.from(this.chunks, ([index, bytes]) => ({ offset: index * CHUNK, bytes }));
    return pieces.sort((a, b) => a.offset - b.offset);
  }

  /** Fills `target` from `offset` on; returns how many bytes there were. */
  read(target: Uint8Array, offset: number): number {
    const count = Math.max(0, Math.min(target.length, this.length - offset));
    for (let done = 0; done < count; ) {
      const position = offset + done;
      const start = position % CHUNK;
      const part = Math.min(CHUNK - start, count - done);
      const chunk = this.chunks.get((position - start) / CHUNK) ?? NOTHING;
      const held = chunk.subarray(start, start + part);
      target.set(held, done);
      target.fill(0, done + held.length, done + part);
      done += part;
    }
    return count;
  }

  /**
   * Writes `source` at `offset`; returns how many bytes were written: fewer than all where `charge` refuses on the way.
   * @throws what `charge` throws, where not even the first bytes have room
   */
  write(source: Uint8Array, offset: number): number {
    let done = 0;
    while (done < source.length) {
      const position = offset + done;
      const start = position % CHUNK;
      const part = Math.min(CHUNK - start, source.length - done);
      try {
        const chunk = this.chunkFor((position - start) / CHUNK, start + part);
        chunk.set(source.subarray(done, done + part), start);
      } catch (error) {
        if (done === 0) throw error;
        break;
      }
      done += part;
      this.length = Math.max(this.length, position + part);
    }
    return done;
  }

  /** The chunk, with room for `size` bytes. */
  private chunkFor(index: number, size: number): Uint8Array {
    const chunk = this.chunks.get(index) ?? NOTHING;
    if (chunk.length >= size) return chunk;
    let room = Math.max(SMALLEST, chunk.length * 2);
    while (room < size) room *= 2;
    this.charge(room - chunk.length);
    const larger = new Uint8Array(room);
    larger.set(chunk);
    this.chunks.set(index, larger);
    return larger;
  }

  /** Cuts off, or adds a hole. */
  setLength(length: number): void {
    const boundary = Math.floor(length / CHUNK);
    if (length < this.length) {
      for (const [index, chunk] of Array.from(this.chunks)) {
        if (index > boundary || (index === boundary && length % CHUNK === 0)) {
          this.chunks.delete(index);
          this.charge(-chunk.length);
        }
      }
      this.chunks.get(boundary)?.fill(0, length % CHUNK);
    }
    this.length = length;
  }
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { BodyOffsets } from "../../src/loader/body-offsets.ts";
import { readCodeSection } from "../../src/loader/code-section.ts";
import { FileManager } from "../../src/loader/file-manager.ts";
import { readPlainHeaders } from "../../src/loader/plain-headers.ts";
import { SectionReader } from "../../src/loader/section-reader.ts";
import { configureWith, everyProposal, u32 } from "./support.ts";

const configure = configureWith(everyProposal);

/** Behind the headers, since near the end of the bytes nothing is plain. */
const padding = new Array<number>(16).fill(0x01);

/** A body's header, and bytes for its instructions; its size is right, or nearly. */
const body = fc
  .tuple(
    fc.array(
      fc.tuple(fc.nat(16000), fc.nat(3), fc.constantFrom(0x7f, 0x7e, 0x7d, 0x7c, 0x7f, 0x7e, 0x7d, 0x7c, 0x7b, 0x40)),
      {
        maxLength: 4,
      },
    ),
    fc.nat(300),
    fc.constantFrom(0, 0, 0, 0, 0, 0, -1, 1),
    fc.nat(2),
  )
  .map(([groups, instructions, error, length]) => {
    const locals = groups.flatMap(([count, size, type]) => [...u32(count, size), type]);
    const content = [...u32(groups.length), ...locals, ...new Array<number>(instructions).fill(0x0b)];
    return [...u32(Math.max(0, content.length + error), length), ...content];
  });

/** Where all bodies stand, header by header as far as the fast lane goes not; or the error, as text. */
function read(count: number, bytes: Uint8Array): string {
  try {
    return JSON.stringify(
      readCodeSection(new SectionReader(Uint8Array.from([...u32(count), ...bytes]), configure), false),
    );
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return JSON.stringify([error.codeName, error.context]);
  }
}

describe("The fast lane through the headers of bodies", () => {
  it("finds the places that reading number by number finds", () => {
    let plain = 0;
    fc.assert(
      fc.property(fc.array(body, { minLength: 1, maxLength: 5 }), (bodies) => {
        const bytes = Uint8Array.from([...bodies.flat(), ...padding]);
        const file = new FileManager(bytes);
        const offsets = new BodyOffsets(bodies.length);
        readPlainHeaders(file, offsets, bytes.length);
        plain += offsets.opened;
        // The first ones alone, at the end of the bytes, where the lane does not go for the last of them.
        for (let count = 1; count <= offsets.opened; count++) {
          const section = JSON.parse(read(count, bytes.subarray(0, offsets.ends[count - 1])));
          const last = count - 1;
          expect([section.starts[last], section.expressionStarts[last], section.ends[last]]).toEqual(
            [offsets.starts[last]!, offsets.expressionStarts[last]!, offsets.ends[last]!].map((offset) => offset + 1),
          );
        }
      }),
      { numRuns: 500 },
    );
    expect(plain).toBeGreaterThan(200);
  });

  it("has many bodies in arrays that grow", () => {
    const bodies = Array.from({ length: 5000 }, (_, i) => [
      ...u32(2 + (i % 3)),
      0,
      ...new Array<number>(1 + (i % 3)).fill(0x0b),
    ]);
    const { starts, ends } = JSON.parse(read(5000, Uint8Array.from([...bodies.flat(), ...padding])));
    expect([Object.keys(starts).length, starts[0], ends[0], ends[4999]]).toEqual([
      5000,
      3,
      5,
      2 + bodies.flat().length,
    ]);
  });

  it("leaves a size that goes beyond the module, and locals without end, to the reader that refuses them", () => {
    expect(read(1, Uint8Array.from([0x40, 0x00, ...padding]))).toContain("LengthOutOfBounds");
    expect(read(1, Uint8Array.from([0x03, 0x05, 0x01, 0x7f, ...padding, ...padding]))).toContain("MalformedRefType");
  });
});

import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { Sha256, sha256, toHex } from "../../src/common/sha256.ts";

describe("SHA-256", () => {
  it("gives what Node gives, for each length around a block and for pieces", () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, i) => (i * 167) ^ (i >> 3));
    for (let length = 0; length < 200; length++) {
      const part = bytes.subarray(3, 3 + length);
      const wanted = createHash("sha256").update(part).digest("hex");
      expect(toHex(sha256(part))).toBe(wanted);
      const cut = (length * 7) % (length + 1);
      const inPieces = new Sha256().update(part.subarray(0, cut)).update(part.subarray(cut)).digest();
      expect(toHex(inPieces)).toBe(wanted);
    }
    expect(toHex(sha256(bytes))).toBe(createHash("sha256").update(bytes).digest("hex"));
  });
});

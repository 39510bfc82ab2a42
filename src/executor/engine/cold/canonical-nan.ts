import { CANONICAL_F32, CANONICAL_F64_HIGH } from "../../../common/float-bits.ts";
import { NaNLanes } from "../../lowering/canonical-nan.ts";

/** Puts the canonical NaN in the place of any other, in the words from `at` on: by their bits, which no engine changes. */
export function canonicalizeAt(words: Int32Array, at: number, lanes: NaNLanes): void {
  const isVector = lanes === NaNLanes.F32x4 || lanes === NaNLanes.F64x2;
  const isDouble = lanes === NaNLanes.F64 || lanes === NaNLanes.F64x2;
  const count = isVector ? 4 : isDouble ? 2 : 1;
  for (let i = 0; i < count; i += isDouble ? 2 : 1) {
    if (!isDouble) {
      if ((words[at + i] & 0x7fffffff) > 0x7f800000) words[at + i] = CANONICAL_F32;
      continue;
    }
    const high = words[at + i + 1] & 0x7fffffff;
    if (high < 0x7ff00000 || (high === 0x7ff00000 && words[at + i] === 0)) continue;
    words[at + i] = 0;
    words[at + i + 1] = CANONICAL_F64_HIGH;
  }
}

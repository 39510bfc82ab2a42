import { lazy } from "../common/lazy.ts";

/** For the table: https://www.rfc-editor.org/rfc/rfc1952#section-8 */
const POLYNOMIAL = 0xedb88320;

const tableOfBytes = lazy(() =>
  Int32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value & 1) === 0 ? value >>> 1 : (value >>> 1) ^ POLYNOMIAL;
    return value;
  }),
);

/** The CRC-32 of bytes: tells a file that was cut off or damaged, not one that somebody has made. */
export function checksum(bytes: Uint8Array): number {
  const table = tableOfBytes();
  let value = -1;
  for (let i = 0; i < bytes.length; i++) value = table[(value ^ bytes[i]) & 0xff] ^ (value >>> 8);
  return ~value;
}

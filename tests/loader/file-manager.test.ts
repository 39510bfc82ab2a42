import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { f32FromBits, f64FromBits, i64FromHalves } from "../../src/common/float-bits.ts";
import { FileManager, MAX_NAME_LENGTH } from "../../src/loader/file-manager.ts";
import { refusalError, sleb, u32 } from "./support.ts";

/** WasmEdge's `filemgrTest`: reference, chapter 13.2. */

/** Bytes from hexadecimal text; blanks and bars are for the eye. */
function hex(text: string): FileManager {
  const digits = text.replace(/[^0-9a-fA-F]/g, "");
  return new FileManager(Uint8Array.from(digits.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16)));
}

function u64(file: FileManager): bigint {
  file.readU64();
  return BigInt.asUintN(64, i64FromHalves(file.low, file.high));
}

function s64(file: FileManager): bigint {
  file.readS64();
  return i64FromHalves(file.low, file.high);
}

/** Reads until the end of the bytes. */
function stream<T>(file: FileManager, read: (file: FileManager) => T): T[] {
  const values: T[] = [];
  while (file.remaining > 0) values.push(read(file));
  return values;
}

/** The failure of a read: its code and place. */
function failure(file: FileManager, read: (file: FileManager) => unknown): [code: string, offset: number] {
  const error = refusalError(() => read(file));
  const [place] = error.context;
  if (place?.kind !== "loading") throw new Error("no place");
  return [error.codeName, place.offset];
}

const readers = {
  byte: (file: FileManager) => file.readByte(),
  peek: (file: FileManager) => file.peekByte(),
  bytes: (file: FileManager) => file.skipBytes(1),
  u32: (file: FileManager) => file.readU32(),
  s32: (file: FileManager) => file.readS32(),
  s33: (file: FileManager) => file.readS33(),
  u64,
  s64,
  f32: (file: FileManager) => file.readF32(),
  f64: (file: FileManager) => file.readF64(),
  name: (file: FileManager) => file.readName(),
  vector: (file: FileManager) => file.readVectorCount(),
};

describe("WasmEdge's vectors for the file manager", () => {
  it("reads single bytes, and stays at the end", () => {
    const file = hex("00 FF 1F 2E 3D 4C 5B 6A 79 88");
    expect(stream(file, readers.byte)).toEqual([0x00, 0xff, 0x1f, 0x2e, 0x3d, 0x4c, 0x5b, 0x6a, 0x79, 0x88]);
    expect(failure(file, readers.byte)).toEqual(["UnexpectedEnd", 10]);
    expect(failure(file, readers.byte)).toEqual(["UnexpectedEnd", 10]);
    expect(file.position).toBe(10);
  });

  it("peeks without moving, and fails at the end", () => {
    const file = hex("00 FF");
    expect([file.peekByte(), file.peekByte(), file.position]).toEqual([0, 0, 0]);
    file.readByte();
    expect([file.peekByte(), file.readByte()]).toEqual([0xff, 0xff]);
    expect(failure(file, readers.peek)).toEqual(["UnexpectedEnd", 2]);
    expect(file.position).toBe(2);
  });

  it("moves over bytes", () => {
    const file = hex("00 FF 1F 2E 3D 4C 5B 6A 79 88");
    expect([1, 2, 3, 4].map((count) => file.skipBytes(count))).toEqual([0, 1, 3, 6]);
    expect(failure(file, readers.bytes)).toEqual(["UnexpectedEnd", 10]);
    expect(file.skipBytes(0)).toBe(10);
  });

  it("reads unsigned 32-bit integers", () => {
    const file = hex(
      "00 | FFFFFFFF07 | 8080808008 | FFFFFFFF0F | 84ADF44E | 8601 | 9C8CB0FD0C | DA65 | F8948C2F | AFB136",
    );
    expect(stream(file, readers.u32)).toEqual([
      0, 2147483647, 2147483648, 4294967295, 165484164, 134, 3484157468, 13018, 98765432, 891055,
    ]);
    for (let i = 0; i < 3; i++) {
      expect(failure(file, readers.u32)).toEqual(["UnexpectedEnd", 36]);
      expect(file.position).toBe(36);
    }
  });

  const s32Stream = "00 | FFFFFFFF07 | 8080808078 | 7F | 01 | 8601 | FEB1EED97E | DAE500 | 88EBF350 | AFB136";
  const s32Values = [0, 2147483647, -2147483648, -1, 1, 134, -348415746, 13018, -98765432, 891055];

  it("reads signed 32-bit integers, a redundant last group included", () => {
    const file = hex(s32Stream);
    expect(stream(file, readers.s32)).toEqual(s32Values);
    expect(file.position).toBe(30);
    expect(failure(file, readers.s32)).toEqual(["UnexpectedEnd", 30]);
  });

  it("reads signed 33-bit integers", () => {
    expect(stream(hex(s32Stream), readers.s33)).toEqual(s32Values);
    expect(stream(hex("FFFFFFFF0F | 8080808070"), readers.s33)).toEqual([2 ** 32 - 1, -(2 ** 32)]);
  });

  it("reads unsigned 64-bit integers", () => {
    const file = hex(
      `00 | FFFFFFFFFFFFFFFF7F | 80808080808080808001 | FFFFFFFFFFFFFFFFFF01 | 84CFD1C3D2EF01 |
       A1A4DFA5ECA3CCACB601 | F6D5BAFD82F607 | DA65 | F78CECA1F4E7A196EF01 | AFB136`,
    );
    expect(stream(file, u64)).toEqual([
      0n,
      2n ** 63n - 1n,
      2n ** 63n,
      2n ** 64n - 1n,
      8234131023748n,
      13139587396049293857n,
      34841574681334n,
      13018n,
      17234298579837453943n,
      891055n,
    ]);
    expect(failure(file, u64)).toEqual(["UnexpectedEnd", 69]);
  });

  it("reads signed 64-bit integers", () => {
    const file = hex(
      `00 | FFFFFFFFFFFFFFFFFF00 | 8080808080808080807F | 7F | 01 | 8601 | 86ECBB89D4E5E779 | EDA6C2FBE0A6B9DFF000 |
       D3B4A0A1C8FCE1AB807F | 90B6FCACB38BB6F0E200`,
    );
    expect(stream(file, s64)).toEqual([
      0n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      -1n,
      1n,
      134n,
      -3484157981297146n,
      8124182798172984173n,
      -9198734298341434797n,
      7124932496753367824n,
    ]);
    expect(failure(file, s64)).toEqual(["UnexpectedEnd", 63]);
  });

  it.each([
    ["u32", "8080808080 00", "IntegerTooLong"],
    ["u32", "80808080 1F", "IntegerTooLarge"],
    ["s32", "FFFFFFFFFF 7F", "IntegerTooLong"],
    ["s32", "FFFFFFFF 4F", "IntegerTooLarge"],
    ["s33", "FFFFFFFFFF 7F", "IntegerTooLong"],
    ["s33", "FFFFFFFF 4F", "IntegerTooLarge"],
    ["u64", "80808080808080808080 00", "IntegerTooLong"],
    ["u64", "808080808080808080 7E", "IntegerTooLarge"],
    ["s64", "FFFFFFFFFFFFFFFFFFFF 7F", "IntegerTooLong"],
    ["s64", "FFFFFFFFFFFFFFFFFF 41", "IntegerTooLarge"],
  ] as const)("refuses as %s the bytes %s: %s, at the integer's first byte", (kind, bytes, code) => {
    const file = hex(`00 ${bytes}`);
    file.readByte();
    expect(failure(file, readers[kind])).toEqual([code, 1]);
    expect(file.position).toBe(1);
  });

  it("blames the size before the length where an unsigned integer has both faults", () => {
    expect(failure(hex("80808080 FF 00"), readers.u32)).toEqual(["IntegerTooLarge", 0]);
    expect(failure(hex("808080808080808080 FF 00"), u64)).toEqual(["IntegerTooLarge", 0]);
  });

  it("blames the length before the end", () => {
    expect(failure(hex("8080808080"), readers.u32)).toEqual(["IntegerTooLong", 0]);
    expect(failure(hex("8080808080"), readers.s32)).toEqual(["IntegerTooLong", 0]);
    expect(failure(hex("80808080808080808080"), s64)).toEqual(["IntegerTooLong", 0]);
  });

  it("keeps the bits of floats, both signs of NaN included", () => {
    const singles = hex("00000000 00000080 0000C0FF 0000C07F 000080FF 0000807F 0100A07F");
    const bits = stream(singles, (file) => {
      file.readF32();
      return file.low >>> 0;
    });
    expect(bits).toEqual([0, 0x80000000, 0xffc00000, 0x7fc00000, 0xff800000, 0x7f800000, 0x7fa00001]);
    expect(bits.slice(0, 6).map(f32FromBits)).toEqual([0, -0, NaN, NaN, -Infinity, Infinity]);
    expect(failure(hex("000000"), readers.f32)).toEqual(["UnexpectedEnd", 3]);

    const doubles = hex("0000000000000080 000000000000F8FF 010000000000F47F 000000000000F0FF");
    const halves = stream(doubles, (file) => {
      file.readF64();
      return [file.high >>> 0, file.low];
    });
    expect(halves).toEqual([
      [0x80000000, 0],
      [0xfff80000, 0],
      [0x7ff40000, 1],
      [0xfff00000, 0],
    ]);
    expect(f64FromBits(0, 0xfff00000 | 0)).toBe(-Infinity);
    expect(failure(hex("00000000000000"), readers.f64)).toEqual(["UnexpectedEnd", 7]);
  });

  it("reads names", () => {
    const file = hex("00 | 04 74657374 | 01 20 | 06 4C6F61646572");
    expect(stream(file, readers.name)).toEqual(["", "test", " ", "Loader"]);
    expect(file.position).toBe(15);
    expect(failure(file, readers.name)).toEqual(["UnexpectedEnd", 15]);
  });
});

describe("Names", () => {
  it("keeps zero bytes, a byte order mark and characters of four bytes", () => {
    expect(hex("01 00").readName()).toBe("\0");
    expect(hex("03 EFBBBF").readName()).toBe("\ufeff");
    expect(hex("04 F09F8DBA").readName()).toBe("🍺");
  });

  it("come back as they were written, whatever their characters and length", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", minLength: 0, maxLength: 3000, size: "max" }), (text) => {
        const bytes = new TextEncoder().encode(text);
        expect(new FileManager(Uint8Array.from([...u32(bytes.length), ...bytes])).readName()).toBe(text);
      }),
      { numRuns: 15 },
    );
  });

  it("are refused at the end of the bytes where they reach beyond it, as in WasmEdge", () => {
    expect(failure(hex("00 05 74657374"), (file) => [file.readByte(), file.readName()])).toEqual([
      "LengthOutOfBounds",
      6,
    ]);
  });

  it.each([
    ["a lone continuation", "80"],
    ["an overlong form of two", "C080"],
    ["an overlong form of three", "E09FBF"],
    ["an overlong form of four", "F08FBFBF"],
    ["a surrogate", "EDA080"],
    ["a value beyond U+10FFFF", "F4908080"],
    ["a missing continuation", "C3"],
    ["a wrong continuation", "E28241"],
    ["a lead of five", "F888808080"],
  ])("are refused at their length where they hold %s", (_, bytes) => {
    const length = (bytes.length / 2).toString(16).padStart(2, "0");
    expect(failure(hex(`00 ${length} ${bytes}`), (file) => [file.readByte(), file.readName()])).toEqual([
      "MalformedUTF8",
      1,
    ]);
  });

  it("have a longest length", () => {
    const longest = new Uint8Array(4 + MAX_NAME_LENGTH + 1).fill(0x61);
    longest.set(u32(MAX_NAME_LENGTH));
    expect(new FileManager(longest).readName().length).toBe(MAX_NAME_LENGTH);
    longest.set(u32(MAX_NAME_LENGTH + 1));
    expect(failure(new FileManager(longest), readers.name)).toEqual(["ModuleSizeLimit", 0]);
  });
});

describe("Vector counts", () => {
  it("may announce two elements for each byte that is left, and one more as WasmEdge rounds down", () => {
    expect(hex("05 00 00").readVectorCount()).toBe(5);
    expect(failure(hex("00 06 00 00"), (file) => [file.readByte(), file.readVectorCount()])).toEqual([
      "IntegerTooLong",
      1,
    ]);
  });
});

describe("Integers of any value and length", () => {
  it("come back as they were written", () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.integer(), fc.integer({ min: 1, max: 5 }), (unsigned, signed, length) => {
        const file = new FileManager(
          Uint8Array.from([...u32(unsigned, length), ...sleb(signed, length), ...sleb(signed, length)]),
        );
        expect(file.readU32()).toBe(unsigned);
        expect(file.readS32()).toBe(signed);
        expect(file.readS33()).toBe(signed);
        expect(file.remaining).toBe(0);
      }),
    );
    fc.assert(
      fc.property(
        fc.bigInt(0n, 2n ** 64n - 1n),
        fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n),
        fc.integer({ min: 1, max: 10 }),
        (unsigned, signed, length) => {
          const file = new FileManager(Uint8Array.from([...u32(unsigned, length), ...sleb(signed, length)]));
          expect(u64(file)).toBe(unsigned);
          expect(s64(file)).toBe(signed);
          expect(file.remaining).toBe(0);
        },
      ),
    );
  });

  it("are refused one beyond their range, by size or by length", () => {
    for (const [value, read] of [
      [2 ** 31, readers.s32],
      [-(2 ** 31) - 1, readers.s32],
      [2 ** 32, readers.s33],
      [-(2 ** 32) - 1, readers.s33],
    ] as const) {
      expect(failure(new FileManager(Uint8Array.from(sleb(value))), read)).toEqual(["IntegerTooLarge", 0]);
    }
    for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
      expect(failure(new FileManager(Uint8Array.from(sleb(value))), s64)).toEqual(["IntegerTooLarge", 0]);
    }
    expect(failure(new FileManager(Uint8Array.from(u32(2 ** 32))), readers.u32)).toEqual(["IntegerTooLarge", 0]);
    expect(failure(new FileManager(Uint8Array.from(u32(2n ** 64n))), u64)).toEqual(["IntegerTooLarge", 0]);
  });

  it("fail at the end of the bytes where they are cut off", () => {
    for (const [kind, read] of Object.entries(readers)) {
      const isBytes = ["byte", "peek", "bytes"].includes(kind);
      expect([kind, ...failure(hex(isBytes ? "" : "80 80"), read)]).toEqual([kind, "UnexpectedEnd", isBytes ? 0 : 2]);
    }
  });
});

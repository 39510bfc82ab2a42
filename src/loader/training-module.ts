/**
 * A module that trains loader and validator for V8, as `engine/training.ts` does the run loop: code that has never been executed
 * has no type feedback, so that V8 throws an optimised function away when it meets some. A small module with
 * everything that is frequent, loaded and validated a few times, makes that feedback in some milliseconds; without it
 * the first large module of a process has the functions that walk its bodies compiled three times.
 */
const declarations = `
  00 61 73 6d  01 00 00 00
  01 06  01  60 01 7f 01 7f                     type 0: [i32] -> [i32]
  03 19  14  80 00 80 00 80 00 80 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   20 functions of type 0
  04 04  01  70 00 01                           a table
  05 03  01  00 01                              a memory
  06 06  01  7f 01 41 00 0b                     a mutable global of type i32
  09 1a  01  00 41 00 0b  14  00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 11 12 13   elements: all functions
`;

/** A function and segments of data that are there several times. */
const shortBody = "06  01 01 7f  41 00  0b   a local of type i32, i32.const, end";
const segments =
  "00  41 a0 08  0b  82 00  61 62  01  01 61   into memory 0, i32.const 1056, end, two bytes; passive, one byte";

const body = `
  05  01 7f  01 7e  01 7d  01 7c  80 01 7f      local 1: i32, 2: i64, 3: f32, 4: f64, 128 of i32
  02 40  03 40                                  block, loop
  20 00  21 01  20 01  22 00  1a                local.get, local.set, local.get, local.tee, drop
  41 ac 02  1a  42 03  21 02                    i32.const 300, drop, i64.const 3, local.set
  43 00 00 80 3f  21 03                         f32.const 1, local.set
  44 00 00 00 00 00 00 f0 3f  21 04             f64.const 1, local.set
  23 00  24 00                                  global.get, global.set
  20 00  45  20 01  6a                          local.get, i32.eqz, local.get, i32.add
  28 02 e8 07  41 01  36 02 00                  i32.load offset=1000, i32.const, i32.store
  20 00  20 01  20 00  1b  0d 00                local.get three times, select, br_if 0
  20 00  10 00  0d 01                           local.get, call 0, br_if 1
  20 00  04 40  0c 02                           local.get, if, br 2
  05  20 00  0d 01  20 00  0f  0b               else, local.get, br_if 1, local.get, return, end
  41 a0 8d 06  31 00 00  1a  0b  0b             i32.const 100000, i64.load8_u, drop, end of loop and block
  02 7f  20 00  20 00  0d 00                    block with a result, local.get twice, br_if 0
  04 7f  41 01  05  41 02  0b  0c 00  0b        if with a result, i32.const, else, i32.const, end, br 0, end
  04 40  00  0b                                 if, unreachable, end
  20 00  41 00  11 00 00  1a                    local.get, i32.const, call_indirect, drop
  02 40  02 40  20 00  0e 02 00 01 00  0b  0b   blocks, local.get, br_table 0 1 0, ends
  41 80 94 eb dc 03  1a                         i32.const 1000000000, drop
  41 80 80 80 80 78  1a                         i32.const -(2 ** 31), drop
  42 80 a0 94 a5 8d 1d  1a                      i64.const 1000000000000, drop
  42 80 80 80 80 80 80 80 80 01  1a             i64.const 2 ** 56, drop
  42 80 80 80 80 80 80 80 80 80 7f  1a          i64.const -(2 ** 63), drop
  20 80 80 80 00  1a                            local.get 0 in four bytes, drop
  20 00  41 00  11 80 80 00 80 80 00  1a        call_indirect with long indices
  02 40  20 00  0e 81 00 80 00 00  0b           br_table 0 0 with a long count and a long label
  02 40  20 00  0e 01 80 80 00 00  0b           and with a longer one
  20 00  20 00  20 00  fc 0a 00 00              local.get three times, memory.copy
  20 00  20 00  20 00  fc 0b 00                 local.get three times, memory.fill
  3f 00  1a                                     memory.size, drop
  20 00  fd 00 04 00  1a                        local.get, v128.load, drop
  20 00  fd 0c 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00   local.get, v128.const
  fd 54 00 00 00  fd a1 01  fd 1b 00  1a        v128.load8_lane, i32x4.neg, i32x4.extract_lane, drop
  20 00  0b                                     local.get, end
`;

/**
 * The bytes of a text: what stands before three spaces is hexadecimal, the rest of a line says what it is. Without regular
 * expressions, which take a millisecond to be made.
 */
function bytesOf(text: string): number[] {
  const bytes: number[] = [];
  text.split("\n").forEach((line) => {
    const code = line.trimStart().split("   ")[0];
    let at = 0;
    while (at < code.length) {
      if (code[at] === " ") at++;
      else {
        bytes.push(Number.parseInt(code.slice(at, at + 2), 16));
        at += 2;
      }
    }
  });
  return bytes;
}

const SHORT_BODIES = 18;
const SEGMENT_PAIRS = 12;

/** More bytes than the lanes walk in a call at first (`sliceOf`): that they stop for it has to be trained, too. */
const NOPS = 320;

const repeated = (times: number, bytes: readonly number[]): number[] =>
  Array.from({ length: times }, () => bytes).flat();

/** A 32-bit number in two bytes of LEB128. */
const twoBytes = (value: number): number[] => [(value & 0x7f) | 0x80, value >> 7];

let made: Uint8Array | undefined;

/** The module's bytes; made once, for the loader and the validator. */
export function trainingModule(): Uint8Array {
  made ??= makeModule();
  return made;
}

/** A section of which each part has fewer than 2 ** 14 bytes. */
const sectionOf = (id: number, content: readonly number[]): number[] => [id, ...twoBytes(content.length), ...content];

function makeModule(): Uint8Array {
  const long = bytesOf(body);
  const plain = [0x00, ...repeated(NOPS, [0x01]), 0x41, 0x00, 0x0b];
  const bodies = [long, plain].flatMap((code) => [...twoBytes(code.length), ...code]);
  bodies.push(...repeated(SHORT_BODIES, bytesOf(shortBody)));
  return Uint8Array.from([
    ...bytesOf(declarations),
    ...sectionOf(0x0a, [2 + SHORT_BODIES, ...bodies]),
    // They keep the bodies from the end of the module, where nothing is walked as elsewhere.
    ...sectionOf(0x0b, [2 * SEGMENT_PAIRS, ...repeated(SEGMENT_PAIRS, bytesOf(segments))]),
  ]);
}

/** Bodies of fewer bytes are walked before training would pay. */
export const TRAINING_SIZE: number = 1 << 18;

/**
 * Some for V8 to allocate the feedback, and again to fill it, and so many that the lanes are nearly hot: V8 compiles them then
 * while the first bodies are walked (`npm run bench:load`, docs/performance.md).
 */
export const TRAINING_ROUNDS = 16;

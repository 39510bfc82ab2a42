import { Random } from "./random.ts";

/** Bytes that mean much: opcodes, types, small numbers, the largest of one byte, continued ones. */
const telling = [
  ...[0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x08, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x12, 0x13],
  ...[0x14, 0x15, 0x1a, 0x1b, 0x1c, 0x1f, 0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x28, 0x36, 0x3f, 0x40, 0x41, 0x42],
  ...[0x43, 0x44, 0x45, 0x4e, 0x50, 0x5e, 0x5f, 0x60, 0x63, 0x64, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70],
  ...[0x71, 0x72, 0x73, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0x81, 0xbf, 0xc0, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5],
  ...[0xd6, 0xfb, 0xfc, 0xfd, 0xfe, 0xff],
];

/** Bytes of the preamble, which are mutated seldom. */
const PREAMBLE = 8;

/** The longest piece that is put in, taken out or moved. */
const PIECE = 64;

type Mutation = (bytes: Uint8Array, random: Random, bases: readonly Uint8Array[]) => Uint8Array;

/** A place after the preamble, or at the end. */
function place(bytes: Uint8Array, random: Random): number {
  return bytes.length <= PREAMBLE ? bytes.length : PREAMBLE + random.below(bytes.length - PREAMBLE + 1);
}

function spliced(bytes: Uint8Array, from: number, to: number, piece: Uint8Array): Uint8Array {
  const result = new Uint8Array(from + piece.length + Math.max(0, bytes.length - to));
  result.set(bytes.subarray(0, from));
  result.set(piece, from);
  result.set(bytes.subarray(to), from + piece.length);
  return result;
}

function setBytes(bytes: Uint8Array, random: Random, byte: (old: number) => number): Uint8Array {
  const result = bytes.slice();
  if (result.length === 0) return result;
  const code = random.below(2) === 0 ? codeSection(bytes) : undefined;
  for (let count = 1 + random.below(3); count > 0; count--) {
    const at =
      code === undefined
        ? Math.min(place(bytes, random), bytes.length - 1)
        : code.from + random.below(code.to - code.from);
    result[at] = byte(result[at]);
  }
  return result;
}

/** A piece of a module, of any. */
function piece(random: Random, bases: readonly Uint8Array[]): Uint8Array {
  const other = random.pick(bases);
  const from = place(other, random);
  return other.subarray(from, from + 1 + random.below(PIECE));
}

/** Where the sections of a module begin and end, as far as their sizes can be followed. */
function sectionBounds(bytes: Uint8Array): number[] {
  const bounds = [PREAMBLE];
  for (let at = PREAMBLE; at + 1 < bytes.length; bounds.push(at)) {
    let size = 0;
    let shift = 0;
    at++;
    while (at < bytes.length && shift < 35) {
      const byte = bytes[at++];
      size += (byte & 0x7f) * 2 ** shift;
      shift += 7;
      if (byte < 0x80) break;
    }
    at += size;
    if (at > bytes.length) break;
  }
  return bounds;
}

/** Where the code section stands, in which most rules are found. */
function codeSection(bytes: Uint8Array): { from: number; to: number } | undefined {
  const bounds = sectionBounds(bytes);
  const index = bounds.findIndex((from, i) => i + 1 < bounds.length && bytes[from] === 10);
  return index < 0 ? undefined : { from: bounds[index] + 1, to: bounds[index + 1] };
}

/** Where a whole section stands. */
function section(bytes: Uint8Array, random: Random): { from: number; to: number } {
  const bounds = sectionBounds(bytes);
  const index = random.below(Math.max(1, bounds.length - 1));
  return { from: bounds[index], to: bounds[index + 1] ?? bounds[index] };
}

const none = new Uint8Array(0);

/** The ways to spoil a module, each as often as it stands here. */
const mutations: readonly (readonly [weight: number, Mutation])[] = [
  // Bytes that are replaced keep all sizes, so what they spoil lies deep.
  [8, (bytes, random) => setBytes(bytes, random, () => random.byte())],
  [10, (bytes, random) => setBytes(bytes, random, () => random.pick(telling))],
  [6, (bytes, random) => setBytes(bytes, random, (old) => old ^ (1 << random.below(8)))],
  [6, (bytes, random) => setBytes(bytes, random, (old) => old + (random.below(2) === 0 ? 1 : 255))],
  // A truncated module.
  [2, (bytes, random) => bytes.slice(0, random.below(bytes.length + 1))],
  // A piece left out, put in, put over another, exchanged.
  [3, (bytes, random) => removal(bytes, random)],
  [
    3,
    (bytes, random) => {
      const at = place(bytes, random);
      const put = Uint8Array.from({ length: 1 + random.below(4) }, () => random.pick(telling));
      return spliced(bytes, at, at, put);
    },
  ],
  [
    3,
    (bytes, random, bases) => {
      const at = place(bytes, random);
      return spliced(bytes, at, at, piece(random, bases));
    },
  ],
  [
    5,
    (bytes, random, bases) => {
      const put = piece(random, bases);
      const at = place(bytes, random);
      return spliced(bytes, at, Math.min(bytes.length, at + put.length), put.subarray(0, bytes.length - at));
    },
  ],
  // Whole sections left out, doubled, taken from another module.
  [
    1,
    (bytes, random) => {
      const { from, to } = section(bytes, random);
      return spliced(bytes, from, to, none);
    },
  ],
  [
    1,
    (bytes, random) => {
      const { from, to } = section(bytes, random);
      return spliced(bytes, from, from, bytes.subarray(from, to));
    },
  ],
  [
    3,
    (bytes, random, bases) => {
      const other = random.pick(bases);
      const taken = section(other, random);
      const { from, to } = section(bytes, random);
      return spliced(bytes, from, random.below(2) === 0 ? from : to, other.subarray(taken.from, taken.to));
    },
  ],
  // The preamble.
  [
    1,
    (bytes, random) => {
      const result = bytes.slice();
      result[random.below(PREAMBLE)] = random.byte();
      return result;
    },
  ],
];

function removal(bytes: Uint8Array, random: Random): Uint8Array {
  const from = place(bytes, random);
  return spliced(bytes, from, Math.min(bytes.length, from + 1 + random.below(PIECE)), none);
}

const choices = mutations.flatMap(([weight, mutation]) => Array<Mutation>(weight).fill(mutation));

/** Modules that are mutated: all of them valid. */
export interface Bases {
  readonly modules: readonly Uint8Array[];
}

/** The variant of a number: one of the modules, spoilt in one to three ways. The same number gives the same bytes. */
export function variant({ modules }: Bases, number: number): Uint8Array {
  const random = new Random(`variant ${number}`);
  let bytes: Uint8Array = random.pick(modules);
  for (let count = random.below(4) === 0 ? 1 + random.below(3) : 1; count > 0; count--) {
    bytes = random.pick(choices)(bytes, random, modules);
  }
  return bytes;
}

import fc from "fast-check";
import { type InstructionInfo, opcodeBytes } from "../../src/ast/instructions.ts";
import { indexedRefType, refType, TypeCode, ValType } from "../../src/common/value-type.ts";
import { sleb, u32 } from "./support.ts";

/** Instructions with immediates of any value, in encodings of any length, and what an InstructionReader has to say of them. */

/** The fields that a reader has after an instruction, as far as the instruction sets them. */
export interface Fields {
  index?: number;
  index2?: number;
  /** A constant's bits or a memory access's offset, unsigned. */
  bits?: bigint;
  align?: number;
  lane?: number;
  blockTypeIndex?: number;
  blockResult?: number;
  type?: number;
  type2?: number;
  count?: number;
  /** The list, read again. */
  vector?: number[];
}

/** Bytes and what they say. */
export interface Encoded {
  bytes: number[];
  fields: Fields;
}

const index = fc.oneof(fc.nat(0xff), fc.nat(0xffffffff));
const padding = fc.integer({ min: 1, max: 5 });
/** An unsigned integer in an encoding of any length. */
const unsigned = fc.tuple(index, padding).map(([value, length]) => ({ value, bytes: u32(value, length) }));
const byte = fc.nat(0xff);
const u64 = fc.oneof(fc.bigInt(0n, 0xffn), fc.bigInt(0n, 2n ** 32n), fc.bigInt(0n, 2n ** 64n - 1n));

const valType = fc.oneof(
  fc
    .constantFrom(ValType.I32, ValType.I64, ValType.F32, ValType.F64, ValType.V128)
    .map((type) => ({ type, bytes: [type] })),
  fc
    .constantFrom(TypeCode.FuncRef, TypeCode.AnyRef, TypeCode.ExnRef)
    .map((code) => ({ type: refType(code, true), bytes: [code] })),
  fc.nat(5000).map((value) => ({ type: indexedRefType(value, false), bytes: [0x64, ...sleb(value)] })),
);
/** A heap type; `type` makes it a reference type. */
const heapType = fc.oneof(
  fc
    .constantFrom(TypeCode.FuncRef, TypeCode.NullRef)
    .map((code) => ({ bytes: [code as number], type: (nullable: boolean) => refType(code, nullable) })),
  fc
    .nat(5000)
    .map((value) => ({ bytes: sleb(value, 3), type: (nullable: boolean) => indexedRefType(value, nullable) })),
);

const memArg = fc.tuple(fc.nat(63), fc.option(unsigned), u64, padding).map(
  ([align, memory, offset, length]): Encoded => ({
    bytes: [...u32(memory === null ? align : align + 64), ...(memory?.bytes ?? []), ...u32(offset, length)],
    fields: { align, index: memory?.value ?? 0, bits: offset },
  }),
);

const blockType = fc.oneof(
  fc.constant<Encoded>({ bytes: [0x40], fields: { blockTypeIndex: -1, blockResult: 0 } }),
  valType.map(({ type, bytes }): Encoded => ({ bytes, fields: { blockTypeIndex: -1, blockResult: type } })),
  fc
    .tuple(index, padding)
    .map(
      ([value, length]): Encoded => ({ bytes: sleb(value, length), fields: { blockTypeIndex: value, blockResult: 0 } }),
    ),
);

const one = unsigned.map(({ value, bytes }): Encoded => ({ bytes, fields: { index: value } }));
const two = fc.tuple(unsigned, unsigned).map(
  ([first, second]): Encoded => ({
    bytes: [...first.bytes, ...second.bytes],
    fields: { index: first.value, index2: second.value },
  }),
);
/** The segment stands first on the wire, but is the second index. */
const swapped = two.map(
  ({ bytes, fields }): Encoded => ({
    bytes,
    fields: { index: fields.index2 as number, index2: fields.index as number },
  }),
);
const sixteen = fc
  .array(byte, { minLength: 16, maxLength: 16 })
  .map((bytes): Encoded => ({ bytes, fields: { vector: bytes } }));

/** For each kind of immediate, some of it. */
function immediateOf({ immediate, name }: InstructionInfo): fc.Arbitrary<Encoded> {
  switch (immediate) {
    case "none":
      return fc.constant({ bytes: [], fields: {} });
    case "block":
      return blockType;
    case "label":
    case "func":
    case "type":
    case "local":
    case "global":
    case "table":
    case "elem":
    case "data":
    case "memory":
    case "tag":
      return one;
    case "typeTable":
    case "tableTable":
    case "memoryMemory":
    case "typeField":
    case "typeCount":
    case "typeData":
    case "typeElem":
    case "typeType":
      return two;
    case "elemTable":
    case "dataMemory":
      return swapped;
    case "labelTable":
      return fc.tuple(fc.array(unsigned, { maxLength: 5 }), unsigned, padding).map(([labels, last, length]) => ({
        bytes: [...u32(labels.length, length), ...labels.flatMap(({ bytes }) => bytes), ...last.bytes],
        fields: { count: labels.length, vector: [...labels.map(({ value }) => value), last.value] },
      }));
    case "memArg":
      return memArg;
    case "memArgLane":
      return fc
        .tuple(memArg, byte)
        .map(([{ bytes, fields }, lane]) => ({ bytes: [...bytes, lane], fields: { ...fields, lane } }));
    case "lane":
      return byte.map((lane) => ({ bytes: [lane], fields: { lane } }));
    case "shuffle":
    case "v128":
      return sixteen;
    case "i32":
      return fc.tuple(fc.integer(), padding).map(([value, length]) => ({
        bytes: sleb(value, length),
        fields: { bits: BigInt(value >>> 0) },
      }));
    case "i64":
      return fc.tuple(u64, padding).map(([value, length]) => ({
        bytes: sleb(BigInt.asIntN(64, value), length),
        fields: { bits: value },
      }));
    case "f32":
      return fc.array(byte, { minLength: 4, maxLength: 4 }).map((bytes) => ({
        bytes,
        fields: { bits: bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n) },
      }));
    case "f64":
      return fc.array(byte, { minLength: 8, maxLength: 8 }).map((bytes) => ({
        bytes,
        fields: { bits: bytes.reduceRight((bits, byte) => (bits << 8n) | BigInt(byte), 0n) },
      }));
    case "heapType": {
      const isNullable = name.endsWith("null");
      return heapType.map(({ bytes, type }) => ({ bytes, fields: { type: type(isNullable) } }));
    }
    case "valTypes":
      return fc.array(valType, { maxLength: 4 }).map((types) => ({
        bytes: [...u32(types.length), ...types.flatMap(({ bytes }) => bytes)],
        fields: { count: types.length, vector: types.map(({ type }) => type) },
      }));
    case "branchCast":
      return fc.tuple(fc.nat(3), unsigned, heapType, heapType).map(([flags, label, from, to]) => ({
        bytes: [flags, ...label.bytes, ...from.bytes, ...to.bytes],
        fields: { index: label.value, type: from.type((flags & 1) !== 0), type2: to.type((flags & 2) !== 0) },
      }));
    case "tryTable":
      return fc
        .tuple(blockType, fc.array(fc.tuple(fc.nat(3), unsigned, unsigned), { maxLength: 4 }))
        .map(([type, clauses]) => ({
          bytes: [
            ...type.bytes,
            ...u32(clauses.length),
            ...clauses.flatMap(([flags, tag, label]) => [flags, ...(flags < 2 ? tag.bytes : []), ...label.bytes]),
          ],
          fields: {
            ...type.fields,
            count: clauses.length,
            vector: clauses.flatMap(([flags, tag, label]) => [flags, ...(flags < 2 ? [tag.value] : []), label.value]),
          },
        }));
    case "zeroByte":
      return fc.constant({ bytes: [0], fields: {} });
  }
}

/** An instruction of this row. */
export function instructionOf(info: InstructionInfo): fc.Arbitrary<Encoded> {
  const [first, second] = opcodeBytes(info.opcode);
  const opcode =
    second === undefined
      ? fc.constant([first as number])
      : padding.map((length) => [first as number, ...u32(second, length)]);
  return fc.tuple(opcode, immediateOf(info)).map(([bytes, immediate]) => ({
    bytes: [...bytes, ...immediate.bytes],
    fields: immediate.fields,
  }));
}

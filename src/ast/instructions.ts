import { lazy } from "../common/lazy.ts";
import { Proposal } from "../common/proposal.ts";
import { ValType } from "../common/value-type.ts";

/**
 * The one table of instructions: a row gives opcode, name, immediates, signature and natural width.
 *
 * Loader, validator, lowering, disassembler, statistics and tests all read it; nothing lists opcodes a second time. The
 * names of opcodes as constants (`Op["i32.add"]`) are generated from it by `npm run generate`.
 *
 * https://webassembly.github.io/spec/core/appendix/index-instructions.html — WasmEdge `common/enum.inc`
 */

/** How the bytes after an opcode are read; `InstructionReader` has one case for each. */
export const immediateKinds = [
  "none",
  "block",
  "label",
  "labelTable",
  "func",
  "type",
  "typeTable",
  "local",
  "global",
  "table",
  "tableTable",
  "elem",
  "elemTable",
  "data",
  "dataMemory",
  "memory",
  "memoryMemory",
  "memArg",
  "memArgLane",
  "lane",
  "shuffle",
  "i32",
  "i64",
  "f32",
  "f64",
  "v128",
  "heapType",
  "valTypes",
  "typeField",
  "typeCount",
  "typeData",
  "typeElem",
  "typeType",
  "branchCast",
  "tryTable",
  "tag",
  "zeroByte",
] as const;

export type ImmediateKind = (typeof immediateKinds)[number];

/**
 * An opcode as one small number: a page for each prefix byte, so that tables over all opcodes are small arrays.
 * Page 0 has no prefix, 1 is 0xFB, 2 is 0xFC, 3 is 0xFE, and 4 (and 5) is 0xFD, the only one with more than 256 codes.
 */
export type Opcode = number;

const PAGE = 0x100;
const prefixBytes = [undefined, 0xfb, 0xfc, 0xfe, 0xfd] as const;

/** One more than the largest opcode number. */
export const OPCODE_BOUND = 6 * PAGE;

/** The opcode numbers' page of a prefix byte, or 0 where the byte is no prefix. */
export function prefixPage(byte: number): number {
  switch (byte) {
    case 0xfb:
      return 1;
    case 0xfc:
      return 2;
    case 0xfe:
      return 3;
    case 0xfd:
      return 4;
    default:
      return 0;
  }
}

/** The opcode number of a code behind the prefix of `page`; -1 where none can be. */
export function prefixedOpcode(page: number, code: number): Opcode {
  const bound = page === 4 ? 2 * PAGE : PAGE;
  return code < bound ? page * PAGE + code : -1;
}

/** The wire bytes of an opcode as they print: prefix, then code. */
export function opcodeBytes(opcode: Opcode): readonly number[] {
  const page = Math.min(opcode >> 8, 4);
  const prefix = prefixBytes[page];
  return prefix === undefined ? [opcode] : [prefix, opcode - page * PAGE];
}

type Row = readonly [
  code: number,
  name: string,
  immediate: ImmediateKind,
  /** operands -> results; `addr` is the address type of the memory named by the immediate. Absent: a rule of its own. */
  signature?: string,
  /** natural width of the memory access in bytes; for lane instructions the number of lanes */
  width?: number,
];

/** Instructions that the same proposals admit. */
export interface InstructionGroup {
  /** All of them are needed, or with `anyProposal` one. */
  readonly proposals: readonly Proposal[];
  readonly anyProposal: boolean;
  /** By their opcodes, rising. Made when they are asked for: most programs need the core's, and few others. */
  readonly rows: () => readonly Row[];
}

/** Proposals of which one suffices. */
interface AnyOf {
  readonly anyOf: readonly Proposal[];
}

/** Bulk memory and reference types came together: either proposal admits these instructions. */
const bulkOrReferenceTypes: AnyOf = { anyOf: [Proposal.ReferenceTypes, Proposal.BulkMemoryOperations] };

/** Both forms of exceptions throw in the same way. */
const anyExceptions: AnyOf = { anyOf: [Proposal.ExceptionHandling, Proposal.LegacyExceptionHandling] };

function group(needs: readonly Proposal[] | AnyOf, makeRows: () => readonly Row[]): InstructionGroup {
  const rows = lazy(makeRows);
  return "anyOf" in needs
    ? { proposals: needs.anyOf, anyProposal: true, rows }
    : { proposals: needs, anyProposal: false, rows };
}

// biome-ignore format: one row an instruction, one line a row
export const instructionGroups: readonly InstructionGroup[] = [
  // The core of version 1.0: control, variables, memory, numbers.
  group([], () => [
    [0x00, "unreachable", "none"],
    [0x01, "nop", "none", "->"],
    [0x02, "block", "block"],
    [0x03, "loop", "block"],
    [0x04, "if", "block"],
    [0x05, "else", "none"],
    [0x0b, "end", "none"],
    [0x0c, "br", "label"],
    [0x0d, "br_if", "label"],
    [0x0e, "br_table", "labelTable"],
    [0x0f, "return", "none"],
    [0x10, "call", "func"],
    [0x11, "call_indirect", "typeTable"],
    [0x1a, "drop", "none"],
    [0x1b, "select", "none"],
    [0x20, "local.get", "local"],
    [0x21, "local.set", "local"],
    [0x22, "local.tee", "local"],
    [0x23, "global.get", "global"],
    [0x24, "global.set", "global"],
    [0x28, "i32.load", "memArg", "addr -> i32", 4],
    [0x29, "i64.load", "memArg", "addr -> i64", 8],
    [0x2a, "f32.load", "memArg", "addr -> f32", 4],
    [0x2b, "f64.load", "memArg", "addr -> f64", 8],
    [0x2c, "i32.load8_s", "memArg", "addr -> i32", 1],
    [0x2d, "i32.load8_u", "memArg", "addr -> i32", 1],
    [0x2e, "i32.load16_s", "memArg", "addr -> i32", 2],
    [0x2f, "i32.load16_u", "memArg", "addr -> i32", 2],
    [0x30, "i64.load8_s", "memArg", "addr -> i64", 1],
    [0x31, "i64.load8_u", "memArg", "addr -> i64", 1],
    [0x32, "i64.load16_s", "memArg", "addr -> i64", 2],
    [0x33, "i64.load16_u", "memArg", "addr -> i64", 2],
    [0x34, "i64.load32_s", "memArg", "addr -> i64", 4],
    [0x35, "i64.load32_u", "memArg", "addr -> i64", 4],
    [0x36, "i32.store", "memArg", "addr i32 ->", 4],
    [0x37, "i64.store", "memArg", "addr i64 ->", 8],
    [0x38, "f32.store", "memArg", "addr f32 ->", 4],
    [0x39, "f64.store", "memArg", "addr f64 ->", 8],
    [0x3a, "i32.store8", "memArg", "addr i32 ->", 1],
    [0x3b, "i32.store16", "memArg", "addr i32 ->", 2],
    [0x3c, "i64.store8", "memArg", "addr i64 ->", 1],
    [0x3d, "i64.store16", "memArg", "addr i64 ->", 2],
    [0x3e, "i64.store32", "memArg", "addr i64 ->", 4],
    [0x3f, "memory.size", "memory", "-> addr"],
    [0x40, "memory.grow", "memory", "addr -> addr"],
    [0x41, "i32.const", "i32", "-> i32"],
    [0x42, "i64.const", "i64", "-> i64"],
    [0x43, "f32.const", "f32", "-> f32"],
    [0x44, "f64.const", "f64", "-> f64"],
    [0x45, "i32.eqz", "none", "i32 -> i32"],
    [0x46, "i32.eq", "none", "i32 i32 -> i32"],
    [0x47, "i32.ne", "none", "i32 i32 -> i32"],
    [0x48, "i32.lt_s", "none", "i32 i32 -> i32"],
    [0x49, "i32.lt_u", "none", "i32 i32 -> i32"],
    [0x4a, "i32.gt_s", "none", "i32 i32 -> i32"],
    [0x4b, "i32.gt_u", "none", "i32 i32 -> i32"],
    [0x4c, "i32.le_s", "none", "i32 i32 -> i32"],
    [0x4d, "i32.le_u", "none", "i32 i32 -> i32"],
    [0x4e, "i32.ge_s", "none", "i32 i32 -> i32"],
    [0x4f, "i32.ge_u", "none", "i32 i32 -> i32"],
    [0x50, "i64.eqz", "none", "i64 -> i32"],
    [0x51, "i64.eq", "none", "i64 i64 -> i32"],
    [0x52, "i64.ne", "none", "i64 i64 -> i32"],
    [0x53, "i64.lt_s", "none", "i64 i64 -> i32"],
    [0x54, "i64.lt_u", "none", "i64 i64 -> i32"],
    [0x55, "i64.gt_s", "none", "i64 i64 -> i32"],
    [0x56, "i64.gt_u", "none", "i64 i64 -> i32"],
    [0x57, "i64.le_s", "none", "i64 i64 -> i32"],
    [0x58, "i64.le_u", "none", "i64 i64 -> i32"],
    [0x59, "i64.ge_s", "none", "i64 i64 -> i32"],
    [0x5a, "i64.ge_u", "none", "i64 i64 -> i32"],
    [0x5b, "f32.eq", "none", "f32 f32 -> i32"],
    [0x5c, "f32.ne", "none", "f32 f32 -> i32"],
    [0x5d, "f32.lt", "none", "f32 f32 -> i32"],
    [0x5e, "f32.gt", "none", "f32 f32 -> i32"],
    [0x5f, "f32.le", "none", "f32 f32 -> i32"],
    [0x60, "f32.ge", "none", "f32 f32 -> i32"],
    [0x61, "f64.eq", "none", "f64 f64 -> i32"],
    [0x62, "f64.ne", "none", "f64 f64 -> i32"],
    [0x63, "f64.lt", "none", "f64 f64 -> i32"],
    [0x64, "f64.gt", "none", "f64 f64 -> i32"],
    [0x65, "f64.le", "none", "f64 f64 -> i32"],
    [0x66, "f64.ge", "none", "f64 f64 -> i32"],
    [0x67, "i32.clz", "none", "i32 -> i32"],
    [0x68, "i32.ctz", "none", "i32 -> i32"],
    [0x69, "i32.popcnt", "none", "i32 -> i32"],
    [0x6a, "i32.add", "none", "i32 i32 -> i32"],
    [0x6b, "i32.sub", "none", "i32 i32 -> i32"],
    [0x6c, "i32.mul", "none", "i32 i32 -> i32"],
    [0x6d, "i32.div_s", "none", "i32 i32 -> i32"],
    [0x6e, "i32.div_u", "none", "i32 i32 -> i32"],
    [0x6f, "i32.rem_s", "none", "i32 i32 -> i32"],
    [0x70, "i32.rem_u", "none", "i32 i32 -> i32"],
    [0x71, "i32.and", "none", "i32 i32 -> i32"],
    [0x72, "i32.or", "none", "i32 i32 -> i32"],
    [0x73, "i32.xor", "none", "i32 i32 -> i32"],
    [0x74, "i32.shl", "none", "i32 i32 -> i32"],
    [0x75, "i32.shr_s", "none", "i32 i32 -> i32"],
    [0x76, "i32.shr_u", "none", "i32 i32 -> i32"],
    [0x77, "i32.rotl", "none", "i32 i32 -> i32"],
    [0x78, "i32.rotr", "none", "i32 i32 -> i32"],
    [0x79, "i64.clz", "none", "i64 -> i64"],
    [0x7a, "i64.ctz", "none", "i64 -> i64"],
    [0x7b, "i64.popcnt", "none", "i64 -> i64"],
    [0x7c, "i64.add", "none", "i64 i64 -> i64"],
    [0x7d, "i64.sub", "none", "i64 i64 -> i64"],
    [0x7e, "i64.mul", "none", "i64 i64 -> i64"],
    [0x7f, "i64.div_s", "none", "i64 i64 -> i64"],
    [0x80, "i64.div_u", "none", "i64 i64 -> i64"],
    [0x81, "i64.rem_s", "none", "i64 i64 -> i64"],
    [0x82, "i64.rem_u", "none", "i64 i64 -> i64"],
    [0x83, "i64.and", "none", "i64 i64 -> i64"],
    [0x84, "i64.or", "none", "i64 i64 -> i64"],
    [0x85, "i64.xor", "none", "i64 i64 -> i64"],
    [0x86, "i64.shl", "none", "i64 i64 -> i64"],
    [0x87, "i64.shr_s", "none", "i64 i64 -> i64"],
    [0x88, "i64.shr_u", "none", "i64 i64 -> i64"],
    [0x89, "i64.rotl", "none", "i64 i64 -> i64"],
    [0x8a, "i64.rotr", "none", "i64 i64 -> i64"],
    [0x8b, "f32.abs", "none", "f32 -> f32"],
    [0x8c, "f32.neg", "none", "f32 -> f32"],
    [0x8d, "f32.ceil", "none", "f32 -> f32"],
    [0x8e, "f32.floor", "none", "f32 -> f32"],
    [0x8f, "f32.trunc", "none", "f32 -> f32"],
    [0x90, "f32.nearest", "none", "f32 -> f32"],
    [0x91, "f32.sqrt", "none", "f32 -> f32"],
    [0x92, "f32.add", "none", "f32 f32 -> f32"],
    [0x93, "f32.sub", "none", "f32 f32 -> f32"],
    [0x94, "f32.mul", "none", "f32 f32 -> f32"],
    [0x95, "f32.div", "none", "f32 f32 -> f32"],
    [0x96, "f32.min", "none", "f32 f32 -> f32"],
    [0x97, "f32.max", "none", "f32 f32 -> f32"],
    [0x98, "f32.copysign", "none", "f32 f32 -> f32"],
    [0x99, "f64.abs", "none", "f64 -> f64"],
    [0x9a, "f64.neg", "none", "f64 -> f64"],
    [0x9b, "f64.ceil", "none", "f64 -> f64"],
    [0x9c, "f64.floor", "none", "f64 -> f64"],
    [0x9d, "f64.trunc", "none", "f64 -> f64"],
    [0x9e, "f64.nearest", "none", "f64 -> f64"],
    [0x9f, "f64.sqrt", "none", "f64 -> f64"],
    [0xa0, "f64.add", "none", "f64 f64 -> f64"],
    [0xa1, "f64.sub", "none", "f64 f64 -> f64"],
    [0xa2, "f64.mul", "none", "f64 f64 -> f64"],
    [0xa3, "f64.div", "none", "f64 f64 -> f64"],
    [0xa4, "f64.min", "none", "f64 f64 -> f64"],
    [0xa5, "f64.max", "none", "f64 f64 -> f64"],
    [0xa6, "f64.copysign", "none", "f64 f64 -> f64"],
    [0xa7, "i32.wrap_i64", "none", "i64 -> i32"],
    [0xa8, "i32.trunc_f32_s", "none", "f32 -> i32"],
    [0xa9, "i32.trunc_f32_u", "none", "f32 -> i32"],
    [0xaa, "i32.trunc_f64_s", "none", "f64 -> i32"],
    [0xab, "i32.trunc_f64_u", "none", "f64 -> i32"],
    [0xac, "i64.extend_i32_s", "none", "i32 -> i64"],
    [0xad, "i64.extend_i32_u", "none", "i32 -> i64"],
    [0xae, "i64.trunc_f32_s", "none", "f32 -> i64"],
    [0xaf, "i64.trunc_f32_u", "none", "f32 -> i64"],
    [0xb0, "i64.trunc_f64_s", "none", "f64 -> i64"],
    [0xb1, "i64.trunc_f64_u", "none", "f64 -> i64"],
    [0xb2, "f32.convert_i32_s", "none", "i32 -> f32"],
    [0xb3, "f32.convert_i32_u", "none", "i32 -> f32"],
    [0xb4, "f32.convert_i64_s", "none", "i64 -> f32"],
    [0xb5, "f32.convert_i64_u", "none", "i64 -> f32"],
    [0xb6, "f32.demote_f64", "none", "f64 -> f32"],
    [0xb7, "f64.convert_i32_s", "none", "i32 -> f64"],
    [0xb8, "f64.convert_i32_u", "none", "i32 -> f64"],
    [0xb9, "f64.convert_i64_s", "none", "i64 -> f64"],
    [0xba, "f64.convert_i64_u", "none", "i64 -> f64"],
    [0xbb, "f64.promote_f32", "none", "f32 -> f64"],
    [0xbc, "i32.reinterpret_f32", "none", "f32 -> i32"],
    [0xbd, "i64.reinterpret_f64", "none", "f64 -> i64"],
    [0xbe, "f32.reinterpret_i32", "none", "i32 -> f32"],
    [0xbf, "f64.reinterpret_i64", "none", "i64 -> f64"],
  ]),
  group([Proposal.SignExtensionOperators], () => [
    [0xc0, "i32.extend8_s", "none", "i32 -> i32"],
    [0xc1, "i32.extend16_s", "none", "i32 -> i32"],
    [0xc2, "i64.extend8_s", "none", "i64 -> i64"],
    [0xc3, "i64.extend16_s", "none", "i64 -> i64"],
    [0xc4, "i64.extend32_s", "none", "i64 -> i64"],
  ]),
  group([Proposal.NonTrapFloatToIntConversions], () => [
    [0x200, "i32.trunc_sat_f32_s", "none", "f32 -> i32"],
    [0x201, "i32.trunc_sat_f32_u", "none", "f32 -> i32"],
    [0x202, "i32.trunc_sat_f64_s", "none", "f64 -> i32"],
    [0x203, "i32.trunc_sat_f64_u", "none", "f64 -> i32"],
    [0x204, "i64.trunc_sat_f32_s", "none", "f32 -> i64"],
    [0x205, "i64.trunc_sat_f32_u", "none", "f32 -> i64"],
    [0x206, "i64.trunc_sat_f64_s", "none", "f64 -> i64"],
    [0x207, "i64.trunc_sat_f64_u", "none", "f64 -> i64"],
  ]),
  // Bulk memory and reference types came together: either proposal admits these.
  group(bulkOrReferenceTypes, () => [
    [0xd0, "ref.null", "heapType"],
    [0xd1, "ref.is_null", "none"],
    [0xd2, "ref.func", "func"],
    [0x208, "memory.init", "dataMemory"],
    [0x209, "data.drop", "data", "->"],
    [0x20a, "memory.copy", "memoryMemory"],
    [0x20b, "memory.fill", "memory"],
    [0x20c, "table.init", "elemTable"],
    [0x20d, "elem.drop", "elem", "->"],
    [0x20e, "table.copy", "tableTable"],
  ]),
  group([Proposal.ReferenceTypes], () => [
    [0x1c, "select_t", "valTypes"],
    [0x25, "table.get", "table"],
    [0x26, "table.set", "table"],
    [0x20f, "table.grow", "table"],
    [0x210, "table.size", "table"],
    [0x211, "table.fill", "table"],
  ]),
  group([Proposal.TailCall], () => [
    [0x12, "return_call", "func"],
    [0x13, "return_call_indirect", "typeTable"],
  ]),
  group([Proposal.FunctionReferences], () => [
    [0x14, "call_ref", "type"],
    [0xd4, "ref.as_non_null", "none"],
    [0xd5, "br_on_null", "label"],
    [0xd6, "br_on_non_null", "label"],
  ]),
  group([Proposal.FunctionReferences, Proposal.TailCall], () => [
    [0x15, "return_call_ref", "type"],
  ]),
  group([Proposal.GC], () => [
    [0xd3, "ref.eq", "none"],
    [0x100, "struct.new", "type"],
    [0x101, "struct.new_default", "type"],
    [0x102, "struct.get", "typeField"],
    [0x103, "struct.get_s", "typeField"],
    [0x104, "struct.get_u", "typeField"],
    [0x105, "struct.set", "typeField"],
    [0x106, "array.new", "type"],
    [0x107, "array.new_default", "type"],
    [0x108, "array.new_fixed", "typeCount"],
    [0x109, "array.new_data", "typeData"],
    [0x10a, "array.new_elem", "typeElem"],
    [0x10b, "array.get", "type"],
    [0x10c, "array.get_s", "type"],
    [0x10d, "array.get_u", "type"],
    [0x10e, "array.set", "type"],
    [0x10f, "array.len", "none"],
    [0x110, "array.fill", "type"],
    [0x111, "array.copy", "typeType"],
    [0x112, "array.init_data", "typeData"],
    [0x113, "array.init_elem", "typeElem"],
    [0x114, "ref.test", "heapType"],
    [0x115, "ref.test_null", "heapType"],
    [0x116, "ref.cast", "heapType"],
    [0x117, "ref.cast_null", "heapType"],
    [0x118, "br_on_cast", "branchCast"],
    [0x119, "br_on_cast_fail", "branchCast"],
    [0x11a, "any.convert_extern", "none"],
    [0x11b, "extern.convert_any", "none"],
    [0x11c, "ref.i31", "none"],
    [0x11d, "i31.get_s", "none"],
    [0x11e, "i31.get_u", "none"],
  ]),
  group(anyExceptions, () => [
    [0x08, "throw", "tag"],
  ]),
  group([Proposal.ExceptionHandling], () => [
    [0x0a, "throw_ref", "none"],
    [0x1f, "try_table", "tryTable"],
  ]),
  group([Proposal.SIMD], () => [
    [0x400, "v128.load", "memArg", "addr -> v128", 16],
    [0x401, "v128.load8x8_s", "memArg", "addr -> v128", 8],
    [0x402, "v128.load8x8_u", "memArg", "addr -> v128", 8],
    [0x403, "v128.load16x4_s", "memArg", "addr -> v128", 8],
    [0x404, "v128.load16x4_u", "memArg", "addr -> v128", 8],
    [0x405, "v128.load32x2_s", "memArg", "addr -> v128", 8],
    [0x406, "v128.load32x2_u", "memArg", "addr -> v128", 8],
    [0x407, "v128.load8_splat", "memArg", "addr -> v128", 1],
    [0x408, "v128.load16_splat", "memArg", "addr -> v128", 2],
    [0x409, "v128.load32_splat", "memArg", "addr -> v128", 4],
    [0x40a, "v128.load64_splat", "memArg", "addr -> v128", 8],
    [0x40b, "v128.store", "memArg", "addr v128 ->", 16],
    [0x40c, "v128.const", "v128", "-> v128"],
    [0x40d, "i8x16.shuffle", "shuffle", "v128 v128 -> v128"],
    [0x40e, "i8x16.swizzle", "none", "v128 v128 -> v128"],
    [0x40f, "i8x16.splat", "none", "i32 -> v128"],
    [0x410, "i16x8.splat", "none", "i32 -> v128"],
    [0x411, "i32x4.splat", "none", "i32 -> v128"],
    [0x412, "i64x2.splat", "none", "i64 -> v128"],
    [0x413, "f32x4.splat", "none", "f32 -> v128"],
    [0x414, "f64x2.splat", "none", "f64 -> v128"],
    [0x415, "i8x16.extract_lane_s", "lane", "v128 -> i32", 16],
    [0x416, "i8x16.extract_lane_u", "lane", "v128 -> i32", 16],
    [0x417, "i8x16.replace_lane", "lane", "v128 i32 -> v128", 16],
    [0x418, "i16x8.extract_lane_s", "lane", "v128 -> i32", 8],
    [0x419, "i16x8.extract_lane_u", "lane", "v128 -> i32", 8],
    [0x41a, "i16x8.replace_lane", "lane", "v128 i32 -> v128", 8],
    [0x41b, "i32x4.extract_lane", "lane", "v128 -> i32", 4],
    [0x41c, "i32x4.replace_lane", "lane", "v128 i32 -> v128", 4],
    [0x41d, "i64x2.extract_lane", "lane", "v128 -> i64", 2],
    [0x41e, "i64x2.replace_lane", "lane", "v128 i64 -> v128", 2],
    [0x41f, "f32x4.extract_lane", "lane", "v128 -> f32", 4],
    [0x420, "f32x4.replace_lane", "lane", "v128 f32 -> v128", 4],
    [0x421, "f64x2.extract_lane", "lane", "v128 -> f64", 2],
    [0x422, "f64x2.replace_lane", "lane", "v128 f64 -> v128", 2],
    [0x423, "i8x16.eq", "none", "v128 v128 -> v128"],
    [0x424, "i8x16.ne", "none", "v128 v128 -> v128"],
    [0x425, "i8x16.lt_s", "none", "v128 v128 -> v128"],
    [0x426, "i8x16.lt_u", "none", "v128 v128 -> v128"],
    [0x427, "i8x16.gt_s", "none", "v128 v128 -> v128"],
    [0x428, "i8x16.gt_u", "none", "v128 v128 -> v128"],
    [0x429, "i8x16.le_s", "none", "v128 v128 -> v128"],
    [0x42a, "i8x16.le_u", "none", "v128 v128 -> v128"],
    [0x42b, "i8x16.ge_s", "none", "v128 v128 -> v128"],
    [0x42c, "i8x16.ge_u", "none", "v128 v128 -> v128"],
    [0x42d, "i16x8.eq", "none", "v128 v128 -> v128"],
    [0x42e, "i16x8.ne", "none", "v128 v128 -> v128"],
    [0x42f, "i16x8.lt_s", "none", "v128 v128 -> v128"],
    [0x430, "i16x8.lt_u", "none", "v128 v128 -> v128"],
    [0x431, "i16x8.gt_s", "none", "v128 v128 -> v128"],
    [0x432, "i16x8.gt_u", "none", "v128 v128 -> v128"],
    [0x433, "i16x8.le_s", "none", "v128 v128 -> v128"],
    [0x434, "i16x8.le_u", "none", "v128 v128 -> v128"],
    [0x435, "i16x8.ge_s", "none", "v128 v128 -> v128"],
    [0x436, "i16x8.ge_u", "none", "v128 v128 -> v128"],
    [0x437, "i32x4.eq", "none", "v128 v128 -> v128"],
    [0x438, "i32x4.ne", "none", "v128 v128 -> v128"],
    [0x439, "i32x4.lt_s", "none", "v128 v128 -> v128"],
    [0x43a, "i32x4.lt_u", "none", "v128 v128 -> v128"],
    [0x43b, "i32x4.gt_s", "none", "v128 v128 -> v128"],
    [0x43c, "i32x4.gt_u", "none", "v128 v128 -> v128"],
    [0x43d, "i32x4.le_s", "none", "v128 v128 -> v128"],
    [0x43e, "i32x4.le_u", "none", "v128 v128 -> v128"],
    [0x43f, "i32x4.ge_s", "none", "v128 v128 -> v128"],
    [0x440, "i32x4.ge_u", "none", "v128 v128 -> v128"],
    [0x441, "f32x4.eq", "none", "v128 v128 -> v128"],
    [0x442, "f32x4.ne", "none", "v128 v128 -> v128"],
    [0x443, "f32x4.lt", "none", "v128 v128 -> v128"],
    [0x444, "f32x4.gt", "none", "v128 v128 -> v128"],
    [0x445, "f32x4.le", "none", "v128 v128 -> v128"],
    [0x446, "f32x4.ge", "none", "v128 v128 -> v128"],
    [0x447, "f64x2.eq", "none", "v128 v128 -> v128"],
    [0x448, "f64x2.ne", "none", "v128 v128 -> v128"],
    [0x449, "f64x2.lt", "none", "v128 v128 -> v128"],
    [0x44a, "f64x2.gt", "none", "v128 v128 -> v128"],
    [0x44b, "f64x2.le", "none", "v128 v128 -> v128"],
    [0x44c, "f64x2.ge", "none", "v128 v128 -> v128"],
    [0x44d, "v128.not", "none", "v128 -> v128"],
    [0x44e, "v128.and", "none", "v128 v128 -> v128"],
    [0x44f, "v128.andnot", "none", "v128 v128 -> v128"],
    [0x450, "v128.or", "none", "v128 v128 -> v128"],
    [0x451, "v128.xor", "none", "v128 v128 -> v128"],
    [0x452, "v128.bitselect", "none", "v128 v128 v128 -> v128"],
    [0x453, "v128.any_true", "none", "v128 -> i32"],
    [0x454, "v128.load8_lane", "memArgLane", "addr v128 -> v128", 1],
    [0x455, "v128.load16_lane", "memArgLane", "addr v128 -> v128", 2],
    [0x456, "v128.load32_lane", "memArgLane", "addr v128 -> v128", 4],
    [0x457, "v128.load64_lane", "memArgLane", "addr v128 -> v128", 8],
    [0x458, "v128.store8_lane", "memArgLane", "addr v128 ->", 1],
    [0x459, "v128.store16_lane", "memArgLane", "addr v128 ->", 2],
    [0x45a, "v128.store32_lane", "memArgLane", "addr v128 ->", 4],
    [0x45b, "v128.store64_lane", "memArgLane", "addr v128 ->", 8],
    [0x45c, "v128.load32_zero", "memArg", "addr -> v128", 4],
    [0x45d, "v128.load64_zero", "memArg", "addr -> v128", 8],
    [0x45e, "f32x4.demote_f64x2_zero", "none", "v128 -> v128"],
    [0x45f, "f64x2.promote_low_f32x4", "none", "v128 -> v128"],
    [0x460, "i8x16.abs", "none", "v128 -> v128"],
    [0x461, "i8x16.neg", "none", "v128 -> v128"],
    [0x462, "i8x16.popcnt", "none", "v128 -> v128"],
    [0x463, "i8x16.all_true", "none", "v128 -> i32"],
    [0x464, "i8x16.bitmask", "none", "v128 -> i32"],
    [0x465, "i8x16.narrow_i16x8_s", "none", "v128 v128 -> v128"],
    [0x466, "i8x16.narrow_i16x8_u", "none", "v128 v128 -> v128"],
    [0x467, "f32x4.ceil", "none", "v128 -> v128"],
    [0x468, "f32x4.floor", "none", "v128 -> v128"],
    [0x469, "f32x4.trunc", "none", "v128 -> v128"],
    [0x46a, "f32x4.nearest", "none", "v128 -> v128"],
    [0x46b, "i8x16.shl", "none", "v128 i32 -> v128"],
    [0x46c, "i8x16.shr_s", "none", "v128 i32 -> v128"],
    [0x46d, "i8x16.shr_u", "none", "v128 i32 -> v128"],
    [0x46e, "i8x16.add", "none", "v128 v128 -> v128"],
    [0x46f, "i8x16.add_sat_s", "none", "v128 v128 -> v128"],
    [0x470, "i8x16.add_sat_u", "none", "v128 v128 -> v128"],
    [0x471, "i8x16.sub", "none", "v128 v128 -> v128"],
    [0x472, "i8x16.sub_sat_s", "none", "v128 v128 -> v128"],
    [0x473, "i8x16.sub_sat_u", "none", "v128 v128 -> v128"],
    [0x474, "f64x2.ceil", "none", "v128 -> v128"],
    [0x475, "f64x2.floor", "none", "v128 -> v128"],
    [0x476, "i8x16.min_s", "none", "v128 v128 -> v128"],
    [0x477, "i8x16.min_u", "none", "v128 v128 -> v128"],
    [0x478, "i8x16.max_s", "none", "v128 v128 -> v128"],
    [0x479, "i8x16.max_u", "none", "v128 v128 -> v128"],
    [0x47a, "f64x2.trunc", "none", "v128 -> v128"],
    [0x47b, "i8x16.avgr_u", "none", "v128 v128 -> v128"],
    [0x47c, "i16x8.extadd_pairwise_i8x16_s", "none", "v128 -> v128"],
    [0x47d, "i16x8.extadd_pairwise_i8x16_u", "none", "v128 -> v128"],
    [0x47e, "i32x4.extadd_pairwise_i16x8_s", "none", "v128 -> v128"],
    [0x47f, "i32x4.extadd_pairwise_i16x8_u", "none", "v128 -> v128"],
    [0x480, "i16x8.abs", "none", "v128 -> v128"],
    [0x481, "i16x8.neg", "none", "v128 -> v128"],
    [0x482, "i16x8.q15mulr_sat_s", "none", "v128 v128 -> v128"],
    [0x483, "i16x8.all_true", "none", "v128 -> i32"],
    [0x484, "i16x8.bitmask", "none", "v128 -> i32"],
    [0x485, "i16x8.narrow_i32x4_s", "none", "v128 v128 -> v128"],
    [0x486, "i16x8.narrow_i32x4_u", "none", "v128 v128 -> v128"],
    [0x487, "i16x8.extend_low_i8x16_s", "none", "v128 -> v128"],
    [0x488, "i16x8.extend_high_i8x16_s", "none", "v128 -> v128"],
    [0x489, "i16x8.extend_low_i8x16_u", "none", "v128 -> v128"],
    [0x48a, "i16x8.extend_high_i8x16_u", "none", "v128 -> v128"],
    [0x48b, "i16x8.shl", "none", "v128 i32 -> v128"],
    [0x48c, "i16x8.shr_s", "none", "v128 i32 -> v128"],
    [0x48d, "i16x8.shr_u", "none", "v128 i32 -> v128"],
    [0x48e, "i16x8.add", "none", "v128 v128 -> v128"],
    [0x48f, "i16x8.add_sat_s", "none", "v128 v128 -> v128"],
    [0x490, "i16x8.add_sat_u", "none", "v128 v128 -> v128"],
    [0x491, "i16x8.sub", "none", "v128 v128 -> v128"],
    [0x492, "i16x8.sub_sat_s", "none", "v128 v128 -> v128"],
    [0x493, "i16x8.sub_sat_u", "none", "v128 v128 -> v128"],
    [0x494, "f64x2.nearest", "none", "v128 -> v128"],
    [0x495, "i16x8.mul", "none", "v128 v128 -> v128"],
    [0x496, "i16x8.min_s", "none", "v128 v128 -> v128"],
    [0x497, "i16x8.min_u", "none", "v128 v128 -> v128"],
    [0x498, "i16x8.max_s", "none", "v128 v128 -> v128"],
    [0x499, "i16x8.max_u", "none", "v128 v128 -> v128"],
    [0x49b, "i16x8.avgr_u", "none", "v128 v128 -> v128"],
    [0x49c, "i16x8.extmul_low_i8x16_s", "none", "v128 v128 -> v128"],
    [0x49d, "i16x8.extmul_high_i8x16_s", "none", "v128 v128 -> v128"],
    [0x49e, "i16x8.extmul_low_i8x16_u", "none", "v128 v128 -> v128"],
    [0x49f, "i16x8.extmul_high_i8x16_u", "none", "v128 v128 -> v128"],
    [0x4a0, "i32x4.abs", "none", "v128 -> v128"],
    [0x4a1, "i32x4.neg", "none", "v128 -> v128"],
    [0x4a3, "i32x4.all_true", "none", "v128 -> i32"],
    [0x4a4, "i32x4.bitmask", "none", "v128 -> i32"],
    [0x4a7, "i32x4.extend_low_i16x8_s", "none", "v128 -> v128"],
    [0x4a8, "i32x4.extend_high_i16x8_s", "none", "v128 -> v128"],
    [0x4a9, "i32x4.extend_low_i16x8_u", "none", "v128 -> v128"],
    [0x4aa, "i32x4.extend_high_i16x8_u", "none", "v128 -> v128"],
    [0x4ab, "i32x4.shl", "none", "v128 i32 -> v128"],
    [0x4ac, "i32x4.shr_s", "none", "v128 i32 -> v128"],
    [0x4ad, "i32x4.shr_u", "none", "v128 i32 -> v128"],
    [0x4ae, "i32x4.add", "none", "v128 v128 -> v128"],
    [0x4b1, "i32x4.sub", "none", "v128 v128 -> v128"],
    [0x4b5, "i32x4.mul", "none", "v128 v128 -> v128"],
    [0x4b6, "i32x4.min_s", "none", "v128 v128 -> v128"],
    [0x4b7, "i32x4.min_u", "none", "v128 v128 -> v128"],
    [0x4b8, "i32x4.max_s", "none", "v128 v128 -> v128"],
    [0x4b9, "i32x4.max_u", "none", "v128 v128 -> v128"],
    [0x4ba, "i32x4.dot_i16x8_s", "none", "v128 v128 -> v128"],
    [0x4bc, "i32x4.extmul_low_i16x8_s", "none", "v128 v128 -> v128"],
    [0x4bd, "i32x4.extmul_high_i16x8_s", "none", "v128 v128 -> v128"],
    [0x4be, "i32x4.extmul_low_i16x8_u", "none", "v128 v128 -> v128"],
    [0x4bf, "i32x4.extmul_high_i16x8_u", "none", "v128 v128 -> v128"],
    [0x4c0, "i64x2.abs", "none", "v128 -> v128"],
    [0x4c1, "i64x2.neg", "none", "v128 -> v128"],
    [0x4c3, "i64x2.all_true", "none", "v128 -> i32"],
    [0x4c4, "i64x2.bitmask", "none", "v128 -> i32"],
    [0x4c7, "i64x2.extend_low_i32x4_s", "none", "v128 -> v128"],
    [0x4c8, "i64x2.extend_high_i32x4_s", "none", "v128 -> v128"],
    [0x4c9, "i64x2.extend_low_i32x4_u", "none", "v128 -> v128"],
    [0x4ca, "i64x2.extend_high_i32x4_u", "none", "v128 -> v128"],
    [0x4cb, "i64x2.shl", "none", "v128 i32 -> v128"],
    [0x4cc, "i64x2.shr_s", "none", "v128 i32 -> v128"],
    [0x4cd, "i64x2.shr_u", "none", "v128 i32 -> v128"],
    [0x4ce, "i64x2.add", "none", "v128 v128 -> v128"],
    [0x4d1, "i64x2.sub", "none", "v128 v128 -> v128"],
    [0x4d5, "i64x2.mul", "none", "v128 v128 -> v128"],
    [0x4d6, "i64x2.eq", "none", "v128 v128 -> v128"],
    [0x4d7, "i64x2.ne", "none", "v128 v128 -> v128"],
    [0x4d8, "i64x2.lt_s", "none", "v128 v128 -> v128"],
    [0x4d9, "i64x2.gt_s", "none", "v128 v128 -> v128"],
    [0x4da, "i64x2.le_s", "none", "v128 v128 -> v128"],
    [0x4db, "i64x2.ge_s", "none", "v128 v128 -> v128"],
    [0x4dc, "i64x2.extmul_low_i32x4_s", "none", "v128 v128 -> v128"],
    [0x4dd, "i64x2.extmul_high_i32x4_s", "none", "v128 v128 -> v128"],
    [0x4de, "i64x2.extmul_low_i32x4_u", "none", "v128 v128 -> v128"],
    [0x4df, "i64x2.extmul_high_i32x4_u", "none", "v128 v128 -> v128"],
    [0x4e0, "f32x4.abs", "none", "v128 -> v128"],
    [0x4e1, "f32x4.neg", "none", "v128 -> v128"],
    [0x4e3, "f32x4.sqrt", "none", "v128 -> v128"],
    [0x4e4, "f32x4.add", "none", "v128 v128 -> v128"],
    [0x4e5, "f32x4.sub", "none", "v128 v128 -> v128"],
    [0x4e6, "f32x4.mul", "none", "v128 v128 -> v128"],
    [0x4e7, "f32x4.div", "none", "v128 v128 -> v128"],
    [0x4e8, "f32x4.min", "none", "v128 v128 -> v128"],
    [0x4e9, "f32x4.max", "none", "v128 v128 -> v128"],
    [0x4ea, "f32x4.pmin", "none", "v128 v128 -> v128"],
    [0x4eb, "f32x4.pmax", "none", "v128 v128 -> v128"],
    [0x4ec, "f64x2.abs", "none", "v128 -> v128"],
    [0x4ed, "f64x2.neg", "none", "v128 -> v128"],
    [0x4ef, "f64x2.sqrt", "none", "v128 -> v128"],
    [0x4f0, "f64x2.add", "none", "v128 v128 -> v128"],
    [0x4f1, "f64x2.sub", "none", "v128 v128 -> v128"],
    [0x4f2, "f64x2.mul", "none", "v128 v128 -> v128"],
    [0x4f3, "f64x2.div", "none", "v128 v128 -> v128"],
    [0x4f4, "f64x2.min", "none", "v128 v128 -> v128"],
    [0x4f5, "f64x2.max", "none", "v128 v128 -> v128"],
    [0x4f6, "f64x2.pmin", "none", "v128 v128 -> v128"],
    [0x4f7, "f64x2.pmax", "none", "v128 v128 -> v128"],
    [0x4f8, "i32x4.trunc_sat_f32x4_s", "none", "v128 -> v128"],
    [0x4f9, "i32x4.trunc_sat_f32x4_u", "none", "v128 -> v128"],
    [0x4fa, "f32x4.convert_i32x4_s", "none", "v128 -> v128"],
    [0x4fb, "f32x4.convert_i32x4_u", "none", "v128 -> v128"],
    [0x4fc, "i32x4.trunc_sat_f64x2_s_zero", "none", "v128 -> v128"],
    [0x4fd, "i32x4.trunc_sat_f64x2_u_zero", "none", "v128 -> v128"],
    [0x4fe, "f64x2.convert_low_i32x4_s", "none", "v128 -> v128"],
    [0x4ff, "f64x2.convert_low_i32x4_u", "none", "v128 -> v128"],
  ]),
  group([Proposal.RelaxSIMD], () => [
    [0x500, "i8x16.relaxed_swizzle", "none", "v128 v128 -> v128"],
    [0x501, "i32x4.relaxed_trunc_f32x4_s", "none", "v128 -> v128"],
    [0x502, "i32x4.relaxed_trunc_f32x4_u", "none", "v128 -> v128"],
    [0x503, "i32x4.relaxed_trunc_f64x2_s_zero", "none", "v128 -> v128"],
    [0x504, "i32x4.relaxed_trunc_f64x2_u_zero", "none", "v128 -> v128"],
    [0x505, "f32x4.relaxed_madd", "none", "v128 v128 v128 -> v128"],
    [0x506, "f32x4.relaxed_nmadd", "none", "v128 v128 v128 -> v128"],
    [0x507, "f64x2.relaxed_madd", "none", "v128 v128 v128 -> v128"],
    [0x508, "f64x2.relaxed_nmadd", "none", "v128 v128 v128 -> v128"],
    [0x509, "i8x16.relaxed_laneselect", "none", "v128 v128 v128 -> v128"],
    [0x50a, "i16x8.relaxed_laneselect", "none", "v128 v128 v128 -> v128"],
    [0x50b, "i32x4.relaxed_laneselect", "none", "v128 v128 v128 -> v128"],
    [0x50c, "i64x2.relaxed_laneselect", "none", "v128 v128 v128 -> v128"],
    [0x50d, "f32x4.relaxed_min", "none", "v128 v128 -> v128"],
    [0x50e, "f32x4.relaxed_max", "none", "v128 v128 -> v128"],
    [0x50f, "f64x2.relaxed_min", "none", "v128 v128 -> v128"],
    [0x510, "f64x2.relaxed_max", "none", "v128 v128 -> v128"],
    [0x511, "i16x8.relaxed_q15mulr_s", "none", "v128 v128 -> v128"],
    [0x512, "i16x8.relaxed_dot_i8x16_i7x16_s", "none", "v128 v128 -> v128"],
    [0x513, "i32x4.relaxed_dot_i8x16_i7x16_add_s", "none", "v128 v128 v128 -> v128"],
  ]),
  group([Proposal.Threads], () => [
    [0x300, "memory.atomic.notify", "memArg", "addr i32 -> i32", 4],
    [0x301, "memory.atomic.wait32", "memArg", "addr i32 i64 -> i32", 4],
    [0x302, "memory.atomic.wait64", "memArg", "addr i64 i64 -> i32", 8],
    [0x303, "atomic.fence", "zeroByte", "->"],
    [0x310, "i32.atomic.load", "memArg", "addr -> i32", 4],
    [0x311, "i64.atomic.load", "memArg", "addr -> i64", 8],
    [0x312, "i32.atomic.load8_u", "memArg", "addr -> i32", 1],
    [0x313, "i32.atomic.load16_u", "memArg", "addr -> i32", 2],
    [0x314, "i64.atomic.load8_u", "memArg", "addr -> i64", 1],
    [0x315, "i64.atomic.load16_u", "memArg", "addr -> i64", 2],
    [0x316, "i64.atomic.load32_u", "memArg", "addr -> i64", 4],
    [0x317, "i32.atomic.store", "memArg", "addr i32 ->", 4],
    [0x318, "i64.atomic.store", "memArg", "addr i64 ->", 8],
    [0x319, "i32.atomic.store8", "memArg", "addr i32 ->", 1],
    [0x31a, "i32.atomic.store16", "memArg", "addr i32 ->", 2],
    [0x31b, "i64.atomic.store8", "memArg", "addr i64 ->", 1],
    [0x31c, "i64.atomic.store16", "memArg", "addr i64 ->", 2],
    [0x31d, "i64.atomic.store32", "memArg", "addr i64 ->", 4],
    [0x31e, "i32.atomic.rmw.add", "memArg", "addr i32 -> i32", 4],
    [0x31f, "i64.atomic.rmw.add", "memArg", "addr i64 -> i64", 8],
    [0x320, "i32.atomic.rmw8.add_u", "memArg", "addr i32 -> i32", 1],
    [0x321, "i32.atomic.rmw16.add_u", "memArg", "addr i32 -> i32", 2],
    [0x322, "i64.atomic.rmw8.add_u", "memArg", "addr i64 -> i64", 1],
    [0x323, "i64.atomic.rmw16.add_u", "memArg", "addr i64 -> i64", 2],
    [0x324, "i64.atomic.rmw32.add_u", "memArg", "addr i64 -> i64", 4],
    [0x325, "i32.atomic.rmw.sub", "memArg", "addr i32 -> i32", 4],
    [0x326, "i64.atomic.rmw.sub", "memArg", "addr i64 -> i64", 8],
    [0x327, "i32.atomic.rmw8.sub_u", "memArg", "addr i32 -> i32", 1],
    [0x328, "i32.atomic.rmw16.sub_u", "memArg", "addr i32 -> i32", 2],
    [0x329, "i64.atomic.rmw8.sub_u", "memArg", "addr i64 -> i64", 1],
    [0x32a, "i64.atomic.rmw16.sub_u", "memArg", "addr i64 -> i64", 2],
    [0x32b, "i64.atomic.rmw32.sub_u", "memArg", "addr i64 -> i64", 4],
    [0x32c, "i32.atomic.rmw.and", "memArg", "addr i32 -> i32", 4],
    [0x32d, "i64.atomic.rmw.and", "memArg", "addr i64 -> i64", 8],
    [0x32e, "i32.atomic.rmw8.and_u", "memArg", "addr i32 -> i32", 1],
    [0x32f, "i32.atomic.rmw16.and_u", "memArg", "addr i32 -> i32", 2],
    [0x330, "i64.atomic.rmw8.and_u", "memArg", "addr i64 -> i64", 1],
    [0x331, "i64.atomic.rmw16.and_u", "memArg", "addr i64 -> i64", 2],
    [0x332, "i64.atomic.rmw32.and_u", "memArg", "addr i64 -> i64", 4],
    [0x333, "i32.atomic.rmw.or", "memArg", "addr i32 -> i32", 4],
    [0x334, "i64.atomic.rmw.or", "memArg", "addr i64 -> i64", 8],
    [0x335, "i32.atomic.rmw8.or_u", "memArg", "addr i32 -> i32", 1],
    [0x336, "i32.atomic.rmw16.or_u", "memArg", "addr i32 -> i32", 2],
    [0x337, "i64.atomic.rmw8.or_u", "memArg", "addr i64 -> i64", 1],
    [0x338, "i64.atomic.rmw16.or_u", "memArg", "addr i64 -> i64", 2],
    [0x339, "i64.atomic.rmw32.or_u", "memArg", "addr i64 -> i64", 4],
    [0x33a, "i32.atomic.rmw.xor", "memArg", "addr i32 -> i32", 4],
    [0x33b, "i64.atomic.rmw.xor", "memArg", "addr i64 -> i64", 8],
    [0x33c, "i32.atomic.rmw8.xor_u", "memArg", "addr i32 -> i32", 1],
    [0x33d, "i32.atomic.rmw16.xor_u", "memArg", "addr i32 -> i32", 2],
    [0x33e, "i64.atomic.rmw8.xor_u", "memArg", "addr i64 -> i64", 1],
    [0x33f, "i64.atomic.rmw16.xor_u", "memArg", "addr i64 -> i64", 2],
    [0x340, "i64.atomic.rmw32.xor_u", "memArg", "addr i64 -> i64", 4],
    [0x341, "i32.atomic.rmw.xchg", "memArg", "addr i32 -> i32", 4],
    [0x342, "i64.atomic.rmw.xchg", "memArg", "addr i64 -> i64", 8],
    [0x343, "i32.atomic.rmw8.xchg_u", "memArg", "addr i32 -> i32", 1],
    [0x344, "i32.atomic.rmw16.xchg_u", "memArg", "addr i32 -> i32", 2],
    [0x345, "i64.atomic.rmw8.xchg_u", "memArg", "addr i64 -> i64", 1],
    [0x346, "i64.atomic.rmw16.xchg_u", "memArg", "addr i64 -> i64", 2],
    [0x347, "i64.atomic.rmw32.xchg_u", "memArg", "addr i64 -> i64", 4],
    [0x348, "i32.atomic.rmw.cmpxchg", "memArg", "addr i32 i32 -> i32", 4],
    [0x349, "i64.atomic.rmw.cmpxchg", "memArg", "addr i64 i64 -> i64", 8],
    [0x34a, "i32.atomic.rmw8.cmpxchg_u", "memArg", "addr i32 i32 -> i32", 1],
    [0x34b, "i32.atomic.rmw16.cmpxchg_u", "memArg", "addr i32 i32 -> i32", 2],
    [0x34c, "i64.atomic.rmw8.cmpxchg_u", "memArg", "addr i64 i64 -> i64", 1],
    [0x34d, "i64.atomic.rmw16.cmpxchg_u", "memArg", "addr i64 i64 -> i64", 2],
    [0x34e, "i64.atomic.rmw32.cmpxchg_u", "memArg", "addr i64 i64 -> i64", 4],
  ]),
  // Ours, after WasmEdge's numbers.
  group([Proposal.LegacyExceptionHandling], () => [
    [0x06, "try", "block"],
    [0x07, "catch", "tag"],
    [0x09, "rethrow", "label"],
    [0x18, "delegate", "label"],
    [0x19, "catch_all", "none"],
  ]),
  // Ours, after WasmEdge's numbers.
  group([Proposal.WideArithmetic], () => [
    [0x213, "i64.add128", "none", "i64 i64 i64 i64 -> i64 i64"],
    [0x214, "i64.sub128", "none", "i64 i64 i64 i64 -> i64 i64"],
    [0x215, "i64.mul_wide_s", "none", "i64 i64 -> i64 i64"],
    [0x216, "i64.mul_wide_u", "none", "i64 i64 -> i64 i64"],
  ]),
];

/** In a signature: the address type of the memory that the immediate names. */
export const ADDRESS: ValType = 0;

/** What is known of one instruction. */
export interface InstructionInfo {
  readonly opcode: Opcode;
  /** A unique name: the text format's, with `_t`, `_null` where that one has two encodings. */
  readonly name: string;
  readonly immediate: ImmediateKind;
  /** Types of the operands, the topmost last, with ADDRESS for address types; undefined where a rule of its own decides. */
  readonly operands: readonly ValType[] | undefined;
  readonly results: readonly ValType[] | undefined;
  /** Natural width of the memory access in bytes; of a lane instruction the number of lanes; else 0. */
  readonly width: number;
  /** The proposals that admit it: all of them are needed, or with `anyProposal` one. */
  readonly proposals: readonly Proposal[];
  readonly anyProposal: boolean;
}

const signatureTypes = new Map<string, ValType>([
  ["addr", ADDRESS],
  ["i32", ValType.I32],
  ["i64", ValType.I64],
  ["f32", ValType.F32],
  ["f64", ValType.F64],
  ["v128", ValType.V128],
]);

function parseTypes(text: string): readonly ValType[] {
  const types: ValType[] = [];
  for (const word of text.split(" ")) {
    const type = signatureTypes.get(word);
    if (type !== undefined) types.push(type);
  }
  return types;
}

/** The types of the signatures seen so far: rows with the same one share them. */
const signatures = new Map<string, Pick<InstructionInfo, "operands" | "results">>();
const noSignature = { operands: undefined, results: undefined };

function parseSignature(signature: string | undefined): Pick<InstructionInfo, "operands" | "results"> {
  if (signature === undefined) return noSignature;
  let types = signatures.get(signature);
  if (types === undefined) {
    const [operands = "", results = ""] = signature.split("->");
    types = { operands: parseTypes(operands), results: parseTypes(results) };
    signatures.set(signature, types);
  }
  return types;
}

/** A row taken apart. */
function infoOf({ proposals, anyProposal }: InstructionGroup, row: Row): InstructionInfo {
  const { operands, results } = parseSignature(row[3]);
  const width = row[4] ?? 0;
  return { opcode: row[0], name: row[1], immediate: row[2], operands, results, width, proposals, anyProposal };
}

/** Those that have been asked for: a program has few different ones. */
const infos = new Map<Opcode, InstructionInfo>();

function keepInfo(group: InstructionGroup, row: Row): InstructionInfo {
  const info = infoOf(group, row);
  infos.set(row[0], info);
  return info;
}

function findInfo(opcode: Opcode): InstructionInfo | undefined {
  for (const group of instructionGroups) {
    const rows = group.rows();
    if (opcode < rows[0][0] || opcode > rows[rows.length - 1][0]) continue;
    const row = rows.find((one) => one[0] === opcode);
    if (row !== undefined) return keepInfo(group, row);
  }
  return undefined;
}

/** The row of an opcode, or undefined where no instruction has it. */
export function instructionInfo(opcode: Opcode): InstructionInfo | undefined {
  return infos.get(opcode) ?? findInfo(opcode);
}

/** All instructions, those together that the same proposals admit. */
export function allInstructions(): InstructionInfo[] {
  return instructionGroups.flatMap((group) => group.rows().map((row) => infos.get(row[0]) ?? keepInfo(group, row)));
}

const textNames = new Map([
  ["select_t", "select"],
  ["ref.test_null", "ref.test null"],
  ["ref.cast_null", "ref.cast null"],
]);

/** The instruction's name in the text format. */
export function instructionText(opcode: Opcode): string {
  const name = instructionInfo(opcode)?.name ?? `opcode 0x${opcode.toString(16)}`;
  return textNames.get(name) ?? name;
}

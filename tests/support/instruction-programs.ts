import { ADDRESS, type InstructionInfo, instructionText } from "../../src/ast/instructions.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import { type ValType, valTypeName } from "../../src/common/value-type.ts";
import { legacyModule } from "../validator/support.ts";

/** A program for each instruction of the table: a body that executes it, in a module that has everything. */

export interface InstructionProgram {
  /** A module that exports `f`: its text, or where only wabt knows the instruction its binary. */
  readonly source: string | Uint8Array;
  /**
   * The results of `f`, or the error that it ends with. Undefined for a program made of the instruction's signature: what
   * the instruction gives is in the exported memory, from `RESULTS` on, for a comparison with another engine.
   */
  readonly expected: readonly number[] | ErrCodeName | undefined;
}

/** Where a program that is made of a signature leaves its results, 16 bytes each. */
export const RESULTS = 512;

type Row = readonly [body: string, expected: number | ErrCodeName];

/** What `f` gives is one i32, unless it fails. */
const programs: Readonly<Record<string, Row>> = {
  // Control.
  unreachable: ["(unreachable)", "Unreachable"],
  block: ["(block (result i32) (i32.const 1))", 1],
  loop: ["(loop (result i32) (i32.const 1))", 1],
  if: ["(if (result i32) (i32.const 1) (then (i32.const 2)) (else (i32.const 3)))", 2],
  else: ["(if (result i32) (i32.const 0) (then (i32.const 2)) (else (i32.const 3)))", 3],
  end: ["(block) (i32.const 4)", 4],
  throw: ["(throw $tag (i32.const 1))", "UncaughtException"],
  throw_ref: ["(throw_ref (ref.null exn))", "AccessNullException"],
  try_table: ["(block $b (result i32) (try_table (catch $tag $b) (throw $tag (i32.const 5))) (i32.const 6))", 5],
  br: ["(block (br 0)) (i32.const 1)", 1],
  br_if: ["(block (br_if 0 (i32.const 1)) (unreachable)) (i32.const 1)", 1],
  br_table: ["(block (block (br_table 0 1 (i32.const 1))) (unreachable)) (i32.const 1)", 1],
  return: ["(return (i32.const 1))", 1],
  call: ["(call $increment (i32.const 1))", 2],
  call_indirect: ["(call_indirect $table (type $unary) (i32.const 3) (i32.const 0))", 4],
  return_call: ["(return_call $increment (i32.const 1))", 2],
  return_call_indirect: ["(return_call_indirect $table (type $unary) (i32.const 3) (i32.const 0))", 4],
  call_ref: ["(call_ref $unary (i32.const 5) (ref.func $increment))", 6],
  return_call_ref: ["(return_call_ref $unary (i32.const 5) (ref.func $increment))", 6],

  // Values, variables.
  drop: ["(drop (i32.const 1)) (i32.const 2)", 2],
  select: ["(select (i32.const 1) (i32.const 2) (i32.const 0))", 2],
  select_t: ["(select (result i32) (i32.const 1) (i32.const 2) (i32.const 1))", 1],
  "local.get": ["(local.get 0)", 0],
  "local.set": ["(local.set 0 (i32.const 3)) (local.get 0)", 3],
  "local.tee": ["(local.tee 0 (i32.const 3))", 3],
  "global.get": ["(global.get $global)", 11],
  "global.set": ["(global.set $global (i32.const 12)) (global.get $global)", 12],

  // Memory.
  "memory.size": ["(memory.size)", 1],
  "memory.grow": ["(memory.grow (i32.const 2))", 1],
  "memory.init": ["(memory.init $data (i32.const 0) (i32.const 1) (i32.const 3)) (i32.load8_u (i32.const 2))", 0x84],
  "data.drop": ["(data.drop $data) (i32.const 1)", 1],
  "memory.copy": [
    "(i32.store (i32.const 0) (i32.const 77)) (memory.copy (i32.const 8) (i32.const 0) (i32.const 4)) (i32.load (i32.const 8))",
    77,
  ],
  "memory.fill": ["(memory.fill (i32.const 0) (i32.const 1) (i32.const 2)) (i32.load (i32.const 0))", 0x101],

  // References and tables.
  "ref.null": ["(ref.is_null (ref.null func))", 1],
  "ref.is_null": ["(ref.is_null (table.get $table (i32.const 1)))", 1],
  "ref.func": ["(ref.is_null (ref.func $increment))", 0],
  "ref.eq": ["(ref.eq (ref.i31 (i32.const 1)) (ref.i31 (i32.const 1)))", 1],
  "ref.as_non_null": ["(drop (ref.as_non_null (table.get $table (i32.const 1)))) (i32.const 1)", "CastNullToNonNull"],
  br_on_null: ["(block (drop (br_on_null 0 (ref.null func))) (unreachable)) (i32.const 1)", 1],
  br_on_non_null: [
    "(drop (block $b (result (ref func)) (br_on_non_null $b (ref.func $increment)) (unreachable))) (i32.const 1)",
    1,
  ],
  "table.get": ["(ref.is_null (table.get $table (i32.const 0)))", 0],
  "table.set": ["(table.set $table (i32.const 0) (ref.null func)) (ref.is_null (table.get $table (i32.const 0)))", 1],
  "table.init": [
    "(table.init $table $elements (i32.const 1) (i32.const 0) (i32.const 2)) (ref.is_null (table.get $table (i32.const 2)))",
    0,
  ],
  "elem.drop": ["(elem.drop $elements) (i32.const 1)", 1],
  "table.copy": [
    "(table.copy $table $table (i32.const 3) (i32.const 0) (i32.const 1)) (ref.is_null (table.get $table (i32.const 3)))",
    0,
  ],
  "table.grow": ["(table.grow $table (ref.null func) (i32.const 2))", 4],
  "table.size": ["(table.size $table)", 4],
  "table.fill": [
    "(table.fill $table (i32.const 1) (ref.func $increment) (i32.const 3)) (ref.is_null (table.get $table (i32.const 3)))",
    0,
  ],

  // Structs and arrays.
  "struct.new": ["(struct.get $s 0 (struct.new $s (i32.const 7) (i32.const 8) (ref.null $s)))", 7],
  "struct.new_default": ["(struct.get $s 0 (struct.new_default $s))", 0],
  "struct.get": ["(ref.is_null (struct.get $s 2 (struct.new_default $s)))", 1],
  "struct.get_s": ["(struct.get_s $s 1 (struct.new $s (i32.const 7) (i32.const 0x1ff) (ref.null $s)))", -1],
  "struct.get_u": ["(struct.get_u $s 1 (struct.new $s (i32.const 7) (i32.const 0x1ff) (ref.null $s)))", 255],
  "struct.set": ["(struct.set $s 0 (ref.null $s) (i32.const 1)) (i32.const 1)", "AccessNullStruct"],
  "array.new": ["(array.get $words (array.new $words (i32.const 5) (i32.const 3)) (i32.const 2))", 5],
  "array.new_default": ["(array.get $words (array.new_default $words (i32.const 3)) (i32.const 2))", 0],
  "array.new_fixed": ["(array.get $words (array.new_fixed $words 2 (i32.const 5) (i32.const 6)) (i32.const 1))", 6],
  "array.new_data": ["(array.len (array.new_data $bytes $data (i32.const 1) (i32.const 3)))", 3],
  "array.new_elem": ["(array.len (array.new_elem $funcs $elements (i32.const 0) (i32.const 2)))", 2],
  "array.get": ["(array.get $words (array.new $words (i32.const 5) (i32.const 3)) (i32.const 3))", "ArrayOutOfBounds"],
  "array.get_s": ["(array.get_s $bytes (array.new $bytes (i32.const 0x84) (i32.const 1)) (i32.const 0))", -124],
  "array.get_u": ["(array.get_u $bytes (array.new $bytes (i32.const 0x84) (i32.const 1)) (i32.const 0))", 132],
  "array.set": ["(array.set $words (ref.null $words) (i32.const 0) (i32.const 0)) (i32.const 1)", "AccessNullArray"],
  "array.len": ["(array.len (array.new_default $words (i32.const 9)))", 9],
  "array.fill": [
    "(array.fill $words (array.new_default $words (i32.const 3)) (i32.const 0) (i32.const 1) (i32.const 3)) (i32.const 1)",
    1,
  ],
  "array.copy": [
    "(array.copy $words $words (array.new_default $words (i32.const 3)) (i32.const 0) (array.new_default $words (i32.const 3)) (i32.const 2) (i32.const 2)) (i32.const 1)",
    "ArrayOutOfBounds",
  ],
  "array.init_data": [
    "(array.init_data $bytes $data (array.new_default $bytes (i32.const 3)) (i32.const 0) (i32.const 1) (i32.const 3)) (i32.const 1)",
    1,
  ],
  "array.init_elem": [
    "(array.init_elem $funcs $elements (array.new_default $funcs (i32.const 3)) (i32.const 0) (i32.const 1) (i32.const 2)) (i32.const 1)",
    "TableOutOfBounds",
  ],
  "ref.test": ["(ref.test (ref i31) (ref.null any))", 0],
  "ref.test_null": ["(ref.test (ref null i31) (ref.null any))", 1],
  "ref.cast": ["(drop (ref.cast (ref i31) (ref.null any))) (i32.const 1)", "CastFailed"],
  "ref.cast_null": ["(ref.is_null (ref.cast (ref null i31) (ref.null any)))", 1],
  br_on_cast: [
    "(i31.get_u (block $b (result (ref i31)) (drop (br_on_cast $b anyref (ref i31) (ref.i31 (i32.const 6)))) (unreachable)))",
    6,
  ],
  br_on_cast_fail: [
    "(ref.is_null (block $b (result anyref) (drop (br_on_cast_fail $b anyref (ref i31) (ref.null any))) (unreachable)))",
    1,
  ],
  "any.convert_extern": ["(ref.is_null (any.convert_extern (ref.null extern)))", 1],
  "extern.convert_any": ["(ref.is_null (extern.convert_any (ref.i31 (i32.const 1))))", 0],
  "ref.i31": ["(i31.get_u (ref.i31 (i32.const 0x80000001)))", 1],
  "i31.get_s": ["(i31.get_s (ref.i31 (i32.const -5)))", -5],
  "i31.get_u": ["(i31.get_u (ref.i31 (i32.const -1)))", 0x7fffffff],

  // Threads.
  "memory.atomic.wait32": ["(memory.atomic.wait32 (i32.const 8) (i32.const 0) (i64.const 0))", "ExpectSharedMemory"],
  "memory.atomic.wait64": ["(memory.atomic.wait64 (i32.const 8) (i64.const 0) (i64.const 0))", "ExpectSharedMemory"],
};

/** The instructions that watr does not know. */
const legacyPrograms: Readonly<Record<string, Row>> = {
  try: ["(try (result i32) (do (i32.const 3)))", 3],
  catch: ["(try (result i32) (do (throw $tag (i32.const 8))) (catch $tag))", 8],
  rethrow: ["(try (result i32) (do (throw $tag (i32.const 8))) (catch $tag (rethrow 0)))", "UncaughtException"],
  delegate: ["(try (result i32) (do (try (result i32) (do (throw $tag (i32.const 9))) (delegate 0))) (catch $tag))", 9],
  catch_all: ["(try (result i32) (do (throw $tag (i32.const 8))) (catch_all (i32.const 2)))", 2],
};

const constants = new Map([
  ["i32", "(i32.const 6)"],
  ["i64", "(i64.const 6)"],
  ["f32", "(f32.const 1.5)"],
  ["f64", "(f64.const 1.5)"],
  ["v128", "(v128.const i64x2 6 7)"],
]);

const immediates = new Map([
  ["memArgLane", " 0"],
  ["lane", " 0"],
  ["shuffle", " 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 31"],
  ["i32", " 6"],
  ["i64", " 6"],
  ["f32", " 1.5"],
  ["f64", " 1.5"],
  ["v128", " i64x2 6 7"],
]);

function operandText(type: ValType): string {
  return type === ADDRESS ? "(i32.const 8)" : (constants.get(valTypeName(type)) ?? "");
}

/** A module whose `f` executes the instruction on constants. */
function bySignature({ opcode, operands = [], results = [], immediate }: InstructionInfo): string {
  const types = results.map((type) => (type === ADDRESS ? "i32" : valTypeName(type)));
  const name = instructionText(opcode) + (immediates.get(immediate) ?? "");
  const sets = types.map((_, i) => `(local.set ${types.length - 1 - i})`);
  const stores = types.map((type, i) => `(${type}.store (i32.const ${RESULTS + 16 * i}) (local.get ${i}))`);
  return `(module
    (memory (export "memory") 1)
    (data (i32.const 0) "\\01\\82\\03\\84\\05\\86\\07\\88\\fe\\7d\\8c\\0b\\fa\\79\\88\\07\\f1\\12\\e3\\24\\d5\\36\\c7\\48")
    (func (export "f") ${types.map((type) => `(local ${type})`).join(" ")}
      ${operands.map(operandText).join(" ")} ${name} ${sets.join(" ")} ${stores.join(" ")}))`;
}

function surround(body: string): string {
  return `(module
    (type $unary (func (param i32) (result i32)))
    (type $s (struct (field (mut i32)) (field (mut i8)) (field (mut (ref null $s)))))
    (type $bytes (array (mut i8)))
    (type $words (array (mut i32)))
    (type $funcs (array (mut funcref)))
    (func $increment (type $unary) (i32.add (local.get 0) (i32.const 1)))
    (table $table 4 10 funcref)
    (memory 1 10)
    (global $global (mut i32) (i32.const 11))
    (tag $tag (param i32))
    (elem (table $table) (i32.const 0) func $increment)
    (elem $elements func $increment $increment)
    (data $data "\\01\\02\\03\\84")
    (func (export "f") (result i32) (local i32) ${body}))`;
}

function expectedOf([, expected]: Row): InstructionProgram["expected"] {
  return typeof expected === "number" ? [expected] : expected;
}

/** The program of an instruction: by hand, or from its signature. */
export function programOf(info: InstructionInfo): InstructionProgram {
  const byHand = programs[info.name];
  if (byHand !== undefined) return { source: surround(byHand[0]), expected: expectedOf(byHand) };
  const legacy = legacyPrograms[info.name];
  if (legacy !== undefined) {
    const fields = `(tag $tag (param i32)) (func (export "f") (result i32) ${legacy[0]})`;
    return { source: legacyModule(fields), expected: expectedOf(legacy) };
  }
  if (info.operands === undefined || info.results === undefined) throw new Error(`no program for ${info.name}`);
  return { source: bySignature(info), expected: undefined };
}

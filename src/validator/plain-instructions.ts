import { Op } from "../ast/generated/opcode.ts";
import { type ImmediateKind, type InstructionInfo, instructions, type Opcode } from "../ast/instructions.ts";
import { isNumType, TypeCode, ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import type { CheckerState } from "./checker-state.ts";
import { alignmentOf, firstOf, formOf, resultOf, secondOf } from "./signatures.ts";

/**
 * How a plain instruction is read and checked. The order tells its immediate: none, then one integer (or a block type of one
 * byte, which is read as one), then a memory access.
 */
const enum Lane {
  /** None of these: the FormChecker checks it. */
  other,
  /** `a -> r`, `a b -> r` */
  unary,
  binary,
  drop,
  select,
  end,
  else,
  return,
  unreachable,
  /** A constant of four or of eight bytes. */
  float,
  double,
  /** From here on an integer follows. */
  constant,
  localGet,
  localSet,
  localTee,
  globalGet,
  globalSet,
  block,
  br,
  brIf,
  call,
  /** From here on an alignment and an offset follow: `addr -> r`, `addr a ->`. */
  load,
  store,
}

const laneOfName: { readonly [name: string]: Lane } = {
  drop: Lane.drop,
  select: Lane.select,
  end: Lane.end,
  else: Lane.else,
  return: Lane.return,
  unreachable: Lane.unreachable,
  "local.get": Lane.localGet,
  "local.set": Lane.localSet,
  "local.tee": Lane.localTee,
  "global.get": Lane.globalGet,
  "global.set": Lane.globalSet,
  block: Lane.block,
  loop: Lane.block,
  if: Lane.block,
  br: Lane.br,
  br_if: Lane.brIf,
  call: Lane.call,
};

/** By immediate kind, number of operands, number of results. */
const laneOfForm: { readonly [form: string]: Lane } = {
  "none 1 1": Lane.unary,
  "none 2 1": Lane.binary,
  "f32 0 1": Lane.float,
  "f64 0 1": Lane.double,
  "i32 0 1": Lane.constant,
  "i64 0 1": Lane.constant,
  "memArg 1 1": Lane.load,
  "memArg 2 0": Lane.store,
} satisfies { readonly [form in `${ImmediateKind} ${number} ${number}`]?: Lane };

function laneOf({ name, immediate, operands, results }: InstructionInfo): Lane {
  if (operands === undefined || results === undefined) return laneOfName[name] ?? Lane.other;
  return laneOfForm[`${immediate} ${operands.length} ${results.length}`] ?? Lane.other;
}

/** The most bytes that a plain instruction has: an opcode and eight of a constant. */
const LONGEST = 9;

/** Operands that a plain instruction may add: the results of a call, at most. */
const ROOM = 16;

/**
 * The fast lane of the FormChecker: instructions of one byte's opcode in their common forms, whose operands have exactly the
 * types that are wanted. Those are more than nine in ten of what compilers emit. What is not of this kind, and whatever is
 * wrong, is left to the FormChecker, which reads the instruction again: so this never throws.
 *
 * All is in one function and its state in local variables, since that is what V8 makes fast code of, and makes it once.
 */
export class PlainInstructions {
  private readonly state: CheckerState;
  /** Per opcode without prefix: its lane; `other` where a proposal that it needs is off. */
  private readonly lanes = new Uint8Array(256);

  constructor(state: CheckerState, configure: Configure) {
    this.state = state;
    for (const info of instructions) {
      const { opcode } = info;
      if (opcode < 256 && configure.missingProposal(info) === undefined) this.lanes[opcode] = laneOf(info);
    }
  }

  /**
   * Checks instructions from the reader's position as long as they are plain, and leaves the reader at one that is not, or
   * behind the `end` of the body, when no block is open.
   */
  check(): void {
    const { lanes, state } = this;
    const { reader, context, operands, control, locals } = state;
    const { bytes } = reader.file;
    const { table, tableCount, needsInitialising } = locals;
    const address = context.memoryAddressTypes.length > 0 ? context.memoryAddressTypes[0] : 0;
    const types = operands.types;
    const last = bytes.length - LONGEST;
    const highest = types.length - ROOM;
    let { floor, height } = operands;
    let position = reader.position;
    loop: while (position <= last && height <= highest) {
      const opcode: Opcode = bytes[position];
      const lane = lanes[opcode];
      let end = position + 1;
      let value = 0;
      if (lane >= Lane.constant) {
        // An alignment of a memory other than the first, or of 64-bit offsets, is beyond any access's own.
        if (lane >= Lane.load && bytes[end++] > alignmentOf[opcode]) break;
        let byte = bytes[end++];
        value = byte & 0x7f;
        for (let shift = 7; byte >= 0x80 && shift < 28; shift += 7) {
          byte = bytes[end++];
          value |= (byte & 0x7f) << shift;
        }
        // With a fifth byte it might be too large.
        if (byte >= 0x80) break;
      }
      switch (lane) {
        case Lane.localGet: {
          if (value >= tableCount) break loop;
          const type = table[value];
          if (needsInitialising && !isNumType(type)) break loop;
          types[height++] = type;
          break;
        }
        case Lane.localSet: {
          if (value >= tableCount || height === floor) break loop;
          const type = table[value];
          if (types[height - 1] !== type || (needsInitialising && !isNumType(type))) break loop;
          height--;
          break;
        }
        case Lane.localTee: {
          if (value >= tableCount || height === floor) break loop;
          const type = table[value];
          if (types[height - 1] !== type || (needsInitialising && !isNumType(type))) break loop;
          break;
        }
        case Lane.constant:
          types[height++] = resultOf(formOf[opcode]);
          break;
        case Lane.float:
          types[height++] = ValType.F32;
          end = position + 5;
          break;
        case Lane.double:
          types[height++] = ValType.F64;
          end = position + 9;
          break;
        case Lane.unary: {
          const form = formOf[opcode];
          if (height === floor || types[height - 1] !== firstOf(form)) break loop;
          types[height - 1] = resultOf(form);
          break;
        }
        case Lane.binary: {
          const form = formOf[opcode];
          const at = height - 2;
          if (at < floor || types[at] !== firstOf(form) || types[at + 1] !== secondOf(form)) break loop;
          types[at] = resultOf(form);
          height = at + 1;
          break;
        }
        case Lane.load:
          if (height === floor || types[height - 1] !== address) break loop;
          types[height - 1] = resultOf(formOf[opcode]);
          break;
        case Lane.store: {
          const at = height - 2;
          if (at < floor || types[at] !== address || types[at + 1] !== secondOf(formOf[opcode])) break loop;
          height = at;
          break;
        }
        case Lane.drop:
          if (height === floor) break loop;
          height--;
          break;
        case Lane.select: {
          const at = height - 3;
          if (at < floor || types[at + 2] !== ValType.I32) break loop;
          if (types[at] !== types[at + 1] || !isNumType(types[at])) break loop;
          height = at + 1;
          break;
        }
        case Lane.globalGet:
          if (value >= context.globals.length) break loop;
          types[height++] = context.globals[value].valType;
          break;
        case Lane.globalSet: {
          if (value >= context.globals.length || height === floor) break loop;
          const { mutable, valType } = context.globals[value];
          if (!mutable || types[height - 1] !== valType) break loop;
          height--;
          break;
        }
        case Lane.call: {
          if (value >= context.functionCount) break loop;
          const { params, results } = context.functionType(value);
          const at = height - params.length;
          if (at < floor || results.length > ROOM || !standAt(types, at, params)) break loop;
          height = at;
          for (let i = 0; i < results.length; i++) types[height++] = results[i];
          break;
        }
        case Lane.block: {
          // A type of one byte; in two the same number is an index.
          if (end !== position + 2 || (value < TypeCode.F64 && value !== TypeCode.Epsilon)) break loop;
          if (opcode === Op.if) {
            if (height === floor || types[height - 1] !== ValType.I32) break loop;
            height--;
          }
          operands.height = height;
          control.push(opcode, position, none, value === TypeCode.Epsilon ? none : state.listOf(value));
          floor = height;
          break;
        }
        case Lane.end: {
          const frame = control.depth - 1;
          const results = control.endTypesOf(frame);
          if (floor + results.length !== height || !standAt(types, floor, results)) break loop;
          // Without `else`, the parameters are the results: there are none of either.
          if (control.opcodeOf(frame) === Op.if && results.length + control.startTypesOf(frame).length > 0) break loop;
          operands.height = height;
          control.pop();
          if (frame === 0) {
            position = end;
            break loop;
          }
          operands.height = height;
          floor = operands.floor;
          break;
        }
        case Lane.else: {
          const frame = control.depth - 1;
          const parameters = control.startTypesOf(frame);
          const results = control.endTypesOf(frame);
          if (control.opcodeOf(frame) !== Op.if || parameters.length > ROOM) break loop;
          if (floor + results.length !== height || !standAt(types, floor, results)) break loop;
          operands.height = height;
          control.pop();
          control.push(opcode, position, parameters, results);
          height = operands.height;
          break;
        }
        case Lane.br: {
          if (value >= control.depth) break loop;
          const wanted = control.labelTypesOf(control.depth - 1 - value);
          const at = height - wanted.length;
          if (at < floor || !standAt(types, at, wanted)) break loop;
          height = floor;
          operands.polymorphic = true;
          break;
        }
        case Lane.brIf: {
          if (value >= control.depth || height === floor || types[height - 1] !== ValType.I32) break loop;
          const wanted = control.labelTypesOf(control.depth - 1 - value);
          const at = height - 1 - wanted.length;
          if (at < floor || !standAt(types, at, wanted)) break loop;
          height--;
          break;
        }
        case Lane.return: {
          const at = height - state.results.length;
          if (at < floor || !standAt(types, at, state.results)) break loop;
          height = floor;
          operands.polymorphic = true;
          break;
        }
        case Lane.unreachable:
          height = floor;
          operands.polymorphic = true;
          break;
        default:
          break loop;
      }
      position = end;
    }
    operands.height = height;
    reader.seek(position);
  }
}

const none: readonly ValType[] = [];

/** Whether exactly the types of a list stand on the stack from `at` on. */
function standAt(types: Int32Array, at: number, list: readonly ValType[]): boolean {
  for (let i = 0; i < list.length; i++) if (types[at + i] !== list[i]) return false;
  return true;
}

import { Op } from "../ast/generated/opcode.ts";
import { type Opcode, prefixedOpcode, prefixPage } from "../ast/instructions.ts";
import type { CodeSection } from "../ast/module.ts";
import { isNumType, TypeCode, ValType } from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { sliceOf } from "../loader/slice.ts";
import type { CheckerState } from "./checker-state.ts";
import { Frame } from "./control-stack.ts";
import { alignmentOf, fixedBytes } from "./generated/signatures.ts";
import { Lane } from "./lane-kinds.ts";
import { lanesFor, leastAlignmentOf, NO_TYPE, shapesFor } from "./lanes.ts";
import { addressType } from "./module-context.ts";
import { placeOfSingle } from "./type-lists.ts";

/** The most bytes that are read before the end of the bytes is looked at again: a vector instruction's code and sixteen. */
const LONGEST = 19;

/** Operands that a plain instruction may add: the results of a call, at most. */
const ROOM = 16;

/** What an integer of two bytes is below. */
const TWO_BYTES = 1 << 14;

/** The bytes of the longest integer, and those of the longest that has 32 bits. */
const LONGEST_INTEGER = 10;
const LONGEST_I32 = 5;

const noShapes = new Int32Array(0);

/**
 * The fast lane of the FormChecker: bodies, one after the other, as long as their instructions are of the common forms, with
 * operands of exactly the types that are wanted. Those are 99 in a hundred of what compilers emit. What is not of this kind,
 * and whatever is wrong, is left to the FormChecker, which reads the instruction again: so this never throws. Nothing is taken
 * for granted: the loader may have passed over the bodies (`Validator.parseAndValidate`).
 *
 * All is in one function, its state in local variables, and without calls: that is what V8 makes fast code of, and makes it
 * once, where several functions that call each other are compiled again into each of their callers.
 */
export class PlainInstructions {
  private readonly state: CheckerState;
  private readonly lanes: Uint8Array;
  private calls = 0;
  private shapes: Int32Array = noShapes;
  /** The bodies: type index, start and end of each, and which of them are still to be begun. */
  private typeIndices: Uint32Array = new Uint32Array(0);
  private starts: Uint32Array = new Uint32Array(0);
  private ends: Uint32Array = new Uint32Array(0);
  body = 0;
  bodyEnd = 0;
  /** Per global: its type; negative where it cannot be set. */
  private globals = new Int32Array(0);
  /** What table 0 is called with: an index of this type, or NO_TYPE where not every element is a function. */
  private tableAddress: ValType = NO_TYPE;
  /** The place of the operands of memory.fill and memory.copy; -1 where they are not three i32. */
  private filled = -1;

  constructor(state: CheckerState, configure: Configure) {
    this.state = state;
    this.lanes = lanesFor(configure);
  }

  /**
   * Sets the bodies that `check` goes through. The module's context is complete by now.
   * @param typeIndices the type index of each defined function
   * @param code where the bodies stand
   * @param end the first body not to be checked
   */
  begin(typeIndices: Uint32Array, { starts, ends }: CodeSection, first: number, end: number): void {
    if (this.shapes === noShapes) this.prepare();
    this.typeIndices = typeIndices;
    this.starts = starts;
    this.ends = ends;
    this.body = first;
    this.bodyEnd = end;
    if (first < end) this.state.reader.seek(starts[first]);
  }

  /** What is the same for all bodies of the module. */
  private prepare(): void {
    const { context, lists } = this.state;
    const { globals, tables, memoryAddressTypes } = context;
    this.shapes = shapesFor(memoryAddressTypes[0]);
    this.globals = Int32Array.from(globals, ({ mutable, valType }) => (mutable ? valType : -valType));
    if (tables.length > 0 && tables[0].elementType === ValType.FuncRef)
      this.tableAddress = addressType(tables[0].limit);
    if (memoryAddressTypes[0] === ValType.I32) this.filled = lists.placeOf([ValType.I32, ValType.I32, ValType.I32]);
  }

  /**
   * Checks on from the reader's position, and leaves it where it stopped: behind the last body, at a body whose declarations
   * are not plain (then no block is open), or at an instruction.
   * @returns true where it stopped only because it has checked for long
   */
  check(): boolean {
    const { lanes, shapes, state, typeIndices, starts, ends, bodyEnd, globals, filled, tableAddress } = this;
    const { reader, context, operands, control, locals, lists } = state;
    const { bytes } = reader;
    const { functionTypeIndices, functionCount } = context;
    const { signatures, types: pool } = lists;
    const { table } = locals;
    const { frames } = control;
    const { types } = operands;
    const limit = bytes.length - LONGEST;
    const highest = types.length - ROOM;
    let { body } = this;
    let { count: localCount, tableCount, needsInitialising } = locals;
    let { floor, height } = operands;
    let polymorphic = operands.polymorphic ? 1 : 0;
    // The place behind the innermost frame.
    let frame = control.depth * Frame.size;
    let { position } = reader;
    const last = Math.min(limit, position + sliceOf(this.calls++));
    // The last byte that was read.
    let end = 0;
    let at = 0;
    let count = 0;
    let byte = 0;
    let type = 0;
    let value = 0;
    let wanted = 0;
    let produced = 0;
    loop: while (position <= last && height <= highest) {
      if (frame === 0) {
        if (body === bodyEnd) break;
        // Parameters, and groups of locals, of number types and v128.
        value = 2 * typeIndices[body];
        wanted = signatures[value];
        count = pool[wanted];
        end = starts[body] - 1;
        if (end > limit || count > table.length) break;
        for (at = 0; at < count; at++) {
          type = pool[++wanted];
          if (type < ValType.V128 || type > ValType.I32) break loop;
          table[at] = type;
        }
        byte = bytes[++end];
        if (byte >= 0x80) break;
        for (; byte > 0; byte--) {
          produced = bytes[++end];
          if (produced >= 0x80) produced += (bytes[++end] - 1) << 7;
          type = bytes[++end];
          if (end > limit || type < ValType.V128 || type > ValType.I32) break loop;
          if (produced >= TWO_BYTES || produced + count > table.length) break loop;
          for (; produced > 0; produced--) table[count++] = type;
        }
        localCount = tableCount = count;
        needsInitialising = false;
        frames[Frame.opcode] = Op.block;
        frames[Frame.offset] = end + 1;
        frames[Frame.floor] = 0;
        frames[Frame.parameters] = 0;
        frames[Frame.results] = signatures[value + 1];
        frame = Frame.size;
        floor = height = polymorphic = 0;
        body++;
        position = end + 1;
        continue;
      }
      let opcode: Opcode = bytes[position];
      let lane = lanes[opcode];
      end = position;
      if (lane === Lane.prefix) {
        byte = bytes[++end];
        if (byte >= 0x80) byte += (bytes[++end] - 1) << 7;
        opcode = prefixedOpcode(prefixPage(opcode), byte);
        if (opcode < 0) break;
        lane = lanes[opcode];
      }
      // An alignment of a memory other than the first is beyond any access's own.
      if (lane === Lane.access) {
        byte = bytes[++end];
        if (byte > alignmentOf[opcode] || byte < leastAlignmentOf[opcode]) break;
      }
      if (lane === Lane.access || lane >= Lane.branch) {
        byte = bytes[++end];
        value = byte & 0x7f;
        for (at = 7; byte >= 0x80 && at < 28; at += 7) {
          byte = bytes[++end];
          value |= (byte & 0x7f) << at;
        }
        // With a fifth byte it might be too large.
        if (byte >= 0x80) break;
      }
      if (lane < Lane.other) {
        if (lane === Lane.constant) {
          byte = bytes[++end];
          while (byte >= 0x80 && end - position < LONGEST_INTEGER) byte = bytes[++end];
          if (byte >= 0x80) break;
          // The unused bits of the longest ones repeat the sign.
          at = end - position;
          if (at >= LONGEST_I32 && opcode === Op["i32.const"]) {
            byte &= 0x78;
            if (at > LONGEST_I32 || (byte !== 0 && byte !== 0x78)) break;
          } else if (at === LONGEST_INTEGER && byte !== 0 && byte !== 0x7f) break;
        }
        end += fixedBytes[opcode];
        value = shapes[opcode];
        at = height;
        type = value >> 16;
        if (type !== 0) {
          if (at === floor || types[--at] !== type) break;
          type = (value >> 8) & 0xff;
          if (type !== 0 && (at === floor || types[--at] !== type)) break;
        }
        type = value & 0xff;
        if (type !== 0) types[at++] = type;
        height = at;
        position = end + 1;
        continue;
      }
      if (lane >= Lane.localGet) {
        switch (lane) {
          case Lane.localGet:
          case Lane.localSet:
          case Lane.localTee:
            if (value >= tableCount) break loop;
            type = table[value];
            if (needsInitialising && !isNumType(type)) break loop;
            if (lane === Lane.localGet) types[height++] = type;
            else if (height === floor || types[height - 1] !== type) break loop;
            else if (lane === Lane.localSet) height--;
            break;
          case Lane.globalGet:
            if (value >= globals.length) break loop;
            types[height++] = Math.abs(globals[value]);
            break;
          case Lane.globalSet:
            // One that cannot be set has no type that could stand there.
            if (value >= globals.length || height === floor || types[height - 1] !== globals[value]) break loop;
            height--;
            break;
          default:
            // A block type of one byte; in two the same number is an index.
            if (end !== position + 1 || (value < TypeCode.F64 && value !== TypeCode.Epsilon)) break loop;
            if (needsInitialising || frame === frames.length) break loop;
            if (opcode === Op.if) {
              if (height === floor || types[height - 1] !== ValType.I32) break loop;
              height--;
            }
            frames[frame - Frame.size + Frame.polymorphic] = polymorphic;
            frames[frame + Frame.opcode] = opcode;
            frames[frame + Frame.offset] = position;
            frames[frame + Frame.floor] = height;
            frames[frame + Frame.parameters] = 0;
            frames[frame + Frame.results] = value === TypeCode.Epsilon ? 0 : placeOfSingle(value);
            frame += Frame.size;
            floor = height;
            polymorphic = 0;
        }
        position = end + 1;
        continue;
      }
      // A list of types that is wanted below `at`, and one that comes into its place.
      produced = 0;
      at = height;
      switch (lane) {
        case Lane.drop:
          if (height === floor) break loop;
          height--;
          position = end + 1;
          continue;
        case Lane.select:
          at = height - 3;
          if (at < floor || types[at + 2] !== ValType.I32) break loop;
          if (types[at] !== types[at + 1] || !isNumType(types[at])) break loop;
          height = at + 1;
          position = end + 1;
          continue;
        case Lane.unreachable:
          height = floor;
          polymorphic = 1;
          position = end + 1;
          continue;
        case Lane.fill:
        case Lane.copy:
          if (bytes[++end] !== 0 || (lane === Lane.copy && bytes[++end] !== 0)) break loop;
          wanted = filled;
          break;
        case Lane.end:
        case Lane.else:
          byte = frame - Frame.size;
          if (needsInitialising) break loop;
          // The last one has to stand at the end of the body.
          if (byte === 0 && end + 1 !== ends[body - 1]) break loop;
          wanted = frames[byte + Frame.results];
          produced = lane === Lane.end ? wanted : frames[byte + Frame.parameters];
          // Without `else`, the parameters are the results: there are none of either.
          if (frames[byte + Frame.opcode] !== Op.if) {
            if (lane === Lane.else) break loop;
          } else if (lane === Lane.end && pool[wanted] + pool[frames[byte + Frame.parameters]] > 0) break loop;
          break;
        case Lane.return:
          wanted = frames[Frame.results];
          break;
        case Lane.branchTable:
          if (at === floor || types[--at] !== ValType.I32) break loop;
          count = bytes[++end];
          if (count >= 0x80) count += (bytes[++end] - 1) << 7;
          if (count >= TWO_BYTES) break loop;
          // The default label follows the counted ones.
          for (wanted = -1; count >= 0; count--) {
            value = bytes[++end];
            if (value >= 0x80) value += (bytes[++end] - 1) << 7;
            byte = frame - Frame.size * (value + 1);
            if (byte < 0 || value >= TWO_BYTES || end > limit) break loop;
            type = frames[byte + (frames[byte + Frame.opcode] === Op.loop ? Frame.parameters : Frame.results)];
            if (wanted < 0) wanted = type;
            else if (wanted !== type) break loop;
          }
          break;
        case Lane.branch:
        case Lane.branchIf:
          byte = frame - Frame.size * (value + 1);
          if (byte < 0) break loop;
          wanted = frames[byte + (frames[byte + Frame.opcode] === Op.loop ? Frame.parameters : Frame.results)];
          if (lane === Lane.branchIf && (at === floor || types[--at] !== ValType.I32)) break loop;
          break;
        case Lane.call:
        case Lane.callIndirect:
          if (lane === Lane.call) {
            if (value >= functionCount) break loop;
            value = functionTypeIndices[value];
          } else if (bytes[++end] !== 0 || at === floor || types[--at] !== tableAddress) break loop;
          value *= 2;
          if (value >= signatures.length) break loop;
          wanted = signatures[value];
          produced = signatures[value + 1];
          break;
        default:
          break loop;
      }
      if (wanted < 0) break;
      count = pool[wanted];
      if (at - count >= floor) {
        at -= count;
        for (value = 0; value < count; value++) if (types[at + value] !== pool[wanted + value + 1]) break loop;
      } else if (polymorphic === 0 || at > floor || lane === Lane.branchIf) break;
      // What is never reached has as many operands as are asked for, of any type.
      count = pool[produced];
      if (count > ROOM) break;
      if (lane === Lane.branchIf) height--;
      else if (lane >= Lane.return && lane <= Lane.branch) {
        height = floor;
        polymorphic = 1;
      } else {
        if (lane <= Lane.else && lane >= Lane.end && at !== floor) break;
        height = at;
        for (value = 1; value <= count; value++) types[height++] = pool[produced + value];
        if (lane === Lane.else) {
          frames[frame - Frame.size + Frame.opcode] = Op.else;
          frames[frame - Frame.size + Frame.offset] = position;
          polymorphic = 0;
        } else if (lane === Lane.end) {
          frame -= Frame.size;
          if (frame > 0) {
            floor = frames[frame - Frame.size + Frame.floor];
            polymorphic = frames[frame - Frame.size + Frame.polymorphic];
          }
        }
      }
      position = end + 1;
    }
    this.body = body;
    locals.count = localCount;
    locals.tableCount = tableCount;
    locals.needsInitialising = needsInitialising;
    operands.height = height;
    operands.floor = floor;
    operands.polymorphic = polymorphic !== 0;
    control.depth = frame / Frame.size;
    reader.seek(position);
    return position > last && last < limit;
  }
}

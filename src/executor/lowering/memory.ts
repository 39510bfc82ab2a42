import { Op } from "../../ast/generated/opcode.ts";
import type { IndexSpaces } from "../../ast/index-spaces.ts";
import type { InstructionInfo } from "../../ast/instructions.ts";
import type { ValType } from "../../common/value-type.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import { fusionOf, IR } from "../engine/generated/ir.ts";
import type { FrameBuilder } from "./frame-builder.ts";

/** Lowering of the loads and stores. */

const loads = new Map<number, IR>([
  [Op["i32.load"], IR.load32],
  [Op["f32.load"], IR.load32],
  [Op["i64.load"], IR.load64],
  [Op["f64.load"], IR.load64],
  [Op["i32.load8_s"], IR["i32.load8_s"]],
  [Op["i32.load8_u"], IR["i32.load8_u"]],
  [Op["i32.load16_s"], IR["i32.load16_s"]],
  [Op["i32.load16_u"], IR["i32.load16_u"]],
  [Op["i64.load8_s"], IR["i64.load8_s"]],
  [Op["i64.load8_u"], IR["i64.load8_u"]],
  [Op["i64.load16_s"], IR["i64.load16_s"]],
  [Op["i64.load16_u"], IR["i64.load16_u"]],
  [Op["i64.load32_s"], IR["i64.load32_s"]],
  [Op["i64.load32_u"], IR["i64.load32_u"]],
]);

/** Each store with its form for a register and for a constant. The low half of an i64 is stored like an i32. */
const stores = new Map<number, readonly [register: IR, immediate: IR | undefined]>([
  [Op["i32.store"], [IR["store32 r"], IR["store32 i"]]],
  [Op["f32.store"], [IR["store32 r"], IR["store32 i"]]],
  [Op["i64.store32"], [IR["store32 r"], IR["store32 i"]]],
  [Op["i64.store"], [IR["store64 r"], undefined]],
  [Op["f64.store"], [IR["store64 r"], undefined]],
  [Op["i32.store8"], [IR["store8 r"], IR["store8 i"]]],
  [Op["i64.store8"], [IR["store8 r"], IR["store8 i"]]],
  [Op["i32.store16"], [IR["store16 r"], IR["store16 i"]]],
  [Op["i64.store16"], [IR["store16 r"], IR["store16 i"]]],
]);

/** Whether an access is one that the loop has cases for: to memory 0 with i32 addresses, its offset below 2^31. */
export function canBeInLoop({ memories }: IndexSpaces, { index, low, high }: InstructionReader): boolean {
  return index === 0 && !memories[0].limit.is64 && high === 0 && low >= 0;
}

/** Lowers a load that the loop has a case for. An address that the last instruction has added up is computed by the load. */
export function lowerLoad(builder: FrameBuilder, form: IR, type: ValType, offset: number): void {
  const address = builder.register(builder.depth - 1);
  const maker = builder.makerOf(builder.depth - 1);
  builder.pop();
  const ofSum = maker < 0 ? undefined : fusionOf(builder.code[maker], form);
  if (ofSum === undefined) {
    builder.result(form, type, address, offset);
    return;
  }
  const [, , a, b] = builder.code.subarray(maker, builder.length);
  builder.undo(maker);
  builder.result(ofSum, type, a, b, offset);
}

export function lowerMemoryAccess(
  builder: FrameBuilder,
  reader: InstructionReader,
  info: InstructionInfo,
  spaces: IndexSpaces,
): void {
  const { opcode } = info;
  const { index, low, high } = reader;
  const inLoop = canBeInLoop(spaces, reader);
  const [result] = info.results as readonly ValType[];
  if (result !== undefined) {
    const form = inLoop ? loads.get(opcode) : undefined;
    if (form !== undefined) {
      lowerLoad(builder, form, result, low);
      return;
    }
    const address = builder.register(builder.depth - 1);
    builder.pop();
    builder.resultOf(IR["memory-access"], opcode, result, address, index, low, high);
    return;
  }
  const value = builder.depth - 1;
  const address = builder.register(builder.depth - 2);
  const [byRegister, byImmediate] = stores.get(opcode) ?? [];
  if (inLoop && byImmediate !== undefined && builder.isConstant(value)) {
    builder.emit(byImmediate, address, low, builder.values[value]);
  } else {
    const register = builder.register(value);
    if (inLoop && byRegister !== undefined) builder.emit(byRegister, address, low, register);
    else builder.emit(IR["memory-access"], opcode, register, address, index, low, high);
  }
  builder.pop();
  builder.pop();
}

import { Op } from "../../ast/generated/opcode.ts";
import { instructionText } from "../../ast/instructions.ts";
import type { Expression, Module } from "../../ast/module.ts";
import { i64FromHalves } from "../../common/float-bits.ts";
import { ValType } from "../../common/value-type.ts";
import { WasmValue } from "../../common/wasm-value.ts";
import type { InstructionReader } from "../../loader/instruction-reader.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { GCHeap } from "../engine/gc/gc-heap.ts";
import { permissiveReader } from "../lowering/function-bodies.ts";
import type { ConstantCharges } from "./constant-charges.ts";
import { evaluateGCConstant } from "./gc-constants.ts";

/**
 * Evaluates constant expressions, which validation has checked: a small stack machine over typed values.
 * https://webassembly.github.io/spec/core/valid/instructions.html#constant-expressions
 */
export class ConstantEvaluator {
  private readonly instance: ModuleInstance;
  private readonly reader: InstructionReader;
  private readonly heap: GCHeap;
  private readonly charges: ConstantCharges;

  /**
   * @param instance whose globals and functions the expressions name
   * @param heap makes the objects that the expressions want
   * @param charges books what they execute
   */
  constructor(instance: ModuleInstance, module: Module, heap: GCHeap, charges: ConstantCharges) {
    this.instance = instance;
    this.heap = heap;
    this.charges = charges;
    this.reader = permissiveReader(module.bytes);
  }

  /** The one value of an expression. @throws CostLimitExceeded, limits of GC objects */
  evaluate(expression: Expression): WasmValue {
    const { charges, reader } = this;
    const stack: WasmValue[] = [];
    reader.seek(expression.start);
    while (reader.position < expression.end) {
      const offset = reader.position;
      const opcode = reader.next();
      if (charges.measures) charges.charge(opcode, offset);
      if (opcode === Op.end) break;
      this.evaluateInstruction(stack);
    }
    const [value] = stack;
    return value;
  }

  private evaluateInstruction(stack: WasmValue[]): void {
    const { reader, instance } = this;
    switch (reader.opcode) {
      case Op["i32.const"]:
        stack.push(WasmValue.i32(reader.low));
        return;
      case Op["i64.const"]:
        stack.push(WasmValue.i64(i64FromHalves(reader.low, reader.high)));
        return;
      case Op["f32.const"]:
        stack.push(new WasmValue(ValType.F32, [reader.low]));
        return;
      case Op["f64.const"]:
        stack.push(new WasmValue(ValType.F64, [reader.low, reader.high]));
        return;
      case Op["v128.const"]: {
        const words = [0, 4, 8, 12].map((at) => reader.file.wordAt(reader.vectorStart + at));
        stack.push(new WasmValue(ValType.V128, words));
        return;
      }
      case Op["ref.null"]:
        stack.push(WasmValue.ref(reader.type, null));
        return;
      case Op["ref.func"]:
        stack.push(WasmValue.funcRef(instance.getFunction(reader.index)));
        return;
      case Op["global.get"]:
        stack.push(instance.globals[reader.index].getTypedValue());
        return;
      case Op["i32.add"]:
        binary(stack, (a, b) => WasmValue.i32(a.toI32() + b.toI32()));
        return;
      case Op["i32.sub"]:
        binary(stack, (a, b) => WasmValue.i32(a.toI32() - b.toI32()));
        return;
      case Op["i32.mul"]:
        binary(stack, (a, b) => WasmValue.i32(Math.imul(a.toI32(), b.toI32())));
        return;
      case Op["i64.add"]:
        binary(stack, (a, b) => WasmValue.i64(a.toI64() + b.toI64()));
        return;
      case Op["i64.sub"]:
        binary(stack, (a, b) => WasmValue.i64(a.toI64() - b.toI64()));
        return;
      case Op["i64.mul"]:
        binary(stack, (a, b) => WasmValue.i64(a.toI64() * b.toI64()));
        return;
      default: {
        const typeId = instance.typeIds[reader.index];
        if (evaluateGCConstant(this.heap, stack, reader.opcode, typeId, reader.index2)) return;
        throw new Error(`BUG: no constant instruction ${instructionText(reader.opcode)}`);
      }
    }
  }
}

function binary(stack: WasmValue[], compute: (a: WasmValue, b: WasmValue) => WasmValue): void {
  const b = stack.pop() as WasmValue;
  const a = stack.pop() as WasmValue;
  stack.push(compute(a, b));
}

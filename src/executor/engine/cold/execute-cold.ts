import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { host } from "../../../common/host.ts";
import { isRefType, type ValType } from "../../../common/value-type.ts";
import { wordCount } from "../../../common/wasm-value.ts";
import { fence } from "../atomic/cell.ts";
import { executeAtomic } from "../atomic/execute-atomic.ts";
import type { Execution } from "../execution.ts";
import { executeGC } from "../gc/execute-gc.ts";
import { IR, irLengths } from "../generated/ir.ts";
import { executeVector } from "../vector/execute-vector.ts";
import { copyVector, executeShuffle } from "../vector/lanes.ts";
import { accessLane, accessVector } from "../vector/memory.ts";
import { executeBulk } from "./bulk.ts";
import { canonicalizeAt } from "./canonical-nan.ts";
import { accessMemory } from "./memory-access.ts";
import { executeBinary, executeUnary } from "./numeric.ts";
import { executeWide } from "./wide.ts";

/**
 * Executes the instruction at `pc`, which has no case in the run loop. It may grow memories and tables, but neither the value
 * stack nor the code.
 * @returns the position of the next instruction
 * @throws WasmEdgeError, the trap
 */
export function executeCold(execution: Execution, code: Int32Array, pc: number, fp: number): number {
  const { i32, refs } = execution;
  const ir = code[pc];
  switch (ir) {
    case IR.unary:
      executeUnary(execution, code[pc + 1], fp + code[pc + 2], fp + code[pc + 3]);
      break;
    case IR.binary:
      executeBinary(execution, code[pc + 1], fp + code[pc + 2], fp + code[pc + 3], fp + code[pc + 4]);
      break;
    case IR.wide: {
      const operands = [code[pc + 3], code[pc + 4], code[pc + 5], code[pc + 6]].map((word) => fp + word);
      executeWide(i32, code[pc + 1], fp + code[pc + 2], operands);
      break;
    }
    case IR["canonical-nan"]:
      canonicalizeAt(i32, fp + code[pc + 1], code[pc + 2]);
      break;
    case IR["memory-access"]:
      accessMemory(execution, code, pc, fp);
      break;
    case IR.atomic:
      executeAtomic(execution, code, pc, fp);
      break;
    case IR["atomic.fence"]:
      fence(host.atomics);
      break;
    case IR.select128:
      copyVector(i32, fp + code[pc + 1], fp + (i32[fp + code[pc + 4]] !== 0 ? code[pc + 2] : code[pc + 3]));
      break;
    case IR["i8x16.shuffle"]:
      executeShuffle(execution, code, pc, fp);
      break;
    case IR["vector-memory"]:
      accessVector(execution, code, pc, fp);
      break;
    case IR["vector-memory-lane"]:
      accessLane(execution, code, pc, fp);
      break;
    case IR["vector-bits"]:
    case IR["vector-i8x16"]:
    case IR["vector-i16x8"]:
    case IR["vector-i32x4"]:
    case IR["vector-i64x2"]:
    case IR["vector-f32x4"]:
    case IR["vector-f64x2"]:
    case IR["vector-comparison"]:
    case IR["vector-shift r"]:
    case IR["vector-shift i"]:
    case IR["vector-reduction"]:
    case IR["vector-conversion"]:
    case IR["vector-rounding"]:
    case IR["vector-relaxed"]:
    case IR["vector-lane"]:
      executeVector(execution, code, pc, fp);
      break;
    case IR["select-ref"]:
      refs[(fp + code[pc + 1]) >> 1] = refs[(fp + (i32[fp + code[pc + 4]] !== 0 ? code[pc + 2] : code[pc + 3])) >> 1];
      break;
    case IR["ref.nulls"]: {
      const first = (fp + code[pc + 1]) >> 1;
      refs.fill(null, first, first + code[pc + 2]);
      break;
    }
    case IR["ref.as_non_null"]:
      if (refs[(fp + code[pc + 1]) >> 1] === null) fail(ErrCode.CastNullToNonNull);
      break;
    case IR["ref.func"]:
      refs[(fp + code[pc + 1]) >> 1] = execution.instance.getFunction(code[pc + 2]);
      break;
    case IR["global.get"]: {
      const { type, cells, cell, reference } = execution.instance.globals[code[pc + 2]];
      const at = fp + code[pc + 1];
      if (isRefType(type.valType)) refs[at >> 1] = reference;
      else copyCells(cells, cell, i32, at, type.valType);
      break;
    }
    case IR["global.set"]: {
      const global = execution.instance.globals[code[pc + 1]];
      const at = fp + code[pc + 2];
      const { valType } = global.type;
      if (isRefType(valType)) global.reference = refs[at >> 1];
      else copyCells(i32, at, global.cells, global.cell, valType);
      break;
    }
    default:
      if (ir >= IR["struct.new"] && ir <= IR["i31.get_u"]) executeGC(execution, code, pc, fp);
      else executeBulk(execution, code, pc, fp);
  }
  return pc + irLengths[ir];
}

function copyCells(from: Int32Array, source: number, to: Int32Array, destination: number, type: ValType): void {
  for (let i = 0; i < wordCount(type); i++) to[destination + i] = from[source + i];
}

import { Op } from "../../ast/generated/opcode.ts";
import { type InstructionInfo, instructionInfo, instructionText, opcodeBytes } from "../../ast/instructions.ts";
import { WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { ErrorContext } from "../../common/error-context.ts";
import { i64FromHalves } from "../../common/float-bits.ts";
import { formatFloat32, formatFloat64 } from "../../common/float-text.ts";
import { ValType } from "../../common/value-type.ts";
import { widthOf } from "../../validator/generated/signatures.ts";
import type { CodePlace } from "../lowering/lower-function.ts";
import { Kind, type OperandState } from "../lowering/operands.ts";
import { backtraceOf } from "./backtrace.ts";
import { effectiveAddress } from "./cold/memory-access.ts";
import type { Execution } from "./execution.ts";
import { headOf, irNames } from "./generated/ir.ts";

/** Makes errors of what stopped the loop: the instruction, its operands, the frames. */

/** Where the execution stands, in terms of wasm: at the instruction that traps. */
export function placeOf(execution: Execution): CodePlace | undefined {
  return execution.space.placeOf(execution.pc, true);
}

/** The row of the instruction at a place. */
export function infoAt(execution: Execution, place: CodePlace): InstructionInfo {
  return instructionInfo(execution.space.bodies.instructionAt(place.offset).opcode) as InstructionInfo;
}

/**
 * The instruction with its wire opcode, offset and, where they tell something, operands. WasmEdge `InfoInstruction`.
 * @param withOperands false where the instruction was not begun
 */
export function instructionContext(execution: Execution, place: CodePlace, withOperands = true): ErrorContext {
  const info = infoAt(execution, place);
  const context = {
    kind: "instruction",
    name: instructionText(info.opcode),
    opcode: opcodeBytes(info.opcode),
    offset: place.offset,
  } as const;
  const operands = withOperands ? printedOperands(info, place.operands) : [];
  if (operands.length === 0) return context;
  // A table's index is unsigned, as are the operands of what says so.
  const signed = info.immediate === "none" && !info.name.endsWith("_u");
  return { ...context, args: operands.map((operand) => operandText(execution, operand, signed)) };
}

/** Numeric instructions show their operands, what looks at one element of a table its index; accesses to memory show the range. */
function printedOperands(
  { opcode, operands, immediate }: InstructionInfo,
  all: CodePlace["operands"],
): readonly OperandState[] {
  const { length } = all;
  if (immediate === "none") return all.slice(length - (operands?.length ?? 0));
  if (immediate === "typeTable" || opcode === Op["table.get"]) return all.slice(length - 1);
  return opcode === Op["table.set"] ? all.slice(length - 2, length - 1) : [];
}

function operandText(execution: Execution, operand: OperandState, signed: boolean): string {
  const { i32 } = execution;
  const constant = operand.kind === Kind.Constant;
  const low = constant ? operand.value : i32[execution.fp + operand.value];
  const high = constant ? operand.high : i32[execution.fp + operand.value + 1];
  switch (operand.type) {
    case ValType.I32:
      return `${signed ? low : low >>> 0}`;
    case ValType.I64: {
      const value = i64FromHalves(low, high);
      return `${signed ? value : BigInt.asUintN(64, value)}`;
    }
    case ValType.F32:
      return formatFloat32(low);
    case ValType.F64:
      return formatFloat64(low, high);
    default:
      return "…";
  }
}

/** The error of a trap that the loop or the driver has found at the present instruction. */
export function trapError(execution: Execution, code: number, ...context: ErrorContext[]): WasmEdgeError {
  const place = placeOf(execution);
  const instruction = place === undefined ? [] : [instructionContext(execution, place)];
  return new WasmEdgeError(code, ...instruction, ...context, backtraceOf(execution));
}

/** The error of what was thrown inside the loop. */
export function thrownError(execution: Execution): unknown {
  const { thrown } = execution;
  if (thrown instanceof WasmEdgeError) {
    // The accessed range stands before the instruction, as WasmEdge logs it.
    const place = placeOf(execution);
    if (place !== undefined) thrown.withContext(instructionContext(execution, place));
    return thrown.withContext(backtraceOf(execution));
  }
  if (isStackOverflow(thrown)) return trapError(execution, ErrCode.CallStackExhausted);
  return thrown instanceof RangeError ? (memoryTrap(execution) ?? thrown) : thrown;
}

/**
 * A RangeError from the loop is the bound check of a `DataView`. The address is computed once more, exactly, for the error.
 * @returns undefined where the access is inside: then the RangeError was something else
 */
function memoryTrap(execution: Execution): WasmEdgeError | undefined {
  const place = placeOf(execution);
  if (place === undefined) return undefined;
  const { opcode, low, high, index } = execution.space.bodies.instructionAt(place.offset);
  const info = instructionInfo(opcode);
  if (info?.immediate !== "memArg" && info?.immediate !== "memArgLane") return undefined;
  const operand = place.operands[place.operands.length - (info.operands?.length ?? 1)];
  const memory = execution.instance.memories[index];
  const base = sumOfLoad(execution) ?? addressRegister(execution, operand);
  try {
    effectiveAddress(base, memory, 0, low, high, widthOf[opcode]);
    return undefined;
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return error.withContext(instructionContext(execution, place), backtraceOf(execution));
  }
}

/** The address of a load that adds it up itself, and leaves it in no register. */
export function sumOfLoad({ code, pc, fp, i32 }: Execution): Int32Array | undefined {
  const [, sum] = / of (i32\.add r[ri])$/.exec(irNames()[headOf(code[pc])]) ?? [];
  if (sum === undefined) return undefined;
  const b = code[pc + 3];
  return Int32Array.of(i32[fp + code[pc + 2]] + (sum === "i32.add ri" ? b : i32[fp + b]), 0);
}

/** The words of an address operand. */
function addressRegister(execution: Execution, operand: OperandState): Int32Array {
  if (operand.kind === Kind.Constant) return Int32Array.of(operand.value, operand.high);
  const at = execution.fp + operand.value;
  return execution.i32.slice(at, at + 2);
}

/**
 * Whether an error is the host's own "stack full": a RangeError in V8, JavaScriptCore and Hermes, an InternalError in
 * SpiderMonkey and QuickJS.
 */
export function isStackOverflow(error: unknown): boolean {
  if (error instanceof RangeError) return /call stack/i.test(error.message);
  return error instanceof Error && error.name === "InternalError" && /recursion|stack/i.test(error.message);
}

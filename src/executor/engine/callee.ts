import type { FunctionType } from "../../ast/types.ts";
import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import type { WasmValue } from "../../common/wasm-value.ts";
import { ExceptionInstance } from "../../store/exception-instance.ts";
import type { FunctionInstance } from "../../store/function-instance.ts";
import { isCanonicalSubtype } from "../../validator/canonical-types.ts";
import { slotWords } from "../lowering/operands.ts";
import type { Execution } from "./execution.ts";
import { placeOf } from "./trap-error.ts";

/**
 * What the call or throw at the present instruction is of. The errors are bare: the invocation adds where it stands.
 * https://webassembly.github.io/spec/core/exec/instructions.html#exec-call-indirect
 */

/** The function in a table. @throws UndefinedElement, UninitializedElement, IndirectCallTypeMismatch */
export function indirectCallee(execution: Execution): FunctionInstance {
  const { code, pc, fp, i32, instance } = execution;
  // A return call has the same operands in the same places.
  const typeId = code[pc + 1];
  const table = instance.tables[code[pc + 2]];
  const at = fp + code[pc + 3];
  const index = (i32[at] >>> 0) + (table.is64 ? (i32[at + 1] >>> 0) * 2 ** 32 : 0);
  if (index >= table.size) fail(ErrCode.UndefinedElement);
  const func = table.getRef(index) as FunctionInstance | null;
  if (func === null) fail(ErrCode.UninitializedElement);
  if (func.typeId === typeId || isCanonicalSubtype(func.typeId, typeId)) return func;
  const expected = expectedType(execution);
  return fail(ErrCode.IndirectCallTypeMismatch, {
    kind: "mismatch",
    category: "function type",
    expected,
    got: func.type,
  });
}

/** The function type that the indirect call names. */
function expectedType(execution: Execution): FunctionType {
  const place = placeOf(execution);
  if (place === undefined) return { params: [], results: [] };
  const { bodies } = execution.space;
  return bodies.spaces.functionType(bodies.instructionAt(place.offset).index);
}

/** The function that a register refers to. @throws AccessNullFunc */
export function referencedCallee({ code, pc, fp, refs }: Execution): FunctionInstance {
  const func = refs[(fp + code[pc + 1]) >> 1] as FunctionInstance | null;
  return func ?? fail(ErrCode.AccessNullFunc);
}

/** What the register of a `throw-ref` refers to. */
export function thrownReference({ code, pc, fp, refs }: Execution): ExceptionInstance | null {
  return refs[(fp + code[pc + 1]) >> 1] as ExceptionInstance | null;
}

/** The same. @throws AccessNullException for null */
export function referencedException(execution: Execution): ExceptionInstance {
  return thrownReference(execution) ?? fail(ErrCode.AccessNullException);
}

/** The exception that the `throw` at the present instruction makes of the payload on the stack. */
export function newException({ code, pc, fp, instance, stack }: Execution): ExceptionInstance {
  const tag = instance.tags[code[pc + 1]];
  let at = fp + code[pc + 2];
  const payload: WasmValue[] = [];
  const { params } = tag.type;
  for (let i = 0; i < params.length; i++) {
    payload.push(stack.read(at, params[i]));
    at += slotWords(params[i]);
  }
  return new ExceptionInstance(tag, payload);
}

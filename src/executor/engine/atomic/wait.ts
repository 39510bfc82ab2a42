import { Op } from "../../../ast/generated/opcode.ts";
import { fail } from "../../../common/error.ts";
import { ErrCode } from "../../../common/error-code.ts";
import { i64FromHalves } from "../../../common/float-bits.ts";
import { type Doublewords, host, type WaitOutcome } from "../../../common/host.ts";
import { requireAtomics } from "../../../store/shared-memory.ts";
import { widthOf } from "../../../validator/generated/signatures.ts";
import { effectiveAddress } from "../cold/memory-access.ts";
import type { Execution } from "../execution.ts";
import { irLengths } from "../generated/ir.ts";
import { requireAligned } from "./execute-atomic.ts";

/**
 * `memory.atomic.wait32` and `wait64`: the loop leaves them to its driver, since only that may block or put off the run.
 * https://webassembly.github.io/threads/core/exec/instructions.html#atomic-memory-instructions
 */

/** What a thread waits for. */
export interface Wait {
  readonly cells: Int32Array | Doublewords;
  readonly index: number;
  /** Where the cell holds another value, the thread does not wait. */
  readonly expected: number | bigint;
  /** In nanoseconds; undefined: however long it takes. */
  readonly timeout: bigint | undefined;
}

const results: Readonly<Record<WaitOutcome, number>> = { ok: 0, "not-equal": 1, "timed-out": 2 };

/**
 * Reads the instruction at which the execution stands, and checks it in WasmEdge's order.
 * @throws UnalignedAtomicAccess, ExpectSharedMemory, MemoryOutOfBounds
 */
export function waitAt(execution: Execution): Wait {
  const { code, pc, fp, i32, instance } = execution;
  const opcode = code[pc + 1];
  const base = fp + code[pc + 3];
  const b = fp + code[pc + 4];
  const c = fp + code[pc + 5];
  const memory = instance.memories[code[pc + 6]];
  const width = widthOf[opcode];
  requireAligned(i32, base, code[pc + 7], width);
  if (!memory.isShared) fail(ErrCode.ExpectSharedMemory);
  const address = effectiveAddress(i32, memory, base, code[pc + 7], code[pc + 8], width);
  const { cells } = memory;
  if (cells === undefined) throw new Error("BUG: a shared memory without views");
  const nanoseconds = i64FromHalves(i32[c], i32[c + 1]);
  const timeout = nanoseconds < 0n ? undefined : nanoseconds;
  const index = address / width;
  return opcode === Op["memory.atomic.wait32"]
    ? { cells: cells.words, index, expected: i32[b], timeout }
    : { cells: cells.doublewords, index, expected: i64FromHalves(i32[b], i32[b + 1]), timeout };
}

/** A time in milliseconds, as `Atomics` takes it. */
export function inMilliseconds(nanoseconds: bigint | undefined): number {
  return nanoseconds === undefined ? Number.POSITIVE_INFINITY : Number(nanoseconds) / 1_000_000;
}

/**
 * Blocks the thread until the wait has ended.
 * @param deadline on the monotonic clock in nanoseconds: when the run has to end
 * @throws Interrupted where that comes first; WaitNotAllowed where the host lets this thread not block, as browsers do with a
 *   page's own
 */
export function block({ cells, index, expected, timeout }: Wait, deadline: bigint | undefined): WaitOutcome {
  const left = deadline === undefined ? undefined : deadline - host.monotonicNanoseconds();
  const isBounded = left !== undefined && (timeout === undefined || left < timeout);
  const milliseconds = Math.max(0, inMilliseconds(isBounded ? left : timeout));
  const outcome = atomicsWait(cells, index, expected, milliseconds);
  if (outcome === "timed-out" && isBounded) fail(ErrCode.Interrupted);
  return outcome;
}

function atomicsWait(
  cells: Int32Array | Doublewords,
  index: number,
  expected: number | bigint,
  milliseconds: number,
): WaitOutcome {
  try {
    return requireAtomics().wait(cells as Int32Array, index, expected as number, milliseconds);
  } catch (error) {
    if (error instanceof TypeError) fail(ErrCode.WaitNotAllowed);
    throw error;
  }
}

/** Writes the result of the instruction at which the execution stands, and goes past it. */
export function endWait(execution: Execution, outcome: WaitOutcome): void {
  const { code, pc, fp, i32 } = execution;
  i32[fp + code[pc + 2]] = results[outcome];
  execution.pc = pc + irLengths[code[pc]];
}

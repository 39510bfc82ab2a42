import type { MemoryType, TableType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Limit } from "../common/external.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";
import { within } from "./ast-nodes.ts";
import type { ModuleContext } from "./module-context.ts";

/**
 * Limits, table types and memory types.
 * https://webassembly.github.io/spec/core/valid/types.html#limits — WasmEdge `Validator::validate(Limit)`
 */

/** @throws InvalidLimit, SharedMemoryNoMax */
function checkLimit(limit: Limit): void {
  if (limit.max !== undefined && limit.min > limit.max) fail(ErrCode.InvalidLimit, { kind: "limit", limit });
  if (limit.shared && limit.max === undefined) fail(ErrCode.SharedMemoryNoMax);
}

/** Whether a bound of the limit lies above `range`. */
function exceeds(limit: Limit, range: bigint): boolean {
  return limit.min > range || (limit.max !== undefined && limit.max > range);
}

/** The number of addresses. */
function addressCount(limit: Limit): bigint {
  return limit.is64 ? 1n << 64n : 1n << 32n;
}

/** @throws InvalidFuncTypeIdx, InvalidLimit, InvalidTableSize64 */
export function checkTableType({ elementType, limit }: TableType, configure: Configure, context: ModuleContext): void {
  context.checkValType(elementType);
  within("limit", () => {
    checkLimit(limit);
    if (exceeds(limit, addressCount(limit) - 1n)) {
      const memory64 = configure.hasProposal(Proposal.Memory64);
      fail(memory64 ? ErrCode.InvalidTableSize64 : ErrCode.InvalidLimit, { kind: "limit", limit });
    }
  });
}

/** @throws InvalidPageSize, InvalidLimit, SharedMemoryNoMax, InvalidMemPages, InvalidMemPages64 */
export function checkMemoryType({ limit, pageSizeLog2 }: MemoryType, configure: Configure): void {
  // The proposal admits two page sizes: a byte, and the usual one of 64 KiB.
  if (pageSizeLog2 !== 0 && pageSizeLog2 !== 16) fail(ErrCode.InvalidPageSize);
  within("limit", () => {
    checkLimit(limit);
    const memory64 = configure.hasProposal(Proposal.Memory64);
    if (limit.is64 && !memory64) {
      fail(ErrCode.InvalidLimit, { kind: "proposal", proposal: proposalText(Proposal.Memory64) });
    }
    if (exceeds(limit, addressCount(limit) >> BigInt(pageSizeLog2))) {
      fail(memory64 ? ErrCode.InvalidMemPages64 : ErrCode.InvalidMemPages, { kind: "limit", limit });
    }
  });
}

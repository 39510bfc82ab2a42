import { i64FromHalves, i64High, i64Low } from "../../../common/float-bits.ts";
import type { Doublewords, HostAtomics } from "../../../common/host.ts";
import type { MemoryInstance } from "../../../store/memory-instance.ts";
import { requireAtomics, type SharedCells } from "../../../store/shared-memory.ts";
import { AtomicKind } from "./atomic-kinds.ts";

/**
 * Atomic access to one cell of memory. All of these give what the cell held before.
 *
 * Shared memory is accessed through the host's `Atomics`. A memory that is not shared nobody else sees while an instruction
 * runs, so there a plain read and write are atomic; hosts without `Atomics` do them too.
 * https://webassembly.github.io/threads/core/exec/instructions.html#atomic-memory-instructions
 */

/** What `Atomics` does to the cells of one width, which hold numbers or bigints. */
interface CellAtomics<V, C> {
  load(cells: C, index: number): V;
  store(cells: C, index: number, value: V): V;
  add(cells: C, index: number, value: V): V;
  sub(cells: C, index: number, value: V): V;
  and(cells: C, index: number, value: V): V;
  or(cells: C, index: number, value: V): V;
  xor(cells: C, index: number, value: V): V;
  exchange(cells: C, index: number, value: V): V;
  compareExchange(cells: C, index: number, expected: V, replacement: V): V;
}

/** @param value the operand, or what a compare-exchange expects */
function accessShared<V, C>(
  atomics: CellAtomics<V, C>,
  kind: AtomicKind,
  cells: C,
  index: number,
  value: V,
  replacement: V,
): V {
  switch (kind) {
    case AtomicKind.Load:
      return atomics.load(cells, index);
    case AtomicKind.Store:
      return atomics.store(cells, index, value);
    case AtomicKind.Add:
      return atomics.add(cells, index, value);
    case AtomicKind.Sub:
      return atomics.sub(cells, index, value);
    case AtomicKind.And:
      return atomics.and(cells, index, value);
    case AtomicKind.Or:
      return atomics.or(cells, index, value);
    case AtomicKind.Xor:
      return atomics.xor(cells, index, value);
    case AtomicKind.Exchange:
      return atomics.exchange(cells, index, value);
    case AtomicKind.CompareExchange:
      return atomics.compareExchange(cells, index, value, replacement);
    default:
      throw new Error(`BUG: no atomic access ${kind}`);
  }
}

function cellsOfWidth(cells: SharedCells, width: number): Uint8Array | Uint16Array | Int32Array {
  if (width === 4) return cells.words;
  return width === 2 ? cells.halfwords : cells.bytes;
}

/**
 * Accesses a cell of 1, 2 or 4 bytes.
 * @param address checked, and a multiple of `width`
 * @param value the operand, or what a compare-exchange expects: its low bits count
 * @returns what the cell held, zero-extended; 4 bytes are signed
 */
export function accessCell(
  kind: AtomicKind,
  memory: MemoryInstance,
  address: number,
  width: number,
  value: number,
  replacement: number,
): number {
  const { cells } = memory;
  if (cells !== undefined) {
    const atomics: CellAtomics<number, Uint8Array | Uint16Array | Int32Array> = requireAtomics();
    return accessShared(atomics, kind, cellsOfWidth(cells, width), address / width, value, replacement);
  }
  const { view } = memory;
  const before = readCell(view, address, width);
  if (kind === AtomicKind.CompareExchange) {
    // Both are cut to the width of the cell.
    if ((before ^ value) << (32 - 8 * width) === 0) writeCell(view, address, width, replacement);
  } else if (kind !== AtomicKind.Load) writeCell(view, address, width, combine(kind, before, value));
  return before;
}

function readCell(view: DataView, address: number, width: number): number {
  if (width === 4) return view.getInt32(address, true);
  return width === 2 ? view.getUint16(address, true) : view.getUint8(address);
}

function writeCell(view: DataView, address: number, width: number, value: number): void {
  if (width === 4) view.setInt32(address, value, true);
  else if (width === 2) view.setInt16(address, value, true);
  else view.setInt8(address, value);
}

function combine(kind: AtomicKind, before: number, value: number): number {
  switch (kind) {
    case AtomicKind.Add:
      return before + value;
    case AtomicKind.Sub:
      return before - value;
    case AtomicKind.And:
      return before & value;
    case AtomicKind.Or:
      return before | value;
    case AtomicKind.Xor:
      return before ^ value;
    default:
      return value;
  }
}

/** Accesses a cell of 8 bytes, like `accessCell`. @returns what it held, signed */
export function accessDoubleCell(
  kind: AtomicKind,
  memory: MemoryInstance,
  address: number,
  value: bigint,
  replacement: bigint,
): bigint {
  const { cells } = memory;
  if (cells !== undefined) {
    const atomics: CellAtomics<bigint, Doublewords> = requireAtomics();
    return accessShared(atomics, kind, cells.doublewords, address / 8, value, replacement);
  }
  const { view } = memory;
  const before = i64FromHalves(view.getInt32(address, true), view.getInt32(address + 4, true));
  if (kind === AtomicKind.Load || (kind === AtomicKind.CompareExchange && before !== value)) return before;
  const after = kind === AtomicKind.CompareExchange ? replacement : combineWide(kind, before, value);
  view.setInt32(address, i64Low(after), true);
  view.setInt32(address + 4, i64High(after), true);
  return before;
}

function combineWide(kind: AtomicKind, before: bigint, value: bigint): bigint {
  switch (kind) {
    case AtomicKind.Add:
      return before + value;
    case AtomicKind.Sub:
      return before - value;
    case AtomicKind.And:
      return before & value;
    case AtomicKind.Or:
      return before | value;
    case AtomicKind.Xor:
      return before ^ value;
    default:
      return value;
  }
}

/** What orders the accesses around it: an atomic access to a word that nobody else knows. */
let fenceWord: Int32Array | undefined;

/** `atomic.fence`; without threads there is nothing to order. */
export function fence(atomics: HostAtomics | undefined): void {
  if (atomics === undefined) return;
  fenceWord ??= new Int32Array(1);
  atomics.add(fenceWord, 0, 0);
}

import { allInstructions, OPCODE_BOUND } from "../../../ast/instructions.ts";
import { lazy } from "../../../common/lazy.ts";

/** What an atomic instruction does to a cell of memory, whatever its width. */
export const enum AtomicKind {
  /** It is none of them. */
  None,
  Load,
  Store,
  Add,
  Sub,
  And,
  Or,
  Xor,
  Exchange,
  CompareExchange,
}

const kindsByName = new Map<string, AtomicKind>([
  ["load", AtomicKind.Load],
  ["store", AtomicKind.Store],
  ["add", AtomicKind.Add],
  ["sub", AtomicKind.Sub],
  ["and", AtomicKind.And],
  ["or", AtomicKind.Or],
  ["xor", AtomicKind.Xor],
  ["xchg", AtomicKind.Exchange],
  ["cmpxchg", AtomicKind.CompareExchange],
]);

/** As in `i32.atomic.load8_u` and `i64.atomic.rmw32.add_u`: the type, then the kind. */
const nameForm = /^(i32|i64)\.atomic\.(?:rmw\d*\.)?([a-z]+)/;

/** By opcode: the kind, and whether it gives an i64. */
const tables = lazy(() => {
  const kinds = new Uint8Array(OPCODE_BOUND);
  const wide = new Uint8Array(OPCODE_BOUND);
  for (const { name, opcode } of allInstructions()) {
    const [, type, kind = ""] = nameForm.exec(name) ?? [];
    kinds[opcode] = kindsByName.get(kind) ?? AtomicKind.None;
    wide[opcode] = type === "i64" ? 1 : 0;
  }
  return { kinds, wide };
});

/** The kind of an atomic access; `None` for all other instructions, waiting, waking and the fence among them. */
export function atomicKind(opcode: number): AtomicKind {
  return tables().kinds[opcode];
}

/** Whether an atomic access gives an i64. */
export function givesI64(opcode: number): boolean {
  return tables().wide[opcode] === 1;
}

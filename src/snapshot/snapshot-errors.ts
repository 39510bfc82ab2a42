import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ModuleInstance } from "../store/module-instance.ts";

/** The bytes are no snapshot, or say what cannot be. */
export function malformed(text: string): never {
  fail(ErrCode.MalformedSnapshot, { kind: "note", text });
}

/** The snapshot wants something that is not there. */
export function mismatch(text: string): never {
  fail(ErrCode.SnapshotMismatch, { kind: "note", text });
}

/** Something of the state cannot be told in bytes. */
export function refuse(text: string): never {
  fail(ErrCode.NotInSnapshot, { kind: "note", text });
}

/** An instance as messages name it. */
export function nameOf(instance: ModuleInstance): string {
  if (instance.name !== "") return `"${instance.name}"`;
  return instance.source === undefined ? "a host module without a name" : "the module without a name";
}

import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { framesOf } from "../executor/engine/frames.ts";
import { slotWords } from "../executor/lowering/operands.ts";
import { readNameSection } from "../loader/name-section.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import type { WasmFrame } from "./frame.ts";

/** What is watched. A local belongs to one open call, and is watched until that returns. */
export type WatchTarget =
  | { readonly kind: "local"; readonly frame: WasmFrame; readonly local: string | number }
  | { readonly kind: "global"; readonly instance: ModuleInstance; readonly global: string | number }
  | {
      readonly kind: "memory";
      readonly instance: ModuleInstance;
      /** Absent: memory 0. */
      readonly memory?: number;
      readonly address: number;
      /** In bytes. */
      readonly length: number;
    };

/** What a watchpoint saw: a value, or a memory's bytes. */
export type Watched = WasmValue | Uint8Array;

/** A change of what is watched. */
export interface WatchHit {
  readonly watchpoint: Watchpoint;
  readonly old: Watched;
  readonly new: Watched;
}

/** Stops runs when something has changed. */
export abstract class Watchpoint {
  /** What is watched, as text. */
  abstract readonly text: string;
  private last: Watched | undefined;

  /** @returns the value now; undefined where the thing is gone */
  protected abstract read(execution: Execution): Watched | undefined;

  /** Takes note of the value as it is. */
  begin(execution: Execution): void {
    this.last = this.read(execution);
  }

  /** @returns the change since it was asked last; "gone" where there is nothing to watch any more */
  check(execution: Execution): WatchHit | "gone" | undefined {
    const { last } = this;
    const now = this.read(execution);
    if (now === undefined) return "gone";
    this.last = now;
    if (last === undefined || isSame(last, now)) return undefined;
    return { watchpoint: this, old: last, new: now };
  }
}

function isSame(a: Watched, b: Watched): boolean {
  if (a instanceof Uint8Array || b instanceof Uint8Array) {
    return a instanceof Uint8Array && b instanceof Uint8Array && a.every((byte, i) => byte === b[i]);
  }
  return a.reference === b.reference && a.words.every((word, i) => word === b.words[i]);
}

function noSuch(text: string): never {
  fail(ErrCode.WrongInstanceIndex, { kind: "note", text });
}

class LocalWatchpoint extends Watchpoint {
  readonly text: string;
  private readonly frame: WasmFrame;
  private readonly fp: number;
  private readonly offset: number;
  private readonly index: number;

  constructor(frame: WasmFrame, local: string | number) {
    super();
    const found = frame.locals.find(({ index, name }) =>
      typeof local === "number" ? index === local : name === local.replace(/^\$/, ""),
    );
    if (found === undefined) noSuch(`The function has no local ${local}.`);
    this.frame = frame;
    this.fp = frame.identity;
    this.index = found.index;
    this.text = `local ${found.name === undefined ? found.index : `$${found.name}`}`;
    this.offset = frame.locals.slice(0, found.index).reduce((sum, { type }) => sum + slotWords(type), 0);
  }

  override check(execution: Execution): WatchHit | "gone" | undefined {
    // Other runs have frames of their own.
    return this.frame.isOf(execution) ? super.check(execution) : undefined;
  }

  override begin(): void {
    super.begin(this.frame.execution);
  }

  protected read(execution: Execution): WasmValue | undefined {
    const { instance, functionIndex } = this.frame;
    for (const { space, func, fp } of framesOf(execution)) {
      if (fp > this.fp) continue;
      if (fp < this.fp || space.instance !== instance || func.index !== functionIndex) return undefined;
      return execution.stack.read(fp + this.offset, space.bodies.localTypes(func.index)[this.index] ?? 0);
    }
    return undefined;
  }
}

class GlobalWatchpoint extends Watchpoint {
  readonly text: string;
  private readonly instance: ModuleInstance;
  private readonly index: number;

  constructor(instance: ModuleInstance, global: string | number) {
    super();
    this.instance = instance;
    this.index = globalIndex(instance, global);
    const name = instance.source && readNameSection(instance.source).globalName(this.index);
    this.text = `global ${name === undefined ? this.index : `$${name}`}`;
  }

  protected read(): WasmValue | undefined {
    return this.instance.globals[this.index]?.getTypedValue();
  }
}

/** The index of a global. @param global its index; or its name, that of the `name` section or of an export @throws WrongInstanceIndex */
export function globalIndex(instance: ModuleInstance, global: string | number): number {
  const name = String(global).replace(/^\$/, "");
  const names = instance.source && readNameSection(instance.source);
  const exported = instance.findGlobalExports(name);
  const index =
    typeof global === "number"
      ? global
      : instance.globals.findIndex((one, i) => names?.globalName(i) === name || one === exported);
  return instance.globals[index] === undefined ? noSuch(`The module has no global ${global}.`) : index;
}

class MemoryWatchpoint extends Watchpoint {
  readonly text: string;
  private readonly instance: ModuleInstance;
  private readonly memory: number;
  private readonly address: number;
  private readonly length: number;

  constructor({ instance, memory = 0, address, length }: Extract<WatchTarget, { kind: "memory" }>) {
    super();
    if (instance.memories[memory] === undefined) noSuch(`The module has no memory ${memory}.`);
    if (length === 0) noSuch("Nothing of a memory changes in a range of no bytes.");
    // Throws where the range is not inside.
    instance.memories[memory]?.getBytes(address, length);
    this.instance = instance;
    this.memory = memory;
    this.address = address;
    this.length = length;
    this.text = `memory ${address}..${address + length - 1}`;
  }

  protected read(): Uint8Array | undefined {
    return this.instance.memories[this.memory]?.getBytes(this.address, this.length).slice();
  }
}

/** @throws WrongInstanceIndex for what there is not; MemoryOutOfBounds for a range outside of the memory */
export function makeWatchpoint(target: WatchTarget): Watchpoint {
  switch (target.kind) {
    case "local":
      return new LocalWatchpoint(target.frame, target.local);
    case "global":
      return new GlobalWatchpoint(target.instance, target.global);
    case "memory":
      return new MemoryWatchpoint(target);
  }
}

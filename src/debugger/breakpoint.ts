import { Op } from "../ast/generated/opcode.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { CodeSpace } from "../executor/lowering/code-space.ts";
import { readNameSection } from "../loader/name-section.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { bodyOf, importedCount, stepsOf } from "./code-map.ts";
import { Disassembler } from "./disassembler.ts";
import type { Stop } from "./stop.ts";

/** A function by its name, export or index; or the instruction at an offset in the module's bytes. */
export type BreakpointPlace = string | number | { readonly offset: number };

/** A place of a module instance's code before which runs stop. */
export class Breakpoint {
  readonly instance: ModuleInstance;
  readonly functionIndex: number;
  /** Offset in the module's bytes of the instruction. */
  readonly offset: number;
  /** It is for a function, and that begins with a loop: the same place comes again in each round, where no run is to stop. */
  readonly isAtLoop: boolean;
  /** Asked at the place: false lets the run go on. */
  readonly condition: ((stop: Stop) => boolean) | undefined;
  /** How often a run stopped for it. */
  hits = 0;
  /** How often a run came here that could not pause, and nobody was asked in its midst: see `Debugger.onStop`. */
  passed = 0;

  constructor(instance: ModuleInstance, place: BreakpointPlace, condition?: (stop: Stop) => boolean) {
    this.instance = instance;
    this.condition = condition;
    if (typeof place === "object") {
      this.isAtLoop = false;
      this.offset = place.offset;
      this.functionIndex = functionHolding(instance, place.offset);
    } else {
      this.functionIndex = definedFunction(instance, place);
      this.offset = bodyOf(instance, this.functionIndex).start;
      const { source } = instance;
      this.isAtLoop = source !== undefined && Disassembler.of(source).infoAt(this.offset).opcode === Op.loop;
    }
  }

  /** The positions at which runs are to stop, in a code space of the instance. @throws WrongInstanceIndex for a place without code */
  positionsIn(space: CodeSpace): number[] {
    const steps = stepsOf(space, this.functionIndex).ofOffset(this.offset);
    if (steps.length === 0) noCode(this.offset);
    return steps.map(({ position }) => position);
  }
}

function noCode(offset: number): never {
  fail(ErrCode.WrongInstanceIndex, {
    kind: "note",
    text: `No instruction that is ever reached begins at offset 0x${offset.toString(16)}.`,
  });
}

/**
 * A function that the module defines.
 * @param place its index; or its name, with or without `$`: in the `name` section, else that of an export
 * @throws FuncNotFound, also for imported functions, which have no code here
 */
export function definedFunction(instance: ModuleInstance, place: string | number): number {
  const index = typeof place === "number" ? place : functionNamed(instance, place.replace(/^\$/, ""));
  if (index < importedCount(instance) || index >= instance.functionCount || !Number.isInteger(index)) {
    fail(ErrCode.FuncNotFound, { kind: "note", text: `The module defines no function ${place}.` });
  }
  return index;
}

function functionNamed(instance: ModuleInstance, name: string): number {
  const names = instance.source && readNameSection(instance.source);
  for (let index = importedCount(instance); index < instance.functionCount; index++) {
    if (names?.functionName(index) === name) return index;
  }
  const exported = instance.findFuncExports(name);
  return exported?.module === instance ? exported.index : -1;
}

/** @throws WrongInstanceIndex where the offset is in no function's code */
function functionHolding(instance: ModuleInstance, offset: number): number {
  for (let index = importedCount(instance); index < instance.functionCount; index++) {
    const { start, end } = bodyOf(instance, index);
    if (offset >= start && offset < end) return index;
  }
  return noCode(offset);
}

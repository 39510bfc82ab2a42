import type { Module } from "../../ast/module.ts";
import type { ModuleCode, ModuleInstance } from "../../store/module-instance.ts";
import { IR } from "../engine/generated/ir.ts";
import { chainInstructions } from "./chains.ts";
import type { CostTable } from "./cost-counter.ts";
import type { Handler } from "./exceptions.ts";
import { FunctionBodies } from "./function-bodies.ts";
import { LinkedCode } from "./linked-code.ts";
import { type CodePlace, FunctionLowering, type PlaceVisitor, PROLOGUE_WORDS } from "./lower-function.ts";
import type { EntranceVisitor, LoweringOptions } from "./lowering.ts";
import { Steps } from "./steps.ts";
import { clausesAround, type ThrowSite } from "./throw-site.ts";

/** A function's place in a code space. */
export interface LoweredFunction {
  /** In the index space of functions. */
  readonly index: number;
  /** Position of the prologue. */
  readonly start: number;
  /** Position of the first instruction. */
  readonly entry: number;
  /** Position after the last. */
  readonly end: number;
  /** Its try blocks. */
  readonly handlers: readonly Handler[];
}

/** Each instruction costs one: then the cost of a run is the number of its instructions. */
export const unitCosts: CostTable = () => 1;

/**
 * The code of one module instance: functions lowered at their first call, one after the other in one array, so that a call
 * within the instance is a jump.
 */
export class CodeSpace implements ModuleCode {
  readonly instance: ModuleInstance;
  readonly costs: CostTable;
  readonly stepwise: boolean;
  /** Whether this is the stepwise code of runs that an observer looks at: its steps can be marked. */
  readonly watched: boolean;
  readonly bodies: FunctionBodies;
  readonly steps = new Steps(this);
  /** The code; replaced when it grows. */
  code: Int32Array;
  /** Position of each function's first instruction by function index; 0 while it has none. */
  readonly entries: Int32Array;
  /** The largest cost that any function counts in beyond what its branches have charged. */
  largestCost = 0;
  /** Whether there are instructions of vectors in optimised code. */
  hasVectors = false;
  private length = 1;
  private linkedCode: LinkedCode | undefined;
  private readonly functions: LoweredFunction[] = [];
  private readonly throwSites = new Map<number, ThrowSite>();
  private readonly lowering: FunctionLowering;

  constructor(instance: ModuleInstance, costs: CostTable, stepwise = false, watched = false) {
    this.watched = watched;
    this.instance = instance;
    this.costs = costs;
    this.stepwise = stepwise;
    this.bodies = new FunctionBodies(instance.source as Module);
    const { spaces, reader } = this.bodies;
    this.entries = new Int32Array(spaces.functionCount);
    this.code = new Int32Array(1024);
    // Position 0: where the frames of this instance end.
    this.code[0] = IR["leave-instance"];
    const options: LoweringOptions = {
      spaces,
      typeIds: instance.typeIds,
      costs,
      stepwise,
      canonicalNaN: instance.deterministic,
    };
    this.lowering = new FunctionLowering(options, reader);
  }

  /** How much has been lowered, in words. */
  get words(): number {
    return this.length;
  }

  /** The code space of an instance, made if it has none for these costs. */
  static of(instance: ModuleInstance, costs: CostTable, stepwise = false, watched = false): CodeSpace {
    const held = instance.code;
    if (held instanceof CodeSpaces) return held.get(costs, stepwise, watched);
    const spaces = new CodeSpaces(instance);
    instance.code = spaces;
    return spaces.get(costs, stepwise, watched);
  }

  /**
   * Lowers a function, unless it is already.
   * @returns the position of its first instruction
   * @throws WasmEdgeError where the body has not been validated before and is not valid (`lazyValidation`)
   */
  lower(index: number): number {
    if (this.entries[index] !== 0) return this.entries[index];
    this.bodies.check(index);
    const start = this.length;
    const body = this.lowerAt(index, start);
    if (!this.stepwise && chainInstructions(body.code, PROLOGUE_WORDS)) this.hasVectors = true;
    this.reserve(start + body.code.length);
    this.code.set(body.code, start);
    this.length = start + body.code.length;
    const entry = start + PROLOGUE_WORDS;
    this.functions.push({ index, start, entry, end: this.length, handlers: body.handlers });
    this.entries[index] = entry;
    this.linkedCode?.add(this.code, index, entry, this.length);
    if (body.largestCost > this.largestCost) this.largestCost = body.largestCost;
    return entry;
  }

  /** The same code as objects, made when the loop that goes through them asks for it; what is lowered later will be in it. */
  linked(): LinkedCode {
    if (this.linkedCode === undefined) {
      this.linkedCode = new LinkedCode(this.code, this.entries.length);
      for (const { index, entry, end } of this.functions) this.linkedCode.add(this.code, index, entry, end);
    }
    return this.linkedCode;
  }

  private lowerAt(index: number, base: number, visit?: PlaceVisitor, visitEntrance?: EntranceVisitor) {
    return this.lowering.lower(this.bodies.body(index), base, visit, visitEntrance);
  }

  /** Lowers a function that has code once more, to tell what stands where. */
  observe(index: number, visit?: PlaceVisitor, visitEntrance?: EntranceVisitor): void {
    this.lowerAt(index, this.lower(index) - PROLOGUE_WORDS, visit, visitEntrance);
  }

  private reserve(length: number): void {
    if (length <= this.code.length) return;
    const larger = new Int32Array(Math.max(length, this.code.length * 2));
    larger.set(this.code.subarray(0, this.length));
    this.code = larger;
  }

  /** The function whose code holds `position`, or undefined for position 0. */
  functionAt(position: number): LoweredFunction | undefined {
    let low = 0;
    let high = this.functions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.functions[middle].end <= position) low = middle + 1;
      else high = middle;
    }
    const found = this.functions[low];
    return found !== undefined && position >= found.start ? found : undefined;
  }

  /** What an exception meets at a position, kept for the next one; undefined for position 0. */
  throwSiteAt(position: number): ThrowSite | undefined {
    return this.throwSites.get(position) ?? this.addThrowSite(position);
  }

  private addThrowSite(position: number): ThrowSite | undefined {
    const func = this.functionAt(position);
    if (func === undefined) return undefined;
    const { handlers, entry } = func;
    const site = { position, clauses: clausesAround(position, handlers), header: this.headerOffset(entry) };
    this.throwSites.set(position, site);
    return site;
  }

  /** The functions that have been lowered, in that order. */
  get loweredFunctions(): readonly LoweredFunction[] {
    return this.functions;
  }

  /** Changes an instruction's first operand. */
  setOperand(position: number, operand: number): void {
    this.code[position + 1] = operand;
    this.linkedCode?.setOperand(position, operand);
  }

  // --- Places ---

  /** Words of a frame of the function at `entry`. */
  frameWords(entry: number): number {
    return this.code[entry - 1];
  }

  /** Word offset of the frame header of the function at `entry`. */
  headerOffset(entry: number): number {
    return this.code[entry - 3];
  }

  /**
   * What stands at a position in terms of wasm. The function is lowered once more to tell, so that nothing needs to be kept
   * for what is rarely asked.
   *
   * Code that does the work of several wasm instructions stands for the first of them, of which nothing has been executed.
   * @param trapped whether the code there has trapped: then it stands for the last, which alone can trap
   */
  placeOf(position: number, trapped = false): CodePlace | undefined {
    const func = this.functionAt(position);
    if (func === undefined) return undefined;
    let found: CodePlace | undefined;
    this.lowerAt(func.index, func.start, (at, place, takesPlace) => {
      if (at <= position && (trapped || !takesPlace)) found = place;
    });
    return found;
  }

  /**
   * What `placeOf` says of trapped code, for all of a function that was lowered: each place holds up to the position of the next.
   */
  placesOf(func: LoweredFunction): { readonly position: number; readonly offset: number }[] {
    const places: { readonly position: number; readonly offset: number }[] = [];
    this.lowerAt(func.index, func.start, (position, { offset }) => {
      // Code that was undone is replaced by what stands there now.
      while (places.length > 0 && places[places.length - 1].position >= position) places.pop();
      places.push({ position, offset });
    });
    return places;
  }

  /** The position of the code of the instruction at a byte offset, in this code space. */
  positionOf(index: number, offset: number): number | undefined {
    const entry = this.lower(index);
    let found: number | undefined;
    this.lowerAt(index, entry - PROLOGUE_WORDS, (at, place) => {
      if (place.offset === offset) found ??= at;
    });
    return found;
  }
}

/** An instance's code spaces: for the cost table that it was run with last the optimised, the stepwise and the watched one. */
class CodeSpaces implements ModuleCode {
  readonly instance: ModuleInstance;
  private fast: CodeSpace | undefined;
  private slow: CodeSpace | undefined;
  private watched: CodeSpace | undefined;

  constructor(instance: ModuleInstance) {
    this.instance = instance;
  }

  get(costs: CostTable, stepwise: boolean, watched: boolean): CodeSpace {
    const held = watched ? this.watched : stepwise ? this.slow : this.fast;
    if (held?.costs === costs) return held;
    const made = new CodeSpace(this.instance, costs, stepwise, watched);
    if (watched) this.watched = made;
    else if (stepwise) this.slow = made;
    else this.fast = made;
    return made;
  }
}

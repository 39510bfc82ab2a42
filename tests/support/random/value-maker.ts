import { CodeWriter, type FunctionShape, type TypeName } from "../wasm-writer.ts";
import { FUEL, fixedLocals, globalOf } from "./layout.ts";
import {
  arithmetic,
  canonicalNaN,
  edges,
  hidesNaN,
  loads,
  type NumberType,
  numberTypes,
  type Operation,
  opensNaN,
} from "./operations.ts";
import type { Tape } from "./tape.ts";

interface Label {
  readonly types: readonly TypeName[];
  readonly isLoop: boolean;
}

/** Writes values: code that leaves one on the stack. */
export abstract class ValueMaker {
  readonly code = new CodeWriter();
  readonly locals: TypeName[];
  protected readonly tape: Tape;
  protected readonly types: readonly FunctionShape[];
  protected readonly functions: readonly number[];
  protected readonly shape: FunctionShape;
  protected readonly labels: Label[];
  /** What may still be written before it has to come to an end. */
  protected budget: number;

  /** @param functions the type index of each function of the index space */
  constructor(tape: Tape, types: readonly FunctionShape[], functions: readonly number[], type: number, budget: number) {
    this.tape = tape;
    this.types = types;
    this.functions = functions;
    this.shape = types[type] as FunctionShape;
    this.budget = budget;
    this.locals = [...fixedLocals, ...Array.from({ length: tape.below(5) }, () => tape.pick(numberTypes))];
    this.labels = [{ types: this.shape.results, isLoop: false }];
  }

  protected fixedLocal(index: number): number {
    return this.shape.params.length + index;
  }

  protected rawLocal(type: "f32" | "f64"): number {
    return this.fixedLocal(type === "f32" ? 0 : 1);
  }

  protected scratchLocal(type: "f32" | "f64"): number {
    return this.fixedLocal(type === "f32" ? 2 : 3);
  }

  protected localsOf(type: NumberType): number[] {
    const all = [...this.shape.params, ...this.locals];
    const open = this.fixedLocal(fixedLocals.length);
    return all.flatMap((local, i) => (local === type && (i < this.shape.params.length || i >= open) ? [i] : []));
  }

  protected get isTired(): boolean {
    return this.budget <= 0 || this.tape.isAtEnd;
  }

  protected useFuel(): void {
    const { code } = this;
    code.op("global.get", FUEL).op("i32.eqz").open("if", "empty").op("unreachable").end();
    code.op("global.get", FUEL).constant("i32", 1n).op("i32.sub").op("global.set", FUEL);
  }

  /** Writes so many statements: code that leaves the stack as it is. */
  protected abstract statements(count: number): void;

  // --- Values ---

  protected value(type: TypeName): void {
    if (type === "funcref") this.reference();
    else this.number(type as NumberType);
  }

  protected reference(): void {
    const { code, tape } = this;
    switch (tape.below(5)) {
      case 0:
        code.refNull("func");
        return;
      case 1:
        // The host function is not declared.
        code.op("ref.func", 1 + tape.below(this.functions.length - 1));
        return;
      case 2:
        code.op("local.get", this.fixedLocal(4));
        return;
      case 3:
        this.tableIndex();
        code.op("table.get", 0);
        return;
      default:
        code.op("local.get", this.fixedLocal(4)).refNull("func");
        this.number("i32");
        code.typedSelect("funcref");
    }
  }

  protected tableIndex(): void {
    if (this.tape.chance(2)) this.number("i32");
    else this.code.constant("i32", BigInt(this.tape.below(7)));
  }

  /** A number whose bits are determined. */
  protected number(type: NumberType): void {
    this.budget--;
    const { code, tape } = this;
    if (this.isTired) {
      this.leaf(type);
      return;
    }
    switch (tape.below(14)) {
      case 0:
      case 1:
      case 2:
        this.leaf(type);
        return;
      case 3:
        this.localOr(type, "local.tee", () => this.number(type));
        return;
      case 4:
        this.load(type);
        return;
      case 5:
        this.block(type);
        return;
      case 6:
        this.conditional(type);
        return;
      case 7:
        this.number(type);
        this.number(type);
        this.condition();
        if (tape.chance(4)) code.typedSelect(type);
        else code.op("select");
        return;
      case 8:
        this.callFor(type);
        return;
      case 9:
        this.branchWithValue(type);
        return;
      case 10:
        if (type === "i32") this.question();
        else if (type === "i64") this.twoResults();
        else this.leaf(type);
        return;
      default:
        this.operation(type);
    }
  }

  protected leaf(type: NumberType): void {
    const { code, tape } = this;
    const choice = tape.below(4);
    const locals = this.localsOf(type);
    if (choice === 3) code.op("global.get", globalOf[type]);
    else if (choice > 0 && locals.length > 0) code.op("local.get", tape.pick(locals));
    else this.constant(type);
  }

  protected constant(type: NumberType): void {
    const { code, tape } = this;
    if (tape.chance(4)) code.constant(type, BigInt(tape.byte()) * 0x0101_0203_0000_0001n);
    else code.constant(type, tape.pick(edges[type]));
  }

  /** `local.tee` or `local.set` of a value; just the value, or nothing, where there is no local of the type. */
  protected localOr(type: NumberType, name: "local.tee" | "local.set", value: () => void): void {
    const locals = this.localsOf(type);
    value();
    if (locals.length > 0) this.code.op(name, this.tape.pick(locals));
    else if (name === "local.set") this.code.op("drop");
  }

  protected operation(type: NumberType): void {
    const { name, operands } = this.tape.pick(arithmetic.get(type) as readonly Operation[]);
    if (!opensNaN.test(name)) {
      this.operands(name, operands);
      this.code.op(name);
      return;
    }
    const float = type as "f32" | "f64";
    const scratch = this.scratchLocal(float);
    this.code.constant(float, canonicalNaN[float]);
    this.operands(name, operands);
    this.code.op(name).op("local.tee", scratch);
    this.code.op("local.get", scratch).op("local.get", scratch).op(`${float}.ne`).op("select");
  }

  protected operands(name: string, types: readonly NumberType[]): void {
    const raw = opensNaN.test(name) || hidesNaN.test(name);
    for (const type of types) {
      if (raw && (type === "f32" || type === "f64")) this.raw(type);
      else this.number(type);
    }
  }

  /** A float that may be a NaN of any bits. */
  protected raw(type: "f32" | "f64"): void {
    this.budget--;
    const { code, tape } = this;
    if (this.isTired || tape.chance(6)) {
      this.number(type);
      return;
    }
    if (tape.chance(4)) {
      code.op("local.get", this.rawLocal(type));
      return;
    }
    const floats = (arithmetic.get(type) as readonly Operation[]).filter(({ name }) => opensNaN.test(name));
    const { name, operands } = tape.pick(floats);
    this.operands(name, operands);
    code.op(name);
    if (tape.chance(4)) code.op("local.tee", this.rawLocal(type));
  }

  protected condition(): void {
    if (this.tape.chance(10)) {
      const comparisons = (arithmetic.get("i32") as readonly Operation[]).filter(({ name }) =>
        /\.(eqz?|ne|[lg][te](_[su])?)$/.test(name),
      );
      const { name, operands } = this.tape.pick(comparisons);
      this.operands(name, operands);
      this.code.op(name);
      if (this.tape.chance(4)) this.code.op("i32.eqz");
    } else this.number("i32");
  }

  /** An i32 about memory, table and references. */
  protected question(): void {
    const { code, tape } = this;
    switch (tape.below(5)) {
      case 0:
        code.op("memory.size", 0);
        return;
      case 1:
        code.constant("i32", BigInt(tape.below(3))).op("memory.grow", 0);
        return;
      case 2:
        code.op("table.size", 0);
        return;
      case 3:
        this.reference();
        code.constant("i32", BigInt(tape.below(3))).op("table.grow", 0);
        return;
      default:
        this.reference();
        code.op("ref.is_null");
    }
  }

  // --- Memory ---

  /** Mostly inside of the memory, sometimes anywhere. @returns the offset to use */
  protected address(): number {
    const { code, tape } = this;
    this.number("i32");
    if (tape.chance(1)) return tape.pick([0, 1, 65535, 0x7fffffff, 0x80000000, 0xffffffff]);
    code.constant("i32", tape.chance(4) ? 0xfff8n : 0x38n).op("i32.and");
    return tape.pick([0, 4, 1, 40]);
  }

  protected load(type: NumberType): void {
    const { name } = this.tape.pick(loads.get(type) as readonly Operation[]);
    const offset = this.address();
    this.code.op(name, 0, offset);
  }

  // --- Blocks and branches ---

  protected labelled(types: readonly TypeName[], isLoop: boolean, body: () => void): void {
    this.labels.push({ types, isLoop });
    body();
    this.labels.pop();
    this.code.end();
  }

  protected block(type: NumberType): void {
    const { code, tape } = this;
    if (type === "f64" && tape.chance(6)) {
      this.number("i32");
      this.number("f64");
      code.open("block", 2);
      this.labelled(["f64"], false, () => {
        code.op("local.tee", this.scratchLocal("f64"));
        this.statements(1);
        code.op("drop");
        this.localOr("i32", "local.set", () => {});
        this.number("f64");
      });
      return;
    }
    const isLoop = tape.chance(4);
    code.open(isLoop ? "loop" : "block", type);
    this.labelled(isLoop ? [] : [type], isLoop, () => {
      this.statements(tape.below(3));
      this.number(type);
    });
  }

  /** A block of one parameter and two results, of which the second is dropped. */
  protected twoResults(): void {
    const { code } = this;
    this.number("i64");
    code.open("block", 3);
    this.labelled(["i64", "i32"], false, () => {
      this.statements(1);
      code.op("i32.wrap_i64").op("i64.extend_i32_u");
      this.number("i32");
    });
    code.op("drop");
  }

  protected conditional(type: NumberType): void {
    const { code } = this;
    this.condition();
    code.open("if", type);
    this.labelled([type], false, () => {
      this.statements(this.tape.below(2));
      this.number(type);
      code.op("else");
      this.statements(this.tape.below(2));
      this.number(type);
    });
  }

  /** Depths of the labels that take these types. */
  protected targets(types: readonly TypeName[]): number[] {
    const wanted = types.join();
    return this.labels.flatMap((label, i) => (label.types.join() === wanted ? [this.labels.length - 1 - i] : []));
  }

  protected label(depth: number): Label {
    return this.labels[this.labels.length - 1 - depth] as Label;
  }

  protected branchWithValue(type: NumberType): void {
    const targets = this.targets([type]);
    if (targets.length === 0) {
      this.leaf(type);
      return;
    }
    this.number(type);
    this.condition();
    this.code.op("br_if", this.tape.pick(targets));
  }

  // --- Calls ---

  protected callFor(type: NumberType): void {
    const wanted = (index: number): boolean => this.types[index]?.results.join() === type;
    const functions = this.functions.flatMap((index, func) => (wanted(index) ? [func] : []));
    if (functions.length === 0) this.leaf(type);
    else this.call(this.tape.pick(functions));
  }

  protected call(func: number): void {
    const { code, tape } = this;
    const type = this.functions[func] as number;
    for (const param of this.types[type]?.params ?? []) this.value(param);
    if (!tape.chance(5)) {
      code.op("call", func);
      return;
    }
    this.tableIndex();
    code.op("call_indirect", type, 0);
  }
}

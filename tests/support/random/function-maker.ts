import type { FunctionShape } from "../wasm-writer.ts";
import { globalOf } from "./layout.ts";
import { type NumberType, numberTypes, stores } from "./operations.ts";
import { ValueMaker } from "./value-maker.ts";

/** Writes one function. */
export class FunctionMaker extends ValueMaker {
  write(): void {
    this.useFuel();
    this.statements(1 + this.tape.below(5));
    for (const type of this.shape.results) this.value(type);
    this.code.end();
  }

  private store(): void {
    const { name, operands } = this.tape.pick(stores);
    const offset = this.address();
    this.number(operands[0] as NumberType);
    this.code.op(name, 0, offset);
  }

  private bulk(): void {
    const { code, tape } = this;
    const name = tape.pick([
      "memory.fill",
      "memory.copy",
      "memory.init",
      "table.set",
      "table.fill",
      "table.copy",
      "data.drop",
    ]);
    switch (name) {
      case "data.drop":
        code.op(name, 0);
        return;
      case "table.set":
        this.tableIndex();
        this.reference();
        code.op(name, 0);
        return;
      case "table.fill":
        this.tableIndex();
        this.reference();
        this.tableIndex();
        code.op(name, 0);
        return;
      case "table.copy":
        for (let i = 0; i < 3; i++) this.tableIndex();
        code.op(name, 0, 0);
        return;
      default:
        for (let i = 0; i < 3; i++) {
          this.number("i32");
          if (!tape.chance(2)) code.constant("i32", name === "memory.init" && i > 0 ? 7n : 0x3ffn).op("i32.and");
        }
        if (name === "memory.fill") code.op(name, 0);
        else code.op(name, 0, 0);
    }
  }

  /** A branch that is always taken; what comes after it is never reached. */
  private jump(): void {
    const { code, tape } = this;
    const depth = tape.below(this.labels.length);
    const { types, isLoop } = this.label(depth);
    if (isLoop) this.useFuel();
    for (const type of types) this.value(type);
    const others = this.targets(types).filter((other) => !this.label(other).isLoop);
    const isReturn = depth === this.labels.length - 1 && tape.chance(8);
    if (isReturn) code.op("return");
    else if (isLoop || tape.chance(8)) code.op("br", depth);
    else {
      this.number("i32");
      if (!tape.chance(2)) code.constant("i32", 3n).op("i32.and");
      code.brTable(Array.from({ length: 1 + tape.below(4) }, () => tape.pick(others)));
    }
  }

  private branchIf(): void {
    const targets = this.targets([]);
    if (targets.length === 0) return;
    const depth = this.tape.pick(targets);
    if (this.label(depth).isLoop) this.useFuel();
    this.condition();
    this.code.op("br_if", depth);
  }

  private loop(): void {
    const { code } = this;
    code.open("loop", "empty");
    this.labelled([], true, () => {
      this.statements(1 + this.tape.below(3));
      this.useFuel();
      this.condition();
      code.op("br_if", 0);
    });
  }

  private callStatement(): void {
    const func = this.tape.below(this.functions.length);
    const { results } = this.types[this.functions[func] as number] as FunctionShape;
    this.call(func);
    for (const result of results.slice().reverse()) this.localOr(result as NumberType, "local.set", () => {});
  }

  private tailCall(): void {
    const { code, tape } = this;
    const wanted = this.shape.results.join();
    const functions = this.functions.flatMap((index, func) =>
      this.types[index]?.results.join() === wanted ? [func] : [],
    );
    if (functions.length === 0) return;
    const func = tape.pick(functions);
    const type = this.functions[func] as number;
    for (const param of this.types[type]?.params ?? []) this.value(param);
    if (tape.chance(8)) code.op("return_call", func);
    else {
      this.tableIndex();
      code.op("return_call_indirect", type, 0);
    }
  }

  // --- Statements ---

  protected override statements(count: number): void {
    for (let i = 0; i < count; i++) this.statement();
  }

  private statement(): void {
    this.budget -= 2;
    const { code, tape } = this;
    if (this.isTired) {
      code.op("nop");
      return;
    }
    const type = tape.pick(numberTypes);
    switch (tape.below(18)) {
      case 0:
      case 1:
      case 2:
        this.localOr(type, "local.set", () => this.number(type));
        return;
      case 3:
        this.number(type);
        code.op("global.set", globalOf[type]);
        return;
      case 4:
      case 5:
        this.store();
        return;
      case 6:
        this.condition();
        code.open("if", "empty");
        this.labelled([], false, () => {
          this.statements(1 + tape.below(2));
          if (!tape.chance(8)) return;
          code.op("else");
          this.statements(1 + tape.below(2));
        });
        return;
      case 7:
        code.open("block", "empty");
        this.labelled([], false, () => this.statements(1 + tape.below(4)));
        return;
      case 8:
      case 9:
        this.loop();
        return;
      case 10:
      case 11:
        this.branchIf();
        return;
      case 12:
        // Under a condition, so that not everything after it is dead.
        this.condition();
        code.open("if", "empty");
        this.labelled([], false, () => {
          if (tape.chance(3)) this.tailCall();
          else this.jump();
          this.statements(tape.below(2));
        });
        return;
      case 13:
        this.callStatement();
        return;
      case 14:
        this.bulk();
        return;
      case 15:
        if (type === "f32" || type === "f64") {
          this.raw(type);
          code.op("local.set", this.rawLocal(type));
        } else {
          this.reference();
          code.op("local.set", this.fixedLocal(4));
        }
        return;
      case 16:
        if (tape.chance(1)) code.op("unreachable");
        else if (tape.chance(2)) this.jump();
        return;
      default:
        this.number(type);
        code.op("drop");
    }
  }
}

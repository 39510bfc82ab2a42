import { Op } from "../ast/generated/opcode.ts";
import { type InstructionInfo, instructionInfo, instructionText } from "../ast/instructions.ts";
import type { Module } from "../ast/module.ts";
import { i64FromHalves } from "../common/float-bits.ts";
import { formatFloat32, formatFloat64 } from "../common/float-text.ts";
import { heapCodeOf, heapTypeName, isIndexedRefType, typeIndexOf } from "../common/value-type.ts";
import { permissiveReader } from "../executor/lowering/function-bodies.ts";
import type { InstructionReader } from "../loader/instruction-reader.ts";
import { type NameSection, readNameSection } from "../loader/name-section.ts";
import { typeText } from "./text.ts";

/** An instruction as it stands in a function's listing. */
export interface ListedInstruction {
  /** Offset in the module's bytes. */
  readonly offset: number;
  readonly text: string;
  /** How many blocks are open around it. */
  readonly depth: number;
}

const opening = new Set<number>([Op.block, Op.loop, Op.if, Op.try, Op.try_table]);
const parting = new Set<number>([Op.else, Op.catch, Op.catch_all]);
const closing = new Set<number>([Op.end, Op.delegate]);

/** Instructions of a validated module as text: name and immediates, with the names that the module gives to its parts. */
export class Disassembler {
  private readonly module: Module;
  private readonly reader: InstructionReader;
  private readonly names: NameSection;

  private constructor(module: Module) {
    this.module = module;
    this.reader = permissiveReader(module.bytes);
    this.names = readNameSection(module);
  }

  private static readonly known = new WeakMap<Module, Disassembler>();

  static of(module: Module): Disassembler {
    let made = Disassembler.known.get(module);
    if (made === undefined) {
      made = new Disassembler(module);
      Disassembler.known.set(module, made);
    }
    return made;
  }

  /** The names of globals from the first on; their indices where they have none. */
  globalNames(count: number): string[] {
    return Array.from({ length: count }, (_, index) => {
      const name = this.names.globalName(index);
      return name === undefined ? String(index) : `$${name}`;
    });
  }

  /** The row of the instruction at a byte offset. */
  infoAt(offset: number): InstructionInfo {
    this.reader.seek(offset);
    return instructionInfo(this.reader.next()) as InstructionInfo;
  }

  /** The reader behind the instruction at a byte offset: its fields are valid until the next use. */
  readAt(offset: number): InstructionReader {
    this.reader.seek(offset);
    this.reader.next();
    return this.reader;
  }

  /** @param func the index of the function that holds it, for the names of locals */
  textAt(func: number, offset: number): string {
    this.reader.seek(offset);
    this.reader.next();
    return this.text(func);
  }

  /** All instructions of a function that the module defines. @param func its index in the index space */
  listing(func: number): ListedInstruction[] {
    const { code, imports } = this.module;
    const defined = func - imports.filter(({ type }) => type.kind === "function").length;
    const { reader } = this;
    const end = code.ends[defined];
    const lines: ListedInstruction[] = [];
    let depth = 0;
    reader.seek(code.expressionStarts[defined]);
    while (reader.position < end) {
      const opcode = reader.next();
      if (closing.has(opcode)) depth--;
      const at = parting.has(opcode) ? depth - 1 : depth;
      lines.push({ offset: reader.offset, text: this.text(func), depth: Math.max(0, at) });
      if (opening.has(opcode)) depth++;
    }
    return lines;
  }

  private text(func: number): string {
    const { opcode } = this.reader;
    const { position } = this.reader;
    const words = this.immediates(func, instructionInfo(opcode) as InstructionInfo);
    this.reader.seek(position);
    return [instructionText(opcode), ...words].join(" ");
  }

  private immediates(func: number, info: InstructionInfo): string[] {
    const { reader } = this;
    const { index, index2, low, high } = reader;
    switch (info.immediate) {
      case "none":
      case "zeroByte":
        return [];
      case "block":
        return this.blockType();
      case "tryTable":
        return [...this.blockType(), ...this.catches()];
      case "func":
        return [named(this.names.functionName(index), index)];
      case "local":
        return [named(this.names.localName(func, index), index)];
      case "global":
        return [named(this.names.globalName(index), index)];
      case "tag":
        return [named(this.names.tagName(index), index)];
      case "type":
        return [named(this.names.typeName(index), index)];
      case "typeTable":
        return [...(index2 === 0 ? [] : [String(index2)]), `(type ${named(this.names.typeName(index), index)})`];
      case "table":
        return index === 0 ? [] : [String(index)];
      case "label":
      case "elem":
      case "data":
        return [String(index)];
      case "memory":
        return index === 0 ? [] : [String(index)];
      case "memoryMemory":
        return index === 0 && index2 === 0 ? [] : [String(index), String(index2)];
      case "tableTable":
      case "typeField":
      case "typeCount":
      case "typeData":
      case "typeElem":
      case "typeType":
        return [String(index), String(index2)];
      case "elemTable":
      case "dataMemory":
        return [...(index === 0 ? [] : [String(index)]), String(index2)];
      case "labelTable":
        return this.labels();
      case "memArg":
        return this.memoryArgument(info);
      case "memArgLane":
        return [...this.memoryArgument(info), String(reader.lane)];
      case "lane":
        return [String(reader.lane)];
      case "shuffle":
        return Array.from(this.sixteen(), String);
      case "v128":
        return ["i8x16", ...Array.from(this.sixteen(), (byte) => `0x${byte.toString(16).padStart(2, "0")}`)];
      case "i32":
        return [String(low)];
      case "i64":
        return [String(i64FromHalves(low, high))];
      case "f32":
        return [formatFloat32(low)];
      case "f64":
        return [formatFloat64(low, high)];
      case "heapType":
        return [this.heapText(reader.type)];
      case "branchCast":
        return [String(index), typeText(reader.type), typeText(reader.type2)];
      case "valTypes":
        return this.types();
    }
  }

  private heapText(type: number): string {
    return isIndexedRefType(type)
      ? named(this.names.typeName(typeIndexOf(type)), typeIndexOf(type))
      : heapTypeName(heapCodeOf(type));
  }

  private sixteen(): Uint8Array {
    const { vectorStart } = this.reader;
    return this.module.bytes.subarray(vectorStart, vectorStart + 16);
  }

  private blockType(): string[] {
    const { blockTypeIndex, blockResult } = this.reader;
    if (blockTypeIndex >= 0) return [`(type ${named(this.names.typeName(blockTypeIndex), blockTypeIndex)})`];
    return blockResult === 0 ? [] : [`(result ${typeText(blockResult)})`];
  }

  private memoryArgument({ width }: InstructionInfo): string[] {
    const { index, low, high, align } = this.reader;
    const offset = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
    const words = index === 0 ? [] : [String(index)];
    if (offset !== 0n) words.push(`offset=${offset}`);
    if (width > 0 && 2 ** align !== width) words.push(`align=${2 ** align}`);
    return words;
  }

  private labels(): string[] {
    const { reader } = this;
    const words: string[] = [];
    reader.beginVector();
    for (let i = 0; i <= reader.count; i++) words.push(String(reader.vectorU32()));
    return words;
  }

  private types(): string[] {
    const { reader } = this;
    const words: string[] = [];
    reader.beginVector();
    for (let i = 0; i < reader.count; i++) words.push(typeText(reader.vectorValType()));
    return [`(result ${words.join(" ")})`];
  }

  private catches(): string[] {
    const { reader } = this;
    const words: string[] = [];
    reader.beginVector();
    for (let i = 0; i < reader.count; i++) {
      const kind = reader.vectorByte();
      const all = (kind & 2) !== 0;
      const tag = all ? undefined : reader.vectorU32();
      const name = `catch${all ? "_all" : ""}${(kind & 1) !== 0 ? "_ref" : ""}`;
      const tagWord = tag === undefined ? [] : [named(this.names.tagName(tag), tag)];
      words.push(`(${[name, ...tagWord, reader.vectorU32()].join(" ")})`);
    }
    return words;
  }
}

function named(name: string | undefined, index: number): string {
  return name === undefined ? String(index) : `$${name}`;
}

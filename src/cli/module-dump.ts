import { Op } from "../ast/generated/opcode.ts";
import { instructionText } from "../ast/instructions.ts";
import type { ElementSegment, Expression, Module } from "../ast/module.ts";
import { elementCount } from "../ast/module.ts";
import type { CompositeType, FieldType, FunctionType, GlobalType, ImportedType, MemoryType } from "../ast/types.ts";
import type { ExternalKind, Limit } from "../common/external.ts";
import { formatFloat32, formatFloat64 } from "../common/float-text.ts";
import {
  heapCodeOf,
  heapTypeName,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  typeIndexOf,
  type ValType,
  valTypeName,
} from "../common/value-type.ts";
import type { Configure } from "../config/configure.ts";
import { InstructionReader } from "../loader/instruction-reader.ts";
import { type NameSection, readNameSection } from "../loader/name-section.ts";

/**
 * The lines of `parse`: the sections of a module in the layout of WasmEdge's tool, which is that of wabt's `wasm-objdump -x`.
 * WasmEdge crashes on struct and array types; here they have lines too.
 */
export function dumpModule(module: Module, configure: Configure): string[] {
  return new ModuleDump(module, configure).lines();
}

const externalLabels: { readonly [kind in ExternalKind]: string } = {
  function: "func",
  table: "table",
  memory: "memory",
  global: "global",
  tag: "tag",
};

/** A value type as the text format writes it. */
function typeText(type: ValType): string {
  if (!isRefType(type)) return valTypeName(type);
  if (isIndexedRefType(type)) return `(ref ${isNullableRefType(type) ? "null " : ""}${typeIndexOf(type)})`;
  const heap = heapTypeName(heapCodeOf(type));
  return isNullableRefType(type) ? `${heap}ref` : `(ref ${heap})`;
}

function functionTypeText({ params, results }: FunctionType): string {
  const list = results.map(typeText).join(", ");
  const result = results.length === 0 ? "nil" : results.length === 1 ? list : `(${list})`;
  return `(${params.map(typeText).join(", ")}) -> ${result}`;
}

function fieldText({ type, mutable }: FieldType): string {
  return mutable ? `mut ${typeText(type)}` : typeText(type);
}

function compositeText(type: CompositeType): string {
  switch (type.kind) {
    case "function":
      return functionTypeText(type.type);
    case "struct":
      return `struct (${type.fields.map(fieldText).join(", ")})`;
    case "array":
      return `array (${fieldText(type.field)})`;
  }
}

function limitText({ min, max, shared, is64 }: Limit): string {
  const most = max === undefined ? "" : ` max=${max}`;
  return `initial=${min}${most}${shared ? " shared" : ""}${is64 ? " i64" : ""}`;
}

function memoryText({ limit, pageSizeLog2 }: MemoryType): string {
  return `pages: ${limitText(limit)}${pageSizeLog2 === 16 ? "" : ` pagesize=${2 ** pageSizeLog2}`}`;
}

function globalText({ valType, mutable }: GlobalType): string {
  return `${typeText(valType)} mutable=${mutable ? 1 : 0}`;
}

class ModuleDump {
  private readonly module: Module;
  private readonly names: NameSection;
  private readonly reader: InstructionReader;

  constructor(module: Module, configure: Configure) {
    this.module = module;
    this.names = readNameSection(module);
    this.reader = new InstructionReader(module.bytes, configure);
  }

  lines(): string[] {
    const { module } = this;
    return [
      ...this.section("Type", module.types, (type, i) => `type[${i}] ${compositeText(type.composite)}`),
      ...this.importSection(),
      ...this.functionSection(),
      ...this.tableSection(),
      ...this.memorySection(),
      ...this.section("Tag", module.tags, (tag, i) => `tag[${i + this.imported("tag")}] sig=${tag.typeIndex}`),
      ...this.globalSection(),
      ...this.exportSection(),
      ...(module.start === undefined
        ? []
        : ["Start:", ` - start function: ${module.start}${this.name("function", module.start)}`]),
      ...this.elementSection(),
      ...this.codeSection(),
      ...this.dataSection(),
    ];
  }

  private section<T>(title: string, entries: Iterable<T>, text: (entry: T, index: number) => string): string[] {
    const lines = Array.from(entries, (entry, index) => ` - ${text(entry, index)}`);
    return lines.length === 0 ? [] : [`${title}[${lines.length}]:`, ...lines];
  }

  private imported(kind: ExternalKind): number {
    return this.module.imports.filter(({ type }) => type.kind === kind).length;
  }

  /** The name of a function or global in the `name` section, in angle brackets with a blank before; or nothing. */
  private name(kind: ExternalKind, index: number): string {
    const name =
      kind === "function"
        ? this.names.functionName(index)
        : kind === "global"
          ? this.names.globalName(index)
          : undefined;
    return name === undefined ? "" : ` <${name}>`;
  }

  private importSection(): string[] {
    const next: Record<ExternalKind, number> = { function: 0, table: 0, memory: 0, global: 0, tag: 0 };
    return this.section("Import", this.module.imports, ({ moduleName, name, type }) => {
      const index = next[type.kind]++;
      return `${externalLabels[type.kind]}[${index}] ${this.importText(type, index)} <- ${moduleName}.${name}`;
    });
  }

  private importText(type: ImportedType, index: number): string {
    switch (type.kind) {
      case "function":
        return `sig=${type.typeIndex}${this.name("function", index)}`;
      case "table":
        return `type=${typeText(type.elementType)} ${limitText(type.limit)}`;
      case "memory":
        return memoryText(type);
      case "global":
        return `${globalText(type)}${this.name("global", index)}`;
      case "tag":
        return `sig=${type.typeIndex}`;
    }
  }

  private functionSection(): string[] {
    const first = this.imported("function");
    return this.section("Function", this.module.functionTypeIndices, (typeIndex, i) => {
      return `func[${first + i}] sig=${typeIndex}${this.name("function", first + i)}`;
    });
  }

  private tableSection(): string[] {
    const first = this.imported("table");
    return this.section("Table", this.module.tables, ({ type, init }, i) => {
      const value = init === undefined ? "" : ` - init ${this.expressionText(init)}`;
      return `table[${first + i}] type=${typeText(type.elementType)} ${limitText(type.limit)}${value}`;
    });
  }

  private memorySection(): string[] {
    const first = this.imported("memory");
    return this.section("Memory", this.module.memories, (type, i) => `memory[${first + i}] ${memoryText(type)}`);
  }

  private globalSection(): string[] {
    const first = this.imported("global");
    return this.section("Global", this.module.globals, ({ type, init }, i) => {
      const name = this.name("global", first + i);
      return `global[${first + i}] ${globalText(type)}${name} - init ${this.expressionText(init)}`;
    });
  }

  private exportSection(): string[] {
    return this.section("Export", this.module.exports, ({ kind, index, name }) => {
      return `${externalLabels[kind]}[${index}]${this.name(kind, index)} -> ${JSON.stringify(name)}`;
    });
  }

  private elementSection(): string[] {
    const { elements } = this.module;
    const blocks = elements.map((segment, i) => {
      const place =
        segment.mode === "active" && segment.offset !== undefined
          ? `table=${segment.tableIndex} count=${elementCount(segment)} - init ${this.expressionText(segment.offset)}`
          : `${segment.mode} count=${elementCount(segment)}`;
      return [` - segment[${i}] type=${typeText(segment.type)} ${place}`, ...this.elementLines(segment)].join("\n");
    });
    return blocks.length === 0 ? [] : [`Elem[${blocks.length}]:`, ...blocks];
  }

  private elementLines(segment: ElementSegment): string[] {
    return Array.from({ length: elementCount(segment) }, (_, i) => `  - elem[${i}] = ${this.elementText(segment, i)}`);
  }

  private elementText({ functionIndices, expressionBounds }: ElementSegment, i: number): string {
    if (functionIndices !== undefined) return `func[${functionIndices[i]}]${this.name("function", functionIndices[i])}`;
    if (expressionBounds === undefined) return "";
    return this.expressionText({ start: expressionBounds[i], end: expressionBounds[i + 1] });
  }

  private codeSection(): string[] {
    const { starts, ends } = this.module.code;
    const first = this.imported("function");
    return this.section("Code", starts, (start, i) => {
      return `func[${first + i}] size=${ends[i] - start}${this.name("function", first + i)}`;
    });
  }

  private dataSection(): string[] {
    return this.section("Data", this.module.data, ({ mode, memoryIndex, offset, start, end }, i) => {
      const size = `size=${end - start}`;
      if (mode === "passive" || offset === undefined) return `segment[${i}] passive ${size}`;
      return `segment[${i}] memory=${memoryIndex} ${size} - init ${this.expressionText(offset)}`;
    });
  }

  /** A constant expression: its one value, or its instructions where there are more. */
  private expressionText({ start, end }: Expression): string {
    const { reader } = this;
    reader.seek(start);
    const instructions: string[] = [];
    while (reader.position < end) {
      reader.next();
      if (reader.opcode !== Op.end || reader.position < end) instructions.push(this.instructionText());
    }
    return instructions.length === 1 ? (instructions[0] ?? "") : `(${instructions.join(", ")})`;
  }

  private instructionText(): string {
    const { opcode, low, high, index } = this.reader;
    switch (opcode) {
      case Op["i32.const"]:
        return `i32=${low}`;
      case Op["i64.const"]:
        return `i64=${BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low >>> 0))}`;
      case Op["f32.const"]:
        return `f32=${formatFloat32(low)}`;
      case Op["f64.const"]:
        return `f64=${formatFloat64(low, high)}`;
      case Op["v128.const"]:
        return `v128=${this.vectorText()}`;
      case Op["global.get"]:
        return `global=${index}`;
      case Op["ref.func"]:
        return `func[${index}]${this.name("function", index)}`;
      case Op["ref.null"]:
        return `null ${typeText(this.reader.type)}`;
      default:
        return instructionText(opcode);
    }
  }

  /** The 16 bytes as one number, highest byte first. */
  private vectorText(): string {
    const { vectorStart } = this.reader;
    const bytes = Array.from(this.module.bytes.subarray(vectorStart, vectorStart + 16)).reverse();
    return `0x${bytes.map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
  }
}

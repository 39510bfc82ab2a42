import { Op } from "../../ast/generated/opcode.ts";
import { opcodeBytes } from "../../ast/instructions.ts";
import type { MemoryType } from "../../ast/types.ts";
import { fail } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { isInstance } from "../../common/host-values.ts";
import { heapCodeOf, isIndexedRefType, isRefType, TypeCode, ValType } from "../../common/value-type.ts";
import { WasmValue } from "../../common/wasm-value.ts";
import { readNameSection } from "../../loader/name-section.ts";
import { FunctionInstance } from "../../store/function-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import { ByteWriter } from "./byte-writer.ts";
import type { Coredump, CoredumpFrame, CoredumpOptions } from "./coredump.ts";
import type { MemoryImage } from "./memory-image.ts";

/**
 * A core dump as a file: https://github.com/WebAssembly/tool-conventions/blob/main/Coredump.md
 *
 * The format has no place for references, vectors in frames, and tables: in frames these values are missing ones, and globals
 * that hold references are null.
 */

/** The byte of a value that the format cannot tell. */
const MISSING = 0x01;

const SectionId = { custom: 0, memory: 5, global: 6, data: 11 } as const;

/** Bytes that a section may have. */
const MOST_BYTES = 2 ** 32 - 1;

/** Of globals: not mutable. */
const CONSTANT = 0;

const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

function section(file: ByteWriter, id: number, content: ByteWriter): void {
  if (content.length > MOST_BYTES) {
    fail(ErrCode.ModuleSizeLimit, { kind: "note", text: `The core dump would take ${content.length} bytes.` });
  }
  file.byte(id).sized(content);
}

function customSection(file: ByteWriter, name: string, write: (content: ByteWriter) => void): void {
  const content = new ByteWriter().name(name);
  write(content);
  section(file, SectionId.custom, content);
}

/** @throws ModuleSizeLimit */
export function encodeCoredump(dump: Coredump, options: Required<CoredumpOptions>): Uint8Array {
  const file = new ByteWriter();
  for (const byte of PREAMBLE) file.byte(byte);
  const memories = Array.from(dump.memories.keys());
  const globals = Array.from(dump.globals.keys());
  const sources = Array.from(new Set(dump.instances.map(({ source }) => source)));
  customSection(file, "core", (core) => core.byte(0).name(options.executableName));
  customSection(file, "coremodules", (core) => {
    core.vector(sources, (source) => {
      const index = dump.instances.findIndex((instance) => instance.source === source);
      core.byte(0).name(moduleName(dump.instances[index], index));
    });
  });
  customSection(file, "coreinstances", (core) => {
    core.vector(dump.instances, (instance) => {
      core.byte(0).unsigned(sources.indexOf(instance.source));
      core.vector(instance.memories, (memory) => core.unsigned(memories.indexOf(memory)));
      core.vector(instance.globals, (global) => core.unsigned(globals.indexOf(global)));
    });
  });
  customSection(file, "corestack", (core) => {
    core.byte(0).name(options.threadName);
    core.vector(dump.frames, (frame) => writeFrame(core, dump.instances, frame, options.withoutStacks));
  });
  writeMemories(file, Array.from(dump.memories.values()));
  writeGlobals(file, Array.from(dump.globals.values()));
  writeData(file, Array.from(dump.memories.values()));
  try {
    return file.toBytes();
  } catch (error) {
    if (!isInstance(error, RangeError)) throw error;
    fail(ErrCode.ModuleSizeLimit, {
      kind: "note",
      text: `The host has no room for the ${file.length} bytes of the core dump.`,
    });
  }
}

/** The instance's name, else that of its module, else the number by which backtraces tell it apart. */
function moduleName({ name, source }: ModuleInstance, index: number): string {
  if (name !== "") return name;
  return (source && readNameSection(source).moduleName) ?? `module[${index}]`;
}

// --- Frames ---

function writeFrame(
  core: ByteWriter,
  instances: readonly ModuleInstance[],
  frame: CoredumpFrame,
  withoutStacks: boolean,
): void {
  core.byte(0).unsigned(instances.indexOf(frame.instance)).unsigned(frame.functionIndex).unsigned(frame.codeOffset);
  core.vector(frame.locals, (value) => writeValue(core, value));
  core.vector(withoutStacks ? [] : frame.stack, (value) => writeValue(core, value));
}

function writeValue(core: ByteWriter, value: WasmValue): void {
  if (isRefType(value.type) || value.type === ValType.V128) core.byte(MISSING);
  else writeNumber(core.byte(value.type), value);
}

/** Integers as signed LEB128, floats as their bytes. */
function writeNumber(writer: ByteWriter, value: WasmValue): void {
  if (value.type === ValType.I32) writer.signed(BigInt(value.toI32()));
  else if (value.type === ValType.I64) writer.signed(value.toI64());
  else for (const word of value.words) writer.word(word);
}

// --- Memories ---

function writeMemories(file: ByteWriter, images: readonly MemoryImage[]): void {
  if (images.length === 0) return;
  section(
    file,
    SectionId.memory,
    new ByteWriter().vector(images, ({ type }, writer) => writeMemoryType(writer, type)),
  );
}

/** https://webassembly.github.io/spec/core/binary/types.html#memory-types, and the flags of threads and custom page sizes */
function writeMemoryType(writer: ByteWriter, { limit, pageSizeLog2 }: MemoryType): void {
  const { min, max, shared, is64 } = limit;
  const ownPageSize = pageSizeLog2 !== 16;
  writer.byte((max === undefined ? 0 : 1) | (shared ? 2 : 0) | (is64 ? 4 : 0) | (ownPageSize ? 8 : 0));
  writer.unsigned(min);
  if (max !== undefined) writer.unsigned(max);
  if (ownPageSize) writer.unsigned(pageSizeLog2);
}

/** What the memories hold, as active data segments. */
function writeData(file: ByteWriter, images: readonly MemoryImage[]): void {
  const stretches = images.flatMap(({ type, stretches }, memory) =>
    stretches.map((stretch) => ({ ...stretch, type, memory })),
  );
  const content = new ByteWriter().vector(stretches, ({ memory, type, offset, bytes }, writer) => {
    if (memory === 0) writer.unsigned(0);
    else writer.unsigned(2).unsigned(memory);
    const address = type.limit.is64 ? WasmValue.i64(BigInt(offset)) : WasmValue.i32(offset);
    writeConstant(writer, address);
    writer.unsigned(bytes.length).bytes(bytes);
  });
  if (stretches.length > 0) section(file, SectionId.data, content);
}

// --- Globals ---

function writeGlobals(file: ByteWriter, values: readonly WasmValue[]): void {
  if (values.length === 0) return;
  const content = new ByteWriter().vector(values, (value, writer) => {
    writer.byte(isRefType(value.type) ? abstractHeap(value) : value.type).byte(CONSTANT);
    writeConstant(writer, value);
  });
  section(file, SectionId.global, content);
}

/** The heap type under which the dump, which has no types of its own, has a reference. */
function abstractHeap({ type, reference }: WasmValue): number {
  if (!isIndexedRefType(type)) return heapCodeOf(type);
  return isInstance(reference, FunctionInstance) ? TypeCode.FuncRef : TypeCode.AnyRef;
}

/** A constant expression that gives the value. */
function writeConstant(writer: ByteWriter, value: WasmValue): void {
  if (isRefType(value.type)) writer.byte(Op["ref.null"]).byte(abstractHeap(value));
  else {
    for (const byte of opcodeBytes(constantOf(value.type))) writer.byte(byte);
    writeNumber(writer, value);
  }
  writer.byte(Op.end);
}

function constantOf(type: ValType): Op {
  switch (type) {
    case ValType.I32:
      return Op["i32.const"];
    case ValType.I64:
      return Op["i64.const"];
    case ValType.F32:
      return Op["f32.const"];
    case ValType.F64:
      return Op["f64.const"];
    default:
      return Op["v128.const"];
  }
}

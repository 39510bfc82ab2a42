import type { Module } from "../ast/module.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { ValType } from "../common/value-type.ts";
import { WasmValue } from "../common/wasm-value.ts";
import { FileManager } from "./file-manager.ts";

/**
 * The custom sections of a core dump, as ours and those of other runtimes are written:
 * https://github.com/WebAssembly/tool-conventions/blob/main/Coredump.md
 */

/** An instance of a dump. */
export interface DumpedInstance {
  /** Index in `modules`. */
  readonly module: number;
  /** Indices of its memories among those of the dump. */
  readonly memories: readonly number[];
  /** Indices of its globals among those of the dump. */
  readonly globals: readonly number[];
}

/** A frame of a dump. */
export interface DumpedFrame {
  /** Index in `instances`. */
  readonly instance: number;
  readonly functionIndex: number;
  /** Where the frame stands: bytes from the start of the function's body; 0 where the writer did not know. */
  readonly codeOffset: number;
  /** Undefined: a value that the dump does not have. */
  readonly locals: readonly (WasmValue | undefined)[];
  readonly stack: readonly (WasmValue | undefined)[];
}

/** A thread of a dump. */
export interface DumpedThread {
  readonly name: string;
  /** Innermost first. */
  readonly frames: readonly DumpedFrame[];
}

/** What the custom sections of a core dump say; memories and globals are the module's own sections. */
export interface CoredumpSections {
  readonly executableName: string;
  readonly modules: readonly string[];
  readonly instances: readonly DumpedInstance[];
  readonly threads: readonly DumpedThread[];
}

/** The first byte of every record. */
const RECORD = 0x00;
/** In place of a value's type: the dump has no value. */
const MISSING = 0x01;

/**
 * Reads the sections of a core dump.
 * @returns undefined where the module has no section "core", so that it is none
 * @throws WasmEdgeError where the sections are malformed
 */
export function readCoredump(module: Module): CoredumpSections | undefined {
  const sections = (name: string): FileManager[] => {
    return module.customSections
      .filter((section) => section.name === name)
      .map(({ start, end }) => {
        // Bounded by the section's end, and with the offsets of the file.
        const file = new FileManager(module.bytes.subarray(0, end));
        file.position = start;
        return file;
      });
  };
  const [core] = sections("core");
  if (core === undefined) return undefined;
  readMark(core);
  return {
    executableName: core.readName(),
    modules: sections("coremodules").flatMap((file) => readVector(file, readModule)),
    instances: sections("coreinstances").flatMap((file) => readVector(file, readInstance)),
    threads: sections("corestack").map(readThread),
  };
}

function readMark(file: FileManager): void {
  if (file.readByte() !== RECORD) malformed(file, "A record of a core dump begins with 0x00.");
}

function malformed(file: FileManager, text: string): never {
  fail(ErrCode.IllegalGrammar, { kind: "loading", offset: file.lastPosition }, { kind: "note", text });
}

function readVector<T>(file: FileManager, read: (file: FileManager) => T): T[] {
  const count = file.readVectorCount();
  const elements: T[] = [];
  for (let i = 0; i < count; i++) elements.push(read(file));
  return elements;
}

function readIndex(file: FileManager): number {
  return file.readU32();
}

function readModule(file: FileManager): string {
  readMark(file);
  return file.readName();
}

function readInstance(file: FileManager): DumpedInstance {
  readMark(file);
  return { module: file.readU32(), memories: readVector(file, readIndex), globals: readVector(file, readIndex) };
}

function readThread(file: FileManager): DumpedThread {
  readMark(file);
  return { name: file.readName(), frames: readVector(file, readFrame) };
}

function readFrame(file: FileManager): DumpedFrame {
  readMark(file);
  return {
    instance: file.readU32(),
    functionIndex: file.readU32(),
    codeOffset: file.readU32(),
    locals: readVector(file, readValue),
    stack: readVector(file, readValue),
  };
}

function readValue(file: FileManager): WasmValue | undefined {
  const type = file.readByte();
  switch (type) {
    case MISSING:
      return undefined;
    case ValType.I32:
      return WasmValue.i32(file.readS32());
    case ValType.I64:
      file.readS64();
      return new WasmValue(type, [file.low, file.high]);
    case ValType.F32:
      file.readF32();
      return new WasmValue(type, [file.low]);
    case ValType.F64:
      file.readF64();
      return new WasmValue(type, [file.low, file.high]);
    default:
      return malformed(file, `No value of a core dump has the type 0x${type.toString(16)}.`);
  }
}

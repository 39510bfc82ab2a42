import type { CodeSection, Module } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Configure } from "../config/configure.ts";
import { BodyOffsets } from "./body-offsets.ts";
import { readPlainHeaders } from "./plain-headers.ts";
import { atNode, limitNote, SectionReader } from "./section-reader.ts";
import { readValType } from "./type-reader.ts";

/** Locals that a function may declare, the number that WasmEdge allows. */
export const MAX_LOCALS = 1 << 26;

/** Larger than any offset, and the end of a body whose size says more. */
const MAX_OFFSET = 2 ** 32 - 1;

export const emptyCodeSection: CodeSection = {
  segmentOffsets: new Uint32Array(0),
  starts: new Uint32Array(0),
  expressionStarts: new Uint32Array(0),
  ends: new Uint32Array(0),
  scanned: true,
};

/**
 * The code section: the header of each body is read, and its instructions are walked once; all is kept as offsets.
 * https://webassembly.github.io/spec/core/binary/modules.html#code-section — WasmEdge `Loader::loadSegment(AST::CodeSegment)`
 * @param walked false where the instructions are passed over, since something else will walk them
 */
export function readCodeSection(source: SectionReader, walked: boolean): CodeSection {
  const bodies = new BodyOffsets(source.file.readVectorCount());
  atNode("code segment", () => {
    try {
      readHeaders(source, bodies);
    } catch (error) {
      // What is wrong with the bodies before is told first: with a wrong size, the next header is none.
      if (walked) source.scanBodies(bodies);
      throw error;
    }
    if (walked) source.scanBodies(bodies);
  });
  return bodies.toSection(walked);
}

function readHeaders(source: SectionReader, bodies: BodyOffsets): void {
  const { maxFunctionBytes } = source.configure.runtime;
  while (bodies.opened < bodies.count) {
    readPlainHeaders(source.file, bodies, maxFunctionBytes);
    if (bodies.opened < bodies.count) passOver(source, readHeader(source, bodies));
  }
}

/** The size of a body, and its declarations of locals. @returns where the body has to end */
function readHeader(source: SectionReader, bodies: BodyOffsets): number {
  const { file } = source;
  const { maxFunctionBytes } = source.configure.runtime;
  const segmentOffset = file.position;
  const size = file.readU32();
  if (size > maxFunctionBytes) {
    source.failLimit(ErrCode.FunctionSizeLimit, limitNote("The body has", size, "bytes", maxFunctionBytes));
  }
  const start = file.position;
  skipLocals(source);
  const end = start + size;
  bodies.add(segmentOffset, start, file.position, Math.min(end, MAX_OFFSET));
  return end;
}

/**
 * Walks bodies that have been passed over.
 * @param end the first body not to be walked
 * @param configure with the proposals under which the bodies may be decoded
 * @throws WasmEdgeError of the loading phase for the first one that is malformed
 */
export function scanBodies({ bytes, code, dataCount }: Module, first: number, end: number, configure: Configure): void {
  const source = new SectionReader(bytes, configure);
  source.instructions.hasDataCount = dataCount !== undefined;
  for (let body = first; body < end; body++) {
    source.file.position = code.expressionStarts[body];
    source.scanExpression(code.ends[body]);
  }
}

/** Goes to `end`, where the next body begins. @throws SectionSizeMismatch, LengthOutOfBounds where it cannot be there */
function passOver(source: SectionReader, end: number): void {
  const { file } = source;
  if (end < file.position) source.fail(ErrCode.SectionSizeMismatch, file.position);
  if (end > file.bytes.length) source.fail(ErrCode.LengthOutOfBounds);
  file.position = end;
}

function skipLocals(source: SectionReader): void {
  const { file, configure } = source;
  const groups = file.readVectorCount();
  let total = 0;
  for (let i = 0; i < groups; i++) {
    total += file.readU32();
    if (total > MAX_LOCALS) source.fail(ErrCode.TooManyLocals);
    readValType(file, configure);
  }
}

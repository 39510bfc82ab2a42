import type { CodeSection } from "../ast/module.ts";
import { ErrCode } from "../common/error-code.ts";
import { BodyOffsets } from "./body-offsets.ts";
import { atNode, limitNote, type SectionReader } from "./section-reader.ts";
import { readValType } from "./type-reader.ts";

/** Locals that a function may declare, the number that WasmEdge allows. */
export const MAX_LOCALS = 1 << 26;

export const emptyCodeSection: CodeSection = {
  segmentOffsets: new Uint32Array(0),
  starts: new Uint32Array(0),
  expressionStarts: new Uint32Array(0),
  ends: new Uint32Array(0),
  scanned: true,
};

/**
 * The code section: each body is walked once, or with `lazyValidation` passed over, and kept as offsets.
 * https://webassembly.github.io/spec/core/binary/modules.html#code-section — WasmEdge `Loader::loadSegment(AST::CodeSegment)`
 */
export function readCodeSection(source: SectionReader): CodeSection {
  const scanned = !source.configure.runtime.lazyValidation;
  const bodies = new BodyOffsets(source.file.readVectorCount());
  atNode("code segment", () => {
    if (scanned) source.scanBodies(bodies, () => readHeader(source, bodies));
    else while (bodies.opened < bodies.count) passOver(source, readHeader(source, bodies));
  });
  return bodies.toSection(scanned);
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
  bodies.add(segmentOffset, start, file.position, start + size);
  return start + size;
}

/**
 * Walks one body of a code section whose bodies have been passed over.
 * @param source with the proposals under which the body may be decoded
 * @throws WasmEdgeError of the loading phase, as loading the module without `lazyValidation` would
 */
export function scanBody(source: SectionReader, code: CodeSection, index: number): void {
  source.file.position = code.expressionStarts[index];
  source.scanExpression(code.ends[index]);
}

/** Goes to `end`, where the next body begins. @throws LengthOutOfBounds where the module ends before */
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

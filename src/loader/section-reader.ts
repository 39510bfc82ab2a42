import type { Expression } from "../ast/module.ts";
import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ASTNode, ErrorContext } from "../common/error-context.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import type { Configure } from "../config/configure.ts";
import type { BodyOffsets } from "./body-offsets.ts";
import { ExpressionScanner } from "./expression-scanner.ts";
import type { FileManager } from "./file-manager.ts";
import { InstructionReader } from "./instruction-reader.ts";
import { Uint32List } from "./uint32-list.ts";

/**
 * The most elements of a vector that become an object each: imports, exports, segments, parameters, fields. WasmEdge has no
 * limit; web engines have this one for most of them.
 */
export const MAX_VECTOR_ELEMENTS = 1_000_000;

/**
 * Runs `read`, and names `node` in the error where it fails. An error collects nodes from the inside outwards, one for
 * each `atNode` that it passes.
 */
export function atNode<T>(node: ASTNode, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof WasmEdgeError ? error.withContext({ kind: "ast", node }) : error;
  }
}

/** What a module has of something, and how much it may have. */
export function limitNote(subject: string, count: number, unit: string, limit: number): ErrorContext {
  return { kind: "note", text: `${subject} ${count} ${unit}, the limit is ${limit}.` };
}

/**
 * What the readers of all sections share: the position in the bytes, the proposals, the instruction decoder, vectors and
 * expressions.
 */
export class SectionReader {
  readonly configure: Configure;
  readonly instructions: InstructionReader;
  readonly file: FileManager;
  private readonly scanner: ExpressionScanner;
  private readonly numbers = new Uint32List();

  constructor(bytes: Uint8Array, configure: Configure) {
    this.configure = configure;
    this.instructions = new InstructionReader(bytes, configure);
    this.file = this.instructions.file;
    this.scanner = new ExpressionScanner(this.instructions);
  }

  hasProposal(proposal: Proposal): boolean {
    return this.configure.hasProposal(proposal);
  }

  /** Before bulk memory and reference types all segments were active: those of data in memory 0, those of elements in the table named first. */
  get isMvp(): boolean {
    return !this.hasProposal(Proposal.BulkMemoryOperations) && !this.hasProposal(Proposal.ReferenceTypes);
  }

  /**
   * Refuses the module.
   * @param offset the place; absent: where the last read began
   * @param missing the proposal without which this is refused
   */
  fail(code: number, offset = this.file.lastPosition, missing?: Proposal): never {
    const error = new WasmEdgeError(code);
    if (missing !== undefined) error.withContext({ kind: "proposal", proposal: proposalText(missing) });
    throw error.withContext({ kind: "loading", offset });
  }

  /**
   * Refuses what is more than the user has allowed.
   * @param note see `limitNote`
   */
  failLimit(code: number, note: ErrorContext): never {
    throw new WasmEdgeError(code, note, { kind: "loading", offset: this.file.lastPosition });
  }

  /**
   * A vector of things that become objects.
   * @param node what an error within an element names; an error of the count does not
   * @throws IntegerTooLong where the bytes left cannot suffice, ModuleSizeLimit beyond MAX_VECTOR_ELEMENTS
   */
  readVector<T>(readElement: (source: SectionReader) => T, node?: ASTNode): T[] {
    const count = this.readObjectCount();
    return node === undefined
      ? this.readElements(count, readElement)
      : atNode(node, () => this.readElements(count, readElement));
  }

  /** The count of such a vector. @throws as `readVector` */
  readObjectCount(): number {
    const count = this.file.readVectorCount();
    if (count > MAX_VECTOR_ELEMENTS) this.fail(ErrCode.ModuleSizeLimit);
    return count;
  }

  private readElements<T>(count: number, readElement: (source: SectionReader) => T): T[] {
    const elements: T[] = [];
    for (let i = 0; i < count; i++) elements.push(readElement(this));
    return elements;
  }

  /** The elements of a vector of unsigned integers, behind its count. @throws IntegerTooLong, IntegerTooLarge, UnexpectedEnd */
  readU32s(count: number): Uint32Array {
    const elements = this.numbers;
    elements.clear();
    while (elements.length < count) {
      elements.readPlain(this.file, count);
      if (elements.length < count) elements.push(this.file.readU32());
    }
    return elements.toArray();
  }

  /** A constant expression. Whether its instructions are constant is for the validator to say. */
  readExpression(): Expression {
    const start = this.file.position;
    return { start, end: this.scanExpression() };
  }

  /**
   * Walks a sequence of instructions up to its final `end`.
   * @param bound where it has to end, if the format says it
   * @returns the offset after the final `end`
   */
  scanExpression(bound?: number): number {
    return this.scanner.scan(bound);
  }

  /** The bodies of the code section: see `ExpressionScanner.scanBodies`. */
  scanBodies(bodies: BodyOffsets): void {
    this.scanner.scanBodies(bodies);
  }
}

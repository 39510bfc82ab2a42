/**
 * What `explain` finds out about a module, as plain data: `JSON.stringify` keeps all of it. Offsets count from the start of the
 * module's bytes; types, values and instructions are in the notation of the text format.
 */

/** How far a module came, with what was seen on the way. */
export interface Explanation {
  /** The module's size in bytes. */
  readonly byteLength: number;
  readonly loading: Loading | undefined;
  /** The function that is shown in detail; undefined where the module defines none. */
  readonly function: ExplainedFunction | undefined;
  readonly validation: Validation | undefined;
  readonly instantiation: Instantiation | undefined;
  readonly lowering: Lowering | undefined;
  readonly execution: Execution | undefined;
  /** What ended it early. */
  readonly failure: Failure | undefined;
}

export type StageName = "loading" | "validation" | "instantiation" | "lowering" | "execution";

/** The lines of an error, as WasmEdge logs them. */
export interface Failure {
  readonly stage: StageName;
  readonly lines: readonly string[];
}

// --- Loading ---

export interface Loading {
  /** In the order of the file, the preamble first. */
  readonly sections: readonly ExplainedSection[];
}

export interface ExplainedSection {
  readonly name: string;
  /** Of the section's first byte: its id. */
  readonly offset: number;
  /** Id and size included. */
  readonly byteLength: number;
  /** What it holds, a line each. */
  readonly entries: readonly string[];
}

// --- The function ---

export interface ExplainedFunction {
  /** In the index space of functions, imports first. */
  readonly index: number;
  /** `$name`, or `function 3`. */
  readonly name: string;
  /** `[i32 i32] -> [i32]` */
  readonly type: string;
  readonly locals: readonly ExplainedLocal[];
  /** How many functions the module defines. */
  readonly definedFunctions: number;
}

export interface ExplainedLocal {
  readonly index: number;
  /** `$name`, or `local 3`. */
  readonly name: string;
  readonly type: string;
  readonly isParameter: boolean;
}

// --- Validation ---

export interface Validation {
  /** Up to the first that is not valid. */
  readonly instructions: readonly ExplainedCheck[];
}

export interface ExplainedInstruction {
  readonly offset: number;
  readonly text: string;
}

export interface ExplainedCheck extends ExplainedInstruction {
  /** Blocks around it, the function's own not counted. */
  readonly depth: number;
  readonly before: ExplainedTypes;
  readonly after: ExplainedTypes;
  /** The instruction's name, without immediates. */
  readonly name: string;
  /** Addresses of the specification's rules. */
  readonly rules: { readonly validation: string; readonly execution: string };
}

export interface ExplainedTypes {
  /** The topmost last. */
  readonly types: readonly string[];
  /** The place is never reached, so that one of the types is "anything": as many operands as are asked for. */
  readonly unreachable: boolean;
}

// --- Instantiation ---

export interface Instantiation {
  /** The instances of each index space, a line each. */
  readonly functions: readonly string[];
  readonly tables: readonly string[];
  readonly memories: readonly string[];
  readonly globals: readonly string[];
  readonly exports: readonly string[];
  /** The function that ran, where the module has a start function. */
  readonly start: string | undefined;
}

// --- Lowering ---

export interface Lowering {
  /** What the words of a frame hold, from the first on. */
  readonly frame: readonly FrameRange[];
  readonly frameWords: number;
  readonly code: readonly ExplainedCode[];
}

/** Words of a frame. */
export interface FrameRange {
  readonly first: number;
  readonly last: number;
  readonly content: string;
}

export interface ExplainedCode {
  /** Where it stands in the instance's code. */
  readonly position: number;
  readonly text: string;
  /** The wasm instructions whose work it does. */
  readonly from: readonly ExplainedInstruction[];
}

// --- Execution ---

export interface Execution {
  /** `$gcd(12, 18)` */
  readonly call: string;
  /** The locals before the first instruction. */
  readonly locals: readonly NamedValue[];
  readonly steps: readonly ExplainedStep[];
  /** Whether the run goes on behind the last step. */
  readonly goesOn: boolean;
  /** What the function gave; undefined where it goes on or has failed. */
  readonly results: readonly string[] | undefined;
}

export interface NamedValue {
  readonly name: string;
  readonly value: string;
}

export interface ExplainedStep extends ExplainedInstruction {
  /** Calls that are open: 1 in the function that was called first. */
  readonly depth: number;
  /** The operand stack behind it, the topmost last; undefined where the run has gone to another frame. */
  readonly stack: readonly string[] | undefined;
  /** The locals behind it, of the frame to which the run has come; undefined where it has ended. */
  readonly locals: readonly NamedValue[] | undefined;
  readonly takes: readonly string[];
  readonly leaves: readonly string[];
  /** What else happened, a phrase each: a local that has changed, a branch, a call. */
  readonly effects: readonly string[];
}

import { printable } from "../common/printable.ts";
import { thrownMessage } from "../common/thrown-text.ts";
import type { Value, WasmValue } from "../common/wasm-value.ts";
import type { ExceptionInstance } from "../store/exception-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { functionText, indentation, offsetText, typedText } from "./text.ts";

/** What a trace tells. */
export const traceKinds = ["calls", "host", "branches", "memory", "exceptions", "instructions"] as const;

export type TraceKind = (typeof traceKinds)[number];

/** A wasm function. */
export interface TracedFunction {
  readonly module: ModuleInstance;
  readonly index: number;
}

/** An instruction that has been executed. */
export interface TracedInstruction {
  readonly func: TracedFunction;
  /** Offset in the module's bytes. */
  readonly offset: number;
  /** In the notation of the text format. */
  readonly text: string;
}

/** What has happened. */
export type TraceDetail =
  | {
      readonly kind: "call";
      readonly func: TracedFunction;
      readonly args: readonly WasmValue[];
      /** It takes the place of its caller. */
      readonly tail: boolean;
    }
  | { readonly kind: "return"; readonly func: TracedFunction; readonly results: readonly WasmValue[] }
  | { readonly kind: "host-call"; readonly func: FunctionInstance; readonly args: readonly Value[] }
  | {
      readonly kind: "host-return";
      readonly func: FunctionInstance;
      /** Undefined where it threw. */
      readonly results: readonly Value[] | undefined;
      readonly thrown: unknown;
    }
  | {
      readonly kind: "branch";
      readonly instruction: TracedInstruction;
      readonly taken: boolean;
      /** Offset of the next instruction. */
      readonly target: number;
    }
  | {
      readonly kind: "memory";
      readonly instruction: TracedInstruction;
      readonly access: "read" | "write" | "update" | "fill" | "copy" | "init";
      /** Index of the memory. */
      readonly memory: number;
      readonly address: bigint;
      /** Bytes. */
      readonly length: bigint;
      /** What was read, or is written; undefined for bulk accesses. */
      readonly value: WasmValue | undefined;
    }
  | { readonly kind: "throw" | "catch"; readonly exception: ExceptionInstance; readonly func: TracedFunction }
  | {
      readonly kind: "instruction";
      readonly instruction: TracedInstruction;
      readonly takes: readonly WasmValue[];
      /** Undefined where the run went to another function, or has failed. */
      readonly leaves: readonly WasmValue[] | undefined;
    }
  | { readonly kind: "failure"; readonly error: unknown };

/** One thing that has happened. */
export type TraceEvent = TraceDetail & {
  /** Which run it is of, in the order in which they have begun, from 1; 0: a host function that is called on its own. */
  readonly run: number;
  /** How many calls are open around it, those of the runs around its run included. */
  readonly depth: number;
};

function list(values: readonly WasmValue[]): string {
  return values.map(typedText).join(", ");
}

function results(values: readonly WasmValue[]): string {
  return values.length === 0 ? "" : ` = ${list(values)}`;
}

function wasmText({ module, index }: TracedFunction): string {
  return functionText({ module, index, hostFunction: undefined });
}

function naturalText(value: Value): string {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? "(reference)" : String(value);
}

function detailOf(event: TraceDetail): string {
  switch (event.kind) {
    case "call":
      return `${event.tail ? "=>" : "->"} ${wasmText(event.func)}(${list(event.args)})`;
    case "return":
      return `<- ${wasmText(event.func)}${results(event.results)}`;
    case "host-call":
      return `-> host ${functionText(event.func)}(${event.args.map(naturalText).join(", ")})`;
    case "host-return": {
      const { func, results: given, thrown } = event;
      if (given === undefined) return `<- host ${functionText(func)} threw: ${thrownMessage(thrown)}`;
      return `<- host ${functionText(func)}${given.length === 0 ? "" : ` = ${given.map(naturalText).join(", ")}`}`;
    }
    case "branch": {
      const { instruction, taken, target } = event;
      return `${instructionLine(instruction)}   ${taken ? "taken" : "not taken"}, to ${offsetText(target)}`;
    }
    case "memory":
      return `${instructionLine(event.instruction)}   ${memoryText(event)}`;
    case "throw":
    case "catch": {
      const { exception, func, kind } = event;
      return `${kind === "throw" ? "!! throws" : "!! caught"} (${list(exception.payload)}) in ${wasmText(func)}`;
    }
    case "instruction": {
      const takes = list(event.takes);
      const leaves = event.leaves === undefined ? "" : list(event.leaves);
      const effect = takes === "" && leaves === "" ? "" : `   ${[takes, "=>", leaves].join(" ").trim()}`;
      return `${instructionLine(event.instruction)}${effect}`;
    }
    case "failure":
      return `!! ends: ${thrownMessage(event.error)}`;
  }
}

function memoryText({ access, address, length, value, memory }: Extract<TraceDetail, { kind: "memory" }>): string {
  const what = { read: "reads", write: "writes", update: "updates", fill: "fills", copy: "copies", init: "fills" }[
    access
  ];
  const where = `${length} byte${length === 1n ? "" : "s"} ${access === "copy" ? "to" : "at"} 0x${address.toString(16)}`;
  const which = memory === 0 ? "" : ` of memory ${memory}`;
  return `${what} ${where}${which}${value === undefined ? "" : `: ${typedText(value)}`}`;
}

function instructionLine({ offset, text }: TracedInstruction): string {
  return `${offsetText(offset)}  ${text}`;
}

/** An event as a line, indented by the calls around it. */
export function traceLine(event: TraceEvent): string {
  return `${indentation(event.depth)}${printable(detailOf(event))}`;
}

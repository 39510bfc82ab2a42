import type { WasmValue } from "../common/wasm-value.ts";
import type { Frame, WasmFrame } from "../debugger/frame.ts";
import type { ExecutedInstruction, Stop } from "../debugger/stop.ts";
import { functionText, indentation, offsetText, typedText, typeText, valueText } from "../debugger/text.ts";
import type { Watched } from "../debugger/watchpoint.ts";

/** What the terminal debugger shows: the places, the locals and the stack, drawn for people who see them for the first time. */

/** Lines of code that are shown before and after the present one. */
const CONTEXT = 3;

/** Bytes in a line of a memory dump. */
const BYTES_OF_A_LINE = 16;

export function frameTitle(frame: Frame): string {
  const { instance, functionIndex } = frame;
  const hostFunction = frame.kind === "host" ? instance?.getFunction(functionIndex).hostFunction : undefined;
  const name = functionText({ module: instance, index: functionIndex, hostFunction });
  return frame.kind === "host" ? `host function ${name}` : name;
}

/** The functions that are open, the innermost first. */
export function backtraceLines(stop: Stop): string[] {
  return columns(
    stop.frames.map((frame, i) => [
      `  #${i}`,
      frameTitle(frame),
      ...(frame.kind === "wasm" ? [`at ${offsetText(frame.offset)}`, frame.instruction] : ["", ""]),
    ]),
  );
}

/** The instructions around the present one, which has an arrow. @param around how many on each side; Infinity: all */
export function listingLines(frame: WasmFrame, around = CONTEXT): string[] {
  const listing = frame.disassembler.listing(frame.functionIndex);
  const at = listing.findIndex(({ offset }) => offset === frame.offset);
  return listing.slice(Math.max(0, at - around), at + around + 1).map(({ offset, text, depth }) => {
    const arrow = offset === frame.offset ? "=>" : "  ";
    return `  ${arrow} ${offsetText(offset)}  ${indentation(depth)}${text}`;
  });
}

/** The largest of lengths, 0 where there are none. There may be more than a call takes arguments. */
function largest(lengths: readonly number[]): number {
  return lengths.reduce((most, length) => Math.max(most, length), 0);
}

/** Lines of cells that begin below each other; what is wide in one row makes its column wide in all. */
function columns(rows: readonly (readonly string[])[], gap = "  "): string[] {
  const widths = (rows[0] ?? []).map((_, column) => largest(rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(gap)
      .trimEnd(),
  );
}

export function localLines(frame: WasmFrame): string[] {
  const { locals } = frame;
  if (locals.length === 0) return ["none"];
  return columns(
    locals.map(({ index, name, type, value, isParameter }) => [
      name === undefined ? String(index) : `$${name}`,
      typeText(type),
      valueText(value),
      isParameter ? "parameter" : "",
    ]),
  );
}

/** The operand stack, the topmost value first. */
export function stackLines(frame: WasmFrame): string[] {
  const { operands } = frame;
  if (operands.length === 0) return ["empty"];
  const texts = columns(
    operands.map((value) => [typeText(value.type), valueText(value)]),
    " ",
  );
  const width = largest(texts.map((text) => text.length));
  return texts.map((text, i) => `| ${text.padEnd(width)} |${i === texts.length - 1 ? "  top" : ""}`).reverse();
}

export function globalLines(stop: Stop): string[] {
  const { globals, frame } = stop;
  if (globals.length === 0) return ["none"];
  const names = frame.disassembler.globalNames(globals.length);
  return columns(
    globals.map((global, i) => {
      const value = global.getTypedValue();
      return [names[i] ?? "", typeText(value.type), valueText(value), global.type.mutable ? "" : "constant"];
    }),
  );
}

/** Two lists of lines beside each other. */
function beside(left: readonly string[], right: readonly string[]): string[] {
  const width = largest(left.map((line) => line.length)) + 4;
  const rows = Math.max(left.length, right.length);
  return Array.from({ length: rows }, (_, i) => `    ${(left[i] ?? "").padEnd(width)}${right[i] ?? ""}`.trimEnd());
}

function valueList(values: readonly WasmValue[]): string {
  return values.map(typedText).join(", ");
}

/** What an instruction has done. */
export function executedLine({ text, takes, leaves }: ExecutedInstruction): string {
  const effects: string[] = [];
  if (takes.length > 0) effects.push(`took ${valueList(takes)}`);
  if (leaves !== undefined && leaves.length > 0) effects.push(`left ${valueList(leaves)}`);
  return `Executed ${text}${effects.length === 0 ? "" : `: ${effects.join(", ")}`}.`;
}

export function watchedText(value: Watched): string {
  if (!(value instanceof Uint8Array)) return typedText(value);
  return Array.from(value, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

function reasonLines(stop: Stop): string[] {
  switch (stop.reason) {
    case "start":
      return ["Before the first instruction."];
    case "breakpoint":
      return ["Breakpoint."];
    case "watchpoint": {
      const { change } = stop;
      if (change === undefined) return [];
      return [`Changed: ${change.watchpoint.text}, from ${watchedText(change.old)} to ${watchedText(change.new)}.`];
    }
    case "failure":
      return [`The run fails here: ${stop.error instanceof Error ? stop.error.message : String(stop.error)}.`];
    case "pause":
    case "step":
      return [];
  }
}

/** All that is shown when a run stops. */
export function stopLines(stop: Stop): string[] {
  const { frame, executed } = stop;
  const open = stop.frames.length;
  const { takes } = frame;
  return [
    ...(executed === undefined ? [] : [executedLine(executed)]),
    ...reasonLines(stop),
    "",
    `  In ${frameTitle(frame)}${open > 1 ? `, ${open} calls deep` : ""}:`,
    ...listingLines(frame),
    ...(takes.length === 0 ? [] : [`     which takes ${valueList(takes)}`]),
    "",
    ...beside(["locals", ...localLines(frame)], ["operand stack", ...stackLines(frame)]),
    "",
  ];
}

/** Bytes of a memory: their numbers, and the letters that they stand for. */
export function memoryLines(bytes: Uint8Array, address: number): string[] {
  const lines: string[] = [];
  for (let i = 0; i < bytes.length; i += BYTES_OF_A_LINE) {
    const row = Array.from(bytes.subarray(i, i + BYTES_OF_A_LINE));
    const numbers = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const letters = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`    ${offsetText(address + i)}  ${numbers.padEnd(3 * BYTES_OF_A_LINE)} ${letters}`);
  }
  return lines;
}

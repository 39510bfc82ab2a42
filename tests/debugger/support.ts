import type { Value, WasmValue } from "../../src/common/wasm-value.ts";
import { DebugSession } from "../../src/debugger/session.ts";
import type { Stop } from "../../src/debugger/stop.ts";
import { typedText } from "../../src/debugger/text.ts";
import type { ModuleInstance } from "../../src/store/module-instance.ts";
import { Engine, exported, type Source } from "../support/engine.ts";

/** Sessions of small modules, and stops as text. */

export interface Started {
  readonly engine: Engine;
  readonly instance: ModuleInstance;
  readonly session: DebugSession<WasmValue[]>;
}

/** Instantiates a module and stands before the first instruction of a function. @param prepare adds what it imports */
export function startSession(
  source: Source,
  name: string,
  params: readonly Value[] = [],
  prepare?: (engine: Engine) => void,
): Started {
  const engine = new Engine();
  prepare?.(engine);
  const instance = engine.instantiate(source);
  return { engine, instance, session: DebugSession.call(engine.executor, exported(instance, name), params) };
}

export function texts(values: readonly WasmValue[] | undefined): string[] {
  return (values ?? []).map(typedText);
}

export function localTexts(stop: Stop | undefined): string[] {
  return stop?.frame.locals.map(({ index, name, value }) => `${name ?? index} = ${typedText(value)}`) ?? [];
}

/** The functions of the frames, innermost first. */
export function frameNames(stop: Stop | undefined): (string | undefined)[] {
  return stop?.frames.map(({ functionName }) => functionName) ?? [];
}

/** The offset of the first instruction of a function with that text. */
export function offsetOf(stop: Stop | undefined, text: string): number {
  const found = stop?.frame.disassembler.listing(stop.frame.functionIndex).find((line) => line.text === text);
  if (found === undefined) throw new Error(`no instruction ${text}`);
  return found.offset;
}

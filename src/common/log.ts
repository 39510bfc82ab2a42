import { fail } from "./error.ts";
import { ErrCode } from "./error-code.ts";
import { printable } from "./printable.ts";

/**
 * The logger, after WasmEdge's use of spdlog: levels, one sink that can be replaced, one text a line.
 *
 * WasmEdge writes to standard output, where guest output goes too; our default sink is the host's `console.error`, or
 * nothing on a host without a console. Errors are thrown, not logged: only the command line prints them.
 */

export const logLevels = ["trace", "debug", "info", "warning", "error", "critical", "off"] as const;

export type LogLevel = (typeof logLevels)[number];

/** One record, as the sink receives it. */
export interface LogRecord {
  readonly level: Exclude<LogLevel, "off">;
  readonly message: string;
}

export type LogSink = (record: LogRecord) => void;

declare const console: { error(text: string): void } | undefined;

/** The sink at the start: `[level] message` to the host's `console.error`. */
export const consoleSink: LogSink = ({ level, message }) => {
  if (typeof console !== "undefined") console.error(`[${level}] ${printable(message)}`);
};

let threshold = logLevels.indexOf("info");
let sink: LogSink = consoleSink;

/** Records below `level` are dropped. @throws RuntimeError where there is no such level; `parseLogLevel` tells of a text */
export function setLogLevel(level: LogLevel): void {
  const index = logLevels.indexOf(level);
  if (index < 0) fail(ErrCode.RuntimeError, { kind: "note", text: `There is no log level "${String(level)}".` });
  threshold = index;
}

/** The level at present. */
export function getLogLevel(): LogLevel {
  return logLevels[threshold] as LogLevel;
}

/**
 * The level that a text names, or undefined: exactly trace, debug, info, warn or warning, error, critical or fatal, off, in
 * lower case. WasmEdge `Log::setLoggingLevelFromString`.
 */
export function parseLogLevel(text: string): LogLevel | undefined {
  if (text === "warn") return "warning";
  if (text === "fatal") return "critical";
  return logLevels.find((level) => level === text);
}

/** Sends all further records to `callback`; null brings the first sink back. WasmEdge `Log::setLoggingCallback`. */
export function setLogCallback(callback: LogSink | null): void {
  sink = callback ?? consoleSink;
}

function write(level: LogRecord["level"], message: string): void {
  if (logLevels.indexOf(level) >= threshold) sink({ level, message });
}

/** Writes a record of the level that the method is named after. */
export const log = {
  trace: (message: string): void => write("trace", message),
  debug: (message: string): void => write("debug", message),
  info: (message: string): void => write("info", message),
  warning: (message: string): void => write("warning", message),
  error: (message: string): void => write("error", message),
  critical: (message: string): void => write("critical", message),
} as const;

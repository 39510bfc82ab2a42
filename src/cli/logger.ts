import type { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { type LogRecord, log, parseLogLevel, setLogCallback, setLogLevel } from "../common/log.ts";
import { printable } from "../common/printable.ts";
import { timestamp } from "../common/timestamp.ts";
import { encodeUtf8 } from "../common/utf8.ts";
import { commandNames } from "./command-names.ts";
import { nearestName } from "./option-parser.ts";

/** The log of the command line: `[YYYY-MM-DD HH:MM:SS.mmm] [level] message` on standard error, WasmEdge's on standard output. */

/** spdlog's colours, as escape sequences before a level. */
const colours: { readonly [level in LogRecord["level"]]: string } = {
  trace: "\u001b[37m",
  debug: "\u001b[36m",
  info: "\u001b[32m",
  warning: "\u001b[33m\u001b[1m",
  error: "\u001b[31m\u001b[1m",
  critical: "\u001b[1m\u001b[41m",
};

/** What Node puts in place of bytes that are not UTF-8. */
const REPLACEMENT = "\ufffd";

/** Writes a text to standard output (1) or standard error (2), whole, however much the host takes at once. */
export function writeText(stream: 1 | 2, text: string): void {
  let rest = encodeUtf8(text);
  while (rest.length > 0) {
    const taken = host.write(stream, rest);
    if (taken <= 0) return;
    rest = rest.subarray(taken);
  }
}

/** A record as it is printed. */
export function formatRecord({ level, message }: LogRecord, now: Date, colour: boolean): string {
  const name = colour ? `${colours[level]}${level}\u001b[m` : level;
  return `[${timestamp(now)}] [${name}] ${printable(message)}\n`;
}

/** Sends the library's log to standard error. @param colour whether levels are coloured */
export function installLogger(colour: () => boolean): void {
  setLogCallback((record) => writeText(2, formatRecord(record, new Date(), colour())));
}

/** Sets the level that `--log-level` names; a name that is none is told, and means info. */
export function applyLogLevel(name: string | undefined): void {
  const level = name === undefined ? "info" : parseLogLevel(name);
  setLogLevel(level ?? "info");
  if (level === undefined) {
    log.warning(
      `Invalid log level: ${name}. Valid values are: off, trace, debug, info, warning, error, fatal. Falling back to info level.`,
    );
  }
}

/** Why the host could not read a file, where WasmEdge's line about the path leaves it open. */
function reasonOf({ cause }: WasmEdgeError): string | undefined {
  // Node: "EACCES: permission denied, open 'app.wasm'".
  const match = cause instanceof Error ? /^(E[A-Z0-9]+): ([^,]+)/.exec(cause.message) : null;
  return match === null || match[1] === "ENOENT" ? undefined : match[2];
}

/** Logs what WasmEdge logs for an error. */
export function logError(error: WasmEdgeError): void {
  for (const line of error.lines()) log.error(line);
  if (error.code !== ErrCode.IllegalPath) return;
  const meant = error.context.map((entry) =>
    entry.kind === "file" ? nearestName(entry.path, commandNames) : undefined,
  );
  const command = meant.find((name) => name !== undefined);
  if (command !== undefined) log.error(`    Did you mean the command ${command}?`);
  const reason = reasonOf(error);
  if (reason !== undefined) log.error(`    Reason: ${reason}`);
  const unreadable = error.context.some((entry) => entry.kind === "file" && entry.path.includes(REPLACEMENT));
  if (unreadable)
    log.error("    A file name that is not UTF-8 does not reach this program: give - as FILE, and the file as input.");
}

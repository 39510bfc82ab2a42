import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { timestamp } from "../common/timestamp.ts";
import { decodeUtf8, encodeUtf8 } from "../common/utf8.ts";
import { ValType } from "../common/value-type.ts";
import type { CallingFrame } from "../store/calling-frame.ts";
import { HostFunction } from "../store/host-function.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { PLUGIN_API_VERSION, type PluginContext, type PluginDescriptor } from "./plugin-descriptor.ts";

/**
 * The plugin `wasi_logging`: a guest writes log lines to its standard streams or to files.
 * https://github.com/WebAssembly/wasi-logging — WasmEdge `plugins/wasi_logging`
 */

/** By the numbers of wasi-logging, as spdlog names them. */
const levels = ["trace", "debug", "info", "warning", "error", "critical"] as const;

const LEVEL_OPTION = "wasi-logging-level";

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const { I32 } = ValType;

/** What a call of the guest's with arguments that make no sense ends with. */
function refuse(text: string): never {
  fail(ErrCode.HostFuncError, { kind: "note", text: `wasi_logging: ${text}` });
}

function bytesAt(frame: CallingFrame, pointer: number, length: number): Uint8Array {
  const memory = frame.getMemoryByIndex(0) ?? refuse("The module has no memory.");
  return memory.getSpan(pointer >>> 0, length >>> 0)?.slice() ?? refuse("The text is not inside of the memory.");
}

/** `[time] [level] message` and a line feed, whatever bytes the message has. */
function lineOf(level: string, message: Uint8Array): Uint8Array {
  const now = new Date(Number(host.realtimeNanoseconds() / NANOSECONDS_PER_MILLISECOND));
  const head = encodeUtf8(`[${timestamp(now)}] [${level}] `);
  const line = new Uint8Array(head.length + message.length + 1);
  line.set(head);
  line.set(message, head.length);
  line[line.length - 1] = 0x0a;
  return line;
}

/** @param context "", "stdout" and "stderr" are streams, anything else is the path of a file */
function write(plugin: PluginContext, context: string, line: Uint8Array): void {
  if (context === "" || context === "stdout") plugin.write(1, line);
  else if (context === "stderr") plugin.write(2, line);
  else plugin.appendToFile(context, line);
}

function create(plugin: PluginContext): ModuleInstance {
  const lowest = (levels as readonly unknown[]).indexOf(plugin.option(LEVEL_OPTION));
  const type = { params: [I32, I32, I32, I32, I32], results: [] };
  const module = new ModuleInstance("wasi:logging/logging");
  module.addHostFunction(
    "log",
    new HostFunction(type, (frame, args) => {
      const [number, contextPointer, contextLength, messagePointer, messageLength] = args as number[];
      const level = levels[number] ?? refuse(`${number >>> 0} is no level.`);
      const path = bytesAt(frame, contextPointer, contextLength);
      const message = bytesAt(frame, messagePointer, messageLength);
      const context = decodeUtf8(path, 0, path.length) ?? refuse("The context is not UTF-8.");
      if (number >= lowest) write(plugin, context, lineOf(level, message));
    }),
  );
  return module;
}

export const wasiLogging: PluginDescriptor = {
  name: "wasi_logging",
  description: "Log lines of the guest, to its standard streams and its files.",
  apiVersion: PLUGIN_API_VERSION,
  version: { major: 0, minor: 1, patch: 0, build: 0 },
  modules: [{ name: "wasi:logging/logging", description: "The function log of wasi-logging.", create }],
  options: [
    {
      name: LEVEL_OPTION,
      kind: "text",
      metavar: "LEVEL",
      choices: levels,
      description: "Leave out what a guest logs below this level. Default: trace, which leaves nothing out.",
    },
  ],
};

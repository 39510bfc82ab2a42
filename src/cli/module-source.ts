import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { host } from "../common/host.ts";
import { decodeUtf8Lossy } from "../common/utf8.ts";
import { Loader } from "../loader/loader.ts";

/** What of the optional package `watr` is used: the text format to the binary one. */
interface TextCompiler {
  compile(text: string): Uint8Array;
}

function isTextCompiler(module: object): module is TextCompiler {
  return "compile" in module && typeof module.compile === "function";
}

let importWatr: () => Promise<object> = () => import("watr");

/** Replaces how the package is imported: a program that V8 has compiled before cannot do so itself. */
export function installWatr(replacement: () => Promise<object>): void {
  importWatr = replacement;
}

async function importTextCompiler(path: string): Promise<TextCompiler> {
  const module = await importWatr().catch(() => ({}));
  if (isTextCompiler(module)) return module;
  fail(
    ErrCode.IllegalPath,
    { kind: "file", path },
    { kind: "note", text: 'Text modules need the package "watr": npm install watr' },
  );
}

/** Whether a path names a module in the text format. */
export function isTextModule(path: string): boolean {
  return path.slice(-4).toLowerCase() === ".wat";
}

/** The name that stands for standard input. */
const STANDARD_INPUT = "-";

/** All of standard input. */
function readStandardInput(): Uint8Array {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const chunk = new Uint8Array(65536);
    const count = host.read?.(chunk) ?? 0;
    if (count === 0) break;
    chunks.push(chunk.subarray(0, count));
    length += count;
  }
  const all = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}

/** Whether bytes without a file name are text: a module in text begins with a parenthesis or a comment. */
function looksLikeText(bytes: Uint8Array): boolean {
  return /^\s*(?:\(|;;)/.test(decodeUtf8Lossy(bytes.subarray(0, 256)));
}

async function compileText(text: string, path: string): Promise<Uint8Array> {
  const compiler = await importTextCompiler(path);
  try {
    return compiler.compile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WasmEdgeError(ErrCode.IllegalGrammar, { kind: "note", text: reason }, { kind: "file", path });
  }
}

/**
 * What to give a loader for a path: the path itself, or the bytes of a module in the text format or from standard input.
 * @throws WasmEdgeError IllegalPath where the file cannot be read or `watr` is not installed, IllegalGrammar where the text
 *   is no module
 */
export async function moduleSource(path: string): Promise<string | Uint8Array> {
  if (path === STANDARD_INPUT) {
    const bytes = readStandardInput();
    return looksLikeText(bytes) ? compileText(decodeUtf8Lossy(bytes), path) : bytes;
  }
  return isTextModule(path) ? compileText(decodeUtf8Lossy(Loader.loadFile(path)), path) : path;
}

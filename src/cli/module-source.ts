import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { decodeUtf8Lossy } from "../common/utf8.ts";
import { Loader } from "../loader/loader.ts";

/** What of the optional package `watr` is used: the text format to the binary one. */
interface TextCompiler {
  compile(text: string): Uint8Array;
}

function isTextCompiler(module: object): module is TextCompiler {
  return "compile" in module && typeof module.compile === "function";
}

async function importTextCompiler(path: string): Promise<TextCompiler> {
  const module: object = await import("watr").catch(() => ({}));
  if (isTextCompiler(module)) return module;
  fail(
    ErrCode.IllegalPath,
    { kind: "file", path },
    { kind: "note", text: 'Text modules need the package "watr": npm install watr' },
  );
}

/** Whether a path names a module in the text format. */
export function isTextModule(path: string): boolean {
  return /\.wat$/i.test(path);
}

/**
 * What to give a loader for a path: the path itself, or for a module in the text format its bytes.
 * @throws WasmEdgeError IllegalPath where the file cannot be read or `watr` is not installed, IllegalGrammar where the text
 *   is no module
 */
export async function moduleSource(path: string): Promise<string | Uint8Array> {
  if (!isTextModule(path)) return path;
  const text = decodeUtf8Lossy(Loader.loadFile(path));
  const compiler = await importTextCompiler(path);
  try {
    return compiler.compile(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new WasmEdgeError(ErrCode.IllegalGrammar, { kind: "note", text: reason }, { kind: "file", path });
  }
}

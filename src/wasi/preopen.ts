import type { FileSystem } from "./fs/file-system.ts";

/** A directory that a guest finds open when it starts. */
export interface Preopen {
  /** The guest's name for it. */
  readonly guest: string;
  /** The path of the directory on the file system. */
  readonly host: string;
  /** Nothing below it can be changed through it. By default false. */
  readonly readonly?: boolean;
  /** Where `host` is; by default the module's file system. */
  readonly fileSystem?: FileSystem;
}

/** What follows a preopen's second colon, in the grammar. */
const READONLY = "readonly";

/**
 * Cuts off the first part of a preopen's text.
 * @param always whether a letter, colon and slash are a drive even where the file system has none: the text has another
 *   part before it, so that otherwise the slash would begin the mode
 */
function firstPart(text: string, driveLetters: boolean, always: boolean): [part: string, rest: string | undefined] {
  const drive = driveLetters || always ? /^[a-z]:[\\/]/i : /^[a-z]:\\/i;
  const colon = text.indexOf(":", drive.test(text) ? 2 : 0);
  return colon < 0 ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)];
}

/** What a preopen's text says, and whether its last part is a mode that we know. */
export interface ParsedPreopen {
  readonly guest: string;
  readonly host: string;
  readonly readonly: boolean;
  /** A third part other than `readonly`; WasmEdge ignores it, and so do we, but not in silence. */
  readonly unknownMode: string | undefined;
}

/**
 * Reads `DIR`, `GUEST:HOST` and `GUEST:HOST:readonly`, the one grammar of WasmEdge's C API, command line and Rust SDK. A drive letter
 * with its colon is part of a path (WasmEdge takes it for a part of its own).
 * @param driveLetters whether the file system has them; `C:\` is one anywhere
 */
export function parsePreopen(text: string, driveLetters: boolean): ParsedPreopen {
  const [first, afterFirst] = firstPart(text, driveLetters, false);
  if (afterFirst === undefined) return { guest: first, host: first, readonly: false, unknownMode: undefined };
  const [host, mode] = firstPart(afterFirst, driveLetters, true);
  const unknownMode = mode === READONLY ? undefined : mode;
  return { guest: first, host, readonly: mode === READONLY, unknownMode };
}

/**
 * The name under which a guest sees a preopen: without a slash at the start or the end, `..` resolved and never above the
 * root, "/" for what is empty then. Names that begin with a dot stay, where WasmEdge drops them. WasmEdge
 * `VINode::canonicalGuest`.
 */
export function canonicalGuest(path: string): string {
  const kept: string[] = [];
  for (const component of path.split(/[/\\]/)) {
    if (component === "..") kept.pop();
    else if (component !== "" && !(component === "." && kept.length > 0)) kept.push(component);
  }
  return kept.join("/") || "/";
}

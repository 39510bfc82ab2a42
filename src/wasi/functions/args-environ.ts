import { encodeUtf8 } from "../../common/utf8.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { GuestMemory } from "../abi/guest-memory.ts";
import { wasiFunction } from "./definition.ts";

/**
 * Arguments and environment: lists of strings, each with a NUL behind it.
 */

/** The strings as bytes with their NULs, and the bytes of all. @throws WasiError OVERFLOW beyond 2^32 - 1 */
function encoded(texts: readonly string[]): { readonly strings: readonly Uint8Array[]; readonly size: number } {
  const strings = texts.map((text) => encodeUtf8(`${text}\0`));
  const size = strings.reduce((sum, { length }) => sum + length, 0);
  if (size > 0xffffffff || strings.length > 0xffffffff) failWith(Errno.OVERFLOW);
  return { strings, size };
}

function writeList(memory: GuestMemory, texts: readonly string[], pointers: number, buffer: number): void {
  const { strings, size } = encoded(texts);
  memory.require(pointers, strings.length * 4);
  memory.require(buffer, size);
  let address = buffer;
  strings.forEach((string, i) => {
    memory.writeUint32(pointers + i * 4, address);
    memory.writeBytes(address, string);
    address += string.length;
  });
}

function writeSizes(memory: GuestMemory, texts: readonly string[], count: number, bytes: number): void {
  const { strings, size } = encoded(texts);
  memory.require(count, 4);
  memory.require(bytes, 4);
  memory.writeUint32(count, strings.length);
  memory.writeUint32(bytes, size);
}

export const argsEnvironFunctions = [
  wasiFunction("args_get", ["i32", "i32"], ({ environ, memory }, argv, buffer) =>
    writeList(memory, environ.args, argv, buffer),
  ),
  wasiFunction("args_sizes_get", ["i32", "i32"], ({ environ, memory }, count, size) =>
    writeSizes(memory, environ.args, count, size),
  ),
  wasiFunction("environ_get", ["i32", "i32"], ({ environ, memory }, pointers, buffer) =>
    writeList(memory, environ.envs, pointers, buffer),
  ),
  wasiFunction("environ_sizes_get", ["i32", "i32"], ({ environ, memory }, count, size) =>
    writeSizes(memory, environ.envs, count, size),
  ),
];

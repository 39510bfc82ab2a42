import type { Script } from "node:vm";

/**
 * The command line's program as a script that V8 has compiled before. Compiling takes more than half of the time of a program
 * that prints a line, since V8 has to look through all of ours once; with what an earlier run has left beside it, it need not. V8
 * itself refuses what another version of it, or one with other flags, has made, and compiles.
 */

export type Require = (name: string) => unknown;

/** What the program exports: `src/cli/main.ts`. */
export interface Program {
  start(importWatr: () => Promise<object>): void;
}

/** What the program's file gives: a CommonJS module, as Node calls it. */
export type ModuleFunction = (exports: object, require: Require, module: object, filename: string) => void;

/** After so many seconds V8 has compiled much that a program that prints a line does not need, and forgotten what it does. */
const LONG_RUN = 2;

/** Where the compiled form of a program is kept: for each version of Node its own. */
export function cachePath(program: string): string {
  return `${program.slice(0, -".cjs".length)}.${process.version}-${process.arch}.cache`;
}

type FileSystem = typeof import("node:fs");

interface OpenFile {
  readonly descriptor: number;
  readonly size: number;
}

/** Opens a file; undefined where there is none. */
function openIfThere({ closeSync, fstatSync, openSync }: FileSystem, path: string): OpenFile | undefined {
  try {
    const descriptor = openSync(path, "r");
    const stats = fstatSync(descriptor);
    if (stats.isFile()) return { descriptor, size: stats.size };
    closeSync(descriptor);
  } catch {
    // It is not there, or not for us.
  }
  return undefined;
}

/** Reads an open file into the beginning of a buffer, and closes it. */
function readInto({ closeSync, readSync }: FileSystem, buffer: Buffer, { descriptor, size }: OpenFile): Buffer {
  let length = 0;
  while (length < size) {
    const count = readSync(descriptor, buffer, length, size - length, null);
    if (count === 0) break;
    length += count;
  }
  closeSync(descriptor);
  return buffer.subarray(0, length);
}

/** A program, and what V8 has compiled of it before, if there is that. */
interface Stored {
  readonly text: string;
  readonly compiled: Buffer | undefined;
}

/**
 * Reads both, one after the other into the same memory: a process that starts pays for each page that it touches first.
 * @throws what Node throws where there is no program
 */
function readStored(fs: FileSystem, program: string, path: string): Stored {
  const descriptor = fs.openSync(program, "r");
  const file: OpenFile = { descriptor, size: fs.fstatSync(descriptor).size };
  const compiled = openIfThere(fs, path);
  const buffer = Buffer.allocUnsafeSlow(Math.max(file.size, compiled?.size ?? 0));
  // The build writes it in ASCII.
  const text = readInto(fs, buffer, file).toString("latin1");
  return { text, compiled: compiled && readInto(fs, buffer, compiled) };
}

/** Compiles a program. @param cachedData what V8 has compiled of it before, which it may refuse (`cachedDataRejected`) */
function compile(require: Require, program: string, text: string, cachedData?: Buffer): Script {
  const vm = require("node:vm") as typeof import("node:vm");
  return new vm.Script(text, { filename: program, ...(cachedData && { cachedData }) });
}

/**
 * Takes a program from its compiled form, or compiles it and keeps that form for the next run.
 * @param program the path of a CommonJS module in ASCII
 * @returns undefined where there is no compiled form and none can be kept
 */
export function programScript(require: Require, program: string): Script | undefined {
  const fs = require("node:fs") as FileSystem;
  const path = cachePath(program);
  const { text, compiled } = readStored(fs, program, path);
  const cached = compiled && compile(require, program, text, compiled);
  // With flags V8 may refuse what it has made without, and the other way round: then both would write it each time.
  const hasFlags = process.execArgv.length > 0 || process.env["NODE_OPTIONS"] !== undefined;
  if (cached !== undefined && (cached.cachedDataRejected !== true || hasFlags)) return cached;
  if (hasFlags || !isWritable(fs, path)) return cached;
  const script = cached ?? compile(require, program, text);
  process.on("exit", () => {
    if (process.uptime() < LONG_RUN) keep(fs, script, path);
  });
  return script;
}

/** Whether a file can be put there, as far as the system tells. */
function isWritable({ accessSync, constants }: FileSystem, path: string): boolean {
  try {
    accessSync(path.replace(/[^/\\]*$/, "."), constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Writes what V8 has compiled by now. Another process may do the same: so the file appears as a whole. It may fail: it is only slower. */
function keep({ renameSync, rmSync, writeFileSync }: FileSystem, script: Script, path: string): void {
  const temporary = `${path}-${process.pid}`;
  try {
    writeFileSync(temporary, script.createCachedData());
    renameSync(temporary, path);
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // The folder has changed meanwhile.
    }
  }
}

/** What a program exports. */
export function loadProgram(run: ModuleFunction, require: Require, program: string): Program {
  const module = { exports: {} };
  run(module.exports, require, module, program);
  return module.exports as Program;
}

import { readFileSync } from "node:fs";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { VM } from "../../src/vm/vm.ts";
import type { WasiOptions } from "../../src/wasi/environ.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import type { Preopen } from "../../src/wasi/preopen.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import type { Volume } from "./backends.ts";

/** Running the C programs of spec-tests/wasi/programs. */

const folder = new URL("../../spec-tests/wasi/programs/", import.meta.url);

export interface Program {
  /** What it finds as its first argument. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export function programOf(name: string): Program {
  return { name, bytes: new Uint8Array(readFileSync(new URL(`${name}.wasm`, folder))) };
}

/** The VM of a program that has not begun yet, and its WASI module. */
export function vmOf(
  { name, bytes }: Program,
  options: WasiOptions,
  {
    dirs = [],
    args = [],
    envs = [],
  }: { dirs?: readonly Preopen[]; args?: readonly string[]; envs?: readonly string[] } = {},
): { vm: VM; wasi: WasiModule } {
  const configure = new Configure();
  configure.addHostRegistration(HostRegistration.Wasi);
  const vm = new VM(configure, { wasi: options });
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  if (!(wasi instanceof WasiModule)) throw new Error("the VM has no WASI module");
  wasi.init(dirs, name, args, envs);
  vm.loadWasm(bytes);
  vm.validate();
  vm.instantiate();
  return { vm, wasi };
}

export interface ProgramResult {
  readonly exitCode: number;
  readonly lines: readonly string[];
}

/** The directories that all programs find open: descriptors 3, 4 and 5. */
function directoriesOn({ fileSystem, path }: Volume): Preopen[] {
  return [
    { guest: "/", host: path, fileSystem },
    { guest: "readonly", host: path, fileSystem, readonly: true },
    { guest: "elsewhere", host: "/", fileSystem: new MemoryFileSystem() },
  ];
}

export interface ProgramOptions extends WasiOptions {
  readonly args?: readonly string[];
}

const ARGUMENTS = ["one", "", "zwei ✓"];

/** A program before its first instruction, and what it leaves when it has ended. */
function prepare(name: string, volume: Volume, { args = ARGUMENTS, ...options }: ProgramOptions) {
  const stdout = new OutputBuffer();
  const stdin = inputFromBytes(new TextEncoder().encode("what was typed\n"));
  const { vm, wasi } = vmOf(
    programOf(name),
    { stdin, stdout, maxDescriptors: 64, ...options },
    { dirs: directoriesOn(volume), args, envs: ["A=1", "EMPTY=", "NAME=ä"] },
  );
  const result = (error?: unknown): ProgramResult => {
    const ended = error === undefined || (error instanceof WasmEdgeError && error.code === ErrCode.Terminated);
    const exitCode = wasi.getExitCode();
    wasi.fini();
    const text = Buffer.from(stdout.bytes()).toString();
    if (ended) return { exitCode, lines: text.trimEnd().split("\n") };
    process.stderr.write(text);
    throw error;
  };
  return { vm, result };
}

/** Runs a program to its end. */
export function runProgram(name: string, volume: Volume, options: ProgramOptions = {}): ProgramResult {
  const { vm, result } = prepare(name, volume, options);
  try {
    vm.execute("_start");
  } catch (error) {
    return result(error);
  }
  return result();
}

/** The same in an asynchronous run. */
export async function runProgramInTurns(
  name: string,
  volume: Volume,
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  const { vm, result } = prepare(name, volume, options);
  try {
    await vm.asyncExecute("_start");
  } catch (error) {
    return result(error);
  }
  return result();
}

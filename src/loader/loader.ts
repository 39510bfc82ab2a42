import type { Module } from "../ast/module.ts";
import { kindText } from "../common/arguments.ts";
import { fail, WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { ErrorContext } from "../common/error-context.ts";
import { host } from "../common/host.ts";
import { log } from "../common/log.ts";
import { Proposal, proposalText } from "../common/proposal.ts";
import { Configure, RunMode } from "../config/configure.ts";
import { ModuleReader } from "./module-reader.ts";
import { limitNote } from "./section-reader.ts";
import { TRAINING_ROUNDS, TRAINING_SIZE, trainingModule } from "./training-module.ts";

/** The largest module that is loaded, in bytes: what web engines allow. Offsets then fit signed 32-bit numbers. */
export const MAX_MODULE_SIZE = 1 << 30;

const magic = [0x00, 0x61, 0x73, 0x6d];
const moduleVersion = [0x01, 0x00, 0x00, 0x00];
const componentVersion = [0x0d, 0x00, 0x01, 0x00];

const PREAMBLE_SIZE = magic.length + moduleVersion.length;

/** What shared libraries begin with, into which WasmEdge's compiler can put a module. */
const sharedLibraryMagics = [
  [0x7f, 0x45, 0x4c, 0x46],
  [0xce, 0xfa, 0xed, 0xfe],
  [0xcf, 0xfa, 0xed, 0xfe],
  [0x4d, 0x5a],
];

/**
 * Turns the binary format into a `Module`, and refuses whatever is malformed, function bodies included.
 * https://webassembly.github.io/spec/core/binary/ — WasmEdge `Loader::Loader`
 */
export class Loader {
  private readonly configure: Configure;

  /** @param configure the proposals that are on; copied. Absent: WebAssembly 3.0 */
  constructor(configure?: Configure) {
    this.configure = new Configure(configure);
  }

  /**
   * Loads a module.
   * @param source the module's bytes, or the path of a file that holds them. Bytes are not copied: the module refers to
   *   them, so they must not change while it is in use.
   * @throws RuntimeError where `source` is neither; WasmEdgeError of the loading phase; `context` tells the byte offset, the nodes of the module's structure from
   *   the inside outwards, and the file's name
   * WasmEdge `Loader::parseModule`
   */
  parseModule(source: Uint8Array | ArrayBuffer | string): Module {
    if (typeof source !== "string") {
      const module = this.parseBytes(source, !this.configure.runtime.lazyValidation);
      this.warnOfRunMode();
      return module;
    }
    const bytes = Loader.loadFile(source);
    return naming(source, () => this.parseModule(bytes));
  }

  /**
   * Loads a module but for the instructions of its bodies, which may still be malformed: the validator finds that out when it
   * walks them (see `Validator.parseAndValidate`).
   * @throws as `parseModule`; of a module with several mistakes it may be another one
   */
  parseDeclarations(bytes: Uint8Array | ArrayBuffer): Module {
    return this.parseBytes(bytes, false);
  }

  /**
   * The bytes of a file.
   * @throws WasmEdgeError IllegalPath where the host cannot read it, or reads no files; `cause` is what the host threw
   * WasmEdge `Loader::loadFile`
   */
  static loadFile(path: string): Uint8Array {
    const error = new WasmEdgeError(ErrCode.IllegalPath, { kind: "file", path });
    try {
      if (host.readFile !== undefined) return host.readFile(path);
    } catch (reason) {
      // Whatever the host throws, the path is of no use.
      error.cause = reason;
    }
    throw error;
  }

  private parseBytes(given: Uint8Array | ArrayBuffer, walked: boolean): Module {
    const bytes = plainBytes(given);
    checkSize(bytes, this.configure.runtime.maxModuleBytes);
    checkPreamble(bytes, this.configure);
    if (walked && bytes.length >= TRAINING_SIZE) trainLoader(walked);
    return new ModuleReader(bytes, this.configure, walked).read(PREAMBLE_SIZE);
  }

  /** There is one way to run, whatever was asked for: `parseModule` says so once a module is loaded. */
  warnOfRunMode(): void {
    if (this.configure.runtime.runMode !== RunMode.AOT) return;
    log.warning("AOT was requested but the input has no AOT artifact, falling back to interpreter.");
  }
}

/** Runs `load`, and names the file in the error where it fails. */
export function naming<T>(path: string, load: () => T): T {
  try {
    return load();
  } catch (error) {
    throw error instanceof WasmEdgeError ? error.withContext({ kind: "file", path }) : error;
  }
}

/**
 * What has been read in training, with and without walking the bodies. Kept for good: V8 forgets the shapes of objects of which
 * none is alive, and the code that it has compiled for them too, so that the next module would find it gone.
 */
const trainedOn = new Map<boolean, { readonly reader: ModuleReader; readonly module: Module }>();

/**
 * Makes V8's type feedback for reading modules, once a process.
 * @param walked whether it is for walking the bodies, too
 * @returns the module that it is trained with
 */
export function trainLoader(walked: boolean): Module {
  const known = trainedOn.get(walked);
  if (known !== undefined) return known.module;
  const configure = new Configure();
  const read = () => {
    const reader = new ModuleReader(trainingModule(), configure, walked);
    return { reader, module: reader.read(PREAMBLE_SIZE) };
  };
  for (let round = 1; round < TRAINING_ROUNDS; round++) read();
  const last = read();
  trainedOn.set(walked, last);
  return last.module;
}

/**
 * Bytes as a `Uint8Array`. A subclass, such as Node's Buffer, would make every access in the decoder polymorphic.
 * @throws RuntimeError where they are no bytes
 */
export function plainBytes(given: Uint8Array | ArrayBuffer): Uint8Array {
  if (ArrayBuffer.isView(given)) {
    if (Object.getPrototypeOf(given) === Uint8Array.prototype) return given;
    return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  }
  // By its name, since it may be of another realm.
  const kind = classOf(given);
  if (kind === "ArrayBuffer" || kind === "SharedArrayBuffer") return new Uint8Array(given);
  fail(ErrCode.RuntimeError, { kind: "note", text: `A module is given as bytes or as a path, not as ${kind}.` });
}

/** What JavaScript calls the kind of a value, also of one that does not let itself be looked at. */
function classOf(value: unknown): string {
  try {
    return Object.prototype.toString.call(value).slice(8, -1);
  } catch {
    return kindText(value);
  }
}

function startsWith(bytes: Uint8Array, offset: number, expected: readonly number[]): boolean {
  return expected.every((byte, i) => bytes[offset + i] === byte);
}

/** @param configured the limit that the user has set */
function checkSize({ length }: Uint8Array, configured: number): void {
  const limit = Math.min(configured, MAX_MODULE_SIZE);
  if (length > limit) refuse(ErrCode.ModuleSizeLimit, 0, limitNote("The module has", length, "bytes", limit));
}

/** Magic number and version. WasmEdge `Loader::loadPreamble`, `Loader::loadUnit` */
function checkPreamble(bytes: Uint8Array, configure: Configure): void {
  if (sharedLibraryMagics.some((expected) => startsWith(bytes, 0, expected))) {
    refuse(
      ErrCode.MalformedMagic,
      0,
      { kind: "preface", text: "Might an invalid wasm file" },
      {
        kind: "note",
        text: "A WASM shared library made by an AOT compiler cannot be loaded. Please use a normal WASM file.",
      },
    );
  }
  if (bytes.length < magic.length) refuse(ErrCode.UnexpectedEnd, bytes.length);
  if (!startsWith(bytes, 0, magic)) {
    const got = [...bytes.subarray(0, 4)].map((byte) => `0x${byte.toString(16).toUpperCase()}`).join(" ");
    const text = `Might an invalid wasm file, magic expected, but got ${got}`;
    refuse(ErrCode.MalformedMagic, 0, { kind: "preface", text });
  }
  const offset = magic.length;
  if (bytes.length < offset + moduleVersion.length) refuse(ErrCode.UnexpectedEnd, bytes.length);
  if (startsWith(bytes, offset, moduleVersion)) return;
  // WasmEdge tells a module from a component by the version alone, and names the component for any unknown one.
  const place: readonly ErrorContext[] = [
    { kind: "loading", offset },
    { kind: "ast", node: "component model module" },
  ];
  if (!startsWith(bytes, offset, componentVersion)) throw new WasmEdgeError(ErrCode.MalformedVersion, ...place);
  if (configure.hasProposal(Proposal.Component)) {
    const text = "This is a component. Of the component model nothing is built yet: only core modules can be loaded.";
    throw new WasmEdgeError(ErrCode.ComponentNotImplLoader, { kind: "note", text }, ...place);
  }
  const proposal = proposalText(Proposal.Component);
  throw new WasmEdgeError(ErrCode.MalformedVersion, { kind: "proposal", proposal }, ...place);
}

function refuse(code: number, offset: number, ...context: ErrorContext[]): never {
  throw new WasmEdgeError(code, ...context, { kind: "loading", offset }, { kind: "ast", node: "module" });
}

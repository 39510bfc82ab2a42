import type { Module } from "../ast/module.ts";
import { kindText, requireKind, requireObject } from "../common/arguments.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { isInstance } from "../common/host-values.ts";
import { type Executor, type RunOptions, requireExecutor } from "../executor/executor.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { Loader } from "../loader/loader.ts";
import { FunctionInstance } from "../store/function-instance.ts";
import { hasHostState } from "../store/host-state.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { StoreManager } from "../store/store-manager.ts";
import { Validator } from "../validator/validator.ts";
import { checksum } from "./checksum.ts";
import { FrameReader } from "./frame-reader.ts";
import { InstanceReader, type ModuleMaker, readModules } from "./instance-reader.ts";
import { MAGIC } from "./magic.ts";
import { type PageImage, readImage, restoreImage } from "./page-image.ts";
import { malformed } from "./snapshot-errors.ts";
import { SnapshotReader } from "./snapshot-reader.ts";
import { FORMAT_VERSION, type SnapshotParts } from "./take-snapshot.ts";
import { type RestoreHostReference, ValueReader } from "./value-reader.ts";

/** Where a snapshot is restored. */
export interface RestoreOptions {
  /** Runs what goes on; its Configure says how modules are loaded, and what the limits are. */
  readonly executor: Executor;
  /** Has the host modules, under the names that they had; the instances' own names are entered into it. */
  readonly store: StoreManager;
  /** The modules of a snapshot that holds hashes only, as bytes, or loaded and validated. */
  readonly modules?: readonly (Module | Uint8Array)[];
  /** Finds an object of the host by the text that was given for it when the snapshot was taken. */
  readonly hostReference?: RestoreHostReference;
  /** Bound the run that goes on. */
  readonly run?: RunOptions;
}

/** What a snapshot gives. */
export interface Restored {
  /** Each after those that it imports from; host modules are those of the store. */
  readonly instances: readonly ModuleInstance[];
  /** The one without a name that calls were of, if there was one. */
  readonly active: ModuleInstance | undefined;
  /** Stands where it stood; undefined where the snapshot was of instances alone. */
  readonly run: PausableRun | undefined;
}

/** The parts of a file: its body, and a reader that stands at the memories. */
function openSnapshot(bytes: Uint8Array): readonly [body: Uint8Array, memories: SnapshotReader] {
  if (!isInstance(bytes, Uint8Array)) malformed(`A snapshot is a Uint8Array, not ${kindText(bytes)}.`);
  if (bytes.length < MAGIC.length) malformed("It does not begin as one.");
  const reader = new SnapshotReader(bytes);
  if (MAGIC.some((byte, i) => bytes[i] !== byte)) malformed("It does not begin as one.");
  reader.bytes(MAGIC.length);
  const version = reader.word() >>> 0;
  if (version === 0 || version > FORMAT_VERSION) {
    const text = `It has version ${version} of the format; versions 1 to ${FORMAT_VERSION} are known.`;
    fail(ErrCode.SnapshotVersion, { kind: "note", text });
  }
  const end = bytes.length - 4;
  const sum = end < reader.position ? 0 : new SnapshotReader(bytes.subarray(end)).word();
  if (end < reader.position || sum !== checksum(bytes.subarray(0, end))) malformed("It is cut off or damaged.");
  const content = new SnapshotReader(bytes.subarray(reader.position, end));
  return [content.sized(), content];
}

/**
 * Makes what a snapshot was taken of: instances in place of those that there were, and the run, which goes on when its owner says
 * so. Nothing is registered, and no host module is changed, before all of it has been read and found right, but for memories,
 * tables and globals of host modules.
 *
 * @throws MalformedSnapshot, SnapshotVersion for bytes that are none; SnapshotMismatch where a module or host module is missing or
 *   another; errors of loading, linking and limits
 */
export function restoreSnapshot(bytes: Uint8Array, options: RestoreOptions): Restored {
  requireExecutor(requireObject("options", options).executor);
  requireKind("store", options.store, StoreManager, "StoreManager");
  const [body, memories] = openSnapshot(bytes);
  return restoreBody(body, options, (instances) => {
    const images = instances.memories.map((memory) => readImage(memory, memories));
    memories.end("the last memory");
    return images;
  });
}

/**
 * Makes existing instances what they were when a snapshot of them was taken, in the same process.
 * @param options whose store is not changed
 */
export function restoreParts(parts: SnapshotParts, options: RestoreOptions): Restored {
  return restoreBody(parts.body, options, () => parts.memories, parts);
}

function restoreBody(
  body: Uint8Array,
  options: RestoreOptions,
  imagesOf: (reader: InstanceReader) => readonly PageImage[],
  existing: Pick<SnapshotParts, "instances" | "objects"> | undefined = undefined,
): Restored {
  const { executor, store } = options;
  const reader = new SnapshotReader(body);
  // The version of the program that wrote it, for people.
  reader.name();
  const modules = readModules(reader, moduleMaker(options, existing?.instances));
  const instances = new InstanceReader(reader, executor, store, modules, existing?.instances);
  instances.shapes();
  const values = new ValueReader(reader, instances.instances, options.hostReference);
  values.compositeShapes(existing?.objects);
  values.exceptionShapes();
  values.exceptionPayloads();
  values.compositeContents();
  instances.contents(values);
  const active = instances.instances[reader.index(instances.instances.length + 1, "instance") - 1];
  const counts = reader.flag() ? ([reader.unsigned(), BigInt.asUintN(64, reader.long())] as const) : undefined;
  const images = imagesOf(instances);
  const run = reader.flag() ? readRun(reader, values, options) : undefined;
  const states = reader.vector(() => [values.instance(), reader.sized()] as const);
  reader.end("the last part");
  instances.memories.forEach((memory, i) => {
    restoreImage(memory, images[i]);
  });
  for (const [instance, state] of states) if (hasHostState(instance)) instance.restoreState(state.slice());
  instances.register();
  if (counts !== undefined) executor.statistics?.restoreCounts(counts[0], counts[1]);
  return { instances: instances.instances, active, run };
}

function moduleMaker({ executor, modules }: RestoreOptions, existing?: readonly ModuleInstance[]): ModuleMaker {
  const { configure } = executor;
  const given = existing?.flatMap(({ source }) => source ?? []) ?? modules ?? [];
  return { loader: new Loader(configure), validator: new Validator(configure), given };
}

function readRun(reader: SnapshotReader, values: ValueReader, { executor, run }: RestoreOptions): PausableRun {
  const func = values.functionReference();
  if (!(func instanceof FunctionInstance) || func.module?.source === undefined)
    malformed("A run is of no wasm function.");
  const execution = new FrameReader(reader, values, executor).read(func);
  return executor.resume(func, execution, run);
}

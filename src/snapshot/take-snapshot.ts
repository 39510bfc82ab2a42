import type { Module } from "../ast/module.ts";
import { requireKind, requireObject } from "../common/arguments.ts";
import { VERSION } from "../common/version.ts";
import { ByteWriter } from "../executor/coredump/byte-writer.ts";
import type { Execution } from "../executor/engine/execution.ts";
import { type Executor, requireExecutor } from "../executor/executor.ts";
import type { CompositeInstance } from "../store/composite-instance.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { hasHostState } from "../store/host-state.ts";
import type { ModuleInstance } from "../store/module-instance.ts";
import { StoreManager } from "../store/store-manager.ts";
import { checksum } from "./checksum.ts";
import { FrameWriter } from "./frame-writer.ts";
import { InstanceGraph } from "./instance-graph.ts";
import { hashOf, InstanceWriter, MemoryImages } from "./instance-writer.ts";
import { MAGIC } from "./magic.ts";
import { type PageImage, writeImage } from "./page-image.ts";
import { type SaveHostReference, ValueWriter } from "./value-writer.ts";

/** The version of the format that is written. All from 1 up to it are read. */
export const FORMAT_VERSION = 1;

/** A run that a snapshot is to hold. */
export interface SuspendedRun {
  readonly func: FunctionInstance;
  readonly execution: Execution;
}

/** What a snapshot is taken of. */
export interface SnapshotSubject {
  /** Names of modules: what was imported from where. All that is registered in it belongs to the snapshot. */
  readonly store: StoreManager;
  /** The instance without a name that calls are of, if there is one. */
  readonly active?: ModuleInstance | undefined;
  /** Absent: the instances alone. */
  readonly run?: SuspendedRun | undefined;
  /** Whose statistics are kept. */
  readonly executor: Executor;
}

export interface SnapshotOptions {
  /** Whether the snapshot holds the modules' bytes, or their hashes only: then restoring asks for them. Absent: included. */
  readonly modules?: "included" | "hashed";
  /** The text by which restoring finds an object of the host again that the guest refers to. */
  readonly hostReference?: SaveHostReference;
}

/** A snapshot before it is bytes: those of memories are apart, and shared with other snapshots. */
export interface SnapshotParts {
  readonly body: Uint8Array;
  readonly memories: readonly PageImage[];
  readonly instances: readonly ModuleInstance[];
  /** The structs and arrays themselves, in the order of the body, where they are to stay the same. */
  readonly objects?: readonly CompositeInstance[] | undefined;
}

/** For snapshots that stay in the process. */
export interface PartsOptions extends SnapshotOptions {
  /** Leaves out the state of host modules, which goes on. */
  readonly withoutHostState?: boolean;
  /** An earlier snapshot of the same instances, whose memories are shared as far as they are the same. */
  readonly before?: SnapshotParts | undefined;
  /** Whether the structs and arrays of these instances are to be the same objects when they are restored. Absent: others. */
  readonly keepsObjects?: (instances: readonly ModuleInstance[]) => boolean;
}

/** Writes all but the memories' bytes. @throws NotInSnapshot */
export function takeParts(subject: SnapshotSubject, options: PartsOptions = {}): SnapshotParts {
  const { store, active, run, executor } = subject;
  const graph = new InstanceGraph(store);
  const values = new ValueWriter(graph, options.hostReference);
  const memories = new MemoryImages(options.before?.memories);
  const writer = new InstanceWriter(values, memories);

  const runPart = new ByteWriter();
  for (const name of store.getModuleList()) graph.indexOf(store.findModule(name) as ModuleInstance);
  if (active !== undefined) graph.indexOf(active);
  const owed = run === undefined ? 0 : writeRun(runPart, values, run);
  // What is written may refer to further instances and objects, which are added at the ends of their lists.
  const contents: ByteWriter[] = [];
  const composites: ByteWriter[] = [];
  const exceptions: ByteWriter[] = [];
  const isDone = (): boolean =>
    contents.length === graph.instances.length &&
    composites.length === values.composites.length &&
    exceptions.length === values.exceptions.length;
  while (!isDone()) {
    for (let i = contents.length; i < graph.instances.length; i++) {
      writer.content(append(contents), graph.instances[i]);
    }
    for (let i = composites.length; i < values.composites.length; i++) {
      values.compositeContent(append(composites), values.composites[i]);
    }
    for (let i = exceptions.length; i < values.exceptions.length; i++) {
      values.exceptionPayload(append(exceptions), values.exceptions[i]);
      graph.homeOf(values.exceptions[i].tag, "the tag of an exception");
    }
  }

  const modules = new ModuleList();
  const shapes = new ByteWriter();
  shapes.vector(graph.instances, (instance) => writer.shape(shapes, instance, modules.indexOf(instance.source)));
  shapes.vector(values.composites, (composite) => values.compositeShape(shapes, composite));
  shapes.vector(values.exceptions, (exception) => values.exceptionShape(shapes, exception));

  const body = new ByteWriter().name(VERSION);
  modules.write(body, options.modules ?? "included");
  addAll(body, [shapes, ...exceptions, ...composites, ...contents]);
  body.unsigned(active === undefined ? 0 : graph.indexOf(active) + 1);
  writeCounts(body, executor, owed);
  body.byte(run === undefined ? 0 : 1);
  addAll(body, [runPart]);
  writeHostStates(body, graph, options.withoutHostState ?? false);
  const { instances } = graph;
  const objects = options.keepsObjects?.(instances) ? values.composites : undefined;
  return { body: body.toBytes(), memories: memories.images, instances, objects };
}

function append(list: ByteWriter[]): ByteWriter {
  const writer = new ByteWriter();
  list.push(writer);
  return writer;
}

function addAll(body: ByteWriter, parts: readonly ByteWriter[]): void {
  for (const part of parts) body.bytes(part.toBytes());
}

function writeRun(writer: ByteWriter, values: ValueWriter, { func, execution }: SuspendedRun): number {
  values.reference(writer, func, "The function that was called");
  const [bytes, objects] = execution.heap.usage;
  writer.unsigned(bytes).unsigned(objects);
  const frames = new FrameWriter(execution, values);
  frames.write(writer);
  return frames.owed;
}

/** @param owed what has been executed and not booked yet, in cost */
function writeCounts(writer: ByteWriter, { statistics, configure }: Executor, owed: number): void {
  writer.byte(statistics === undefined ? 0 : 1);
  if (statistics === undefined) return;
  const { instructionCounting, costMeasuring } = configure.statistics;
  const cost = statistics.getTotalCost() + BigInt(costMeasuring ? owed : 0);
  writer.unsigned(statistics.getInstrCount() + (instructionCounting && statistics.hasUnitCosts ? owed : 0));
  writer.word(Number(cost & 0xffff_ffffn)).word(Number((cost >> 32n) & 0xffff_ffffn));
}

function writeHostStates(writer: ByteWriter, { instances }: InstanceGraph, without: boolean): void {
  const states = instances.flatMap((instance, i) =>
    !without && hasHostState(instance) ? [{ i, state: instance.saveState() }] : [],
  );
  writer.vector(states, ({ i, state }) => writer.unsigned(i).unsigned(state.length).bytes(state));
}

/** The modules of the instances, each once. */
class ModuleList {
  private readonly modules: Module[] = [];

  indexOf(module: Module | undefined): number {
    if (module === undefined) return -1;
    const index = this.modules.indexOf(module);
    return index < 0 ? this.modules.push(module) - 1 : index;
  }

  write(writer: ByteWriter, form: "included" | "hashed"): void {
    writer.vector(this.modules, (module) => {
      writer.bytes(hashOf(module)).byte(form === "included" ? 1 : 0);
      if (form === "included") writer.unsigned(module.bytes.length).bytes(module.bytes);
    });
  }
}

/** A snapshot as a file. */
export function encodeSnapshot({ body, memories }: SnapshotParts): Uint8Array {
  const writer = new ByteWriter().bytes(MAGIC).word(FORMAT_VERSION).unsigned(body.length).bytes(body);
  for (const image of memories) writeImage(writer, image);
  const bytes = writer.word(0).toBytes();
  const end = bytes.length - 4;
  new DataView(bytes.buffer).setInt32(end, checksum(bytes.subarray(0, end)), true);
  return bytes;
}

/**
 * What there is at this moment, as bytes: the instances of a store with what they hold, and a run that is suspended.
 * @returns the same bytes for the same state, in another process too
 * @throws NotInSnapshot, with what it is, for what bytes cannot tell: references to objects of the host without `hostReference`,
 *   host functions that no module exports, shared memories
 */
export function takeSnapshot(subject: SnapshotSubject, options: SnapshotOptions = {}): Uint8Array {
  requireExecutor(requireObject("subject", subject).executor);
  requireKind("store", subject.store, StoreManager, "StoreManager");
  return encodeSnapshot(takeParts(subject, requireObject("options", options)));
}

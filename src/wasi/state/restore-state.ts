import { malformed, mismatch } from "../../snapshot/snapshot-errors.ts";
import { SnapshotReader } from "../../snapshot/snapshot-reader.ts";
import { ALL_FD_FLAGS } from "../abi/constants.ts";
import { errnoOf, errnoText } from "../abi/errno.ts";
import { ALL_RIGHTS, type RightsPair } from "../abi/rights.ts";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { DirectoryDescriptor } from "../descriptors/directory-descriptor.ts";
import { FileDescriptor } from "../descriptors/file-descriptor.ts";
import { InputDescriptor } from "../descriptors/stream-descriptor.ts";
import type { Environ, OpenedPreopen } from "../environ.ts";
import type { OpenDirectory, OpenFile } from "../fs/file-system.ts";
import { MemoryFileSystem } from "../fs/memory-file-system.ts";
import { openAgain } from "../functions/path-open.ts";
import { MadeUpSurroundings } from "../surroundings.ts";
import { memoriesOf, SavedKind } from "./save-state.ts";

/**
 * Gives a guest the world that it had. The embedder has given it one already, with preopens of the same names in the same order:
 * they say where the guest's files are now, and the streams are those of now.
 * @throws MalformedSnapshot; SnapshotMismatch where a preopen, a file or a directory is missing
 */
export function restoreEnviron(environ: Environ, state: Uint8Array): void {
  const reader = new SnapshotReader(state);
  const args = reader.vector(() => reader.name());
  const envs = reader.vector(() => reader.name());
  const exitCode = reader.word();
  const [time, blocks] = [reader.unsigned(), reader.unsigned()];
  restoreMemories(environ, reader);
  requirePreopens(environ, reader);
  const restorer = new DescriptorReader(environ, reader);
  let last = -1;
  const descriptors = reader.vector(() => {
    const fd = reader.unsigned();
    if (fd <= last) malformed(`WASI descriptor ${fd} follows ${last}.`);
    last = fd;
    return [fd, restorer.read(fd)] as const;
  });
  reader.end("the last WASI descriptor");
  try {
    environ.descriptors.replaceAll(descriptors);
  } catch {
    mismatch(`A guest may not have ${last + 1} WASI descriptors here.`);
  }
  const { surroundings } = environ;
  if (surroundings instanceof MadeUpSurroundings) {
    surroundings.time = BigInt(time);
    surroundings.blocks = blocks;
  }
  environ.args = args;
  environ.envs = envs;
  environ.exitCode = exitCode;
}

function restoreMemories(environ: Environ, reader: SnapshotReader): void {
  const memories = memoriesOf(environ);
  reader.vector((i) => {
    const memory = memories[i] ?? mismatch(`There is no file system in memory of the number ${i}.`);
    try {
      memory.restoreTree(reader);
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      mismatch(`A file system in memory cannot have what it had:${errnoText(errno)}`);
    }
  });
}

function requirePreopens({ preopens }: Environ, reader: SnapshotReader): void {
  reader.vector((i) => {
    const name = reader.name();
    const inMemory = reader.unsigned() > 0;
    const preopen: OpenedPreopen | undefined = preopens[i];
    if (preopen?.name !== name) mismatch(`Preopen ${i} was "${name}", and is ${preopen?.name ?? "missing"}.`);
    if (inMemory !== preopen.fileSystem instanceof MemoryFileSystem) {
      mismatch(`Preopen "${name}" was ${inMemory ? "" : "not "}in memory.`);
    }
  });
}

/** Opens descriptors again. */
class DescriptorReader {
  private readonly environ: Environ;
  private readonly reader: SnapshotReader;

  constructor(environ: Environ, reader: SnapshotReader) {
    this.environ = environ;
    this.reader = reader;
  }

  read(fd: number): Descriptor {
    const { environ, reader } = this;
    const kind = reader.choice(SavedKind.Bound, "kind of descriptors");
    const rights = { base: this.rights(), inheriting: this.rights() };
    const flags = reader.unsigned();
    if ((flags & ALL_FD_FLAGS) !== flags) malformed(`WASI descriptor ${fd} has unknown flags.`);
    switch (kind) {
      case SavedKind.Input: {
        const input = new InputDescriptor(environ.inputStream(), rights);
        input.flags = flags;
        if (reader.flag()) input.readAhead = reader.sized().slice();
        return input;
      }
      case SavedKind.Output: {
        const output = environ.outputDescriptor(reader.choice(3, "stream") === 2 ? 2 : 1);
        output.rights = rights;
        output.flags = flags;
        return output;
      }
      case SavedKind.Directory: {
        const [opened, origin] = this.open(fd, rights);
        if (opened.kind !== "directory") mismatch(`WASI descriptor ${fd}, "${origin.path}", is no directory here.`);
        const name = reader.flag() ? environ.preopens[origin.preopen].name : undefined;
        const descriptor = new DirectoryDescriptor(opened, rights, flags, name);
        descriptor.origin = origin;
        return descriptor;
      }
      default: {
        const [opened, origin] = this.open(fd, rights);
        if (opened.kind !== "file") mismatch(`WASI descriptor ${fd}, "${origin.path}", is a directory here.`);
        const descriptor = new FileDescriptor(opened, rights, flags);
        descriptor.origin = origin;
        descriptor.place = reader.unsigned();
        return descriptor;
      }
    }
  }

  private rights(): bigint {
    const rights = BigInt(this.reader.unsigned());
    if ((rights & ALL_RIGHTS) !== rights) malformed("A WASI descriptor has unknown rights.");
    return rights;
  }

  private open(fd: number, rights: RightsPair) {
    const { preopens } = this.environ;
    const origin = { preopen: this.reader.index(preopens.length, "preopen"), path: this.reader.name() };
    const preopen = preopens[origin.preopen];
    try {
      const directory = preopen.open();
      if (origin.path === ".") return [directory as OpenFile | OpenDirectory, origin] as const;
      const opened = openAgain(directory, origin.path, rights);
      directory.close();
      return [opened, origin] as const;
    } catch (error) {
      const errno = errnoOf(error);
      if (errno === undefined) throw error;
      const what = `WASI descriptor ${fd}, "${origin.path}" below "${preopen.name}"`;
      return mismatch(`${what}, cannot be opened again:${errnoText(errno)}`);
    }
  }
}

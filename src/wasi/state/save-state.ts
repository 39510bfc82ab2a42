import { ByteWriter } from "../../executor/coredump/byte-writer.ts";
import { refuse } from "../../snapshot/snapshot-errors.ts";
import { errnoOf, errnoText } from "../abi/errno.ts";
import type { Descriptor } from "../descriptors/descriptor.ts";
import { DirectoryDescriptor } from "../descriptors/directory-descriptor.ts";
import { FileDescriptor } from "../descriptors/file-descriptor.ts";
import { InputDescriptor, OutputDescriptor } from "../descriptors/stream-descriptor.ts";
import type { Environ } from "../environ.ts";
import { MemoryFileSystem } from "../fs/memory-file-system.ts";
import { openAgain } from "../functions/path-open.ts";
import { MadeUpSurroundings } from "../surroundings.ts";

/** What a descriptor is, in a snapshot. */
export const enum SavedKind {
  /** A standard stream, by its number: it is bound to the stream that has it where the snapshot is restored. */
  Input,
  Output,
  Directory,
  File,
  Bound,
}

/**
 * The world of a guest as bytes: arguments, environment, descriptors, and what is in the file systems in memory. Other file systems
 * stay where they are: files and directories in them are opened again by their paths.
 */
export function saveEnviron(environ: Environ): Uint8Array {
  const writer = new ByteWriter();
  writer.vector(environ.args, (text) => writer.name(text));
  writer.vector(environ.envs, (text) => writer.name(text));
  writer.word(environ.exitCode);
  const { surroundings } = environ;
  const madeUp = surroundings instanceof MadeUpSurroundings ? surroundings : { time: 0n, blocks: 0 };
  writer.unsigned(madeUp.time).unsigned(madeUp.blocks);
  const memories = memoriesOf(environ);
  writer.vector(memories, (memory) => memory.saveTree(writer));
  writer.vector(environ.preopens, ({ name, fileSystem }) => {
    writer.name(name).unsigned(memories.indexOf(fileSystem as MemoryFileSystem) + 1);
  });
  writer.vector(environ.descriptors.numbered(), ([fd, descriptor]) => {
    writer.unsigned(fd);
    saveDescriptor(writer, environ, fd, descriptor);
  });
  return writer.toBytes();
}

/** The file systems in memory that preopens are on, each once. */
export function memoriesOf({ preopens }: Environ): MemoryFileSystem[] {
  const found = preopens.flatMap(({ fileSystem }) => (fileSystem instanceof MemoryFileSystem ? [fileSystem] : []));
  return found.filter((fileSystem, i) => found.indexOf(fileSystem) === i);
}

function saveDescriptor(writer: ByteWriter, environ: Environ, fd: number, descriptor: Descriptor): void {
  const { rights, flags } = descriptor;
  const begin = (kind: SavedKind): ByteWriter =>
    writer.byte(kind).unsigned(rights.base).unsigned(rights.inheriting).unsigned(flags);
  if (descriptor instanceof InputDescriptor) {
    const { readAhead } = descriptor;
    begin(SavedKind.Input).byte(readAhead === undefined ? 0 : 1);
    if (readAhead !== undefined) writer.unsigned(readAhead.length).bytes(readAhead.slice());
  } else if (descriptor instanceof OutputDescriptor) begin(SavedKind.Output).byte(descriptor.stream);
  else if (descriptor instanceof DirectoryDescriptor) {
    begin(SavedKind.Directory);
    saveOrigin(writer, environ, fd, descriptor);
    writer.byte(descriptor.preopenName === undefined ? 0 : 1);
  } else if (descriptor instanceof FileDescriptor) {
    if (descriptor.holdsInput) refuse(`WASI descriptor ${fd} has input that was looked at and not read.`);
    begin(SavedKind.File);
    saveOrigin(writer, environ, fd, descriptor);
    writer.unsigned(descriptor.place);
  } else refuse(`WASI descriptor ${fd} is a socket.`);
}

/** @throws NotInSnapshot where the path does not lead there any more */
function saveOrigin(writer: ByteWriter, { preopens }: Environ, fd: number, descriptor: Descriptor): void {
  const { origin, rights } = descriptor;
  const preopen = origin === undefined ? undefined : preopens[origin.preopen];
  if (origin === undefined || preopen === undefined) refuse(`WASI descriptor ${fd} has no path.`);
  const what = `WASI descriptor ${fd}, "${origin.path}" below "${preopen.name}",`;
  try {
    const directory = preopen.open();
    const again = openAgain(directory, origin.path, { ...rights, base: 0n });
    const [was, is] = [descriptor.stat(), again.stat()];
    again.close();
    directory.close();
    if (was.ino !== is.ino || was.dev !== is.dev) refuse(`${what} is another file now.`);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === undefined) throw error;
    refuse(`${what} is not there any more:${errnoText(errno)}`);
  }
  writer.unsigned(origin.preopen).name(origin.path);
}

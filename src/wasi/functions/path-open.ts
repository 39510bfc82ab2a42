import { ALL_FD_FLAGS, ALL_LOOKUP_FLAGS, ALL_O_FLAGS, LookupFlags, OFlags } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { includes, Right, type Rights, type RightsPair, without } from "../abi/rights.ts";
import type { Descriptor, Origin } from "../descriptors/descriptor.ts";
import { DirectoryDescriptor } from "../descriptors/directory-descriptor.ts";
import { FileDescriptor } from "../descriptors/file-descriptor.ts";
import type { OpenDirectory, OpenFile, OpenOptions } from "../fs/file-system.ts";
import { type Place, resolvePath } from "../path-resolution.ts";
import { checkFlags, checkRights } from "./checks.ts";
import { wasiFunction } from "./definition.ts";
import { syncRights } from "./fd.ts";

/** Rights for which a file is opened to be written to; FD_DATASYNC is none (WasmEdge takes it for one). */
const WRITING: Rights = Right.FD_WRITE | Right.FD_ALLOCATE | Right.FD_FILESTAT_SET_SIZE;
const READING: Rights = Right.FD_READ | Right.FD_READDIR;

/** What a directory must allow for a file to be opened so. */
function neededRights(oflags: number): Rights {
  const create = (oflags & OFlags.CREAT) === 0 ? 0n : Right.PATH_CREATE_FILE;
  const truncate = (oflags & OFlags.TRUNC) === 0 ? 0n : Right.PATH_FILESTAT_SET_SIZE;
  return Right.PATH_OPEN | create | truncate;
}

function toOptions(oflags: number, base: Rights): OpenOptions {
  return {
    read: (base & READING) !== 0n,
    write: (base & WRITING) !== 0n,
    create: (oflags & OFlags.CREAT) !== 0,
    exclusive: (oflags & OFlags.EXCL) !== 0,
    truncate: (oflags & OFlags.TRUNC) !== 0,
    directory: (oflags & OFlags.DIRECTORY) !== 0,
  };
}

/** Opens what the path led to. */
export function openPlace({ directory, name, mustBeDirectory }: Place, options: OpenOptions): OpenFile | OpenDirectory {
  if (name === ".") {
    if (options.create && options.exclusive) failWith(Errno.EXIST);
    if (options.create || options.truncate || options.write) failWith(Errno.ISDIR);
    return directory.reopen();
  }
  if (!mustBeDirectory) return openNamed(directory, name, options);
  // A file would have to be made where only a directory can be.
  if (options.create) failWith(Errno.ISDIR);
  return openNamed(directory, name, { ...options, directory: true });
}

function openNamed(directory: OpenDirectory, name: string, options: OpenOptions): OpenFile | OpenDirectory {
  const writes = options.write || options.truncate;
  if (!(options.directory && writes)) return directory.openAt(name, options);
  // A directory cannot be written to; anything else is none.
  directory.openAt(name, { ...options, write: false, truncate: false }).close();
  return failWith(Errno.ISDIR);
}

/** The descriptor; a directory has no offset to seek, a file no names to look at. */
function toDescriptor(opened: OpenFile | OpenDirectory, rights: RightsPair, flags: number): Descriptor {
  if (opened.kind === "file") {
    const base = without(rights.base, Right.PATH_FILESTAT_GET);
    const inheriting = without(rights.inheriting, Right.PATH_FILESTAT_GET);
    return new FileDescriptor(opened, { base, inheriting }, flags);
  }
  const base = without(rights.base, Right.FD_SEEK);
  return new DirectoryDescriptor(opened, { base, inheriting: rights.inheriting }, flags);
}

function below({ preopen, path: parent }: Origin, path: string): Origin {
  return { preopen, path: parent === "." ? path : `${parent}/${path}` };
}

/**
 * For snapshots: opens what stands at a path with these rights, as it was opened before.
 * @throws WasiError where it is not there, or another kind
 */
export function openAgain(directory: OpenDirectory, path: string, rights: RightsPair): OpenFile | OpenDirectory {
  return resolvePath(directory, path, "follow", (place) => openPlace(place, toOptions(0, rights.base)));
}

export const pathOpenFunctions = [
  wasiFunction(
    "path_open",
    ["i32", "i32", "i32", "i32", "i32", "i64", "i64", "i32", "i32"],
    ({ environ, memory }, fd, lookup, address, length, oflags, base, inheriting, fdflags, result) => {
      memory.require(result, 4);
      const path = memory.readPath(address, length);
      checkFlags(lookup, ALL_LOOKUP_FLAGS);
      checkFlags(oflags, ALL_O_FLAGS);
      checkFlags(fdflags, ALL_FD_FLAGS);
      checkRights(base);
      checkRights(inheriting);
      const options = toOptions(oflags, base);
      if (options.create && options.directory) failWith(Errno.INVAL);
      const parent = environ.directory(fd, neededRights(oflags));
      const requested = base | inheriting | syncRights(fdflags);
      if (!includes(parent.rights.inheriting, requested)) failWith(Errno.NOTCAPABLE);
      environ.descriptors.requireRoom();
      // What must not exist yet is not looked for behind a link.
      const follow = (lookup & LookupFlags.SYMLINK_FOLLOW) !== 0 && !(options.create && options.exclusive);
      const opened = resolvePath(parent.directory, path, follow ? "follow" : "nofollow", (place) =>
        openPlace(place, options),
      );
      const descriptor = toDescriptor(opened, { base, inheriting }, fdflags);
      if (parent.origin !== undefined) descriptor.origin = below(parent.origin, path);
      memory.writeUint32(result, environ.descriptors.add(descriptor));
    },
  ),
];

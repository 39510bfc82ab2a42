import { encodeUtf8 } from "../../common/utf8.ts";
import { ALL_LOOKUP_FLAGS, FileType, LookupFlags } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import { Right } from "../abi/rights.ts";
import { FILESTAT_SIZE, writeFilestat } from "../abi/structs.ts";
import type { FileStat } from "../fs/file-system.ts";
import { type LastComponent, type Place, resolvePath, staysInside } from "../path-resolution.ts";
import { checkFlags } from "./checks.ts";
import { wasiFunction } from "./definition.ts";
import { toFileTimes } from "./times.ts";

/**
 * What is done by path: each function resolves its paths and has the file system act on one name in one directory.
 */

/** @throws WasiError INVAL */
function lastComponent(lookup: number): LastComponent {
  checkFlags(lookup, ALL_LOOKUP_FLAGS);
  return (lookup & LookupFlags.SYMLINK_FOLLOW) === 0 ? "nofollow" : "follow";
}

/** @throws WasiError NOENT; NOTDIR where a slash stands after what is no directory */
function statOf({ directory, name, mustBeDirectory }: Place): FileStat {
  if (name === ".") return directory.stat();
  const stat = directory.statAt(name) ?? failWith(Errno.NOENT);
  if (mustBeDirectory && stat.filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
  return stat;
}

/** Checks that a name for something other than a directory can be made there. @throws WasiError EXIST, NOENT */
function requireNewName({ directory, name, mustBeDirectory }: Place): void {
  if (name === "." || directory.statAt(name) !== undefined) failWith(Errno.EXIST);
  if (mustBeDirectory) failWith(Errno.NOENT);
}

const directoryFunctions = [
  wasiFunction("path_create_directory", ["i32", "i32", "i32"], ({ environ, memory }, fd, address, length) => {
    const path = memory.readPath(address, length);
    const parent = environ.directory(fd, Right.PATH_CREATE_DIRECTORY);
    resolvePath(parent.directory, path, "entry", ({ directory, name }) => {
      if (name === ".") failWith(Errno.EXIST);
      directory.makeDirectoryAt(name);
    });
  }),
  wasiFunction("path_remove_directory", ["i32", "i32", "i32"], ({ environ, memory }, fd, address, length) => {
    const path = memory.readPath(address, length);
    const parent = environ.directory(fd, Right.PATH_REMOVE_DIRECTORY);
    resolvePath(parent.directory, path, "entry", ({ directory, name }) => {
      if (name === ".") failWith(Errno.INVAL);
      directory.removeDirectoryAt(name);
    });
  }),
  wasiFunction("path_unlink_file", ["i32", "i32", "i32"], ({ environ, memory }, fd, address, length) => {
    const path = memory.readPath(address, length);
    const parent = environ.directory(fd, Right.PATH_UNLINK_FILE);
    resolvePath(parent.directory, path, "entry", (place) => {
      // A directory, named so or by a slash, is refused as such; what else a slash stands after is none.
      if (place.name === ".") failWith(Errno.ISDIR);
      if (place.mustBeDirectory) {
        statOf(place);
        failWith(Errno.ISDIR);
      }
      place.directory.unlinkAt(place.name);
    });
  }),
];

const statusFunctions = [
  wasiFunction(
    "path_filestat_get",
    ["i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, lookup, address, length, result) => {
      memory.require(result, FILESTAT_SIZE);
      const path = memory.readPath(address, length);
      const last = lastComponent(lookup);
      const parent = environ.directory(fd, Right.PATH_FILESTAT_GET);
      writeFilestat(memory, result, resolvePath(parent.directory, path, last, statOf));
    },
  ),
  wasiFunction(
    "path_filestat_set_times",
    ["i32", "i32", "i32", "i32", "i64", "i64", "i32"],
    ({ environ, memory }, fd, lookup, address, length, atim, mtim, flags) => {
      const path = memory.readPath(address, length);
      const last = lastComponent(lookup);
      const times = toFileTimes(environ, atim, mtim, flags);
      const parent = environ.directory(fd, Right.PATH_FILESTAT_SET_TIMES);
      resolvePath(parent.directory, path, last, (place) => {
        statOf(place);
        if (place.name === ".") place.directory.setTimes(times);
        else place.directory.setTimesAt(place.name, times);
      });
    },
  ),
];

const linkFunctions = [
  wasiFunction(
    "path_link",
    ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, oldFd, lookup, oldAddress, oldLength, newFd, newAddress, newLength) => {
      const oldPath = memory.readPath(oldAddress, oldLength);
      const newPath = memory.readPath(newAddress, newLength);
      const last = lastComponent(lookup);
      const source = environ.directory(oldFd, Right.PATH_LINK_SOURCE);
      const target = environ.directory(newFd, Right.PATH_LINK_TARGET);
      resolvePath(source.directory, oldPath, last, (from) => {
        const { filetype } = statOf(from);
        resolvePath(target.directory, newPath, "entry", (to) => {
          requireNewName(to);
          if (filetype === FileType.DIRECTORY) failWith(Errno.PERM);
          from.directory.linkAt(from.name, to.directory, to.name);
        });
      });
    },
  ),
  wasiFunction(
    "path_symlink",
    ["i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, oldAddress, oldLength, fd, newAddress, newLength) => {
      const text = memory.readPath(oldAddress, oldLength);
      const path = memory.readPath(newAddress, newLength);
      const parent = environ.directory(fd, Right.PATH_SYMLINK);
      if (text === "") failWith(Errno.NOENT);
      if (text.includes("\0")) failWith(Errno.INVAL);
      resolvePath(parent.directory, path, "entry", (place) => {
        if (!staysInside(text, place.depth)) failWith(Errno.PERM);
        requireNewName(place);
        place.directory.symlinkAt(text, place.name);
      });
    },
  ),
  wasiFunction(
    "path_readlink",
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, fd, address, length, buffer, room, used) => {
      memory.require(buffer, room);
      memory.require(used, 4);
      const path = memory.readPath(address, length);
      const parent = environ.directory(fd, Right.PATH_READLINK);
      const text = resolvePath(parent.directory, path, "nofollow", (place) => {
        if (statOf(place).filetype !== FileType.SYMBOLIC_LINK) failWith(Errno.INVAL);
        return place.directory.readlinkAt(place.name);
      });
      // What has no room is cut off without a word, as readlink(2) does.
      const bytes = encodeUtf8(text).subarray(0, room);
      memory.writeBytes(buffer, bytes);
      memory.writeUint32(used, bytes.length);
    },
  ),
];

/** Moves a name. @throws WasiError */
function rename(from: Place, to: Place): void {
  // rename(2) says so of "." and "..", which is where these paths ended.
  if (from.name === "." || to.name === ".") failWith(Errno.BUSY);
  const { filetype } = statOf(from);
  if (to.mustBeDirectory && filetype !== FileType.DIRECTORY) failWith(Errno.NOTDIR);
  from.directory.renameAt(from.name, to.directory, to.name);
}

export const pathFunctions = [
  ...directoryFunctions,
  ...statusFunctions,
  ...linkFunctions,
  wasiFunction(
    "path_rename",
    ["i32", "i32", "i32", "i32", "i32", "i32"],
    ({ environ, memory }, oldFd, oldAddress, oldLength, newFd, newAddress, newLength) => {
      const oldPath = memory.readPath(oldAddress, oldLength);
      const newPath = memory.readPath(newAddress, newLength);
      const source = environ.directory(oldFd, Right.PATH_RENAME_SOURCE);
      const target = environ.directory(newFd, Right.PATH_RENAME_TARGET);
      resolvePath(source.directory, oldPath, "entry", (from) => {
        resolvePath(target.directory, newPath, "entry", (to) => rename(from, to));
      });
    },
  ),
];

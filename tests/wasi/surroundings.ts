import { expect } from "vitest";
import { decodeUtf8 } from "../../src/common/utf8.ts";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { type FileSystem, type OpenDirectory, type OpenOptions, walking } from "../../src/wasi/fs/file-system.ts";
import type { Volume } from "./backends.ts";

/**
 * A preopen with something beside it: what the tests of the sandbox watch over. All of it is made and looked at through the
 * interface of file systems, below the resolution of paths, so that it is the same for all of them.
 */

/** What must never reach a guest. Its length is that of no other file. */
export const SECRET = "the secret of the outside, which no guest may read";

const writing: OpenOptions = {
  read: false,
  write: true,
  create: true,
  exclusive: false,
  truncate: false,
  directory: false,
};
const reading: OpenOptions = { ...writing, read: true, write: false, create: false };

export function enter(directory: OpenDirectory, name: string): OpenDirectory {
  const opened = directory.openAt(name, walking);
  if (opened.kind !== "directory") throw new Error(`${name} is no directory`);
  return opened;
}

export function writeFile(directory: OpenDirectory, name: string, text: string): void {
  const file = directory.openAt(name, writing);
  if (file.kind === "file") {
    file.setSize(0);
    file.write(new TextEncoder().encode(text), 0);
  }
  file.close();
}

export function readFile(directory: OpenDirectory, name: string): string {
  const file = directory.openAt(name, reading);
  const bytes = new Uint8Array(4096);
  const count = file.kind === "file" ? file.read(bytes, 0) : 0;
  file.close();
  return decodeUtf8(bytes, 0, count) ?? "not UTF-8";
}

/** A line for each thing below a directory: all but when it was read last. */
export function portrait(directory: OpenDirectory, path = ""): string[] {
  const lines: string[] = [];
  const names = directory.readDirectory().map(({ name }) => name);
  for (const name of names.sort()) {
    const stat = directory.statAt(name);
    if (stat === undefined) continue;
    const { filetype, nlink, size, mtim, ino } = stat;
    const isDirectory = filetype === FileType.DIRECTORY;
    const content =
      filetype === FileType.SYMBOLIC_LINK
        ? directory.readlinkAt(name)
        : filetype === FileType.REGULAR_FILE
          ? readFile(directory, name)
          : "";
    lines.push(`${path}${name} ${filetype} ${ino} ${isDirectory ? "" : `${nlink} ${size}`} ${mtim} ${content}`);
    if (!isDirectory) continue;
    const below = enter(directory, name);
    lines.push(...portrait(below, `${path}${name}/`));
    below.close();
  }
  return lines;
}

export interface Surroundings {
  readonly fileSystem: FileSystem;
  /** The path of what is to be preopened. */
  readonly path: string;
  /** What holds `inside` and `outside`, for the host to make trouble in. */
  readonly around: OpenDirectory;
  readonly inside: OpenDirectory;
  readonly outside: OpenDirectory;
  /** Fails where the outside is not as it was, or something stands beside it. */
  readonly expectUntouched: () => void;
}

/** Makes `inside` and `outside`, which holds a file and a directory with another. */
export function surround({ fileSystem, path }: Volume): Surroundings {
  const around = fileSystem.openDirectory(path);
  for (const name of ["inside", "outside"]) around.makeDirectoryAt(name);
  const inside = enter(around, "inside");
  const outside = enter(around, "outside");
  writeFile(outside, "file", SECRET);
  outside.makeDirectoryAt("dir");
  const dir = enter(outside, "dir");
  writeFile(dir, "file", SECRET);
  dir.close();
  outside.makeDirectoryAt("empty");
  outside.symlinkAt("file", "link");
  const look = (): string[] => {
    const beside = around.readDirectory().map(({ name }) => name);
    return [...beside.filter((name) => !name.startsWith("inside")).sort(), ...portrait(outside)];
  };
  const before = look();
  const base = path === "/" ? "" : path;
  const expectUntouched = (): void => expect(look()).toEqual(before);
  return { fileSystem, path: `${base}/inside`, around, inside, outside, expectUntouched };
}

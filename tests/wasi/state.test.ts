import { describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ByteWriter } from "../../src/executor/coredump/byte-writer.ts";
import { SnapshotReader } from "../../src/snapshot/snapshot-reader.ts";
import { FileDescriptor } from "../../src/wasi/descriptors/file-descriptor.ts";
import type { OpenDirectory, OpenFile, OpenOptions } from "../../src/wasi/fs/file-system.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { openAgain } from "../../src/wasi/functions/path-open.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import { contextOf, failureOf } from "../support/engine.ts";

const reading: OpenOptions = {
  read: true,
  write: false,
  create: false,
  exclusive: false,
  truncate: false,
  directory: false,
};

/** A guest on a file system in memory, with one preopen. */
function guest(fileSystem = new MemoryFileSystem()): WasiModule {
  const wasi = new WasiModule({ fileSystem, stdin: { read: () => 0 } });
  wasi.init([{ guest: "/data", host: "/" }], "program", ["one", "two"], ["A=1"]);
  return wasi;
}

/** Opens a file as `path_open` does. */
function open(wasi: WasiModule, path: string): number {
  const environ = wasi.getEnv();
  const [preopen] = environ.preopens;
  const parent = environ.directory(3, 0n);
  const rights = { base: parent.rights.inheriting, inheriting: 0n };
  const file = openAgain(preopen?.open() as OpenDirectory, path, rights);
  const descriptor = new FileDescriptor(file as OpenFile, rights, 1);
  descriptor.origin = { preopen: 0, path };
  return environ.descriptors.add(descriptor);
}

function names(fileSystem: MemoryFileSystem, path: string): string[] {
  return fileSystem.readDirectory(path);
}

describe("the state of WASI", () => {
  it("goes over with arguments, descriptors at their places, and a file system in memory with links and times", () => {
    const left = new MemoryFileSystem({ files: { "a/b.txt": "hello", "a/c": "there" } });
    const directory = left.openDirectory("/a");
    directory.linkAt("b.txt", left.openDirectory("/"), "same");
    directory.symlinkAt("b.txt", "link");
    directory.setTimesAt("c", { atim: 5n, mtim: 7n });
    const file = directory.openAt("c", { ...reading, write: true }) as OpenFile;
    file.setSize(100_000);
    file.write(Uint8Array.of(9), 70_000);
    const wasi = guest(left);
    wasi.getEnv().exitCode = 3;
    const fd = open(wasi, "a/b.txt");
    wasi.getEnv().descriptors.get(fd).seek(2n, 0);
    wasi.getEnv().descriptors.close(0);
    const state = wasi.saveState();

    const right = new MemoryFileSystem({ files: { "old/file": "goes" } });
    const other = guest(right);
    other.restoreState(state);
    const environ = other.getEnv();
    expect([environ.args, environ.envs, environ.exitCode]).toEqual([["program", "one", "two"], ["A=1"], 3]);
    expect(environ.descriptors.numbered().map(([number]) => number)).toEqual([1, 2, 3, 4]);
    const read = new Uint8Array(10);
    expect(environ.descriptors.get(fd).read([read], false)).toBe(3);
    expect(Buffer.from(read.subarray(0, 3)).toString()).toBe("llo");
    expect(environ.descriptors.get(fd).flags).toBe(1);
    expect([names(right, "/"), names(right, "/a")]).toEqual([
      ["a", "same"],
      ["b.txt", "c", "link"],
    ]);
    const [was, is] = [left, right].map((fileSystem) => fileSystem.openDirectory("/a"));
    for (const name of ["b.txt", "c", "link"]) expect(is?.statAt(name)).toEqual(was?.statAt(name));
    expect(is?.readlinkAt("link")).toBe("b.txt");
    expect(right.openDirectory("/").statAt("same")?.ino).toBe(is?.statAt("b.txt")?.ino);
    expect(right.readFile("a/c")).toEqual(left.readFile("a/c"));
    // New nodes get numbers that none has.
    right.writeFile("new", "");
    expect(right.openDirectory("/").statAt("new")?.ino).toBeGreaterThan(is?.statAt("link")?.ino ?? 0n);
    // What goes over once more is the same, to the byte.
    const again = guest();
    again.restoreState(state);
    expect(Buffer.compare(again.saveState(), state)).toBe(0);
  });

  it("is refused for a file whose path does not lead there any more", () => {
    const fileSystem = new MemoryFileSystem({ files: { f: "1" } });
    const wasi = guest(fileSystem);
    open(wasi, "f");
    fileSystem.openDirectory("/").unlinkAt("f");
    const gone = failureOf(() => wasi.saveState());
    fileSystem.writeFile("f", "2");
    const other = failureOf(() => wasi.saveState());
    expect([gone.code, other.code]).toEqual([ErrCode.NotInSnapshot, ErrCode.NotInSnapshot]);
    expect(contextOf(gone, "note")[0]?.text).toMatch(/^WASI descriptor 4, "f" below "data", is not there any more:/);
    expect(contextOf(other, "note")[0]?.text).toBe('WASI descriptor 4, "f" below "data", is another file now.');
  });

  it("wants preopens of the same names, and says which one is missing", () => {
    const state = guest(new MemoryFileSystem()).saveState();
    const wasi = new WasiModule({ fileSystem: new MemoryFileSystem() });
    wasi.init([{ guest: "/other", host: "/" }], "program");
    const error = failureOf(() => wasi.restoreState(state));
    expect(error.code).toBe(ErrCode.SnapshotMismatch);
    expect(contextOf(error, "note")[0]?.text).toBe('Preopen 0 was "data", and is other.');
  });

  it("is malformed rather than anything else, wherever it is cut off or changed", () => {
    const wasi = guest(new MemoryFileSystem({ files: { "a/b": "text", c: "more" } }));
    open(wasi, "a/b");
    const state = wasi.saveState();
    const codes = new Set<number>();
    for (let i = 0; i < state.length; i++) {
      for (const bytes of [state.slice(0, i), state.map((byte, k) => (k === i ? byte ^ (1 << (i % 8)) : byte))]) {
        try {
          guest(new MemoryFileSystem()).restoreState(bytes);
        } catch (error) {
          codes.add(
            failureOf(() => {
              throw error;
            }).code,
          );
        }
      }
    }
    expect([...codes].sort()).toEqual([ErrCode.MalformedSnapshot, ErrCode.SnapshotMismatch]);
  });

  it("refuses a tree in which a directory lies in itself", () => {
    const writer = new ByteWriter();
    new MemoryFileSystem({ files: { "a/b/c": "" } }).saveTree(writer);
    const bytes = writer.toBytes();
    // The names of "b" come last, those of "a" before them; the name "b" leads to "a" now.
    bytes[bytes.length - 5] = 1;
    const error = failureOf(() => new MemoryFileSystem().restoreTree(new SnapshotReader(bytes)));
    expect(error.code).toBe(ErrCode.MalformedSnapshot);
  });
});

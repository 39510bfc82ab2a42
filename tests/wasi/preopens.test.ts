import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import { preopenRights, readonlyPreopenRights } from "../../src/wasi/abi/rights.ts";
import { installWasiDefaults, wasiDefaults } from "../../src/wasi/defaults.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { canonicalGuest, parsePreopen } from "../../src/wasi/preopen.ts";
import { hostFolder } from "./backends.ts";
import { captureLog } from "./captured-log.ts";
import { Guest, places } from "./guest.ts";

/** The guest's names of its preopens, from descriptor 3 on. */
function preopenNames(guest: Guest): string[] {
  const names: string[] = [];
  for (let fd = 3; guest.call("fd_prestat_get", fd, places.result) === "SUCCESS"; fd++) {
    const length = guest.u32(places.result + 4);
    expect(guest.u8(places.result)).toBe(0);
    guest.must("fd_prestat_dir_name", fd, places.buffer, length);
    names.push(guest.text(places.buffer, length));
  }
  return names;
}

describe("the text of a preopen", () => {
  it.each([
    ["dir", "dir", "dir", false],
    [".", ".", ".", false],
    ["/a/b", "/a/b", "/a/b", false],
    ["guest:host", "guest", "host", false],
    ["/:.", "/", ".", false],
    ["/guest:/host:readonly", "/guest", "/host", true],
    ["C:\\data", "C:\\data", "C:\\data", false],
    ["/guest:C:\\data", "/guest", "C:\\data", false],
    ["/guest:C:\\data:readonly", "/guest", "C:\\data", true],
    ["/guest:c:/data:readonly", "/guest", "c:/data", true],
    ["D:\\g:C:\\h", "D:\\g", "C:\\h", false],
    ["a:/host", "a", "/host", false],
    ["", "", "", false],
    ["g:", "g", "", false],
  ])("%s", (text, guest, host, readonly) => {
    expect(parsePreopen(text, false)).toEqual({ guest, host, readonly, unknownMode: undefined });
  });

  it("has drive letters before a slash where the host has drives", () => {
    const preopen = { readonly: false, unknownMode: undefined };
    expect(parsePreopen("C:/data", true)).toEqual({ ...preopen, guest: "C:/data", host: "C:/data" });
    expect(parsePreopen("/g:C:/data", true)).toEqual({ ...preopen, guest: "/g", host: "C:/data" });
  });

  it("says what follows the second colon when it is not known", () => {
    expect(parsePreopen("g:h:anything", false)).toEqual({
      guest: "g",
      host: "h",
      readonly: false,
      unknownMode: "anything",
    });
    expect(parsePreopen("g:h:readonly:x", false)).toMatchObject({ readonly: false, unknownMode: "readonly:x" });
  });
});

describe("the guest's name of a preopen", () => {
  it.each([
    ["/data/", "data"],
    ["/", "/"],
    ["", "/"],
    [".", "."],
    ["./data", "./data"],
    ["a//b/./c", "a/b/c"],
    ["a/../b", "b"],
    ["../../b", "b"],
    ["a/..", "/"],
    ["a/.hidden", "a/.hidden"],
    [".config/.app", ".config/.app"],
    ["C:\\data", "C:/data"],
  ])("%j is %j", (path, name) => {
    expect(canonicalGuest(path)).toBe(name);
  });
});

describe("preopens", () => {
  it("are descriptors from 3 on, in the order of their declaration", () => {
    const names = Array.from({ length: 30 }, (_, i) => `dir${(i * 7) % 30}`);
    const fileSystem = new MemoryFileSystem();
    for (const name of names) fileSystem.makeDirectory(name);
    const guest = Guest.withPreopens({ fileSystem }, ...names);
    expect(preopenNames(guest)).toEqual(names);
  });

  it("have WasmEdge's rights, and those of readonly ones no mutating right", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "a:/", "b:/:readonly");
    expect(guest.fdstat(3)).toEqual({ filetype: FileType.DIRECTORY, flags: 0, ...preopenRights });
    expect(guest.fdstat(4)).toEqual({ filetype: FileType.DIRECTORY, flags: 0, ...readonlyPreopenRights });
    expect([preopenRights.base, preopenRights.inheriting]).toEqual([0x7bffe00n, 0x1fffffffn]);
  });

  it("that cannot be opened are skipped with WasmEdge's log line, and one that names them", () => {
    const log = captureLog();
    const fileSystem = new MemoryFileSystem({ files: { "a/file": "", b: "" } });
    const guest = Guest.withPreopens({ fileSystem }, "absent", "a", "x:b", "c:a");
    expect(preopenNames(guest)).toEqual(["a", "c"]);
    expect(log).toEqual([
      { level: "error", message: "Bind guest directory failed:No such file or directory." },
      { level: "error", message: '    Directory: "absent"' },
      {
        level: "error",
        message: "Bind guest directory failed:Not a directory or a symbolic link to a directory.",
      },
      { level: "error", message: '    Directory: "b"' },
    ]);
  });

  it("with a mode that is not known are writable, as in WasmEdge, and a log line says so", () => {
    const log = captureLog();
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "a:/:readOnly");
    expect(guest.makeDirectory(3, "dir")).toBe("SUCCESS");
    expect(log.map(({ level, message }) => [level, message.includes('"readOnly"')])).toEqual([["warning", true]]);
  });

  it("tell their names into any buffer that is long enough, without a NUL", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "/guest/dir:/");
    guest.memory.fillBytes(0x2a, places.buffer, 16);
    expect(guest.call("fd_prestat_dir_name", 3, places.buffer, 8)).toBe("NAMETOOLONG");
    expect(guest.call("fd_prestat_dir_name", 3, places.buffer, 0)).toBe("NAMETOOLONG");
    expect(guest.text(places.buffer, 4)).toBe("****");
    expect(guest.call("fd_prestat_dir_name", 3, places.buffer, 16)).toBe("SUCCESS");
    expect(guest.text(places.buffer, 12)).toBe("guest/dir***");
  });

  it("are told from what else is open", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "/");
    const fd = guest.openDirectory(3, ".");
    expect(guest.call("fd_prestat_get", 0, places.result)).toBe("INVAL");
    expect(guest.call("fd_prestat_get", fd, places.result)).toBe("INVAL");
    expect(guest.call("fd_prestat_dir_name", fd, places.buffer, 10)).toBe("INVAL");
    expect(guest.call("fd_prestat_get", 99, places.result)).toBe("BADF");
  });

  it("lose their name when another descriptor is moved over them", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "a:/", "b:/");
    const fd = guest.openDirectory(3, ".");
    guest.must("fd_renumber", fd, 3);
    expect(guest.call("fd_prestat_get", 3, places.result)).toBe("INVAL");
    guest.must("fd_renumber", 4, 3);
    expect(preopenNames(guest)).toEqual(["b"]);
  });

  it("are replaced by a second init, arguments and exit code with them", () => {
    const fileSystem = new MemoryFileSystem();
    const guest = Guest.withPreopens({ fileSystem }, "a:/", "b:/");
    guest.createFile(3, "file");
    guest.open(3, "file");
    guest.wasi.getEnv().exitCode = 7;
    guest.wasi.init(["c:/"], "other", ["x"]);
    expect(preopenNames(guest)).toEqual(["c"]);
    expect(guest.call("fd_fdstat_get", 4, places.result)).toBe("BADF");
    expect(guest.wasi.getExitCode()).toBe(0);
    expect(guest.wasi.getEnv().args).toEqual(["other", "x"]);
  });

  it("stand on several file systems at once when given as objects", () => {
    const folder = hostFolder();
    writeFileSync(join(folder, "file"), "host");
    const guest = Guest.withPreopens(
      {},
      { guest: "/mem", host: "/", fileSystem: new MemoryFileSystem({ files: { file: "memory" } }) },
      { guest: "/host", host: folder, fileSystem: new NodeFileSystem(), readonly: true },
    );
    expect([guest.content(3, "file"), guest.content(4, "file")]).toEqual(["memory", "host"]);
    expect([guest.makeDirectory(3, "x"), guest.makeDirectory(4, "x")]).toEqual(["SUCCESS", "NOTCAPABLE"]);
    guest.wasi.fini();
  });

  it("are in memory without a host, made where they are named, and empty at each init", () => {
    const guest = Guest.withPreopens({}, "/", ".", "/data:./some/data", "up:../outside", "c:C:\\x", "ro:/ro:readonly");
    expect(preopenNames(guest)).toEqual(["/", ".", "data", "up", "c", "ro"]);
    expect(guest.list(3)).toEqual([".", "..", "C:", "outside", "ro", "some"]);
    guest.createFile(5, "file", "content");
    expect(guest.content(3, "some/data/file")).toBe("content");
    expect(guest.makeDirectory(8, "x")).toBe("NOTCAPABLE");
    guest.wasi.init(["/"], "test");
    expect(guest.list(3)).toEqual([".", ".."]);
    guest.wasi.init([], "test");
    expect(preopenNames(guest)).toEqual([]);
  });

  it("are on the host's directories once these are the default", () => {
    const folder = hostFolder();
    mkdirSync(join(folder, "sub"));
    captureLog();
    const before = { ...wasiDefaults };
    try {
      installWasiDefaults({ fileSystem: () => new NodeFileSystem() });
      const guest = Guest.withPreopens({}, `x:${folder}`);
      expect(guest.list(3)).toEqual([".", "..", "sub"]);
      guest.wasi.fini();
    } finally {
      installWasiDefaults(before);
    }
  });

  it("have the host's number behind them on a host, none in memory", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "/");
    expect(guest.wasi.getNativeHandler(1)).toBe(1);
    expect(guest.wasi.getNativeHandler(3)).toBeUndefined();
    expect(guest.wasi.getNativeHandler(99)).toBeUndefined();
    const host = Guest.withPreopens({ fileSystem: new NodeFileSystem({ descriptors: false }) }, hostFolder());
    const fd = host.open(3, "file", { oflags: OFlags.CREAT });
    expect(host.wasi.getNativeHandler(fd)).toBeGreaterThan(2);
    host.wasi.fini();
  });
});

import { memfs } from "memfs";
import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { CommonConfigOptions } from "../../src/sdk/common-config-options.ts";
import { ConfigBuilder } from "../../src/sdk/config-builder.ts";
import { RuntimeConfigOptions } from "../../src/sdk/config-options.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { VM } from "../../src/vm/vm.ts";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { installWasiDefaults, wasiDefaults } from "../../src/wasi/defaults.ts";
import type { WasiOptions } from "../../src/wasi/environ.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { QuotaFileSystem } from "../../src/wasi/fs/quota-file-system.ts";
import type { FileQuota } from "../../src/wasi/fs/quota-usage.ts";
import type { Preopen } from "../../src/wasi/preopen.ts";
import { OutputBuffer } from "../../src/wasi/streams.ts";
import type { WasiModule } from "../../src/wasi/wasi-module.ts";
import { failureOf } from "../support/engine.ts";
import { backends, guestOn, ROOT } from "./backends.ts";
import { captureLog } from "./captured-log.ts";
import { Guest, places } from "./guest.ts";

describe.each(backends)("the quota of what a guest adds to $name", ({ create }) => {
  function setUp(quota: Partial<FileQuota>) {
    const { fileSystem, path } = create();
    const before = guestOn({ fileSystem, path });
    before.createFile(ROOT, "there", "x".repeat(500));
    return guestOn({ fileSystem: new QuotaFileSystem(fileSystem, quota), path });
  }

  it("of bytes is NOSPC for writes, holes and lengths, after what still had room was written", () => {
    const guest = setUp({ maxBytes: 100 });
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    expect(guest.write(fd, "a".repeat(80))).toBe(80);
    expect(guest.write(fd, "b".repeat(80))).toBe(20);
    const fails = [
      guest.call("fd_write", fd, ...guest.iovecs(1), places.result),
      guest.call("fd_pwrite", fd, ...guest.iovecs(1), 100n, places.result),
      guest.call("fd_pwrite", fd, ...guest.iovecs(1), 1n << 40n, places.result),
      guest.call("fd_filestat_set_size", fd, 101n),
      guest.call("fd_allocate", fd, 0n, 101n),
      guest.call("fd_allocate", fd, 0n, 1n << 40n),
    ];
    expect(fails).toEqual(fails.map(() => "NOSPC"));
    expect(guest.stat(fd).size).toBe(100n);
    expect(guest.content(ROOT, "file")).toBe("a".repeat(80) + "b".repeat(20));
    // What is there can be written over.
    expect(guest.pwrite(fd, "c".repeat(50), 90n)).toBe(10);
    expect(guest.stat(fd).size).toBe(100n);
  });

  it("of bytes holds for appending, and for a file that was there before", () => {
    const guest = setUp({ maxBytes: 10 });
    const fd = guest.open(ROOT, "there", { fdflags: 1 });
    expect(guest.write(fd, "y".repeat(20))).toBe(10);
    expect(guest.call("fd_write", fd, ...guest.iovecs(1), places.result)).toBe("NOSPC");
    expect(guest.stat(fd).size).toBe(510n);
  });

  it("of bytes is given back by shortening", () => {
    const guest = setUp({ maxBytes: 100 });
    guest.createFile(ROOT, "a", "x".repeat(100));
    guest.must("fd_filestat_set_size", guest.open(ROOT, "a"), 40n);
    const fd = guest.open(ROOT, "b", { oflags: OFlags.CREAT });
    expect(guest.write(fd, "y".repeat(100))).toBe(60);
  });

  it("of bytes is given back by emptying, replacing and removing, the last name and once nothing is open", () => {
    const guest = setUp({ maxBytes: 100 });
    guest.createFile(ROOT, "a", "x".repeat(100));
    guest.close(guest.open(ROOT, "a", { oflags: OFlags.TRUNC }));
    guest.createFile(ROOT, "b", "y".repeat(100));
    expect(guest.rename(ROOT, "a", ROOT, "b")).toBe("SUCCESS");
    guest.createFile(ROOT, "c", "z".repeat(100));
    expect(guest.link(ROOT, "c", ROOT, "d")).toBe("SUCCESS");
    expect(guest.unlink(ROOT, "c")).toBe("SUCCESS");
    const b = guest.open(ROOT, "b");
    // The second name holds the bytes.
    expect(guest.call("fd_write", b, ...guest.iovecs(1), places.result)).toBe("NOSPC");
    const d = guest.open(ROOT, "d");
    expect(guest.unlink(ROOT, "d")).toBe("SUCCESS");
    expect(guest.call("fd_write", b, ...guest.iovecs(1), places.result)).toBe("NOSPC");
    guest.close(d);
    expect(guest.write(b, "w".repeat(200))).toBe(100);
  });

  it("of names bounds files, directories and both kinds of links, and nothing is made beyond it", () => {
    const guest = setUp({ maxEntries: 4 });
    guest.createFile(ROOT, "file", "x");
    guest.makeDirectory(ROOT, "dir");
    guest.symlink("file", ROOT, "link");
    expect(guest.link(ROOT, "file", ROOT, "second")).toBe("SUCCESS");
    const fails = [
      guest.makeDirectory(ROOT, "more"),
      guest.symlink("x", ROOT, "more"),
      guest.link(ROOT, "file", ROOT, "more"),
      guest.tryOpen(ROOT, "more", { oflags: OFlags.CREAT }),
      guest.tryOpen(ROOT, "dir/more", { oflags: OFlags.CREAT | OFlags.EXCL }),
    ];
    expect(fails).toEqual(fails.map(() => "NOSPC"));
    expect(guest.makeDirectory(ROOT, "dir")).toBe("EXIST");
    expect(guest.list(ROOT)).toEqual([".", "..", "dir", "file", "link", "second", "there"]);
    expect(guest.tryOpen(ROOT, "file", { oflags: OFlags.CREAT })).toBe("SUCCESS");
    expect(guest.unlink(ROOT, "second")).toBe("SUCCESS");
    expect(guest.removeDirectory(ROOT, "dir")).toBe("SUCCESS");
    expect(guest.rename(ROOT, "file", ROOT, "link")).toBe("SUCCESS");
    for (const name of ["a", "b", "c"]) expect(guest.makeDirectory(ROOT, name)).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "d")).toBe("NOSPC");
  });

  it("is not left by operations that fail", () => {
    const guest = setUp({ maxEntries: 1, maxBytes: 10 });
    for (let i = 0; i < 5; i++) {
      expect(guest.makeDirectory(ROOT, "there")).toBe("EXIST");
      expect(guest.makeDirectory(ROOT, "n".repeat(256))).toBe("NAMETOOLONG");
      expect(guest.removeDirectory(ROOT, "absent")).toBe("NOENT");
      expect(guest.unlink(ROOT, "absent")).toBe("NOENT");
      expect(guest.rename(ROOT, "there", ROOT, "there")).toBe("SUCCESS");
      expect(guest.tryOpen(ROOT, "there", { oflags: OFlags.CREAT | OFlags.EXCL })).toBe("EXIST");
    }
    expect(guest.makeDirectory(ROOT, "one")).toBe("SUCCESS");
    expect(guest.makeDirectory(ROOT, "two")).toBe("NOSPC");
  });
});

describe("the limits of a guest", () => {
  it("hold on each file system that it has, in memory, by preopens of their own, and for both preopens of one", () => {
    const other = new MemoryFileSystem();
    const limits = { maxStorageEntries: 2, maxStorageBytes: 300 };
    const dirs: Preopen[] = [
      { guest: "a", host: "/", fileSystem: other },
      { guest: "b", host: "/", fileSystem: other },
    ];
    const guest = Guest.withPreopens(limits, "/", ...dirs);
    for (const fd of [3, 4]) guest.createFile(fd, "x", "content");
    guest.createFile(3, "y");
    guest.createFile(5, "y");
    expect([3, 4, 5].map((fd) => guest.makeDirectory(fd, "z"))).toEqual(["NOSPC", "NOSPC", "NOSPC"]);
    const fds = [3, 4].map((fd) => guest.open(fd, "x"));
    expect(fds.map((fd) => guest.call("fd_pwrite", fd, ...guest.iovecs(400), 0n, places.result))).toEqual([
      "NOSPC",
      "SUCCESS",
    ]);
    expect(guest.u32(places.result)).toBe(300);
  });

  it("are those that the file system has where none is given, or an infinite one", () => {
    const before = { ...wasiDefaults };
    const seen: Partial<FileQuota>[] = [];
    try {
      installWasiDefaults({
        fileSystem: (quota) => {
          seen.push(quota);
          return before.fileSystem(quota);
        },
      });
      Guest.withPreopens({ maxStorageBytes: Number.POSITIVE_INFINITY }, "/");
      Guest.withPreopens({ maxStorageBytes: 7, maxStorageEntries: 8 }, "/");
    } finally {
      installWasiDefaults(before);
    }
    expect(seen).toEqual([{}, { maxBytes: 7, maxEntries: 8 }]);
    const { fileSystem, path } = backends[0].create();
    const guest = Guest.withPreopens({ fileSystem, maxStorageEntries: Number.POSITIVE_INFINITY }, `/:${path}`);
    expect(guest.makeDirectory(ROOT, "dir")).toBe("SUCCESS");
  });

  it("begin anew with init", () => {
    const fileSystem = new MemoryFileSystem();
    const guest = Guest.withPreopens({ fileSystem, maxStorageEntries: 1 }, "/");
    expect([guest.makeDirectory(ROOT, "a"), guest.makeDirectory(ROOT, "b")]).toEqual(["SUCCESS", "NOSPC"]);
    guest.wasi.init(["/"], "test");
    expect([guest.makeDirectory(ROOT, "b"), guest.makeDirectory(ROOT, "c")]).toEqual(["SUCCESS", "NOSPC"]);
  });

  it("must be counts", () => {
    for (const value of [-1, 1.5, Number.NaN]) {
      for (const name of ["maxDescriptors", "maxStorageBytes", "maxStorageEntries"] as const) {
        const options: WasiOptions = { [name]: value };
        expect(() => new Guest(options)).toThrow(WasmEdgeError);
      }
    }
    for (const odd of [Number.NaN, -1, 0.5]) {
      for (const make of [
        () => new MemoryFileSystem({ maxBytes: odd }),
        () => new MemoryFileSystem({ maxEntries: odd }),
        () => new QuotaFileSystem(new MemoryFileSystem(), { maxBytes: odd }),
        () => new FsAdapter(memfs().fs, { maxEntries: odd }),
        () => new OutputBuffer(odd),
      ]) {
        expect(failureOf(make).code).toBe(ErrCode.RuntimeError);
      }
    }
  });

  it("of descriptors leave out preopens and streams that are too many, each with a log line", () => {
    const log = captureLog();
    const guest = Guest.withPreopens({ maxDescriptors: 4 }, "/", "/second");
    expect(guest.call("fd_prestat_get", 3, places.result)).toBe("SUCCESS");
    expect(guest.call("fd_prestat_get", 4, places.result)).toBe("BADF");
    expect(guest.tryOpen(ROOT, "file", { oflags: OFlags.CREAT })).toBe("MFILE");
    expect(guest.list(ROOT)).toEqual([".", ".."]);
    expect(log.map(({ message }) => message)).toEqual([
      "Bind guest directory failed:File descriptor value too large.",
      '    Directory: "/second"',
    ]);
    const second = captureLog();
    const none = Guest.withPreopens({ maxDescriptors: 0 });
    expect(none.call("fd_fdstat_get", 0, places.result)).toBe("BADF");
    expect(second.map(({ message }) => message.split(":")[0])).toEqual([
      "Bind guest stdin failed",
      "Bind guest stdout failed",
      "Bind guest stderr failed",
    ]);
  });

  /** Fills the guest's preopen by the functions of a module: how many directories and descriptors there can be. */
  function measure(wasi: WasiModule): { directories: number; descriptors: number; bytes: number } {
    const guest = Guest.of(wasi);
    const fd = guest.open(ROOT, "file", { oflags: OFlags.CREAT });
    let bytes = 0;
    while (bytes < 4096 && guest.call("fd_write", fd, ...guest.iovecs(256), places.result) === "SUCCESS") bytes += 256;
    let directories = 0;
    while (directories < 50 && guest.makeDirectory(ROOT, `dir${directories}`) === "SUCCESS") directories++;
    let descriptors = 0;
    while (descriptors < 2000 && guest.tryOpen(ROOT, ".", { base: 0n }) === "SUCCESS") descriptors++;
    wasi.fini();
    return { directories, descriptors: descriptors + 5, bytes };
  }

  it("are options of the Configure, of the SDK and of the VM's parts, which come first", () => {
    const configure = new Configure().addHostRegistration(HostRegistration.Wasi);
    Object.assign(configure.runtime, { maxDescriptors: 20, maxStorageEntries: 8, maxStorageBytes: 1024 });
    const ofVM = (vm: VM): WasiModule => {
      const wasi = vm.getImportModule(HostRegistration.Wasi) as WasiModule;
      wasi.initialize(["test"], [], ["/"]);
      return wasi;
    };
    expect(measure(ofVM(new VM(configure)))).toEqual({ directories: 7, descriptors: 20, bytes: 1024 });
    const wasi = { maxDescriptors: 30, maxStorageEntries: 5, maxStorageBytes: 2048 };
    expect(measure(ofVM(new VM(configure, { wasi })))).toEqual({ directories: 4, descriptors: 30, bytes: 2048 });
    const config = new ConfigBuilder(new CommonConfigOptions())
      .withRuntimeConfig(new RuntimeConfigOptions().maxDescriptors(9).maxStorageBytes(512).maxStorageEntries(3))
      .build();
    const builder = new VmBuilder().withConfig(config).withWasiContext({ preopens: ["/"] });
    expect(measure(builder.build().wasiModule().inner)).toEqual({ directories: 2, descriptors: 9, bytes: 512 });
    const without = new VmBuilder()
      .withWasiContext({ preopens: ["/"] })
      .build()
      .wasiModule().inner;
    expect(measure(without)).toEqual({ directories: 50, descriptors: 1024, bytes: 4096 });
  });
});

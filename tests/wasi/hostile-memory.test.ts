import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import { address, calls, FILE, isPointer, place, socketCalls } from "./example-calls.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE } from "./guest.ts";

/**
 * Every function of the module with every one of its pointers bad: the call is FAULT, and neither the guest's memory nor its
 * descriptors nor its files have changed.
 */

/** A guest with a file, open as descriptor 4, a directory and a link. */
function setUp(strictAlignment = false): { guest: Guest; state: () => unknown } {
  const fileSystem = new MemoryFileSystem({ files: { file: "content" } });
  const guest = new Guest({
    fileSystem,
    strictAlignment,
    stdin: inputFromBytes(new Uint8Array(4)),
    stdout: new OutputBuffer(),
  });
  guest.wasi.init(["/"], "program", ["ab"], ["A=B"]);
  guest.makeDirectory(3, "dir");
  guest.symlink("file", 3, "link");
  expect(guest.open(3, "file", { base: ALL_FILE_RIGHTS | Right.FD_FILESTAT_SET_TIMES })).toBe(FILE);
  guest.memory.fillBytes(0, 0, OUTSIDE);
  const state = (): unknown => ({
    memory: Buffer.from(guest.memory.getBytes(0, OUTSIDE)).toString("latin1"),
    descriptors: Array.from({ length: 10 }, (_, fd) => guest.wasi.getEnv().descriptors.find(fd)?.rights),
    root: fileSystem.openDirectory("/").readDirectory(),
    file: Buffer.from(fileSystem.readFile("file")).toString(),
    times: String(fileSystem.openDirectory("/").statAt("file")?.mtim),
  });
  return { guest, state };
}

const names = Object.keys(calls).filter((name) => name !== "proc_exit");
const withPointers = names.filter((name) => calls[name]?.some(isPointer));

describe("every function", () => {
  it("is in the table", () => {
    const exported = new WasiModule().exportNames("function");
    expect([...Object.keys(calls), ...Object.keys(socketCalls)].sort()).toEqual([...exported].sort());
  });

  it.each(names)("%s succeeds where its pointers are good", (name) => {
    const { guest } = setUp();
    expect(guest.call(name, ...place(guest, calls[name] ?? []))).toBe("SUCCESS");
  });

  it.each(withPointers)("%s is FAULT and changes nothing where one of its pointers is bad", (name) => {
    const params = calls[name] ?? [];
    for (const [i, param] of params.entries()) {
      if (!isPointer(param)) continue;
      for (const bad of [OUTSIDE - param.size + 1, OUTSIDE, OUTSIDE * 2, 0x7fffffff, -param.size, -1]) {
        const { guest, state } = setUp();
        const args = place(guest, params);
        args[i] = bad;
        const before = state();
        expect([name, i, bad, guest.call(name, ...args)]).toEqual([name, i, bad, "FAULT"]);
        expect(state()).toEqual(before);
      }
    }
  });

  it.each(withPointers)("%s takes misaligned pointers", (name) => {
    const { guest } = setUp();
    expect(guest.call(name, ...place(guest, calls[name] ?? [], 1))).toBe("SUCCESS");
  });

  const aligned = withPointers.filter((name) => calls[name]?.some((param) => isPointer(param) && param.alignment > 1));
  it.each(aligned)("%s traps on each misaligned pointer where alignment is strict, as in WasmEdge", (name) => {
    const params = calls[name] ?? [];
    for (const [i, param] of params.entries()) {
      if (!isPointer(param) || param.alignment === 1) continue;
      const { guest, state } = setUp(true);
      const args = place(guest, params);
      args[i] = (args[i] as number) + param.alignment / 2;
      const before = state();
      let code = 0;
      try {
        guest.call(name, ...args);
      } catch (error) {
        code = error instanceof WasmEdgeError ? error.code : -1;
      }
      expect([name, i, code]).toEqual([name, i, ErrCode.UnalignedAtomicAccess]);
      expect(state()).toEqual(before);
    }
  });
});

describe("lengths and counts", () => {
  /** Functions with a length or count behind a pointer: its place, and what too large a one is. */
  const lengths: readonly (readonly [name: string, place: number, errno: string])[] = [
    ["fd_pread", 2, "INVAL"],
    ["fd_pwrite", 2, "INVAL"],
    ["fd_read", 2, "INVAL"],
    ["fd_write", 2, "INVAL"],
    ["fd_prestat_dir_name", 2, "FAULT"],
    ["fd_readdir", 2, "FAULT"],
    ["path_create_directory", 2, "FAULT"],
    ["path_filestat_get", 3, "FAULT"],
    ["path_filestat_set_times", 3, "FAULT"],
    ["path_link", 3, "FAULT"],
    ["path_link", 6, "FAULT"],
    ["path_open", 3, "FAULT"],
    ["path_readlink", 2, "FAULT"],
    ["path_readlink", 4, "FAULT"],
    ["path_remove_directory", 2, "FAULT"],
    ["path_rename", 2, "FAULT"],
    ["path_rename", 5, "FAULT"],
    ["path_symlink", 1, "FAULT"],
    ["path_symlink", 4, "FAULT"],
    ["path_unlink_file", 2, "FAULT"],
    ["poll_oneoff", 2, "FAULT"],
    ["epoll_oneoff", 2, "FAULT"],
    ["random_get", 1, "FAULT"],
  ];

  it.each(lengths)("%s, parameter %d: %s, and nothing is changed", (name, i, errno) => {
    // Those in the middle are small modulo 2^32 when they are multiplied by the size of an element.
    for (const huge of [OUTSIDE, 0x08000001, 0x10000001, 0x20000001, 0x7fffffff, -1]) {
      const { guest, state } = setUp();
      const args = place(guest, calls[name] ?? []);
      args[i] = huge;
      const before = state();
      expect([huge, guest.call(name, ...args)]).toEqual([huge, errno]);
      expect(state()).toEqual(before);
    }
  });

  it.each(["fd_read", "fd_write", "fd_pread", "fd_pwrite"])("%s checks each vector before it moves a byte", (name) => {
    const bad: readonly (readonly [address: number, length: number])[] = [
      [OUTSIDE - 7, 8],
      [OUTSIDE, 1],
      [0xffffffff, 2],
      [8, 0xffffffff],
      [0xfffffff8, 16],
    ];
    for (const [address, length] of bad) {
      const { guest, state } = setUp();
      const args = place(guest, calls[name] ?? []);
      // A good vector, then the bad one.
      guest.setU32(1024 + 128 + 8, address);
      guest.setU32(1024 + 128 + 12, length);
      args[2] = 2;
      const before = state();
      expect([address, length, guest.call(name, ...args)]).toEqual([address, length, "FAULT"]);
      expect(state()).toEqual(before);
      expect(guest.tell(FILE)).toBe(0n);
    }
  });

  it.each(["fd_read", "fd_write", "fd_pread", "fd_pwrite"])("%s takes 1024 vectors and no more", (name) => {
    const { guest } = setUp();
    const args = place(guest, calls[name] ?? []);
    args[1] = 8192;
    args[2] = 1024;
    expect(guest.call(name, ...args)).toBe("SUCCESS");
    args[2] = 1025;
    expect(guest.call(name, ...args)).toBe("INVAL");
  });
});

describe("every socket function", () => {
  const socketNames = Object.keys(socketCalls).filter((name) => socketCalls[name]?.some(isPointer));

  it.each(Object.keys(socketCalls))(
    "%s gets to its descriptor, or the network, where its pointers are good",
    (name) => {
      const { guest } = setUp();
      const needsNetwork = name.startsWith("sock_open") || name === "sock_getaddrinfo";
      expect(guest.call(name, ...place(guest, socketCalls[name] ?? []))).toBe(needsNetwork ? "ACCES" : "NOTSOCK");
    },
  );

  it.each(socketNames)("%s is FAULT and changes nothing where one of its pointers is bad", (name) => {
    const params = socketCalls[name] ?? [];
    for (const [i, param] of params.entries()) {
      if (!isPointer(param)) continue;
      for (const bad of [OUTSIDE - param.size + 1, OUTSIDE, OUTSIDE * 2, 0x7fffffff, -param.size, -1]) {
        const { guest, state } = setUp();
        const args = place(guest, params);
        args[i] = bad;
        const before = state();
        expect([name, i, bad, guest.call(name, ...args)]).toEqual([name, i, bad, "FAULT"]);
        expect(state()).toEqual(before);
      }
    }
  });

  it.each(socketNames)(
    "%s is ADDRNOTAVAIL for misaligned pointers where alignment is strict, as in WasmEdge",
    (name) => {
      const params = socketCalls[name] ?? [];
      for (const [i, param] of params.entries()) {
        if (!isPointer(param) || param.alignment === 1) continue;
        const { guest, state } = setUp(true);
        const args = place(guest, params);
        args[i] = (args[i] as number) + 1;
        const before = state();
        expect([name, i, guest.call(name, ...args)]).toEqual([name, i, "ADDRNOTAVAIL"]);
        expect(state()).toEqual(before);
      }
    },
  );

  it.each(socketNames.filter((name) => socketCalls[name]?.includes(address)))(
    "%s checks the address's own pointer",
    (name) => {
      for (const [at, length, errno] of [
        [OUTSIDE - 3, 4, "FAULT"],
        [0xfffffffc, 16, "FAULT"],
        [512, 0xffffffff, "INVAL"],
        [512, 5, "INVAL"],
      ] as const) {
        const { guest, state } = setUp();
        const params = socketCalls[name] ?? [];
        const args = place(guest, params);
        const pointer = args[params.indexOf(address)] as number;
        guest.setU32(pointer, at);
        guest.setU32(pointer + 4, length);
        const before = state();
        expect([name, at, guest.call(name, ...args)]).toEqual([name, at, errno]);
        expect(state()).toEqual(before);
      }
    },
  );

  it("sock_getaddrinfo checks the list that it is to fill, to its end, and one that is a ring ends", () => {
    const { guest, state } = setUp();
    const [node, nodeLength, service, serviceLength, hints, result, , count] = place(
      guest,
      socketCalls["sock_getaddrinfo"] ?? [],
    ) as number[];
    const call = (maximum: number): string =>
      guest.call("sock_getaddrinfo", node, nodeLength, service, serviceLength, hints, result, maximum, count);
    const [info, sockaddr, data] = [4096, 4160, 4192];
    guest.setU32(result, info);
    guest.setU32(info + 12, sockaddr);
    guest.setU32(sockaddr + 8, data);
    for (const [at, bad] of [
      [result, OUTSIDE - 27],
      [info + 12, OUTSIDE - 11],
      [sockaddr + 8, OUTSIDE - 25],
      [info + 24, 0xfffffff0],
    ]) {
      const good = guest.u32(at);
      guest.setU32(at, bad);
      const before = state();
      expect([at, call(2)]).toEqual([at, "FAULT"]);
      expect(state()).toEqual(before);
      guest.setU32(at, good);
    }
    guest.setU32(info + 24, info);
    expect(call(0xffffffff)).toBe("ACCES");
  });
});

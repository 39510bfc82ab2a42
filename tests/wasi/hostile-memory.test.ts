import { describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE } from "./guest.ts";

/**
 * Every function of the module with every one of its pointers bad: the call is FAULT, and neither the guest's memory nor its
 * descriptors nor its files have changed.
 */

/** A parameter that points at `size` bytes, which are as `bytes` says; the structure is a multiple of `alignment` away. */
interface Pointer {
  readonly size: number;
  readonly alignment: number;
  readonly bytes: readonly number[];
}

type Param = Value | Pointer;

const to = (size: number, alignment = 1, bytes: readonly number[] = []): Pointer => ({ size, alignment, bytes });
const text = (value: string): [Pointer, number] => {
  const bytes = [...new TextEncoder().encode(value)];
  return [to(bytes.length, 1, bytes), bytes.length];
};
/** One vector of 8 bytes at 512. */
const iovec = to(8, 4, [0, 2, 0, 0, 8, 0, 0, 0]);
/** A subscription to the realtime clock, which is late already. */
const subscription = to(48, 8);

const FILE = 4;

/** A call of each function that succeeds. */
const calls: Readonly<Record<string, readonly Param[]>> = {
  args_get: [to(8, 4), to(11)],
  args_sizes_get: [to(4, 4), to(4, 4)],
  environ_get: [to(4, 4), to(4)],
  environ_sizes_get: [to(4, 4), to(4, 4)],
  clock_res_get: [0, to(8, 8)],
  clock_time_get: [0, 0n, to(8, 8)],
  fd_advise: [FILE, 0n, 0n, 0],
  fd_allocate: [FILE, 0n, 1n],
  fd_close: [FILE],
  fd_datasync: [FILE],
  fd_fdstat_get: [FILE, to(24, 8)],
  fd_fdstat_set_flags: [FILE, 0],
  fd_fdstat_set_rights: [FILE, 0n, 0n],
  fd_filestat_get: [FILE, to(64, 8)],
  fd_filestat_set_size: [FILE, 3n],
  fd_filestat_set_times: [FILE, 1n, 1n, 5],
  fd_pread: [FILE, iovec, 1, 0n, to(4, 4)],
  fd_prestat_get: [3, to(8, 4)],
  fd_prestat_dir_name: [3, to(1), 1],
  fd_pwrite: [FILE, iovec, 1, 0n, to(4, 4)],
  fd_read: [FILE, iovec, 1, to(4, 4)],
  fd_readdir: [3, to(64), 64, 0n, to(4, 4)],
  fd_renumber: [FILE, 2],
  fd_seek: [FILE, 1n, 0, to(8, 8)],
  fd_sync: [FILE],
  fd_tell: [FILE, to(8, 8)],
  fd_write: [FILE, iovec, 1, to(4, 4)],
  path_create_directory: [3, ...text("new")],
  path_filestat_get: [3, 0, ...text("file"), to(64, 8)],
  path_filestat_set_times: [3, 0, ...text("file"), 1n, 1n, 5],
  path_link: [3, 0, ...text("file"), 3, ...text("new")],
  path_open: [3, 0, ...text("new"), 1, 2n, 0n, 0, to(4, 4)],
  path_readlink: [3, ...text("link"), to(8), 8, to(4, 4)],
  path_remove_directory: [3, ...text("dir")],
  path_rename: [3, ...text("file"), 3, ...text("new")],
  path_symlink: [...text("file"), 3, ...text("new")],
  path_unlink_file: [3, ...text("file")],
  poll_oneoff: [subscription, to(32, 8), 1, to(4, 4)],
  epoll_oneoff: [subscription, to(32, 8), 1, to(4, 4)],
  proc_exit: [0],
  proc_raise: [0],
  random_get: [to(8), 8],
  sched_yield: [],
};

/** An address buffer that 8 bytes point at: 4 bytes at 512. */
const address = to(8, 4, [0, 2, 0, 0, 4, 0, 0, 0]);
const NODE = [0x61, 0x00];

/** A call of each socket function, all pointers good. Here the descriptor is a file, so that none succeeds. */
const socketCalls: Readonly<Record<string, readonly Param[]>> = {
  sock_open: [1, 2, to(4, 4)],
  sock_bind: [FILE, address, 0],
  sock_listen: [FILE, 1],
  sock_accept: [FILE, to(4, 4)],
  sock_accept_v2: [FILE, 0, to(4, 4)],
  sock_connect: [FILE, address, 80],
  sock_recv: [FILE, iovec, 1, 0, to(4, 4), to(2, 2)],
  sock_recv_from: [FILE, iovec, 1, address, 0, to(4, 4), to(2, 2)],
  sock_recv_from_v2: [FILE, iovec, 1, address, 0, to(4, 4), to(4, 4), to(2, 2)],
  sock_send: [FILE, iovec, 1, 0, to(4, 4)],
  sock_send_to: [FILE, iovec, 1, address, 80, 0, to(4, 4)],
  sock_shutdown: [FILE, 1],
  sock_getsockopt: [FILE, 0, 1, to(4), to(4, 4, [4, 0, 0, 0])],
  sock_setsockopt: [FILE, 0, 0, to(4), 4],
  sock_getlocaladdr: [FILE, address, to(4, 4), to(4, 4)],
  sock_getlocaladdr_v2: [FILE, address, to(4, 4)],
  sock_getpeeraddr: [FILE, address, to(4, 4), to(4, 4)],
  sock_getpeeraddr_v2: [FILE, address, to(4, 4)],
  sock_getaddrinfo: [to(2, 1, NODE), 2, to(1), 1, to(28, 4), to(4, 4), 1, to(4, 4)],
};
for (const name of ["open", "bind", "listen", "connect", "recv", "send", "send_to"]) {
  Object.assign(socketCalls, { [`sock_${name}_v2`]: socketCalls[`sock_${name}`] });
}

const isPointer = (param: Param): param is Pointer => typeof param === "object" && param !== null && "size" in param;

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

/** Puts what the pointers of a call point at into the memory, from 1024 on, 128 bytes apart; returns the arguments. */
function place(guest: Guest, params: readonly Param[], shift = 0): Value[] {
  return params.map((param, i) => {
    if (!isPointer(param)) return param;
    const at = 1024 + i * 128 + (param.alignment > 1 ? shift : 0);
    guest.memory.setBytes(Uint8Array.from(param.bytes), at);
    return at;
  });
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

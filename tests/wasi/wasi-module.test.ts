import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { type LogRecord, setLogCallback } from "../../src/common/log.ts";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { ValType, valTypeName } from "../../src/common/value-type.ts";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { Errno, errnoName, errnoOf, WasiError } from "../../src/wasi/abi/errno.ts";
import { stdinRights, stdoutRights } from "../../src/wasi/abi/rights.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { inputFromBytes, OutputBuffer, type OutputStream } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";
import { Guest, OUTSIDE, places } from "./guest.ts";

const { result, buffer } = places;

const records: LogRecord[] = [];
const hostBefore = { ...host };

beforeEach(() => {
  records.length = 0;
  setLogCallback((record) => records.push(record));
});

afterEach(() => {
  setLogCallback(null);
  installHost(hostBefore);
});

/** A guest with these arguments and environment, and nothing else. */
function guestWith(args: readonly string[], envs: readonly string[] = []): Guest {
  const guest = new Guest();
  guest.wasi.initialize(args, envs);
  return guest;
}

describe("the module", () => {
  /** name(parameters) of all functions of preview 1, I for i64. */
  const preview1 = [
    "args_get(ii)i args_sizes_get(ii)i environ_get(ii)i environ_sizes_get(ii)i clock_res_get(ii)i clock_time_get(iIi)i",
    "fd_advise(iIIi)i fd_allocate(iII)i fd_close(i)i fd_datasync(i)i fd_fdstat_get(ii)i fd_fdstat_set_flags(ii)i",
    "fd_fdstat_set_rights(iII)i fd_filestat_get(ii)i fd_filestat_set_size(iI)i fd_filestat_set_times(iIIi)i",
    "fd_pread(iiiIi)i fd_prestat_get(ii)i fd_prestat_dir_name(iii)i fd_pwrite(iiiIi)i fd_read(iiii)i",
    "fd_readdir(iiiIi)i fd_renumber(ii)i fd_seek(iIii)i fd_sync(i)i fd_tell(ii)i fd_write(iiii)i",
    "path_create_directory(iii)i path_filestat_get(iiiii)i path_filestat_set_times(iiiiIIi)i path_link(iiiiiii)i",
    "path_open(iiiiiIIii)i path_readlink(iiiiii)i path_remove_directory(iii)i path_rename(iiiiii)i",
    "path_symlink(iiiii)i path_unlink_file(iii)i poll_oneoff(iiii)i proc_exit(i) proc_raise(i)i sched_yield()i",
    "random_get(ii)i epoll_oneoff(iiii)i",
    "sock_open(iii)i sock_bind(iii)i sock_listen(ii)i sock_accept(ii)i sock_connect(iii)i sock_recv(iiiiii)i",
    "sock_recv_from(iiiiiii)i sock_send(iiiii)i sock_send_to(iiiiiii)i sock_shutdown(ii)i sock_getsockopt(iiiii)i",
    "sock_setsockopt(iiiii)i sock_getlocaladdr(iiii)i sock_getpeeraddr(iiii)i sock_getaddrinfo(iiiiiiii)i",
    "sock_open_v2(iii)i sock_bind_v2(iii)i sock_listen_v2(ii)i sock_accept_v2(iii)i sock_connect_v2(iii)i",
    "sock_recv_v2(iiiiii)i sock_recv_from_v2(iiiiiiii)i sock_send_v2(iiiii)i sock_send_to_v2(iiiiiii)i",
    "sock_getlocaladdr_v2(iii)i sock_getpeeraddr_v2(iii)i",
  ].flatMap((line) => line.split(" "));

  it("has its one name and every function of preview 1 and of WasmEdge's sockets with its type", () => {
    const wasi = new WasiModule();
    const letter = (type: ValType): string => (type === ValType.I64 ? "I" : valTypeName(type)[0]);
    const found = wasi.exportNames("function").map((name) => {
      const { params, results } = wasi.findFuncExports(name)?.type ?? { params: [], results: [] };
      return `${name}(${params.map(letter).join("")})${results.map(letter).join("")}`;
    });
    expect(wasi.name).toBe("wasi_snapshot_preview1");
    expect(found.sort()).toEqual([...preview1].sort());
    expect(found).toHaveLength(69);
  });

  it("gives nothing before init: no arguments, no descriptors, exit code 0", () => {
    const guest = new Guest();
    guest.must("args_sizes_get", result, result + 4);
    expect([guest.u32(result), guest.u32(result + 4)]).toEqual([0, 0]);
    expect(guest.call("fd_write", 1, ...guest.iovecs(1), result)).toBe("BADF");
    expect(guest.call("fd_prestat_get", 3, result)).toBe("BADF");
    expect(guest.wasi.getExitCode()).toBe(0);
  });

  it("says FAULT to a module without a memory, where one is needed", () => {
    const guest = guestWith(["test"]);
    expect(guest.callWithoutMemory("args_sizes_get", 0, 0)).toBe("FAULT");
    expect(guest.callWithoutMemory("random_get", 0, 0)).toBe("FAULT");
    expect(guest.callWithoutMemory("sched_yield")).toBe("SUCCESS");
    expect(guest.callWithoutMemory("fd_close", 2)).toBe("SUCCESS");
  });
});

describe("arguments and environment", () => {
  /** Reads a list through its two functions. */
  function list(guest: Guest, kind: "args" | "environ"): string[] {
    guest.must(`${kind}_sizes_get`, result, result + 4);
    const [count, size] = [guest.u32(result), guest.u32(result + 4)];
    guest.must(`${kind}_get`, result, buffer);
    const all = guest.text(buffer, size);
    return Array.from({ length: count }, (_, i) => {
      const start = guest.u32(result + i * 4) - buffer;
      return all.slice(start, all.indexOf("\0", start));
    });
  }

  it.each([[["test"]], [["test", "abc"]], [["test", ""]], [["", "", ""]], [[]]])("are handed over: %j", (texts) => {
    expect(list(guestWith(texts), "args")).toEqual(texts);
    expect(list(guestWith([], texts), "environ")).toEqual(texts);
  });

  it("count their NULs and the bytes of UTF-8", () => {
    const guest = guestWith(["test", "", "ä€"], ["A=B"]);
    guest.must("args_sizes_get", result, result + 4);
    expect([guest.u32(result), guest.u32(result + 4)]).toEqual([3, 5 + 1 + 6]);
    guest.must("environ_sizes_get", result, result + 4);
    expect([guest.u32(result), guest.u32(result + 4)]).toEqual([1, 4]);
  });

  it.each(["args", "environ"])(
    "may be many and long; what the guest has no room for is FAULT, and nothing is written: %s",
    (kind) => {
      const texts = Array.from({ length: 100_000 }, (_, i) => `NAME_${i}=${"x".repeat(i % 100)}`);
      const guest = guestWith(texts, texts);
      guest.must(`${kind}_sizes_get`, result, result + 4);
      const size = texts.reduce((sum, text) => sum + text.length + 1, 0);
      expect([guest.u32(result), guest.u32(result + 4)]).toEqual([100_000, size]);
      guest.memory.fillBytes(0x2a, 0, OUTSIDE);
      expect(guest.call(`${kind}_get`, 0, 0)).toBe("FAULT");
      expect(guest.memory.getBytes(0, OUTSIDE).every((byte) => byte === 0x2a)).toBe(true);
      // All but a byte of what there is room for.
      const one = guestWith(["y".repeat(OUTSIDE - 5)], ["y".repeat(OUTSIDE - 5)]);
      expect(one.call(`${kind}_get`, 0, 5)).toBe("FAULT");
      expect(one.call(`${kind}_get`, 0, 4)).toBe("SUCCESS");
      expect([one.u32(0), one.u8(4), one.u8(OUTSIDE - 2), one.u8(OUTSIDE - 1)]).toEqual([4, 0x79, 0x79, 0]);
    },
  );

  it("begin with the program's name in init, and are taken verbatim in initialize", () => {
    const guest = new Guest();
    guest.wasi.init([], "program", ["a"], ["E=1"]);
    expect(list(guest, "args")).toEqual(["program", "a"]);
    guest.wasi.initialize(["x", "y"]);
    expect([list(guest, "args"), list(guest, "environ")]).toEqual([["x", "y"], []]);
  });

  it("are refused with a NUL, at which they would end for the guest; what was given before stays", () => {
    const guest = new Guest();
    guest.wasi.initialize(["app"], [], []);
    for (const [args, envs] of [
      [["app", "a\0b"], []],
      [["app"], ["A=1\0B=2"]],
    ] as const) {
      expect(() => guest.wasi.initialize(args, envs, [])).toThrow(
        expect.objectContaining({ code: ErrCode.RuntimeError }),
      );
    }
    guest.must("args_sizes_get", result, result + 4);
    expect([guest.u32(result), guest.u32(result + 4)]).toEqual([1, 4]);
  });

  it("write nothing where a pointer is bad", () => {
    const guest = guestWith(["test", "abc"], ["A=B"]);
    guest.memory.fillBytes(0x2a, 0, OUTSIDE);
    for (const kind of ["args", "environ"]) {
      expect(guest.call(`${kind}_sizes_get`, OUTSIDE, result)).toBe("FAULT");
      expect(guest.call(`${kind}_sizes_get`, result, OUTSIDE - 3)).toBe("FAULT");
      expect(guest.call(`${kind}_get`, OUTSIDE - 3, buffer)).toBe("FAULT");
      expect(guest.call(`${kind}_get`, result, OUTSIDE - 2)).toBe("FAULT");
    }
    expect(guest.memory.getBytes(0, OUTSIDE).every((byte) => byte === 0x2a)).toBe(true);
  });
});

describe("clocks", () => {
  it("tell the host's times and a resolution that is positive", () => {
    installHost({
      realtimeNanoseconds: () => 1_700_000_000_123_456_789n,
      monotonicNanoseconds: () => 42n,
      processTimeNanoseconds: () => 7n,
      clockResolutionNanoseconds: 1000n,
    });
    const guest = guestWith([]);
    const times = [0, 1, 2, 3].map((id) => {
      guest.must("clock_res_get", id, result);
      expect(guest.u64(result)).toBe(1000n);
      guest.must("clock_time_get", id, 1_000_000n, result);
      return guest.u64(result);
    });
    expect(times).toEqual([1_700_000_000_123_456_789n, 42n, 7n, 7n]);
  });

  it("are four, and need a place for the result", () => {
    const guest = guestWith([]);
    for (const id of [4, 100, -1]) {
      expect(guest.call("clock_res_get", id, result)).toBe("INVAL");
      expect(guest.call("clock_time_get", id, 0n, result)).toBe("INVAL");
    }
    expect(guest.call("clock_res_get", 0, OUTSIDE - 7)).toBe("FAULT");
    expect(guest.call("clock_time_get", 0, 0n, OUTSIDE)).toBe("FAULT");
  });
});

describe("random_get", () => {
  it("fills exactly what was asked for from the host's cryptographic source", () => {
    installHost({ fillRandom: (bytes) => void bytes.fill(0x55) });
    const guest = guestWith([]);
    guest.must("random_get", 1000, 3);
    expect([guest.u8(999), guest.u8(1000), guest.u8(1002), guest.u8(1003)]).toEqual([0, 0x55, 0x55, 0]);
    guest.must("random_get", 0, OUTSIDE);
    expect(guest.memory.getBytes(0, OUTSIDE).every((byte) => byte === 0x55)).toBe(true);
  });

  it("differs from call to call", () => {
    const guest = guestWith([]);
    guest.must("random_get", 0, 16);
    guest.must("random_get", 16, 16);
    expect(guest.memory.getBytes(0, 16)).not.toEqual(guest.memory.getBytes(16, 16));
  });

  it("takes a bad pointer with size 0 only", () => {
    const guest = guestWith([]);
    expect(guest.call("random_get", OUTSIDE + 5, 0)).toBe("SUCCESS");
    expect(guest.call("random_get", OUTSIDE, 1)).toBe("FAULT");
  });

  it("is ENOSYS where the host has no cryptographic source, never something weaker", () => {
    installHost({ fillRandom: undefined });
    const guest = guestWith([]);
    expect(guest.call("random_get", 0, 8)).toBe("NOSYS");
    expect(guest.u64(0)).toBe(0n);
    expect(records).toHaveLength(1);
  });
});

describe("ending", () => {
  it.each([0, 1, 255, 0xffffffff])("proc_exit keeps the code %d and ends the run", (code) => {
    const guest = guestWith([]);
    expect(() => guest.call("proc_exit", code)).toThrow(expect.objectContaining({ code: ErrCode.Terminated }));
    expect(guest.wasi.getExitCode()).toBe(code);
  });

  it("proc_raise does to the guest what the signal would do, and nothing to the host", () => {
    const guest = guestWith([]);
    for (const signal of [0, 16, 17, 22, 27]) expect(guest.call("proc_raise", signal)).toBe("SUCCESS");
    for (const signal of [18, 19, 20, 21]) expect(guest.call("proc_raise", signal)).toBe("NOTSUP");
    for (const signal of [31, 255, -1]) expect(guest.call("proc_raise", signal)).toBe("INVAL");
    for (const signal of [1, 2, 6, 9, 15]) {
      expect(() => guest.call("proc_raise", signal)).toThrow(expect.objectContaining({ code: ErrCode.Terminated }));
      expect(guest.wasi.getExitCode()).toBe(128 + signal);
    }
  });
});

describe("standard streams", () => {
  it("have WasmEdge's rights, and tell nothing but their type", () => {
    const guest = new Guest({ stdin: { filetype: FileType.CHARACTER_DEVICE, read: () => 0 } });
    guest.wasi.init([], "test");
    expect(guest.fdstat(0)).toEqual({ filetype: FileType.CHARACTER_DEVICE, flags: 0, ...stdinRights });
    expect(guest.fdstat(1)).toEqual({ filetype: FileType.UNKNOWN, flags: 0, ...stdoutRights });
    expect(guest.fdstat(2)).toEqual({ filetype: FileType.UNKNOWN, flags: 0, ...stdoutRights });
    expect(guest.stat(0)).toEqual({
      dev: 0n,
      ino: 0n,
      filetype: FileType.CHARACTER_DEVICE,
      nlink: 0n,
      size: 0n,
      atim: 0n,
      mtim: 0n,
      ctim: 0n,
    });
  });

  it("are the embedder's where it gives its own", () => {
    const stdout = new OutputBuffer();
    const stderr = new OutputBuffer();
    const guest = new Guest({ stdin: inputFromBytes(encodeUtf8("input text")), stdout, stderr });
    guest.wasi.init([], "test");
    expect(guest.read(0, 3, 3)).toBe("input ");
    expect(guest.read(0, 100)).toBe("text");
    expect(guest.read(0, 100)).toBe("");
    expect(guest.write(1, "out ", "", "put")).toBe(7);
    expect(guest.write(2, "err")).toBe(3);
    const text = (output: OutputBuffer): string => Buffer.from(output.bytes()).toString();
    expect([text(stdout), text(stderr)]).toEqual(["out put", "err"]);
  });

  it("are the host's otherwise", () => {
    const written: [number, string][] = [];
    installHost({
      write: (stream, bytes) => {
        written.push([stream, Buffer.from(bytes).toString()]);
        return bytes.length;
      },
      read: (bytes) => {
        bytes.set(encodeUtf8("hi"));
        return 2;
      },
    });
    const guest = guestWith([]);
    expect(guest.read(0, 10)).toBe("hi");
    guest.write(1, "a", "b");
    guest.write(2, "c");
    expect(written).toEqual([
      [1, "ab"],
      [2, "c"],
    ]);
    installHost({ read: undefined });
    expect(guest.read(0, 10)).toBe("");
  });

  it("get bytes that are theirs to keep, also of many buffers and of large ones", () => {
    const chunks: Uint8Array[] = [];
    const stdout: OutputStream = {
      write(bytes) {
        const part = bytes.subarray(0, 1000);
        chunks.push(part);
        return part.length;
      },
    };
    const guest = new Guest({ stdout });
    guest.wasi.init([], "test");
    guest.memory.fillBytes(0x61, 0, OUTSIDE);
    guest.setU32(0, 16);
    guest.setU32(4, 60_000);
    guest.setU32(8, 32);
    guest.setU32(12, 60_000);
    guest.must("fd_write", 1, 0, 2, 60_016);
    expect(guest.u32(60_016)).toBe(120_000);
    guest.memory.fillBytes(0, 0, OUTSIDE);
    expect(chunks.reduce((sum, { length }) => sum + length, 0)).toBe(120_000);
    expect(chunks.every((chunk) => chunk.every((byte) => byte === 0x61))).toBe(true);
  });

  it("count what was taken before they failed, and say why when nothing was", () => {
    let room = 5;
    const stdout: OutputStream = {
      write(bytes) {
        if (room === 0) throw new WasiError(Errno.NOSPC);
        const count = Math.min(room, bytes.length);
        room -= count;
        return count;
      },
    };
    const guest = new Guest({ stdout });
    guest.wasi.init([], "test");
    expect(guest.write(1, "12345678")).toBe(5);
    expect(guest.call("fd_write", 1, ...guest.iovecs(1), result)).toBe("NOSPC");
  });

  it("that throw what nobody knows are an I/O error, with a log line", () => {
    const failing = (): never => {
      throw new TypeError("broken stream");
    };
    const guest = new Guest({ stdin: { read: failing }, stdout: { write: failing } });
    guest.wasi.init([], "test");
    expect(guest.call("fd_read", 0, ...guest.iovecs(1), result)).toBe("IO");
    expect(guest.call("fd_write", 1, ...guest.iovecs(1), result)).toBe("IO");
    expect(records.map(({ message }) => message)).toEqual([
      "WASI: fd_read failed: TypeError: broken stream",
      "WASI: fd_write failed: TypeError: broken stream",
    ]);
    const silent = (): never => {
      throw Object.create(null);
    };
    const other = new Guest({ stdin: { read: silent } });
    other.wasi.init([], "test");
    expect(other.call("fd_read", 0, ...other.iovecs(1), result)).toBe("IO");
    expect(records[2]?.message).toBe("WASI: fd_read failed: a value of type object that has no text");
  });

  it("cannot be used the other way, nor sought, and can be closed", () => {
    const guest = guestWith([]);
    expect(guest.call("fd_write", 0, ...guest.iovecs(1), result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_read", 1, ...guest.iovecs(1), result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_seek", 1, 0n, 1, result)).toBe("NOTCAPABLE");
    expect(guest.call("fd_advise", 1, 0n, 0n, 0)).toBe("SPIPE");
    expect(guest.call("fd_sync", 1)).toBe("SUCCESS");
    guest.close(1);
    expect(guest.call("fd_write", 1, ...guest.iovecs(1), result)).toBe("BADF");
  });
});

describe("sockets", () => {
  it("are no descriptors that there are", () => {
    const guest = Guest.withPreopens({ fileSystem: new MemoryFileSystem() }, "/");
    for (const [fd, errno] of [
      [0, "NOTSOCK"],
      [3, "NOTSOCK"],
      [50, "BADF"],
    ] as const) {
      expect(guest.call("sock_shutdown", fd, 1)).toBe(errno);
      expect(guest.call("sock_accept_v2", fd, 0, result)).toBe(errno);
      expect(guest.call("sock_send", fd, ...guest.iovecs(1), 0, result)).toBe(errno);
      expect(guest.call("sock_recv", fd, ...guest.iovecs(1), 0, result, result + 4)).toBe(errno);
    }
  });

  it("check flags and pointers first", () => {
    const guest = guestWith([]);
    expect(guest.call("sock_shutdown", 0, 4)).toBe("INVAL");
    expect(guest.call("sock_accept_v2", 0, 32, result)).toBe("INVAL");
    expect(guest.call("sock_send", 0, ...guest.iovecs(1), 1, result)).toBe("INVAL");
    expect(guest.call("sock_recv", 0, ...guest.iovecs(1), 4, result, result)).toBe("INVAL");
    expect(guest.call("sock_accept_v2", 0, 0, OUTSIDE)).toBe("FAULT");
    expect(guest.call("sock_send", 0, OUTSIDE, 1, 0, result)).toBe("FAULT");
    expect(guest.call("sock_recv", 0, ...guest.iovecs(1), 0, result, OUTSIDE - 1)).toBe("FAULT");
  });
});

describe("errnos", () => {
  it("have preview 1's numbers", () => {
    const known = {
      "2BIG": 1,
      BADF: 8,
      FAULT: 21,
      INVAL: 28,
      NOENT: 44,
      NOSYS: 52,
      PERM: 63,
      XDEV: 75,
      NOTCAPABLE: 76,
    };
    expect(Errno).toMatchObject(known);
    expect(Object.values(Errno)).toEqual(Array.from({ length: 88 }, (_, i) => i));
    expect(errnoName(44)).toBe("NOENT");
  });

  it("are found in the errors of hosts", () => {
    const coded = (code: unknown): unknown => Object.assign(new Error("x"), { code });
    expect(errnoOf(coded("ENOENT"))).toBe(Errno.NOENT);
    expect(errnoOf(coded("E2BIG"))).toBe(Errno["2BIG"]);
    expect(errnoOf(coded("EOPNOTSUPP"))).toBe(Errno.NOTSUP);
    expect(errnoOf(new WasiError(Errno.LOOP))).toBe(Errno.LOOP);
    for (const other of [coded("ERR_OUT_OF_RANGE"), coded("Econstructor"), coded(5), null, undefined, "ENOENT"]) {
      expect(errnoOf(other)).toBeUndefined();
    }
  });
});

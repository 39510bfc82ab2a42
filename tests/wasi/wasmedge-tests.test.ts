import { closeSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { host, installHost } from "../../src/common/host.ts";
import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
import { nodeHost, nodeInput, nodeOutput } from "../../src/wasi/fs/node-host.ts";
import { findLoopback } from "../support/loopback.ts";
import { backends, guestOn, hostFolder, ROOT } from "./backends.ts";
import { Guest, OUTSIDE, type PollSubscription, places } from "./guest.ts";
import { INET4, LOOPBACK, SocketGuest, STREAM } from "./socket-guest.ts";

/**
 * WasmEdge's own unit tests of WASI by their names, as the reference tells what they prove (13.7), each behaviour here; where
 * we do the better thing that the reference names (7.2, 7.9, 12.2), the title says so.
 */

const FOLLOW = 1;
const { result, buffer } = places;
const hostBefore = { ...host };
const loopback = await findLoopback();

afterEach(() => void installHost(hostBefore));

describe("Args and Envs", () => {
  it.each([[["test"]], [["test", "abc"]], [["test", ""]]])("%j: numbers, sizes with a NUL each, and texts", (texts) => {
    for (const kind of ["args", "environ"]) {
      const guest = new Guest();
      guest.wasi.initialize(kind === "args" ? texts : [], kind === "args" ? [] : texts);
      const size = texts.reduce((sum, { length }) => sum + length + 1, 0);
      guest.must(`${kind}_sizes_get`, result, result + 4);
      expect([guest.u32(result), guest.u32(result + 4)]).toEqual([texts.length, size]);
      guest.must(`${kind}_get`, result, buffer);
      expect(guest.text(buffer, size)).toBe(texts.map((text) => `${text}\0`).join(""));
      expect(guest.u32(result)).toBe(buffer);
      if (texts.length > 1) expect(guest.u32(result + 4)).toBe(buffer + 5);
      for (const [a, b] of [
        [OUTSIDE, buffer],
        [result, OUTSIDE],
        [OUTSIDE, OUTSIDE],
        [-4, buffer],
      ]) {
        expect(guest.call(`${kind}_sizes_get`, a, b)).toBe("FAULT");
        expect(guest.call(`${kind}_get`, a, b)).toBe("FAULT");
      }
    }
  });
});

describe("ClockRes and ClockTimeGet", () => {
  it("give the host's values for the ids 0 to 3, INVAL for others, FAULT outside the memory", () => {
    installHost(nodeHost);
    const guest = new Guest();
    const clocks = [host.realtimeNanoseconds, host.monotonicNanoseconds, host.processTimeNanoseconds];
    for (const [id, clock] of [...clocks, host.processTimeNanoseconds].entries()) {
      guest.must("clock_res_get", id, result);
      expect(guest.u64(result)).toBe(host.clockResolutionNanoseconds);
      const before = clock();
      guest.must("clock_time_get", id, 0n, result);
      const told = guest.u64(result);
      expect(told).toBeGreaterThanOrEqual(before);
      expect(told).toBeLessThanOrEqual(clock());
      expect(guest.call("clock_res_get", id, OUTSIDE)).toBe("FAULT");
      expect(guest.call("clock_time_get", id, 0n, OUTSIDE - 7)).toBe("FAULT");
    }
    for (const id of [4, 5, 0x7fffffff, -1]) {
      expect(guest.call("clock_res_get", id, result)).toBe("INVAL");
      expect(guest.call("clock_time_get", id, 0n, result)).toBe("INVAL");
    }
  });
});

describe("ProcExit", () => {
  it.each([0, 1])("fails with Terminated, and the exit code %d is kept", (code) => {
    const guest = new Guest();
    guest.wasi.init([], "test");
    expect(() => guest.call("proc_exit", code)).toThrow(WasmEdgeError);
    expect(() => guest.call("proc_exit", code)).toThrow(expect.objectContaining({ code: ErrCode.Terminated }));
    expect(guest.wasi.getExitCode()).toBe(code);
  });
});

describe("Random", () => {
  it("fills 0, 1 and 8 bytes; a bad pointer is SUCCESS with size 0, FAULT with more", () => {
    installHost({ fillRandom: (bytes) => void bytes.fill(0xa5) });
    const guest = new Guest();
    for (const size of [0, 1, 8]) {
      guest.memory.fillBytes(0, buffer, 16);
      guest.must("random_get", buffer, size);
      const expected = Array.from({ length: 16 }, (_, i) => (i < size ? 0xa5 : 0));
      expect([...guest.memory.getBytes(buffer, 16)]).toEqual(expected);
    }
    for (const at of [OUTSIDE, -1]) {
      expect(guest.call("random_get", at, 0)).toBe("SUCCESS");
      expect(guest.call("random_get", at, 1)).toBe("FAULT");
      expect(guest.call("random_get", at, 8)).toBe("FAULT");
    }
    expect(guest.call("random_get", OUTSIDE - 7, 8)).toBe("FAULT");
  });
});

describe.each(backends)("over $name", ({ create }) => {
  it("Directory: nothing is NOENT, outside the memory FAULT, what exists EXIST; what is made is one, and can be removed", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "tmp");
    for (const name of ["path_create_directory", "path_remove_directory"]) {
      for (const at of [0, OUTSIDE, -1]) expect(guest.call(name, ROOT, at, 0)).toBe("NOENT");
      expect(guest.call(name, ROOT, OUTSIDE, 1)).toBe("FAULT");
      expect(guest.call(name, ROOT, OUTSIDE - 1, 2)).toBe("FAULT");
    }
    for (const at of [0, OUTSIDE, -1]) expect(guest.call("path_filestat_get", ROOT, 0, at, 0, result)).toBe("NOENT");
    expect(guest.call("path_filestat_get", ROOT, 0, OUTSIDE, 1, result)).toBe("FAULT");
    expect(guest.call("path_filestat_get", ROOT, 0, ...guest.path("tmp"), OUTSIDE)).toBe("FAULT");
    for (const path of ["tmp", ".", "tmp/.", "tmp/.."]) expect(guest.makeDirectory(ROOT, path)).toBe("EXIST");
    expect(guest.makeDirectory(ROOT, "tmp/new")).toBe("SUCCESS");
    expect(guest.pathStat(ROOT, "tmp/new").filetype).toBe(FileType.DIRECTORY);
    expect(guest.removeDirectory(ROOT, "tmp/new")).toBe("SUCCESS");
    expect(guest.tryStat(ROOT, "tmp/new")).toBe("NOENT");
  });

  it("SymbolicLink: the same of both paths; a link and what it leads to are told apart", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "dir");
    const dir = guest.path("dir");
    for (const at of [0, OUTSIDE, -1]) {
      expect(guest.call("path_symlink", at, 0, ROOT, ...guest.path("new", places.textB))).toBe("NOENT");
      expect(guest.call("path_symlink", ...dir, ROOT, at, 0)).toBe("NOENT");
      expect(guest.call("path_symlink", at, 0, ROOT, at, 0)).toBe("NOENT");
    }
    expect(guest.call("path_symlink", OUTSIDE, 1, ROOT, ...dir)).toBe("FAULT");
    expect(guest.call("path_symlink", ...dir, ROOT, OUTSIDE, 1)).toBe("FAULT");
    expect(guest.symlink("dir", ROOT, "dir")).toBe("EXIST");
    expect(guest.symlink("dir", ROOT, ".")).toBe("EXIST");
    expect(guest.symlink("dir", ROOT, "link")).toBe("SUCCESS");
    expect(guest.symlink("dir", ROOT, "link")).toBe("EXIST");
    expect(guest.pathStat(ROOT, "link").filetype).toBe(FileType.SYMBOLIC_LINK);
    expect(guest.pathStat(ROOT, "link", FOLLOW).filetype).toBe(FileType.DIRECTORY);
    expect(guest.unlink(ROOT, "link")).toBe("SUCCESS");
    expect(guest.tryStat(ROOT, "dir")).toBe("SUCCESS");
  });

  it("SymbolicLink: texts that are absolute or climb too high are PERM, others are kept as they are", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "sub");
    for (const text of ["/etc/passwd", "/", "../../etc/passwd", "foo/../../etc/passwd", ".."]) {
      expect([text, guest.symlink(text, ROOT, "link")]).toEqual([text, "PERM"]);
    }
    expect(guest.symlink("../sibling", ROOT, "sub/up")).toBe("SUCCESS");
    expect(guest.symlink("../../../x", ROOT, "sub/out")).toBe("PERM");
    expect(guest.symlink("a/../sibling_file", ROOT, "verbatim")).toBe("SUCCESS");
    expect([guest.readlink(ROOT, "sub/up"), guest.readlink(ROOT, "verbatim")]).toEqual([
      "../sibling",
      "a/../sibling_file",
    ]);
    expect(guest.list(ROOT)).toEqual([".", "..", "sub", "verbatim"]);
  });

  it("SymbolicLink: a link whose name exists is EXIST, and the name is not followed", () => {
    const guest = guestOn(create());
    guest.symlink("absent", ROOT, "link");
    expect(guest.symlink("other", ROOT, "link")).toBe("EXIST");
    expect(guest.readlink(ROOT, "link")).toBe("absent");
    expect(guest.tryStat(ROOT, "absent")).toBe("NOENT");
  });

  it("FdSyncDirectory: fd_sync and fd_datasync of a directory are BADF", () => {
    const guest = guestOn(create());
    guest.makeDirectory(ROOT, "dir");
    const rights = { base: 0x11n, inheriting: 0n };
    for (const oflags of [0, OFlags.DIRECTORY]) {
      const fd = guest.open(ROOT, "dir", { oflags, ...rights });
      expect([guest.call("fd_sync", fd), guest.call("fd_datasync", fd)]).toEqual(["BADF", "BADF"]);
    }
    expect(guest.call("fd_sync", ROOT)).toBe("NOTCAPABLE");
  });
});

describe("CustomFds", () => {
  it("reads and writes through the descriptors that it is given", () => {
    const folder = hostFolder();
    const paths = ["in", "out", "err"].map((name) => join(folder, name));
    writeFileSync(paths[0], "custom input");
    const fds = paths.map((path, i) => openSync(path, i === 0 ? "r" : "w"));
    const guest = new Guest({ stdin: nodeInput(fds[0]), stdout: nodeOutput(fds[1]), stderr: nodeOutput(fds[2]) });
    guest.wasi.init([], "test");
    expect(guest.read(0, 100)).toBe("custom input");
    guest.write(1, "custom output");
    guest.write(2, "custom error");
    expect([0, 1, 2].map((fd) => guest.wasi.getNativeHandler(fd))).toEqual(fds);
    for (const fd of fds) closeSync(fd);
    expect(paths.slice(1).map((path) => readFileSync(path, "utf8"))).toEqual(["custom output", "custom error"]);
  });

  it("a descriptor that is not open is BADF in each of the three places", () => {
    for (const [make, fd] of [
      [nodeInput, 99_999],
      [nodeOutput, 99_999],
      [nodeOutput, -1],
      [nodeInput, -1],
      [nodeOutput, 1.5],
      [nodeInput, 2 ** 31],
    ] as const) {
      expect(() => make(fd)).toThrow(expect.objectContaining({ errno: Errno.BADF }));
    }
  });
});

describe("PointerAlignment", () => {
  const calls: readonly (readonly [name: string, ...args: (number | bigint)[]])[] = [
    ["args_sizes_get", result + 1, result + 4],
    ["args_sizes_get", result, result + 6],
    ["environ_sizes_get", result, result + 5],
    ["args_get", result + 2, buffer],
    ["clock_res_get", 0, result + 4],
    ["clock_time_get", 0, 0n, result + 1],
    ["fd_fdstat_get", ROOT, result + 1],
    ["fd_filestat_get", ROOT, result + 4],
    ["fd_prestat_get", ROOT, result + 2],
    ["fd_write", 1, result + 1, 0, result],
    ["fd_write", 1, result, 0, result + 2],
  ];

  it("a misaligned pointer traps with UnalignedAtomicAccess where that is asked for", () => {
    const guest = Guest.withPreopens({ strictAlignment: true }, "/");
    for (const [name, ...args] of calls) {
      expect(() => guest.call(name, ...args)).toThrow(expect.objectContaining({ code: ErrCode.UnalignedAtomicAccess }));
    }
  });

  it("and is as good as any other by default (better, 7.2)", () => {
    installHost({ write: (_, bytes) => bytes.length });
    const guest = Guest.withPreopens({}, "/");
    for (const [name, ...args] of calls) expect([name, guest.call(name, ...args)]).toEqual([name, "SUCCESS"]);
  });
});

describe.runIf(loopback.inet4)("sockets", () => {
  const guests: SocketGuest[] = [];

  afterEach(() => {
    for (const guest of guests.splice(0)) guest.wasi.fini();
  });

  /** A server and a client, each a guest, with a connection between them. */
  function connect() {
    installHost(nodeHost);
    const server = new SocketGuest();
    const client = new SocketGuest();
    guests.push(server, client);
    const [listener, port] = server.listener(INET4);
    const here = client.socket(STREAM);
    expect(client.connect(here, port, LOOPBACK)).toBe("SUCCESS");
    return { server, client, listener, here };
  }

  const NONBLOCK = 4;

  it("SockAcceptNonblockFlag: what is accepted with NONBLOCK has the flag, the listener has not", () => {
    const { server, listener } = connect();
    server.must("sock_accept_v2", listener, NONBLOCK, result);
    expect(server.fdstat(server.u32(result)).flags).toBe(NONBLOCK);
    expect(server.fdstat(listener).flags).toBe(0);
  });

  const clock = (milliseconds: number): PollSubscription => ({
    tag: 0,
    id: 1,
    timeout: BigInt(milliseconds) * 1_000_000n,
  });

  it.each([
    ["poll_oneoff", "V1"],
    ["poll_oneoff", "V2"],
    ["epoll_oneoff", "V1"],
    ["epoll_oneoff", "V2"],
  ])("%s over sockets of %s: clocks that strike first, then what comes, with its bytes", (name, version) => {
    const { server, client, listener, here } = connect();
    if (version === "V1") server.must("sock_accept", listener, result);
    else server.must("sock_accept_v2", listener, 0, result);
    const there = server.u32(result);
    const poll = (guest: Guest, ...subscriptions: PollSubscription[]) =>
      name === "poll_oneoff" ? guest.poll(...subscriptions) : guest.epoll(...subscriptions);
    // Nothing has been sent.
    expect(poll(server, { tag: 1, fd: there }, clock(20))).toMatchObject([
      { userdata: 101n, type: 0, errno: "SUCCESS" },
    ]);
    // Reading and writing on one descriptor: only writing is possible.
    expect(poll(server, { tag: 1, fd: there }, { tag: 2, fd: there })).toMatchObject([{ userdata: 101n, type: 2 }]);
    client.send(here, "data");
    expect(poll(server, { tag: 1, fd: there }, clock(60_000))).toMatchObject([{ userdata: 100n, type: 1, nbytes: 4n }]);
    expect(server.recv(there, 100)).toBe("data");
    expect(poll(server, { tag: 1, fd: there }, clock(20))).toMatchObject([{ userdata: 101n, type: 0 }]);
    client.close(here);
    expect(poll(server, { tag: 1, fd: there }, clock(60_000))).toMatchObject([{ userdata: 100n, type: 1, flags: 1 }]);
    expect(server.recv(there, 100)).toBe("");
  });

  it("reading and writing on one descriptor are two events when both are possible", () => {
    const { server, client, listener, here } = connect();
    const there = server.accept(listener);
    client.send(here, "x");
    expect(server.poll({ tag: 1, fd: there })).toMatchObject([{ type: 1 }]);
    const events = server.poll({ tag: 1, fd: there }, { tag: 2, fd: there });
    expect(events.map(({ userdata, type }) => [userdata, type])).toEqual([
      [100n, 1],
      [101n, 2],
    ]);
  });

  it("a listener can be read from when a connection has come", () => {
    const { server, listener } = connect();
    expect(server.poll({ tag: 1, fd: listener }, clock(60_000))).toMatchObject([{ userdata: 100n, type: 1 }]);
    server.accept(listener);
    expect(server.poll({ tag: 1, fd: listener }, clock(20))).toMatchObject([{ userdata: 101n, type: 0 }]);
  });
});

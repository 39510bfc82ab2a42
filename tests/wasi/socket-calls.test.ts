import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { Errno } from "../../src/wasi/abi/errno.ts";
import { FakeNetwork, type FakeSocket } from "./fake-network.ts";
import { places } from "./guest.ts";
import { LOOPBACK, SocketGuest, STREAM } from "./socket-guest.ts";

/** What the functions of sockets make of a network that does what a test cannot have a real one do. */

const { result, buffer } = places;
const [SNDTIMEO, RCVTIMEO] = [12, 11];

const hostBefore = { ...host };
let now = 0n;
let network: FakeNetwork;

beforeEach(() => {
  now = 0n;
  network = new FakeNetwork();
  // Where nothing happens, waiting lasts as long as it may.
  network.blocked = (nanoseconds) => {
    now += nanoseconds;
  };
  installHost({ monotonicNanoseconds: () => now });
});
afterEach(() => installHost(hostBefore));

function connected(): { guest: SocketGuest; fd: number; socket: FakeSocket } {
  const guest = new SocketGuest({ network });
  const fd = guest.socket(STREAM);
  const [socket] = network.sockets;
  socket.connecting.result = true;
  expect(guest.connect(fd, 80)).toBe("SUCCESS");
  return { guest, fd, socket };
}

/** Sets a time limit of 50 milliseconds. */
function limit(guest: SocketGuest, fd: number, option: number): void {
  guest.memory.fillBytes(0, result, 16);
  guest.setU64(result + 8, 50_000n);
  guest.must("sock_setsockopt", fd, 0, option, result, 16);
}

const WAITALL = 2;

function receive(guest: SocketGuest, fd: number, length: number, flags = 0): string {
  const errno = guest.call("sock_recv", fd, ...guest.iovecs(length), flags, result, result + 4);
  return errno === "SUCCESS" ? guest.text(buffer, guest.u32(result)) : errno;
}

function send(guest: SocketGuest, fd: number, text: string): number | string {
  guest.memory.setBytes(new TextEncoder().encode(text), buffer);
  const errno = guest.call("sock_send", fd, ...guest.iovecs(text.length), 0, result);
  return errno === "SUCCESS" ? guest.u32(result) : errno;
}

describe("connecting", () => {
  it("that is under way is ALREADY where the socket does not block, and is waited for where it does", () => {
    const guest = new SocketGuest({ network });
    const fd = guest.socket(STREAM);
    const [socket] = network.sockets;
    guest.setNonblocking(fd);
    expect(guest.connect(fd, 80)).toBe("INPROGRESS");
    expect(guest.connect(fd, 80)).toBe("ALREADY");
    guest.must("fd_fdstat_set_flags", fd, 0);
    network.blocked = () => {
      socket.connecting.result = true;
    };
    expect(guest.connect(fd, 80)).toBe("SUCCESS");
    expect(guest.connect(fd, 80)).toBe("ISCONN");
  });

  it("that fails while it is waited for says why", () => {
    const guest = new SocketGuest({ network });
    const fd = guest.socket(STREAM);
    network.blocked = () => {
      network.sockets[0].connecting.error = Errno.HOSTUNREACH;
    };
    expect(guest.connect(fd, 80)).toBe("HOSTUNREACH");
  });

  it("is for no socket that listens", () => {
    const guest = new SocketGuest({ network });
    const fd = guest.socket(STREAM);
    expect(guest.bind(fd)).toBe("SUCCESS");
    guest.must("sock_listen", fd, 1);
    expect(guest.connect(fd, 80)).toBe("NOTSUP");
  });
});

describe("receiving all", () => {
  it("waits for the parts, and takes what there is at the end", () => {
    const { guest, fd, socket } = connected();
    socket.incoming.push("ab", undefined, "c", undefined, "def");
    expect(receive(guest, fd, 6, WAITALL)).toBe("abcdef");
    socket.incoming.push("xy", undefined, "");
    expect(receive(guest, fd, 6, WAITALL)).toBe("xy");
  });

  it("gives what has come when its time limit comes, when the socket does not block, and when it fails", () => {
    const { guest, fd, socket } = connected();
    limit(guest, fd, RCVTIMEO);
    socket.incoming.push("ab", undefined, "c");
    expect(receive(guest, fd, 6, WAITALL)).toBe("abc");
    expect(now).toBe(50_000_000n);
    expect(receive(guest, fd, 6, WAITALL)).toBe("AGAIN");
    socket.incoming.push("de", Errno.CONNRESET, Errno.CONNRESET);
    expect(receive(guest, fd, 6, WAITALL)).toBe("de");
    expect(receive(guest, fd, 6, WAITALL)).toBe("CONNRESET");
    guest.setNonblocking(fd);
    socket.incoming.push("fg", undefined);
    expect(receive(guest, fd, 6, WAITALL)).toBe("fg");
    expect(receive(guest, fd, 6, WAITALL)).toBe("AGAIN");
  });
});

describe("sending", () => {
  it("waits for room, for all of it", () => {
    const { guest, fd, socket } = connected();
    socket.room.push(2, undefined, 0, undefined, 3, 100);
    expect(send(guest, fd, "abcdefgh")).toBe(8);
    expect(socket.sent).toBe("abcdefgh");
  });

  it("tells what has gone when its time limit comes, when the socket does not block, and when it fails", () => {
    const { guest, fd, socket } = connected();
    limit(guest, fd, SNDTIMEO);
    socket.room.push(3, undefined, 2);
    expect(send(guest, fd, "abcdefgh")).toBe(5);
    expect(send(guest, fd, "abcdefgh")).toBe("AGAIN");
    socket.room.push(4, -Errno.PIPE, -Errno.PIPE);
    expect(send(guest, fd, "abcdefgh")).toBe(4);
    expect(send(guest, fd, "abcdefgh")).toBe("PIPE");
    guest.setNonblocking(fd);
    socket.room.push(1, undefined);
    expect(send(guest, fd, "abcdefgh")).toBe(1);
    expect(send(guest, fd, "abcdefgh")).toBe("AGAIN");
    expect(socket.sent).toBe("abcdeabcda");
  });
});

describe("closing", () => {
  it("waits a second for what was sent to leave, and no longer", () => {
    const { guest, fd } = connected();
    guest.close(fd);
    expect(now).toBe(1_000_000_000n);
    expect(guest.call("fd_close", fd)).toBe("BADF");
  });

  it("waits no longer than it takes, and does not fail where it could not leave", () => {
    const { guest, fd, socket } = connected();
    network.blocked = () => {
      now += 1n;
      socket.closing.error = Errno.CONNRESET;
    };
    guest.close(fd);
    expect(now).toBe(1n);
  });

  it("of all by the embedder waits for all of them together, of one by fd_renumber for that one", () => {
    const { guest, fd } = connected();
    guest.socket(STREAM);
    const third = guest.socket(STREAM);
    guest.must("fd_renumber", third, fd);
    expect(now).toBe(1_000_000_000n);
    guest.wasi.fini();
    expect(now).toBe(2_000_000_000n);
  });
});

describe("a socket", () => {
  it("has no places, and is no file", () => {
    const { guest, fd } = connected();
    for (const [name, ...args] of [
      ["fd_seek", fd, 0n, 0, result],
      ["fd_tell", fd, result],
      ["fd_allocate", fd, 0n, 1n],
      ["fd_advise", fd, 0n, 0n, 0],
      ["fd_filestat_set_size", fd, 0n],
      ["fd_filestat_set_times", fd, 0n, 0n, 0],
      ["fd_sync", fd],
      ["fd_datasync", fd],
      ["fd_pread", fd, ...guest.iovecs(1), 0n, result],
      ["fd_pwrite", fd, ...guest.iovecs(1), 0n, result],
    ] as const) {
      expect([name, guest.call(name, ...args)]).toEqual([name, "NOTCAPABLE"]);
    }
    expect(guest.call("fd_readdir", fd, 0, 0, 0n, result)).toBe("NOTDIR");
    expect(guest.call("fd_prestat_get", fd, result)).toBe("INVAL");
  });

  it("tells the defaults of its options", () => {
    const { guest, fd } = connected();
    const option = (name: number): number[] => {
      guest.setU32(result + 32, 16);
      guest.must("sock_getsockopt", fd, 0, name, result, result + 32);
      return [...guest.memory.getBytes(result, guest.u32(result + 32))];
    };
    const number = (value: number): number[] => [...new Uint8Array(Int32Array.of(value).buffer)];
    expect(Array.from({ length: 15 }, (_, name) => option(name))).toEqual([
      ...[
        number(0),
        number(STREAM),
        number(0),
        number(0),
        number(0),
        number(262_144),
        number(262_144),
        number(0),
        number(0),
      ],
      ...[new Array(8).fill(0), number(1), new Array(16).fill(0), new Array(16).fill(0), number(0), []],
    ]);
    guest.must("sock_setsockopt", fd, 0, 14, result, 0);
    expect(guest.call("sock_setsockopt", fd, 0, 14, result, 1)).toBe("NOPROTOOPT");
    for (const name of [RCVTIMEO, SNDTIMEO]) {
      guest.memory.fillBytes(0xff, result, 8);
      guest.setU64(result + 8, 1n);
      guest.must("sock_setsockopt", fd, 0, name, result, 16);
      expect(guest.call("sock_setsockopt", fd, 0, name, result, 15)).toBe("INVAL");
    }
    // A negative time limit is none.
    network.blocked = () => network.sockets[0].incoming.push("late");
    expect(receive(guest, fd, 9)).toBe("late");
  });
});

describe("looking up", () => {
  it("that takes a while is waited for, and what it fails with is told", () => {
    const guest = new SocketGuest({ network, allowNet: ["example.com"] });
    const lookUp = (): string => {
      guest.memory.fillBytes(0, 2300, 300);
      const [node, length] = guest.path("example.com", 2048);
      guest.setU32(2400, 2500);
      guest.setU32(2512, 2540);
      guest.setU32(2548, 2560);
      return guest.call("sock_getaddrinfo", node, length, 2048, 0, 2300, 2400, 1, 2404);
    };
    network.blocked = () => {
      network.found.error = Errno.AIAGAIN;
    };
    expect(lookUp()).toBe("AIAGAIN");
    network.found.error = undefined;
    network.blocked = () => {
      network.found.result = [{ family: "ipv4", host: "10.1.2.3", port: 0 }];
    };
    expect(lookUp()).toBe("SUCCESS");
    expect([...guest.memory.getBytes(2562, 4)]).toEqual([10, 1, 2, 3]);
    // The address is allowed from now on, since the name is.
    const fd = guest.socket(STREAM);
    network.sockets[0].connecting.result = true;
    expect(guest.connect(fd, 80, LOOPBACK)).toBe("ACCES");
    expect(guest.connect(fd, 80, [10, 1, 2, 3])).toBe("SUCCESS");
  });
});

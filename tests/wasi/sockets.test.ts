import { linkSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { FileType } from "../../src/wasi/abi/constants.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { findLoopback } from "../support/loopback.ts";
import { hostFolder } from "./backends.ts";
import { Guest, places } from "./guest.ts";
import { DGRAM, INET4, INET6, LOOPBACK, LOOPBACK_6, SocketGuest, STREAM } from "./socket-guest.ts";

const { result } = places;
const hostBefore = { ...host };
installHost(nodeHost);
const guests: SocketGuest[] = [];
const loopback = await findLoopback();

afterEach(() => {
  for (const guest of guests.splice(0)) guest.wasi.fini();
  installHost({ ...hostBefore, ...nodeHost });
});

function newGuest(...options: ConstructorParameters<typeof SocketGuest>): SocketGuest {
  const guest = new SocketGuest(...options);
  guests.push(guest);
  return guest;
}

/** Two guests with a connection between them. */
function connected(family = INET4): { server: SocketGuest; there: number; client: SocketGuest; here: number } {
  const server = newGuest();
  const client = newGuest();
  const [listener, port] = server.listener(family);
  const here = client.socket(STREAM, family);
  expect(client.connect(here, port, family === INET4 ? LOOPBACK : LOOPBACK_6)).toBe("SUCCESS");
  return { server, there: server.accept(listener), client, here };
}

describe.runIf(loopback.inet4)("a stream socket", () => {
  it.for([
    ["IPv4", INET4, 4, [...LOOPBACK]],
    ["IPv6", INET6, 6, [...LOOPBACK_6]],
  ] as const)(
    "over %s connects two guests, and each knows the other's address",
    ([, family, type, bytes], { skip }) => {
      skip(family === INET6 && !loopback.inet6, "this machine carries nothing on ::1");
      const { server, there, client, here } = connected(family);
      expect(client.peer(here)).toMatchObject({ type, bytes });
      expect(client.peer(here)).toEqual(server.local(there));
      expect(server.peer(there)).toEqual(client.local(here));
      expect(client.send(here, "question")).toBe(8);
      expect(server.recv(there, 100)).toBe("question");
      server.write(there, "ans", "wer");
      expect(client.read(here, 2, 100)).toBe("answer");
    },
  );

  it("is told as a socket, with WasmEdge's rights", () => {
    const { server, there, client, here } = connected();
    expect(client.fdstat(here)).toEqual({
      filetype: FileType.SOCKET_STREAM,
      flags: 0,
      base: 0xff800004an,
      inheriting: 0xff800004an,
    });
    expect(server.fdstat(there).base).toBe(0xf1800004an);
    expect(client.fdstat(client.socket(DGRAM)).filetype).toBe(FileType.SOCKET_DGRAM);
    expect(client.call("fd_seek", here, 0n, 0, result)).toBe("NOTCAPABLE");
    expect(client.call("fd_filestat_get", here, result)).toBe("NOTCAPABLE");
  });

  it("gives what was sent before the end, then the end", () => {
    const { server, there, client, here } = connected();
    client.send(here, "last words");
    client.close(here);
    expect(server.recv(there, 4)).toBe("last");
    expect(server.recv(there, 100)).toBe(" words");
    expect(server.recv(there, 100)).toBe("");
    expect(server.read(there, 100)).toBe("");
  });

  it("can be shut down in one direction", () => {
    const { server, there, client, here } = connected();
    client.send(here, "request");
    client.must("sock_shutdown", here, 2);
    expect(client.call("sock_send", here, ...client.iovecs(1), 0, result)).toBe("PIPE");
    expect(server.recv(there, 100)).toBe("request");
    expect(server.recv(there, 100)).toBe("");
    server.send(there, "response");
    expect(client.recv(here, 100)).toBe("response");
    client.must("sock_shutdown", here, 1);
    expect(client.recv(here, 100)).toBe("");
    expect(client.call("sock_shutdown", here, 0)).toBe("INVAL");
    expect(client.call("sock_shutdown", here, 4)).toBe("INVAL");
    expect(client.call("sock_shutdown", client.socket(STREAM), 3)).toBe("NOTCONN");
  });

  it("carries more than fits into any buffer, in both directions", () => {
    const { server, there, client, here } = connected();
    client.setNonblocking(here);
    const text = "0123456789abcdef".repeat(1024);
    let sent = 0;
    let received = "";
    // The sender goes on until nobody takes any more, and again when the receiver has.
    while (sent < 40 * text.length || received.length < sent) {
      client.memory.setBytes(new TextEncoder().encode(text), places.buffer);
      while (sent < 40 * text.length) {
        const part = text.length - (sent % text.length);
        client.setU32(result + 64, places.buffer + (sent % text.length));
        client.setU32(result + 68, part);
        if (client.call("sock_send", here, result + 64, 1, 0, result) === "AGAIN") break;
        sent += client.u32(result);
      }
      received += server.recv(there, 30_000);
    }
    expect(sent).toBe(655_360);
    expect(received).toBe(text.repeat(40));
  });

  it("peeks, and waits for all where it is asked to", () => {
    const { server, there, client, here } = connected();
    client.send(here, "abc");
    expect(server.recv(there, 2, 1)).toBe("ab");
    expect(server.recv(there, 100, 1)).toBe("abc");
    client.send(here, "def");
    expect(server.recv(there, 6, 2)).toBe("abcdef");
    client.send(here, "xyz");
    client.close(here);
    expect(server.recv(there, 6, 2)).toBe("xyz");
  });

  it("fails with CONNREFUSED where nobody listens, and can try another address", () => {
    const guest = newGuest();
    const [listener, port] = guest.listener();
    const [spare, free] = guest.listener();
    guest.close(spare);
    const fd = guest.socket(STREAM);
    expect(guest.connect(fd, free)).toBe("CONNREFUSED");
    expect(guest.connect(fd, port)).toBe("SUCCESS");
    expect(guest.connect(fd, port)).toBe("ISCONN");
    expect(guest.accept(listener)).toBeGreaterThan(fd);
  });

  it("takes an address that is in use from nobody", () => {
    const guest = newGuest();
    const [, port] = guest.listener();
    const fd = guest.socket(STREAM);
    expect(guest.bind(fd, port)).toBe("ADDRINUSE");
    expect(guest.bind(fd, 0)).toBe("SUCCESS");
    expect(guest.bind(fd, 0)).toBe("INVAL");
    expect(guest.local(fd).port).toBeGreaterThan(0);
  });

  it("connects from the address that it is bound to", () => {
    const server = newGuest();
    const client = newGuest();
    const [listener, port] = server.listener();
    const fd = client.socket(STREAM);
    client.bind(fd);
    const own = client.local(fd);
    expect(client.connect(fd, port)).toBe("SUCCESS");
    expect(client.local(fd)).toEqual(own);
    expect(server.peer(server.accept(listener))).toEqual(own);
  });

  it("waits for nothing where it does not block", () => {
    const guest = newGuest();
    const [listener, port] = guest.listener();
    guest.setNonblocking(listener);
    expect(guest.call("sock_accept", listener, result)).toBe("AGAIN");
    const fd = guest.socket(STREAM);
    guest.setNonblocking(fd);
    expect(guest.connect(fd, port)).toBe("INPROGRESS");
    expect(guest.poll({ tag: 2, fd })).toMatchObject([{ errno: "SUCCESS", type: 2, flags: 0 }]);
    expect(guest.option(fd, 2)).toBe(0);
    expect(guest.call("sock_recv", fd, ...guest.iovecs(1), 0, result, result + 4)).toBe("AGAIN");
    expect(guest.poll({ tag: 1, fd: listener })).toMatchObject([{ errno: "SUCCESS", type: 1 }]);
    guest.must("sock_accept_v2", listener, 4, result);
    expect(guest.fdstat(guest.u32(result)).flags).toBe(4);
  });

  it("tells why connecting failed as SO_ERROR, once", () => {
    const guest = newGuest();
    const [spare, port] = guest.listener();
    guest.close(spare);
    const fd = guest.socket(STREAM);
    guest.setNonblocking(fd);
    expect(guest.connect(fd, port)).toBe("INPROGRESS");
    expect(guest.poll({ tag: 2, fd })).toMatchObject([{ errno: "SUCCESS", type: 2, flags: 1 }]);
    expect(guest.option(fd, 2)).toBe(14);
    expect(guest.option(fd, 2)).toBe(0);
  });

  it("needs a connection, a listener, a stream", () => {
    const guest = newGuest();
    const fd = guest.socket(STREAM);
    const datagrams = guest.socket(DGRAM);
    expect(guest.call("sock_recv", fd, ...guest.iovecs(1), 0, result, result + 4)).toBe("NOTCONN");
    expect(guest.call("sock_send", fd, ...guest.iovecs(1), 0, result)).toBe("NOTCONN");
    expect(guest.call("sock_getpeeraddr_v2", fd, guest.address(new Array(128).fill(0)), result)).toBe("NOTCONN");
    expect(guest.call("sock_accept", fd, result)).toBe("INVAL");
    expect(guest.call("sock_accept", datagrams, result)).toBe("NOTSUP");
    expect(guest.call("sock_listen", datagrams, 1)).toBe("NOTSUP");
    expect(guest.local(fd)).toEqual({ type: 4, bytes: [0, 0, 0, 0], port: 0 });
    expect(guest.call("sock_recv", 1, ...guest.iovecs(1), 0, result, result + 4)).toBe("NOTSOCK");
    expect(guest.call("sock_listen", 99, 1)).toBe("BADF");
  });
});

describe.runIf(loopback.inet4)("a datagram socket", () => {
  it.for([
    ["IPv4", INET4, LOOPBACK],
    ["IPv6", INET6, LOOPBACK_6],
  ] as const)("over %s sends to addresses, and tells who sent", ([, family, host], { skip }) => {
    skip(family === INET6 && !loopback.inet6, "this machine carries nothing on ::1");
    const [a, b] = [newGuest(), newGuest()];
    const here = a.socket(DGRAM, family);
    const there = b.socket(DGRAM, family);
    expect(b.bind(there, 0, host)).toBe("SUCCESS");
    expect(a.bind(here, 0, host)).toBe("SUCCESS");
    expect(a.sendTo(here, "one", b.local(there).port, host)).toBe("SUCCESS");
    expect(a.u32(result)).toBe(3);
    expect(a.sendTo(here, "", b.local(there).port, host)).toBe("SUCCESS");
    expect(a.sendTo(here, "three", b.local(there).port, host)).toBe("SUCCESS");
    const from = { port: a.local(here).port, address: [...host] };
    expect(b.recvFrom(there, 100, host.length)).toEqual({ text: "one", ...from, truncated: false });
    expect(b.recvFrom(there, 100, host.length)).toEqual({ text: "", ...from, truncated: false });
    expect(b.recvFrom(there, 2, host.length)).toEqual({ text: "th", ...from, truncated: true });
    expect(b.sendTo(there, "back", from.port, host)).toBe("SUCCESS");
    expect(a.recv(here, 100)).toBe("back");
  });

  it("takes datagrams from its peer alone where it is connected", () => {
    const guest = newGuest();
    const [a, b, c] = [guest.socket(DGRAM), guest.socket(DGRAM), guest.socket(DGRAM)];
    for (const fd of [a, b, c]) guest.bind(fd);
    expect(guest.connect(a, guest.local(b).port)).toBe("SUCCESS");
    guest.sendTo(c, "stranger", guest.local(a).port);
    guest.sendTo(b, "peer", guest.local(a).port);
    expect(guest.recv(a, 100)).toBe("peer");
    guest.send(a, "reply");
    expect(guest.recv(b, 100)).toBe("reply");
    expect(guest.peer(a).port).toBe(guest.local(b).port);
  });

  it("refuses datagrams without destination, and such as no network carries", () => {
    const guest = newGuest();
    const fd = guest.socket(DGRAM);
    expect(guest.call("sock_send", fd, ...guest.iovecs(1), 0, result)).toBe("DESTADDRREQ");
    guest.setU32(result + 64, 0);
    guest.setU32(result + 68, 65_508);
    expect(guest.call("sock_send_to", fd, result + 64, 1, guest.address(LOOPBACK), 9, 0, result)).toBe("MSGSIZE");
  });
});

describe.runIf(loopback.inet4)("polling sockets", () => {
  it("finds what can be read, with the bytes that there are, and what has hung up", () => {
    const { server, there, client, here } = connected();
    const clock = { tag: 0, id: 1, timeout: 20_000_000n } as const;
    expect(server.poll({ tag: 1, fd: there }, clock)).toMatchObject([{ type: 0 }]);
    client.send(here, "12345");
    expect(server.poll({ tag: 1, fd: there })).toMatchObject([{ type: 1, nbytes: 5n, flags: 0 }]);
    expect(server.poll({ tag: 2, fd: there }, { tag: 1, fd: there })).toMatchObject([
      { type: 2, flags: 0 },
      { type: 1, nbytes: 5n },
    ]);
    server.recv(there, 5);
    client.close(here);
    expect(server.poll({ tag: 1, fd: there })).toMatchObject([{ type: 1, nbytes: 0n, flags: 1 }]);
  });

  it("by epoll_oneoff tells each piece of news once", () => {
    const { server, there, client, here } = connected();
    const clock = { tag: 0, id: 1, timeout: 20_000_000n } as const;
    const read = { tag: 1, fd: there } as const;
    client.send(here, "first");
    expect(server.epoll(read)).toMatchObject([{ type: 1, nbytes: 5n }]);
    expect(server.epoll(read, clock)).toMatchObject([{ type: 0 }]);
    client.send(here, "second");
    expect(server.epoll(read)).toMatchObject([{ type: 1, nbytes: 11n }]);
    expect(server.poll(read)).toMatchObject([{ type: 1, nbytes: 11n }]);
  });
});

describe.runIf(loopback.inet4)("socket options", () => {
  const [REUSEADDR, TYPE, BROADCAST, SNDBUF, KEEPALIVE, LINGER, RCVTIMEO, ACCEPTCONN] = [0, 1, 4, 5, 7, 9, 11, 13];

  it("are read and set as numbers", () => {
    const guest = newGuest();
    const [listener] = guest.listener();
    const stream = guest.socket(STREAM);
    const datagrams = guest.socket(DGRAM);
    expect([stream, datagrams].map((fd) => guest.option(fd, TYPE))).toEqual([STREAM, DGRAM]);
    expect([listener, stream].map((fd) => guest.option(fd, ACCEPTCONN))).toEqual([1, 0]);
    for (const [fd, name] of [
      [stream, REUSEADDR],
      [stream, KEEPALIVE],
      [datagrams, BROADCAST],
    ]) {
      expect(guest.option(fd, name)).toBe(0);
      expect(guest.setOption(fd, name, 1)).toBe("SUCCESS");
      expect(guest.option(fd, name)).toBe(1);
    }
    guest.bind(datagrams);
    expect(guest.setOption(datagrams, SNDBUF, 65536)).toBe("SUCCESS");
    expect(guest.option(datagrams, SNDBUF)).toBe(65536);
    expect(guest.setOption(datagrams, SNDBUF, 0)).toBe("INVAL");
    expect(guest.setOption(stream, TYPE, 1)).toBe("NOPROTOOPT");
    expect(guest.setOption(stream, 8, 1)).toBe("NOPROTOOPT");
    expect(guest.setOption(stream, 8, 0)).toBe("SUCCESS");
    expect(guest.setOption(stream, 15, 0)).toBe("INVAL");
    expect(guest.call("sock_setsockopt", stream, 1, REUSEADDR, result, 4)).toBe("INVAL");
    expect(guest.call("sock_setsockopt", stream, 0, REUSEADDR, result, 3)).toBe("INVAL");
    guest.setU32(result + 4, 3);
    expect(guest.call("sock_getsockopt", stream, 0, TYPE, result, result + 4)).toBe("INVAL");
  });

  it("set a time limit for receiving, after which there is AGAIN", () => {
    const { server, there } = connected();
    server.memory.fillBytes(0, result, 16);
    server.setU64(result + 8, 30_000n);
    server.must("sock_setsockopt", there, 0, RCVTIMEO, result, 16);
    server.setU32(result + 32, 16);
    server.must("sock_getsockopt", there, 0, RCVTIMEO, result, result + 32);
    expect([server.u64(result), server.u64(result + 8)]).toEqual([0n, 30_000n]);
    const before = process.hrtime.bigint();
    expect(server.call("sock_recv", there, ...server.iovecs(1), 0, result, result + 4)).toBe("AGAIN");
    expect(process.hrtime.bigint() - before).toBeGreaterThanOrEqual(30_000_000n);
    server.setU64(result + 8, 1_000_000n);
    expect(server.call("sock_setsockopt", there, 0, RCVTIMEO, result, 16)).toBe("DOM");
  });

  it("have closing cut the connection where the linger time is zero", () => {
    const { server, there, client, here } = connected();
    client.setU32(result, 1);
    client.setU32(result + 4, 0);
    client.must("sock_setsockopt", here, 0, LINGER, result, 8);
    client.close(here);
    expect(server.call("sock_recv", there, ...server.iovecs(1), 0, result, result + 4)).toBe("CONNRESET");
  });
});

describe.runIf(loopback.inet4)("what a guest may reach", () => {
  it("is nothing by default: sockets are not opened at all", () => {
    const guest = Guest.withPreopens({});
    expect(guest.call("sock_open", INET4, STREAM, result)).toBe("ACCES");
    expect(guest.call("sock_open", INET4, DGRAM, result)).toBe("ACCES");
  });

  it("is NOTSUP where addresses are allowed and the host has no network", () => {
    const guest = Guest.withPreopens({ allowNet: ["*"] });
    expect(guest.call("sock_open", INET4, STREAM, result)).toBe("NOTSUP");
  });

  it("is what the list says: ACCES for all else, before the network is asked", () => {
    const server = newGuest();
    const [, port] = server.listener();
    const guest = newGuest({ allowNet: [`127.0.0.1:${port}`] });
    const fd = guest.socket(STREAM);
    const datagrams = guest.socket(DGRAM);
    expect(guest.connect(fd, port + 1)).toBe("ACCES");
    expect(guest.connect(fd, port, [127, 0, 0, 2])).toBe("ACCES");
    expect(guest.bind(fd, 0)).toBe("ACCES");
    expect(guest.call("sock_listen", fd, 1)).toBe("ACCES");
    expect(guest.sendTo(datagrams, "x", port + 1)).toBe("ACCES");
    expect(guest.connect(datagrams, port + 1)).toBe("ACCES");
    // 0.0.0.0 leads to the host itself, so it is what that is.
    expect(guest.connect(fd, port, [0, 0, 0, 0])).toBe("SUCCESS");
    expect(guest.peer(fd).bytes).toEqual([127, 0, 0, 1]);
  });

  it("counts an IPv4 address in the clothes of IPv6 as what it is", () => {
    const guest = newGuest({ allowNet: ["[::1]"] });
    const fd = guest.socket(STREAM, INET6);
    const mapped = [...new Array(10).fill(0), 255, 255, 127, 0, 0, 1];
    expect(guest.connect(fd, 80, mapped)).toBe("ACCES");
    expect(guest.connect(fd, 80, [...new Array(10).fill(0), 255, 255, 0, 0, 0, 0])).toBe("ACCES");
  });

  it("is as many descriptors as the limit says, connections that come in included", () => {
    const server = newGuest({ maxDescriptors: 4 });
    const client = newGuest();
    const [listener, port] = server.listener();
    expect(server.call("sock_open", INET4, STREAM, result)).toBe("MFILE");
    client.connect(client.socket(STREAM), port);
    expect(server.call("sock_accept", listener, result)).toBe("MFILE");
  });
});

describe.runIf(loopback.inet4)("arguments of sockets", () => {
  it("are families, types, ports and lengths that there are", () => {
    const guest = newGuest();
    for (const [family, type] of [
      [0, STREAM],
      [4, STREAM],
      [INET4, 0],
      [INET4, 3],
    ]) {
      expect(guest.call("sock_open", family, type, result)).toBe("INVAL");
    }
    expect(guest.call("sock_open", 3, STREAM, result)).toBe("NOSYS");
    const fd = guest.socket(STREAM);
    expect(guest.bind(fd, 65_536)).toBe("INVAL");
    expect(guest.bind(fd, 0, [1, 2, 3])).toBe("INVAL");
    expect(guest.bind(fd, 0, new Array(128).fill(0))).toBe("INVAL");
    expect(guest.bind(fd, 0, LOOPBACK_6)).toBe("AFNOSUPPORT");
    expect(guest.connect(fd, 0)).toBe("ADDRNOTAVAIL");
    expect(guest.call("sock_send", fd, ...guest.iovecs(1), 1, result)).toBe("INVAL");
    expect(guest.call("sock_recv", fd, ...guest.iovecs(1), 4, result, result + 4)).toBe("INVAL");
    expect(guest.call("sock_accept_v2", fd, 32, result)).toBe("INVAL");
  });

  it("in the second form are addresses of 128 bytes with their family", () => {
    const guest = newGuest();
    const [listener, port] = guest.listener();
    const long = (...start: number[]): number[] => [...start, ...new Array(128 - start.length).fill(0)];
    const fd = guest.socket(STREAM);
    expect(guest.call("sock_bind_v2", fd, guest.address(long(1, 0, 127, 0, 0, 1)), 0)).toBe("SUCCESS");
    expect(guest.call("sock_connect_v2", fd, guest.address(long(9, 0, 127, 0, 0, 1)), port)).toBe("INVAL");
    expect(guest.call("sock_connect_v2", fd, guest.address(long(1, 0, 127, 0, 0, 1)), port)).toBe("SUCCESS");
    const address = guest.address(new Array(128).fill(0xee));
    guest.must("sock_getpeeraddr_v2", fd, address, result);
    expect([...guest.memory.getBytes(guest.u32(address), 128)]).toEqual(long(1, 0, 127, 0, 0, 1));
    expect(guest.u32(result)).toBe(port);
    expect(guest.accept(listener)).toBeGreaterThan(fd);
    const six = guest.socket(STREAM, INET6);
    expect(guest.call("sock_getlocaladdr", six, guest.address([0, 0, 0, 0]), result, result + 4)).toBe("NOMEM");
  });
});

describe.runIf(process.platform !== "win32")("Unix sockets", () => {
  const withPath = (path: string): number[] => {
    const bytes = new Array(128).fill(0);
    bytes.splice(0, path.length + 2, 3, 0, ...new TextEncoder().encode(path));
    return bytes;
  };

  it("connect at the paths of the list, where they are switched on", () => {
    const path = join(hostFolder(), "socket");
    const guest = newGuest({ allowNet: [`unix:${path}`], allowAFUNIX: true });
    const listener = guest.socket(STREAM, 3);
    expect(guest.call("sock_bind_v2", listener, guest.address(withPath(`${path}2`)), 0)).toBe("ACCES");
    expect(guest.call("sock_bind_v2", listener, guest.address(withPath("")), 0)).toBe("INVAL");
    expect(guest.call("sock_bind_v2", listener, guest.address(withPath(path)), 0)).toBe("SUCCESS");
    guest.must("sock_listen", listener, 1);
    const fd = guest.socket(STREAM, 3);
    expect(guest.call("sock_connect_v2", fd, guest.address(withPath(path)), 0)).toBe("SUCCESS");
    const connection = guest.accept(listener);
    guest.send(fd, "local");
    expect(guest.recv(connection, 100)).toBe("local");
    const address = guest.address(new Array(128).fill(0));
    guest.must("sock_getlocaladdr_v2", listener, address, result);
    expect([...guest.memory.getBytes(guest.u32(address), 128)]).toEqual(withPath(path));
    expect(guest.call("sock_open", 3, DGRAM, result)).toBe("PROTONOSUPPORT");
  });

  it("do not follow a link that was put at a path of the list", () => {
    const folder = hostFolder();
    const [path, other] = [join(folder, "socket"), join(folder, "other")];
    const server = newGuest({ allowNet: [`unix:${other}`], allowAFUNIX: true });
    const listener = server.socket(STREAM, 3);
    expect(server.call("sock_bind_v2", listener, server.address(withPath(other)), 0)).toBe("SUCCESS");
    server.must("sock_listen", listener, 1);
    const guest = newGuest({ allowNet: [`unix:${path}`], allowAFUNIX: true });
    const connect = (): unknown =>
      guest.call("sock_connect_v2", guest.socket(STREAM, 3), guest.address(withPath(path)), 0);
    expect(connect()).toBe("NOENT");
    symlinkSync("other", path);
    expect(connect()).toBe("LOOP");
    rmSync(path);
    symlinkSync("socket", path);
    expect(connect()).toBe("LOOP");
    rmSync(path);
    writeFileSync(path, "");
    expect(connect()).toBe("CONNREFUSED");
    rmSync(path);
    linkSync(other, path);
    expect(connect()).toBe("SUCCESS");
  });
});

describe("sock_getaddrinfo", () => {
  const [NODE, SERVICE, HINTS, LIST, COUNT] = [2048, 2200, 2300, 2400, 2404];

  /** Looks up, with room for `room` results; each as family, socket type, protocol, port and address. */
  function lookUp(
    guest: SocketGuest,
    node: string,
    service: string,
    hints: { flags?: number; family?: number; socktype?: number; protocol?: number } = {},
    room = 4,
  ): string | number[][] {
    const { flags = 0, family = 0, socktype = 0, protocol = 0 } = hints;
    guest.memory.fillBytes(0, HINTS, 28);
    guest.memory.setBytes(Uint8Array.of(flags, flags >> 8, family, socktype, protocol), HINTS);
    for (let i = 0; i < room; i++) {
      const [info, sockaddr, data] = [4096 + i * 128, 4136 + i * 128, 4160 + i * 128];
      guest.memory.fillBytes(0, info, 128);
      guest.setU32(info + 12, sockaddr);
      guest.setU32(info + 24, i < room - 1 ? info + 128 : 0);
      guest.setU32(sockaddr + 8, data);
    }
    guest.setU32(LIST, 4096);
    guest.setU32(COUNT, 0xdead);
    const errno = guest.call(
      "sock_getaddrinfo",
      ...guest.path(node, NODE),
      ...guest.path(service, SERVICE),
      HINTS,
      LIST,
      room,
      COUNT,
    );
    if (errno !== "SUCCESS") return guest.u32(COUNT) === 0xdead ? errno : "the count was written";
    return Array.from({ length: guest.u32(COUNT) }, (_, i) => {
      const info = 4096 + i * 128;
      const sockaddr = guest.u32(info + 12);
      const data = guest.u32(sockaddr + 8);
      const [at, size] = guest.u8(sockaddr) === INET4 ? [2, 4] : [6, 16];
      expect(guest.u8(info + 2)).toBe(guest.u8(sockaddr));
      expect(guest.u32(sockaddr + 4)).toBe(size === 4 ? 14 : 26);
      const port = guest.u8(data) * 256 + guest.u8(data + 1);
      const address = [...guest.memory.getBytes(data + at, size)];
      return [guest.u8(info + 2), guest.u8(info + 3), guest.u32(info + 4), port, ...address];
    });
  }

  it("gives numbers without asking anybody, for each kind of socket", () => {
    const guest = newGuest();
    expect(lookUp(guest, "10.1.2.3\0", "80\0")).toEqual([
      [INET4, STREAM, 1, 80, 10, 1, 2, 3],
      [INET4, DGRAM, 2, 80, 10, 1, 2, 3],
    ]);
    expect(lookUp(guest, "::1", "https", { socktype: STREAM })).toEqual([[INET6, STREAM, 1, 443, ...LOOPBACK_6]]);
    expect(lookUp(guest, "", "7", { flags: 1, family: INET4, protocol: 2 })).toEqual([
      [INET4, DGRAM, 2, 7, 0, 0, 0, 0],
    ]);
    expect(lookUp(guest, "", "7", { family: INET4, socktype: STREAM })).toEqual([[INET4, STREAM, 1, 7, ...LOOPBACK]]);
    expect(lookUp(guest, "10.1.2.3", "", {}, 1)).toEqual([[INET4, STREAM, 1, 0, 10, 1, 2, 3]]);
  });

  it("asks the host for names that are allowed", () => {
    const guest = newGuest();
    expect(lookUp(guest, "localhost", "80", { family: INET4, socktype: STREAM })).toEqual([
      [INET4, STREAM, 1, 80, ...LOOPBACK],
    ]);
    expect(lookUp(guest, "example.com", "80")).toBe("ACCES");
    expect(lookUp(newGuest({ allowNet: ["*.invalid"] }), "no.such.host.invalid", "80")).toMatch(
      /^AI(?:NONAME|AGAIN|FAIL)$/,
    );
  });

  it("names what it does not know", () => {
    const guest = newGuest();
    expect(lookUp(guest, "", "")).toBe("AINONAME");
    expect(lookUp(guest, "1.2.3.4", "", {}, 0)).toBe("AIMEMORY");
    expect(lookUp(guest, "1.2.3.4", "", { flags: 128 })).toBe("AIBADFLAG");
    expect(lookUp(guest, "", "80", { flags: 2 })).toBe("AIBADFLAG");
    expect(lookUp(guest, "1.2.3.4", "", { family: 3 })).toBe("AIFAMILY");
    expect(lookUp(guest, "1.2.3.4", "", { protocol: 3 })).toBe("NOSYS");
    expect(lookUp(guest, "1.2.3.4", "", { socktype: 3 })).toBe("NOSYS");
    expect(lookUp(guest, "1.2.3.4", "no-such-service")).toBe("AISERVICE");
    expect(lookUp(guest, "1.2.3.4", "http", { flags: 8 })).toBe("AISERVICE");
    expect(lookUp(guest, "localhost", "", { flags: 4 })).toBe("AINONAME");
    expect(lookUp(guest, "1.2.3.4", "", { family: INET6 })).toBe("AIADDRFAMILY");
    expect(lookUp(guest, "1.2.3.4", "", { socktype: STREAM, protocol: 2 })).toBe("AISOCKTYPE");
  });
});

import { createSocket } from "node:dgram";
import { type AddressInfo, connect, createServer, type Server } from "node:net";

/** Which loopback addresses this machine carries data on: containers without IPv6, or without any network, are common. */
export interface Loopback {
  readonly inet4: boolean;
  readonly inet6: boolean;
}

/** What has not come by then does not come, in milliseconds: loopback answers at once or never. */
const NEVER = 10_000;

/** A stream connection and a datagram from an address to itself, and the refusal of a connection. */
async function carries(address: string): Promise<boolean> {
  const server = createServer((socket) => socket.end("x"));
  const datagrams = createSocket(address.includes(":") ? "udp6" : "udp4");
  let timer: NodeJS.Timeout | undefined;
  const stream = new Promise<boolean>((resolve) => {
    server.on("error", () => resolve(false));
    server.listen(0, address, () => {
      const client = connect((server.address() as AddressInfo).port, address);
      client.on("error", () => resolve(false));
      client.on("data", () => resolve(true));
    });
  });
  const datagram = new Promise<boolean>((resolve) => {
    datagrams.on("error", () => resolve(false));
    datagrams.on("message", () => resolve(true));
    datagrams.bind(0, address, () => {
      datagrams.send("x", datagrams.address().port, address, (error) => {
        if (error !== null) resolve(false);
      });
    });
  });
  const never = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), NEVER);
  });
  const both = await Promise.all([Promise.race([stream, never]), Promise.race([datagram, never])]);
  clearTimeout(timer);
  datagrams.close();
  if (!both.every(Boolean)) {
    server.close();
    return false;
  }
  return refuses(address, server);
}

/** A port that nobody listens at any more refuses at once, and does not swallow what comes. */
async function refuses(address: string, server: Server): Promise<boolean> {
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return new Promise<boolean>((resolve) => {
    const client = connect(port, address);
    const timer = setTimeout(() => client.destroy(new Error("nothing came")), NEVER);
    client.on("connect", () => client.destroy());
    client.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
    client.on("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

/** Asks this machine; says so on the console where something is missing, since tests are left out then. */
export async function findLoopback(): Promise<Loopback> {
  const [inet4, inet6] = await Promise.all([carries("127.0.0.1"), carries("::1")]);
  if (!inet4) console.warn("note: this machine carries nothing on 127.0.0.1: the tests that need it are left out");
  if (!inet6) console.warn("note: this machine carries nothing on ::1: the tests that need it are left out");
  return { inet4, inet6 };
}

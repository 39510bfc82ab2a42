import { describe, expect, it } from "vitest";
import { type Family, formatIP, parseIP } from "../../../src/wasi/sockets/address.ts";
import { AllowList, AllowListError } from "../../../src/wasi/sockets/allow-list.ts";

function allows(list: AllowList, host: string, port: number): boolean {
  const family: Family = host.includes(":") ? "ipv6" : "ipv4";
  return list.allows({ family, host, port });
}

/** Whether a list of one pattern allows each of "HOST PORT". */
function verdicts(pattern: string, ...targets: string[]): boolean[] {
  const list = new AllowList([pattern]);
  return targets.map((target) => {
    const [host, port] = target.split(" ");
    return allows(list, host, Number(port));
  });
}

describe("patterns of an allow-list", () => {
  it.each<[string, string, readonly string[], readonly string[]]>([
    ["any host and port", "*", ["1.2.3.4 0", "::1 65535"], []],
    ["any host at a port", "*:80", ["1.2.3.4 80", "fe80::1 80"], ["1.2.3.4 81"]],
    ["an address at any port", "10.0.0.7", ["10.0.0.7 1", "::ffff:10.0.0.7 9"], ["10.0.0.8 1", "::a00:7 1"]],
    ["an address and port", "10.0.0.7:443", ["10.0.0.7 443"], ["10.0.0.7 444", "10.0.0.70 443"]],
    ["a range of ports", "10.0.0.7:8000-8002", ["10.0.0.7 8000", "10.0.0.7 8002"], ["10.0.0.7 7999", "10.0.0.7 8003"]],
    ["a prefix", "10.128.0.0/9", ["10.128.0.0 1", "10.255.255.255 1"], ["10.127.255.255 1", "11.128.0.0 1"]],
    ["every IPv4 address", "0.0.0.0/0", ["1.1.1.1 1", "::ffff:8.8.8.8 1"], ["::1 1"]],
    ["an address of IPv6", "[::1]:80", ["::1 80", "0:0:0:0:0:0:0:1 80"], ["::1 81", "::2 80", "127.0.0.1 80"]],
    ["a prefix of IPv6", "[fd00::/8]", ["fd12::1 5"], ["fe00::1 5", "253.0.0.0 5"]],
    ["an address in the clothes of IPv6", "[::ffff:10.0.0.7]", ["10.0.0.7 1"], ["10.0.0.8 1"]],
    ["a prefix in the clothes of IPv6", "[::ffff:10.0.0.0/104]", ["10.9.9.9 1"], ["11.0.0.0 1"]],
    [
      "localhost, which is not looked up",
      "localhost:80",
      ["127.0.0.1 80", "127.9.9.9 80", "::1 80"],
      ["0.0.0.0 80", ":: 80", "128.0.0.1 80"],
    ],
  ])("%s: %s", (_, pattern, allowed, refused) => {
    expect(verdicts(pattern, ...allowed)).toEqual(allowed.map(() => true));
    expect(verdicts(pattern, ...refused)).toEqual(refused.map(() => false));
  });

  it.each([
    "",
    ":80",
    "host:",
    "host:port",
    "host:65536",
    "host:5-4",
    "1.2.3",
    "1.2.3.256",
    "010.0.0.1",
    "1.2.3.4/33",
    "::1",
    "::1:80",
    "[::1",
    "[::1]80",
    "[host]",
    "[1::2::3]",
    "a b",
    "http://host",
    "*.",
    "*.*.com",
    "a..b",
    "unix:",
    "-a.com",
  ])("are refused where they say nothing: %j", (pattern) => {
    expect(() => new AllowList([pattern])).toThrow(AllowListError);
  });

  it("of names allow what the guest has found under them, and nothing before", () => {
    const list = new AllowList(["example.com:443", "*.example.org"]);
    const found = (host: string): { family: Family; host: string; port: number } => ({ family: "ipv4", host, port: 0 });
    expect(
      ["example.com", "EXAMPLE.com.", "a.example.org", "a.b.example.org"].map((name) => list.allowsName(name)),
    ).toEqual([true, true, true, true]);
    expect(["www.example.com", "example.org", "badexample.org", "org"].map((name) => list.allowsName(name))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(allows(list, "192.0.2.1", 443)).toBe(false);
    list.remember("Example.com", [found("192.0.2.1")]);
    list.remember("x.example.org", [found("192.0.2.2")]);
    expect([allows(list, "192.0.2.1", 443), allows(list, "192.0.2.1", 80)]).toEqual([true, false]);
    expect([allows(list, "192.0.2.2", 80), allows(list, "192.0.2.3", 80)]).toEqual([true, false]);
    expect(allows(list, "::ffff:192.0.2.1", 443)).toBe(true);
  });

  it("of Unix sockets allow exactly their path", () => {
    const list = new AllowList(["unix:/run/app.sock"]);
    const at = (host: string): boolean => list.allows({ family: "unix", host, port: 0 });
    expect([at("/run/app.sock"), at("/run/../run/app.sock"), at("/run/app.sock2")]).toEqual([true, false, false]);
    expect(allows(list, "127.0.0.1", 1)).toBe(false);
    expect(new AllowList(["*"]).allows({ family: "unix", host: "/run/app.sock", port: 0 })).toBe(false);
  });

  it("are none by default", () => {
    const list = new AllowList([]);
    expect([list.isEmpty, allows(list, "127.0.0.1", 80), list.allowsName("localhost")]).toEqual([true, false, false]);
  });
});

describe("texts of addresses", () => {
  it.each([
    ["0.0.0.0", "0.0.0.0"],
    ["255.1.2.3", "255.1.2.3"],
    ["::", "::"],
    ["::1", "::1"],
    ["1::", "1::"],
    ["2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"],
    ["2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"],
    ["::ffff:1.2.3.4", "::ffff:102:304"],
    ["1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"],
  ])("%s is %s", (text, formatted) => {
    expect(formatIP(parseIP(text) ?? new Uint8Array(4))).toBe(formatted);
  });

  it.each([
    "",
    "1",
    "1.2.3.4.5",
    "01.2.3.4",
    "1.2.3.4 ",
    "0x1.2.3.4",
    ":",
    ":::",
    "1:2",
    "1:2:3:4:5:6:7:8:9",
    "::1::",
    "12345::",
    "::1%eth0",
    "::1.2.3",
    "1:2:3:4:5:6:7:1.2.3.4",
    "1::2:3:4:5:6:7:8",
  ])("%j is none", (text) => {
    expect(parseIP(text)).toBeUndefined();
  });
});

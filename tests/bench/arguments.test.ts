import { describe, expect, it } from "vitest";
import { parseBenchArguments } from "../../bench/arguments.ts";

describe("the arguments of npm run bench", () => {
  it("without any, measure all programs three times on the peers that need no path", () => {
    expect(parseBenchArguments([])).toEqual({
      help: false,
      programs: undefined,
      peers: undefined,
      runs: 3,
      calls: 5,
      short: false,
      nodeFlags: [],
      write: false,
    });
  });

  it("name programs, peers with their paths, numbers and flags of Node", () => {
    const options = parseBenchArguments([
      "--programs",
      "fib,sha256",
      "--peers=us,baseline=/old/dist,native,wasmedge=/opt/wasm edge=1/wasmedge",
      "--runs=5",
      "--calls",
      "1",
      "--short",
      "--node-flags=--jitless --no-opt",
      "--write",
    ]);
    expect(options).toEqual({
      help: false,
      programs: ["fib", "sha256"],
      peers: [
        { label: "us", kind: "us", path: undefined },
        { label: "baseline", kind: "us", path: "/old/dist" },
        { label: "native", kind: "native", path: undefined },
        { label: "wasmedge", kind: "wasmedge", path: "/opt/wasm edge=1/wasmedge" },
      ],
      runs: 5,
      calls: 1,
      short: true,
      nodeFlags: ["--jitless", "--no-opt"],
      write: true,
    });
  });

  it.each([
    [
      ["--peers", "chakra"],
      'there is no peer "chakra"; there are us, words, counting, gas, deadline, native, polywasm, wasmedge, wasm3, hermes and baseline',
    ],
    [["--peers", "wasmedge"], "wasmedge needs a path: wasmedge=PATH"],
    [["--peers", "wasm3="], "wasm3 needs a path: wasm3=PATH"],
    [["--peers", "hermes"], "hermes needs a path: hermes=PATH"],
    [["--peers", "baseline"], "baseline needs a path: baseline=DIST"],
    [["--peers", "native=/usr/bin/node"], "native takes no path"],
    [["--peers", "us,us=dist"], "--peers names us twice"],
    [["--peers", "us,,native"], '--peers: an empty name in "us,,native"'],
    [["--programs", ""], '--programs: an empty name in ""'],
    [["--runs", "0"], '--runs: a positive whole number is wanted, not "0"'],
    [["--calls", "2.5"], '--calls: a positive whole number is wanted, not "2.5"'],
    [["--fast"], "Unknown option '--fast'"],
    [["fib"], "Unexpected argument 'fib'"],
  ])("%j are refused: %s", (argv, message) => {
    expect(() => parseBenchArguments(argv)).toThrow(message);
  });
});

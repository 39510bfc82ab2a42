import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseBenchArguments } from "../../bench/arguments.ts";
import { readManifest } from "../../bench/manifest.ts";
import { parsePeer } from "../../bench/peer-name.ts";
import { findPeers } from "../../bench/peers.ts";
import { bundleChild, measureCommand, measureInNode } from "../../bench/processes.ts";

const program = readManifest().find(({ name }) => name === "sha256")!;
// The long one is some milliseconds there, so that a clock of whatever resolution sees it.
const { argument, checksum } = program.long;

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-bench-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function script(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, `#!/usr/bin/env bash\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe("a measurement inside Node", () => {
  beforeAll(() => bundleChild("child"));

  it.each(["native", "polywasm"])(
    "on %s gives the checksum, and the CPU time of the first and the last call",
    (peer) => {
      const sample = measureInNode(parsePeer(peer), program, argument, 2, []);
      expect(sample.checksum).toBe(checksum);
      expect(sample.firstCall).toBeGreaterThan(0);
      expect(sample.time).toBeGreaterThan(0);
    },
  );

  it("passes Node's flags on, and throws what the process says when it fails", () => {
    expect(() => measureInNode(parsePeer("native"), program, argument, 1, ["--jitless"])).toThrow(
      "this Node has no WebAssembly",
    );
    expect(measureInNode(parsePeer("polywasm"), program, argument, 1, ["--jitless"]).checksum).toBe(checksum);
  });
});

describe("a measurement of a command line tool", () => {
  it("is the time beyond that of doing nothing, and reads WasmEdge's result", () => {
    // Called as `wasmedge --reactor FILE NAME ARGUMENT`; counts for some time when the argument is not 0.
    const path = script(
      "wasmedge",
      '[ "$1 $3" = "--reactor run" ] || exit 1\nfor ((i = 0; i < 20000 * $4; i++)); do :; done\necho "-$4"',
    );
    const sample = measureCommand({ label: "wasmedge", kind: "wasmedge", path }, program, 5);
    expect(sample.checksum).toBe("-5");
    expect(sample.time).toBeGreaterThan(0);
    expect(sample.firstCall).toBeUndefined();
  });

  it("reads wasm3's result, which stands in standard error", () => {
    const path = script("wasm3", '[ "$1 $2" = "--func run" ] || exit 1\necho "Result: $4" >&2');
    expect(measureCommand({ label: "wasm3", kind: "wasm3", path }, program, 12).checksum).toBe("12");
  });

  it("fails with what the tool printed when it ends with an error or without a result", () => {
    const failing = script("failing", 'echo "unreachable executed"; exit 3');
    expect(() => measureCommand({ label: "wasm3", kind: "wasm3", path: failing }, program, 1)).toThrow(
      /ended with 3:\nunreachable executed/,
    );
    const silent = script("silent", "echo hello");
    expect(() => measureCommand({ label: "wasmedge", kind: "wasmedge", path: silent }, program, 1)).toThrow(
      "printed no result: hello",
    );
  });
});

describe("the search for peers", () => {
  it("tells the versions of those that are there", () => {
    const path = script("versions", 'echo "wasmedge version 0.17.1"');
    const { peers, absent } = findPeers(parseBenchArguments([`--peers=native,polywasm,wasmedge=${path}`]));
    expect(absent).toEqual([]);
    expect(peers.map(({ version }) => version)).toEqual([
      `V8 ${process.versions.v8} in Node ${process.versions.node}`,
      `polywasm 0.2.0 in Node ${process.versions.node}`,
      "WasmEdge 0.17.1, interpreter",
    ]);
  });

  it("fails when one that was asked for is not there", () => {
    const missing = join(folder, "missing");
    expect(() => findPeers(parseBenchArguments([`--peers=wasmedge=${missing}`]))).toThrow(/^wasmedge: .*ENOENT/);
    expect(() => findPeers(parseBenchArguments([`--peers=us=${missing}`]))).toThrow(
      `us: no build in ${missing}: npm run build`,
    );
    expect(() => findPeers(parseBenchArguments(["--peers=native", "--node-flags=--jitless"]))).toThrow(
      "--jitless has no WebAssembly",
    );
  });

  it("leaves out, and says so, one that was not asked for and is not there", () => {
    const { peers, absent } = findPeers(parseBenchArguments(["--node-flags=--jitless"]));
    expect(peers.map(({ name }) => name.label)).toContain("polywasm");
    expect(absent.filter((text) => text.startsWith("native: "))).toEqual([
      `native: Node ${process.versions.node} --jitless has no WebAssembly`,
    ]);
  });
});

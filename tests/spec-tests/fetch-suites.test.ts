import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { describe, expect, it, onTestFinished } from "vitest";
import { defaultAddress, fetchSuites } from "../../spec-tests/fetch-suites.ts";
import { unpackedSuite } from "../../spec-tests/suite-archives.ts";
import { selectSuites } from "../../spec-tests/suites.ts";
import { findLoopback } from "../support/loopback.ts";
import { makeArchive, temporaryFolder, writeFiles } from "./support.ts";

const script = '{"source_filename": "u.wast", "commands": []}';

/** What GitHub's archive of the repository looks like: a folder of the tag's name, with files beside the suites. */
const repository = {
  "wasmedge-spectest-tag/README.md": "read me",
  "wasmedge-spectest-tag/tools/config.json": "{}",
  "wasmedge-spectest-tag/wasm-1.0/u/u.json": script,
  "wasmedge-spectest-tag/wasm-1.0/u/u.0.wasm": Uint8Array.of(0, 0x61, 0x73, 0x6d),
  "wasmedge-spectest-tag/wasm-1.0/u/u.wast": "(module)",
  "wasmedge-spectest-tag/wasm-3.0-gc/v/v.json": script,
};

function folders(): { readonly target: string; readonly scratch: string; readonly source: string } {
  const folder = temporaryFolder();
  return { target: join(folder, "target"), scratch: join(folder, "scratch"), source: join(folder, "source") };
}

/** A folder that an earlier fetch has filled. */
function withOldCopy(): ReturnType<typeof folders> {
  const places = folders();
  writeFiles(places.target, { "old/o/o.json": script });
  return places;
}

function expectOldCopy({ target, scratch }: ReturnType<typeof folders>): void {
  expect(readdirSync(target)).toEqual(["old"]);
  expect(readFileSync(join(target, "old/o/o.json"), "utf8")).toBe(script);
  if (existsSync(scratch)) expect(readdirSync(scratch)).toEqual([]);
}

/** Serves one answer on this machine. */
async function serve(status: number, body: Uint8Array, broken = false): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { "content-length": body.length });
    if (broken) response.write(body.subarray(0, 10), () => response.destroy());
    else response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/suite.tar.gz`;
}

const loopback = await findLoopback();

describe("fetchSuites", () => {
  it("unpacks the suites of a local archive, whatever stands above and beside them", async () => {
    const { target, scratch, source } = folders();
    writeFiles(source, { "suite.tar.gz": makeArchive(repository) });
    expect(await fetchSuites(join(source, "suite.tar.gz"), target, scratch)).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
    expect(readdirSync(target).sort()).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
    expect(readdirSync(join(target, "wasm-1.0/u")).sort()).toEqual(["u.0.wasm", "u.json"]);
    expect(readFileSync(join(target, "wasm-1.0/u/u.0.wasm"))).toEqual(Buffer.of(0, 0x61, 0x73, 0x6d));
    expect(readdirSync(scratch)).toEqual([]);
    expect(selectSuites(target).suites.map(({ name, units }) => [name, units.map((unit) => unit.name)])).toEqual([
      ["wasm-1.0", ["u"]],
      ["wasm-3.0-gc", ["v"]],
    ]);
  });

  it("takes an archive that is not compressed, and a file address", async () => {
    const { target, scratch, source } = folders();
    writeFiles(source, { "suite.tar": gunzipSync(makeArchive(repository)) });
    const address = pathToFileURL(join(source, "suite.tar")).href;
    expect(await fetchSuites(address, target, scratch)).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
  });

  it("takes a folder of archives", async () => {
    const { target, scratch, source } = folders();
    writeFiles(source, {
      "wasm-1.0.tar.gz": makeArchive({ "wasm-1.0/u/u.json": script }),
      "threads.tar.gz": makeArchive({ "threads/t/t.json": script }),
      "README.md": "",
    });
    expect(await fetchSuites(source, target, scratch)).toEqual(["threads", "wasm-1.0"]);
  });

  it("takes a checkout of the repository", async () => {
    const { target, scratch, source } = folders();
    writeFiles(source, repository);
    expect(await fetchSuites(source, target, scratch)).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
    expect(readdirSync(join(target, "wasm-1.0/u")).sort()).toEqual(["u.0.wasm", "u.json"]);
  });

  it.runIf(loopback.inet4)("downloads an archive, and puts it in the place of the old copy", async () => {
    const { target, scratch } = withOldCopy();
    const address = await serve(200, makeArchive(repository));
    expect(await fetchSuites(address, target, scratch)).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
    expect(readdirSync(target).sort()).toEqual(["wasm-1.0", "wasm-3.0-gc"]);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it.runIf(loopback.inet4)(
    "leaves the old copy where the server has nothing, breaks off, or is not there",
    async () => {
      const places = withOldCopy();
      const fails = async (address: string, message: string): Promise<void> => {
        await expect(fetchSuites(address, places.target, places.scratch)).rejects.toThrow(message);
        expectOldCopy(places);
      };
      await fails(await serve(404, new Uint8Array()), "HTTP status 404");
      await fails(await serve(200, makeArchive(repository), true), "broke off");
      await fails("http://127.0.0.1:1/x.tar.gz", "cannot be reached");
    },
  );

  it("leaves the old copy where the archive is damaged, or none, or holds no suite", async () => {
    const places = withOldCopy();
    const archive = makeArchive(repository);
    const damaged = Uint8Array.from(archive);
    damaged[archive.length >> 1] ^= 0x55;
    const bad = {
      damaged,
      cut: archive.subarray(0, archive.length - 20),
      "cut-inside": gunzipSync(archive).subarray(0, 2000),
      html: "<!doctype html>".repeat(100),
      empty: "",
      other: makeArchive({ "a/b.json": "{}" }),
    };
    writeFiles(places.source, bad);
    for (const name of Object.keys(bad)) {
      const file = join(places.source, name);
      await expect(fetchSuites(file, places.target, places.scratch), name).rejects.toThrow(
        `${file} is no archive of suites`,
      );
      expectOldCopy(places);
    }
  });

  it("leaves the old copy where there is no such source", async () => {
    const places = withOldCopy();
    await expect(fetchSuites(places.source, places.target, places.scratch)).rejects.toThrow(
      "there is no file or folder",
    );
    writeFiles(places.source, { "readme.txt": "" });
    await expect(fetchSuites(places.source, places.target, places.scratch)).rejects.toThrow(
      "holds neither archives nor suites",
    );
    expectOldCopy(places);
  });

  it("leaves the old copy where files cannot be written", async () => {
    const places = withOldCopy();
    // A file where the archive has a folder of that name: the write fails half-way, as on a full disk.
    const archive = makeArchive({ "s/u/u.json": script, "s/u/a.wasm": "", "s/u/a.wasm/b.json": script });
    writeFiles(places.source, { "suite.tar.gz": archive });
    await expect(fetchSuites(join(places.source, "suite.tar.gz"), places.target, places.scratch)).rejects.toMatchObject(
      { code: expect.stringMatching(/EEXIST|ENOTDIR/) },
    );
    expectOldCopy(places);
  });

  it("refuses an archive that writes beside the folder", async () => {
    const places = withOldCopy();
    writeFiles(places.source, { "suite.tar.gz": makeArchive({ "s/u/u.json": script, "../../evil.json": "{}" }) });
    await expect(fetchSuites(join(places.source, "suite.tar.gz"), places.target, places.scratch)).rejects.toThrow(
      "../../evil.json",
    );
    expectOldCopy(places);
  });

  it("has as its default the public repository at the pinned tag", () => {
    expect(defaultAddress("wasm-core-20260421")).toBe(
      "https://github.com/WasmEdge/wasmedge-spectest/archive/refs/tags/wasm-core-20260421.tar.gz",
    );
  });
});

describe("unpackedSuite", () => {
  it("unpacks an archive once, and again when its bytes have changed", () => {
    const { target: store, source } = folders();
    const archive = join(source, "s.tar.gz");
    writeFiles(store, {});
    writeFiles(source, { "s.tar.gz": makeArchive({ "s/u/u.json": script, "s/u/u.0.wasm": "1" }) });
    expect(unpackedSuite(archive, store)).toBe(join(store, "s"));
    writeFiles(store, { "s/mark": "" });
    unpackedSuite(archive, store);
    expect(existsSync(join(store, "s/mark"))).toBe(true);
    writeFiles(source, { "s.tar.gz": makeArchive({ "s/u/u.json": script, "s/u/u.0.wasm": "2" }) });
    unpackedSuite(archive, store);
    expect(existsSync(join(store, "s/mark"))).toBe(false);
    expect(readFileSync(join(store, "s/u/u.0.wasm"), "utf8")).toBe("2");
    expect(readdirSync(store).sort()).toEqual([".stamps", "s"]);
  });

  it("refuses an archive without the suite that it is named after, and leaves what was unpacked before", () => {
    const { target: store, source } = folders();
    const archive = join(source, "s.tar.gz");
    writeFiles(source, { "s.tar.gz": makeArchive({ "s/u/u.json": script }) });
    unpackedSuite(archive, store);
    writeFiles(source, { "s.tar.gz": makeArchive({ "other/u/u.json": script }) });
    expect(() => unpackedSuite(archive, store)).toThrow("does not hold the suite s");
    expect(existsSync(join(store, "s/u/u.json"))).toBe(true);
  });
});

describe("the program spec:fetch", () => {
  it("ends with an error and a message where the source is bad", () => {
    const file = join(temporaryFolder(), "none.tar.gz");
    let result: { status?: number; stderr?: string } = { status: 0 };
    try {
      execFileSync(process.execPath, ["scripts/run-ts.mjs", "spec-tests/fetch.ts", file], {
        encoding: "utf8",
        stdio: "pipe",
      });
    } catch (error) {
      result = error as typeof result;
    }
    expect(result.status).toBe(1);
    expect(result.stderr).toContain(`there is no file or folder ${file}`);
  });
});

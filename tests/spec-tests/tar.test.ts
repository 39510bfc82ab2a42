import { describe, expect, it } from "vitest";
import { ArchiveError, readTar } from "../../spec-tests/tar.ts";
import { makeTar, type TarEntry } from "./support.ts";

function read(bytes: Uint8Array): { [path: string]: string } {
  return Object.fromEntries(Array.from(readTar(bytes), ({ path, data }) => [path, new TextDecoder().decode(data)]));
}

function pax(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes;
  while (`${length}`.length + bytes !== length) length = `${length}`.length + bytes;
  return `${length}${rest}`;
}

describe("readTar", () => {
  it("gives the files of an archive in their order, of any length", () => {
    const files: TarEntry[] = [
      { path: "s/u/u.json", data: "{}" },
      { path: "s/u/empty", data: "" },
      { path: "s/u/block", data: "x".repeat(512) },
      { path: "s/u/more", data: "y".repeat(513) },
    ];
    const result = Array.from(readTar(makeTar(files)));
    expect(result.map(({ path, data }) => [path, data.length])).toEqual([
      ["s/u/u.json", 2],
      ["s/u/empty", 0],
      ["s/u/block", 512],
      ["s/u/more", 513],
    ]);
    expect(read(makeTar(files))["s/u/more"]).toBe("y".repeat(513));
  });

  it("takes a long name of GNU's kind for the next file only", () => {
    const long = `${"folder-with-a-long-name/".repeat(9)}file.json`;
    const archive = makeTar([
      { path: "././@LongLink", type: "L", data: `${long}\0` },
      { path: long.slice(0, 100), data: "1" },
      { path: "short", data: "2" },
    ]);
    expect(read(archive)).toEqual({ [long]: "1", short: "2" });
  });

  it("takes a size of GNU's kind, in base 256, and that of an extended header", () => {
    const archive = makeTar([{ path: "a", data: "x".repeat(600) }]);
    const header = archive.subarray(0, 512);
    header.set([0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x58], 124);
    header.fill(0x20, 148, 156);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.set(new TextEncoder().encode(`${sum.toString(8).padStart(6, "0")}\0 `), 148);
    expect(read(archive)).toEqual({ a: "x".repeat(600) });
    const records = makeTar([
      { path: "x", type: "x", data: pax("size", "3") },
      { path: "a", data: "abc" },
    ]);
    expect(read(records)).toEqual({ a: "abc" });
    expect(() => read(makeTar([{ path: "x", type: "x", data: pax("size", "-512") }]))).toThrow("extended header");
  });

  it("joins the prefix field and the name", () => {
    expect(read(makeTar([{ prefix: "a/b", path: "c.json", data: "1" }]))).toEqual({ "a/b/c.json": "1" });
  });

  it("takes the path of an extended header for the next file only, and passes over global ones", () => {
    const archive = makeTar([
      { path: "pax_global_header", type: "g", data: pax("comment", "a commit") },
      { path: "x", type: "x", data: pax("path", "long/ü.json") },
      { path: "short", data: "1" },
      { path: "other", data: "2" },
    ]);
    expect(read(archive)).toEqual({ "long/ü.json": "1", other: "2" });
  });

  it("passes over folders and links", () => {
    const archive = makeTar([
      { path: "a/", type: "5" },
      { path: "a/link", type: "2" },
      { path: "a/file", data: "1" },
    ]);
    expect(read(archive)).toEqual({ "a/file": "1" });
  });

  it("refuses paths that lead out of the folder", () => {
    for (const path of ["../x", "a/../../x", "/etc/x", "a\\..\\x", "c:x"]) {
      expect(() => read(makeTar([{ path, data: "1" }])), path).toThrow(ArchiveError);
    }
    expect(read(makeTar([{ path: "./a/./b", data: "1" }]))).toEqual({ "a/b": "1" });
  });

  it("refuses an archive that is cut off at any place", () => {
    const archive = makeTar([{ path: "a", data: "x".repeat(600) }]);
    for (const length of [0, 100, 512, 1000, 1536, 1700]) {
      expect(() => read(archive.subarray(0, length)), `${length}`).toThrow("cut off");
    }
    expect(read(archive.subarray(0, 2048))).toEqual({ a: "x".repeat(600) });
  });

  it("refuses bytes whose checksum does not agree, and such as are no archive", () => {
    const archive = makeTar([{ path: "a", data: "1" }]);
    archive[0] ^= 1;
    expect(() => read(archive)).toThrow("checksum");
    expect(() => read(new Uint8Array(1024).fill(0x41))).toThrow(ArchiveError);
  });
});

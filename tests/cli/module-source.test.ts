import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { isTextModule, moduleSource } from "../../src/cli/module-source.ts";
import { host, installHost } from "../../src/common/host.ts";

// As if the optional package were not installed.
vi.mock("watr", () => {
  throw new Error("Cannot find package 'watr'");
});

describe("without the package watr", () => {
  const { readFile } = host;
  beforeEach(() => installHost({ readFile: () => new TextEncoder().encode("(module)") }));
  afterEach(() => installHost({ readFile }));

  it("a text module is refused, and the error says how to get the package", async () => {
    const error: unknown = await moduleSource("hello.wat").catch((reason) => reason);
    expect(String(error)).toBe(
      [
        "loading failed: invalid path, Code: 0x100",
        '    File name: "hello.wat"',
        '    Text modules need the package "watr": npm install watr',
      ].join("\n"),
    );
  });

  it("a binary module is not looked at", async () => {
    expect(await moduleSource("hello.wasm")).toBe("hello.wasm");
  });
});

describe("a text module", () => {
  it("is known by its extension", () => {
    expect(["a.wat", "A.WAT", "a.wasm", "wat", "a.wat.wasm"].map(isTextModule)).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });
});

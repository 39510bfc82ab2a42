import { afterEach, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { setLogCallback } from "../../src/common/log.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Configure, RunMode, Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { Module } from "../../src/sdk/module.ts";
import { load, preamble, proposalText, refusal, refusalError, START, section, u32, wasm } from "./support.ts";

/** WasmEdge's `moduleTest`, with codes and places: reference, chapter 13.1. */

const { WASM_1, WASM_2 } = Standard;

/** The section ids in the order of a module, each with the least valid content. */
const emptySections: readonly (readonly [id: number, content: number[]])[] = [
  [1, [0]],
  [2, [0]],
  [3, [0]],
  [4, [0]],
  [5, [0]],
  [13, [0]],
  [6, [0]],
  [7, [0]],
  [8, [0]],
  [9, [0]],
  [12, [0]],
  [10, [0]],
  [11, [0]],
];

describe("The preamble", () => {
  it("alone is a module", () => {
    const bytes = wasm();
    const module = load(bytes);
    expect(module.bytes).toBe(bytes);
    expect(module.sections).toEqual([]);
    expect(module.start).toBeUndefined();
    expect(module.dataCount).toBeUndefined();
    expect(module.code.starts.length).toBe(0);
  });

  it("ends unexpectedly in each of its prefixes", () => {
    for (let length = 0; length < START; length++) {
      const expected = { code: "UnexpectedEnd", offset: length, nodes: ["module"] };
      expect(refusal(Uint8Array.from(preamble as number[]).subarray(0, length))).toEqual(expected);
    }
  });

  it("is read from an ArrayBuffer, as fetch gives it", () => {
    const { buffer } = Uint8Array.from([...(preamble as number[]), ...(section(8, 5) as number[]).flat()]);
    const module = new Loader().parseModule(buffer);
    expect(module.start).toBe(5);
    expect(module.bytes.buffer).toBe(buffer);
    expect(Module.fromBytes(null, Uint8Array.from(preamble as number[]).buffer).countOfExports).toBe(0);
  });

  it("is read from a part of a buffer, and from a Buffer of Node, without a copy", () => {
    const buffer = Buffer.from([1, 2, 3, ...(preamble as number[]), ...(section(8, 5) as number[]).flat()]);
    const module = load(buffer.subarray(3));
    expect(module.start).toBe(5);
    expect(module.bytes.buffer).toBe(buffer.buffer);
    expect(Object.getPrototypeOf(module.bytes)).toBe(Uint8Array.prototype);
  });

  it.each([
    ["an ELF", [0x7f, 0x45, 0x4c, 0x46]],
    ["a DLL", [0x4d, 0x5a]],
    ["a 32-bit Mach-O", [0xce, 0xfa, 0xed, 0xfe]],
    ["a 64-bit Mach-O", [0xcf, 0xfa, 0xed, 0xfe]],
  ])("of %s file is no magic, and the error says what it is", (_, magic) => {
    for (const bytes of [Uint8Array.from([...magic, ...new Array<number>(64).fill(0)]), Uint8Array.from(magic)]) {
      const error = refusalError(() => load(bytes));
      expect(error.codeName).toBe("MalformedMagic");
      expect(error.lines()[0]).toBe("Might an invalid wasm file");
      expect(error.lines()[2]).toContain("AOT");
    }
  });

  it("of a component names the proposal, and where that is on, what is not built", () => {
    const bytes = Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00]);
    expect(refusal(bytes)).toEqual({
      code: "MalformedVersion",
      offset: 4,
      nodes: ["component model module"],
      proposal: proposalText(Proposal.Component),
    });
    expect(refusalError(() => load(bytes, { enable: [Proposal.Component] })).lines()).toEqual([
      "loading failed: component model (loader) not implemented, Code: 0x1ad",
      "    This is a component. Of the component model nothing is built yet: only core modules can be loaded.",
      "    Bytecode offset: 0x00000004",
      "    At AST node: component model module",
    ]);
    const unknown = Uint8Array.from([0x00, 0x61, 0x73, 0x6d, 0x0e, 0x00, 0x01, 0x00]);
    expect(refusal(unknown, { enable: [Proposal.Component] }).code).toBe("MalformedVersion");
  });
});

describe("The order of sections", () => {
  it("is that of the specification, with sizes in any encoding", () => {
    const parts = emptySections.map(([id, content]) => [id, u32(content.length, 5), content]);
    const module = load(wasm(parts));
    expect(module.sections.map(({ id }) => id)).toEqual(emptySections.map(([id]) => id));
    const [first] = module.sections;
    expect(first).toEqual({ id: 1, offset: 8, start: 14, end: 15 });
    expect(module.sections[12]).toEqual({ id: 11, offset: 8 + 12 * 7, start: 14 + 12 * 7, end: 15 + 12 * 7 });
    expect([module.start, module.dataCount]).toEqual([0, 0]);
  });

  it("lets custom sections stand anywhere", () => {
    const custom = section(0, 1, 0x61);
    const module = load(wasm(custom, ...emptySections.flatMap(([id, content]) => [section(id, content), custom])));
    expect(module.customSections.length).toBe(14);
    expect(module.sections.length).toBe(27);
  });

  it("is broken by every section that comes twice", () => {
    for (const [id, content] of emptySections) {
      const offset = START + 2 + content.length;
      expect(refusal(wasm(section(id, content), section(id, content)))).toEqual({
        code: "JunkSection",
        offset,
        nodes: ["module"],
      });
    }
  });

  it("is broken by every section that stands before its predecessor", () => {
    for (let i = 1; i < emptySections.length; i++) {
      const [later, laterContent] = emptySections[i] as [number, number[]];
      const [earlier, earlierContent] = emptySections[i - 1] as [number, number[]];
      expect(refusal(wasm(section(later, laterContent), section(earlier, earlierContent)))).toEqual({
        code: "JunkSection",
        offset: START + 2 + laterContent.length,
        nodes: ["module"],
      });
    }
  });

  it("has no section beyond the tag section", () => {
    for (const id of [14, 15, 0x7f, 0x80, 0xff]) {
      expect(refusal(wasm(section(8, 0), id, 1, 0))).toEqual({
        code: "MalformedSection",
        offset: START + 3,
        nodes: ["module"],
      });
    }
  });
});

describe("Sections that came with proposals", () => {
  it("the data count section needs bulk memory or reference types", () => {
    const bytes = wasm(section(12, 0));
    expect(refusal(bytes, { standard: WASM_1 })).toEqual({
      code: "MalformedSection",
      offset: START,
      nodes: ["module"],
      proposal: proposalText(Proposal.BulkMemoryOperations),
    });
    expect(load(bytes, { standard: WASM_1, enable: [Proposal.BulkMemoryOperations] }).dataCount).toBe(0);
    expect(load(bytes, { standard: WASM_1, enable: [Proposal.ReferenceTypes] }).dataCount).toBe(0);
  });

  it("the tag section needs exception handling, of either kind", () => {
    const bytes = wasm(section(13, 1, 0, 7));
    expect(refusal(bytes, { standard: WASM_2 })).toEqual({
      code: "MalformedSection",
      offset: START,
      nodes: ["module"],
      proposal: proposalText(Proposal.ExceptionHandling),
    });
    for (const proposal of [Proposal.ExceptionHandling, Proposal.LegacyExceptionHandling]) {
      expect(load(bytes, { standard: WASM_2, enable: [proposal] }).tags).toEqual([{ typeIndex: 7 }]);
    }
  });
});

describe("Counts that belong together", () => {
  it("functions and bodies: the place is the code section, or the end where it is missing", () => {
    expect(refusal(wasm(section(3, 1, 0)))).toEqual({
      code: "IncompatibleFuncCode",
      offset: START + 4,
      nodes: ["module"],
    });
    expect(refusal(wasm(section(10, 1, 2, 0, 0x0b))).code).toBe("IncompatibleFuncCode");
    expect(refusal(wasm(section(3, 2, 0, 0), section(10, 1, 2, 0, 0x0b)))).toEqual({
      code: "IncompatibleFuncCode",
      offset: START + 5,
      nodes: ["module"],
    });
  });

  it("data count and data segments", () => {
    expect(refusal(wasm(section(12, 1)))).toEqual({
      code: "IncompatibleDataCount",
      offset: START + 3,
      nodes: ["module"],
    });
    expect(refusal(wasm(section(12, 2), section(11, 1, 1, 0)))).toEqual({
      code: "IncompatibleDataCount",
      offset: START + 3,
      nodes: ["module"],
    });
    expect(load(wasm(section(12, 1), section(11, 1, 1, 0))).dataCount).toBe(1);
  });
});

describe("Loading from a path", () => {
  const { readFile } = host;
  afterEach(() => installHost({ readFile }));

  it("reads the file through the host", () => {
    installHost({ readFile: (path) => (path === "a.wasm" ? wasm(section(8, 3)) : new Uint8Array(0)) });
    expect(new Loader().parseModule("a.wasm").start).toBe(3);
    expect(Loader.loadFile("b.wasm")).toEqual(new Uint8Array(0));
  });

  it("names the file in every error", () => {
    installHost({ readFile: () => wasm(section(14)) });
    const error = refusalError(() => new Loader().parseModule('/tmp/"x".wasm'));
    expect(error.lines().at(-1)).toBe('    File name: "/tmp/\\"x\\".wasm"');
  });

  it("refuses a path that cannot be read, and any path where the host reads no files", () => {
    installHost({
      readFile: () => {
        throw new RangeError("no such file");
      },
    });
    for (let i = 0; i < 2; i++) {
      const error = refusalError(() => new Loader().parseModule("nosuchfile.wasm"));
      expect(error.lines()).toEqual(["loading failed: invalid path, Code: 0x100", '    File name: "nosuchfile.wasm"']);
      installHost({ readFile: undefined });
    }
  });
});

describe("The Configure of a Loader", () => {
  it("is copied when the Loader is made", () => {
    const configure = new Configure();
    const loader = new Loader(configure);
    configure.setWASMStandard(WASM_1);
    expect(loader.parseModule(wasm(section(12, 0))).dataCount).toBe(0);
  });

  it("with run mode AOT brings a warning that the input is interpreted", () => {
    const messages: string[] = [];
    setLogCallback(({ level, message }) => messages.push(`${level} ${message}`));
    const configure = new Configure();
    configure.runtime.runMode = RunMode.AOT;
    new Loader(configure).parseModule(wasm());
    setLogCallback(null);
    expect(messages).toEqual([
      "warning AOT was requested but the input has no AOT artifact, falling back to interpreter.",
    ]);
  });
});

import { describe, expect, it } from "vitest";
import type { ASTNode } from "../../src/common/error-context.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { Standard } from "../../src/config/configure.ts";
import { type Bytes, load, name, proposalText, refusal, START, section, u32, wasm } from "./support.ts";

/** WasmEdge's `descriptionTest`, with codes and places: reference, chapter 13.1. */

/** Offset of the first description. */
const FIRST = START + 3;
const names = [name("test"), name("Loader")];
/** Offset of the kind behind these names. */
const KIND = FIRST + 12;

describe("Import descriptions", () => {
  const imports = (...bytes: Bytes) => wasm(section(2, 1, bytes));
  const nodes: ASTNode[] = ["import description", "import section", "module"];

  it("may have empty names, and names that are not identifiers", () => {
    expect(load(imports(0, 0, 0, 0)).imports).toEqual([
      { moduleName: "", name: "", type: { kind: "function", typeIndex: 0 } },
    ]);
    expect(load(imports(name("\0"), name("🍺 \n"), 0, 1)).imports[0]).toMatchObject({
      moduleName: "\0",
      name: "🍺 \n",
    });
  });

  it("are refused where a part is missing", () => {
    const parts: [bytes: Bytes, offset: number][] = [
      [[], FIRST],
      [[0], FIRST + 1],
      [[0, 0], FIRST + 2],
      [[0, 0, 0], FIRST + 3],
    ];
    for (const [bytes, offset] of parts) {
      expect(refusal(imports(bytes))).toEqual({ code: "UnexpectedEnd", offset, nodes });
    }
  });

  it("have names of UTF-8, within the module", () => {
    expect(refusal(imports(1, 0xff, 0, 0, 0))).toEqual({ code: "MalformedUTF8", offset: FIRST, nodes });
    expect(refusal(imports(0, 1, 0x80, 0, 0))).toEqual({ code: "MalformedUTF8", offset: FIRST + 1, nodes });
    expect(refusal(imports(0, 9, 0x61))).toEqual({ code: "LengthOutOfBounds", offset: FIRST + 3, nodes });
  });

  it("have five kinds", () => {
    for (const kind of [5, 0x7f, 0x80, 0xff]) {
      expect(refusal(imports(names, kind, 0))).toEqual({ code: "MalformedImportKind", offset: KIND, nodes });
    }
  });

  it("name the type, and not the description, where that fails, as in WasmEdge", () => {
    const around = ["import section", "module"];
    expect(refusal(imports(names, 1, 0x7f, 0, 0))).toEqual({
      code: "MalformedRefType",
      offset: KIND + 1,
      nodes: ["table type", ...around],
    });
    expect(refusal(imports(names, 1, 0x70, 9, 0)).nodes).toEqual(["limit", "table type", ...around]);
    expect(refusal(imports(names, 2, 9, 0)).nodes).toEqual(["limit", "memory type", ...around]);
    expect(refusal(imports(names, 3, 0x7f, 2)).nodes).toEqual(["global type", ...around]);
    expect(refusal(imports(names, 4, 1, 0)).nodes).toEqual(["tag type", ...around]);
  });

  it("of tags need exception handling, of either kind", () => {
    const bytes = imports(names, 4, 0, 0);
    expect(refusal(bytes, { standard: Standard.WASM_2 })).toEqual({
      code: "MalformedImportKind",
      offset: KIND,
      nodes,
      proposal: proposalText(Proposal.ExceptionHandling),
    });
    for (const proposal of [Proposal.ExceptionHandling, Proposal.LegacyExceptionHandling]) {
      expect(load(bytes, { standard: Standard.WASM_2, enable: [proposal] }).imports).toHaveLength(1);
    }
  });

  it("of mutable globals need their proposal", () => {
    const options = { standard: Standard.WASM_1, disable: [Proposal.ImportExportMutGlobals] };
    expect(load(imports(names, 3, 0x7c, 0), options).imports).toHaveLength(1);
    expect(load(imports(names, 3, 0x7c, 1), { standard: Standard.WASM_1 }).imports).toHaveLength(1);
    expect(refusal(imports(names, 3, 0x7c, 1), options)).toEqual({
      code: "InvalidMut",
      offset: KIND + 2,
      nodes,
      proposal: proposalText(Proposal.ImportExportMutGlobals),
    });
  });
});

describe("Export descriptions", () => {
  const exports = (...bytes: Bytes) => wasm(section(7, 1, bytes));
  const nodes: ASTNode[] = ["export description", "export section", "module"];

  it("may have an empty name and any index", () => {
    expect(load(exports(0, 0, 0)).exports).toEqual([{ name: "", kind: "function", index: 0 }]);
    expect(load(exports(name("Loader"), 1, u32(0xffffffff))).exports).toEqual([
      { name: "Loader", kind: "table", index: 0xffffffff },
    ]);
  });

  it("are refused where a part is missing", () => {
    for (const bytes of [[], [0], [0, 0]]) {
      expect(refusal(exports(bytes))).toEqual({ code: "UnexpectedEnd", offset: FIRST + bytes.length, nodes });
    }
  });

  it("have five kinds", () => {
    for (const kind of [5, 0x7f, 0x80, 0xff]) {
      expect(refusal(exports(0, kind, 0))).toEqual({ code: "MalformedExportKind", offset: FIRST + 1, nodes });
    }
  });

  it("of tags need exception handling, with the code of imports as in WasmEdge", () => {
    expect(refusal(exports(0, 4, 0), { standard: Standard.WASM_2 })).toEqual({
      code: "MalformedImportKind",
      offset: FIRST + 1,
      nodes,
      proposal: proposalText(Proposal.ExceptionHandling),
    });
    expect(load(exports(0, 4, 0)).exports).toEqual([{ name: "", kind: "tag", index: 0 }]);
  });
});

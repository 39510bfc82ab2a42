import { describe, expect, it } from "vitest";
import { Proposal, proposalText } from "../../src/common/proposal.ts";
import { Standard } from "../../src/config/configure.ts";
import { name, type Options, section, wasm } from "../loader/support.ts";
import {
  checkCases,
  contextOf,
  invalid,
  legacyModule,
  type Case as ModuleCase,
  module,
  nodesOf,
  refusedWith,
  validate,
} from "./support.ts";

/** What is valid in WebAssembly 3.0 and refused without one proposal, by the code and with the proposal's name. */
type Case = readonly [text: string, code: string, proposal: Proposal, off: Options];
const wasm1: Options = { standard: Standard.WASM_1 };
const wasm2: Options = { standard: Standard.WASM_2 };

const cases: readonly Case[] = [
  ["(memory 1) (memory 1)", "MultiMemories", Proposal.MultiMemories, wasm2],
  ['(memory 1) (import "m" "m" (memory 1))', "MultiMemories", Proposal.MultiMemories, wasm1],
  ["(table 1 funcref) (table 1 funcref)", "MultiTables", Proposal.ReferenceTypes, wasm1],
  ["(func (result i32 i32) unreachable)", "InvalidResultArity", Proposal.MultiValue, wasm1],
  ["(global i32 (i32.add (i32.const 1) (i32.const 2)))", "ConstExprRequired", Proposal.ExtendedConst, wasm2],
  ["(memory 1) (data (i32.sub (i32.const 1) (i32.const 1)))", "ConstExprRequired", Proposal.ExtendedConst, wasm2],
];

describe("Without its proposal", () => {
  it.each(cases)("%s is refused: %s", (text, code, proposal, options) => {
    const bytes = module(text);
    expect(validate(bytes)).toBeDefined();
    const error = invalid(bytes, options);
    expect(error.codeName).toBe(code);
    expect(error.phase).toBe("validation");
    expect(contextOf(error, "proposal")?.proposal).toBe(proposalText(proposal));
    const { enable = [], ...rest } = options;
    expect(validate(bytes, { ...rest, enable: [...enable, proposal] })).toBeDefined();
  });

  it("a constant expression names imported globals only", () => {
    const own = module("(global i32 (i32.const 1)) (global i32 (global.get 0))");
    expect(validate(own)).toBeDefined();
    expect(refusedWith(own, wasm2)).toBe("InvalidGlobalIdx");
    const imported = module(
      '(import "m" "g" (global i32)) (global i32 (global.get 0)) (memory 1) (data (global.get 0))',
    );
    expect(validate(imported, wasm2)).toBeDefined();
    expect(validate(imported, wasm1)).toBeDefined();
  });

  it("a mutable global is not exported", () => {
    const bytes = module('(global (export "g") (mut i32) (i32.const 0))');
    const options: Options = { ...wasm1, disable: [Proposal.ImportExportMutGlobals] };
    expect(validate(bytes, wasm1)).toBeDefined();
    const error = invalid(bytes, options);
    expect(error.codeName).toBe("InvalidMut");
    expect(contextOf(error, "proposal")?.proposal).toBe("Import/Export of Mutable Globals");
    expect(nodesOf(error)).toEqual(["export description", "export section", "module"]);
    expect(validate(module('(global (export "g") i32 (i32.const 0))'), options)).toBeDefined();
  });

  it("a second memory is looked at after the bodies", () => {
    const bytes = module("(memory 1) (memory 1) (func (drop))");
    expect(refusedWith(bytes, wasm2)).toBe("TypeCheckFailed");
    expect(nodesOf(invalid(module("(memory 1) (memory 1)"), wasm2))).toEqual(["module"]);
  });
});

describe("WebAssembly 1.0", () => {
  it("has its tables, elements and indirect calls", () => {
    const bytes = module(
      "(type $t (func (result i32))) (table 1 funcref) (func $f (type $t) i32.const 7) (elem (i32.const 0) $f) (func (result i32) (call_indirect (type $t) (i32.const 0)))",
    );
    expect(validate(bytes, wasm1)).toBeDefined();
  });
});

describe("Legacy exceptions", () => {
  const legacy: Options = { enable: [Proposal.LegacyExceptionHandling] };
  const tags = "(tag $e) (tag $p (param i32)) ";
  const bodies: readonly ModuleCase[] = [
    ["try end", "valid"],
    ["try catch $e end", "valid"],
    ["try catch $p drop end", "valid"],
    ["try catch $p end", "TypeCheckFailed"],
    ["try (result i32) i32.const 1 catch $p end drop", "valid"],
    ["try (result i32) i32.const 1 catch $e end drop", "TypeCheckFailed"],
    ["try (result i32) i32.const 1 catch $p catch_all i32.const 2 end drop", "valid"],
    ["try (result i64) i64.const 1 catch $p end drop", "TypeCheckFailed"],
    ["try (result i32) i64.const 1 catch $p end drop", "TypeCheckFailed"],
    ["try catch_all rethrow 0 end", "valid"],
    ["try catch $e block rethrow 1 end end", "valid"],
    ["try rethrow 0 catch_all end", "InvalidLabelIdx"],
    ["block rethrow 0 end", "InvalidLabelIdx"],
    ["rethrow 5", "InvalidLabelIdx"],
    ["try try delegate 0 catch_all end", "valid"],
    ["try delegate 0", "valid"],
    ["try delegate 1", "InvalidLabelIdx"],
    ["block try (result i32) i32.const 1 delegate 0 drop end", "valid"],
    ["try (result i32) i64.const 1 delegate 0 drop", "TypeCheckFailed"],
    ["i32.const 1 try (param i32) drop catch_all end", "valid"],
    ["try br 0 catch_all br 0 end", "valid"],
    ["try (result i32) i32.const 1 br 0 catch_all i32.const 1 br 0 end drop", "valid"],
    ["try catch 7 end", "InvalidTagIdx"],
    ["throw $p", "TypeCheckFailed"],
    ["i32.const 1 throw $p", "valid"],
  ];
  checkCases(
    bodies.map(([body, code]) => [body, code, legacy]),
    (body) => legacyModule(`${tags} (func ${body})`),
  );

  it("need the proposal", () => {
    const bytes = legacyModule("(func try end)");
    expect(() => validate(bytes)).toThrow("illegal opcode");
  });
});

describe("Threads", () => {
  it("are needed by each instruction of the 0xFE page, those that WasmEdge lets through included", () => {
    const memory = section(5, 1, 0, 1);
    const around = (...code: number[]) =>
      wasm(
        section(1, 1, 0x60, 0, 0),
        section(3, 1, 0),
        memory,
        section(7, 1, name("f"), 0, 0),
        section(10, 1, code.length + 2, 0, code, 0x0b),
      );
    const i32 = [0x41, 0];
    const i64 = [0x42, 0];
    const instructions = [
      [...i32, ...i32, 0xfe, 0x00, 2, 0, 0x1a],
      [...i32, ...i32, ...i64, 0xfe, 0x01, 2, 0, 0x1a],
      [...i32, ...i64, ...i64, 0xfe, 0x02, 3, 0, 0x1a],
      [0xfe, 0x03, 0],
    ];
    for (const code of instructions) {
      expect(validate(around(...code), { enable: [Proposal.Threads] })).toBeDefined();
      expect(() => validate(around(...code))).toThrow("illegal opcode");
    }
  });
});

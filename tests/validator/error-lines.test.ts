import { describe, expect, it } from "vitest";
import { Proposal } from "../../src/common/proposal.ts";
import { invalid, module } from "./support.ts";

/** The lines that WasmEdge's command line prints, but for the opcode: ours is the wire's, WasmEdge's a number of its own. */
describe("The lines of an error", () => {
  const code = [
    "    At AST node: expression",
    "    At AST node: code segment",
    "    At AST node: code section",
    "    At AST node: module",
  ];

  it("tell a mismatch, its instruction and its place", () => {
    expect(invalid(module('(func (export "f") (result i32) i64.const 0)')).lines()).toEqual([
      "validation failed: type mismatch, Code: 0x202",
      "    Mismatched value type. Expected: i32 , Got: i64",
      "    In instruction: end (0x0b) , Bytecode offset: 0x00000021",
      ...code,
    ]);
  });

  it("tell a missing operand", () => {
    expect(invalid(module('(func (export "f") (result i32) i32.const 1 i32.add)')).lines()).toEqual([
      "validation failed: type mismatch, Code: 0x202",
      "    Value stack underflow.",
      "    In instruction: i32.add (0x6a) , Bytecode offset: 0x00000021",
      ...code,
    ]);
  });

  it("tell the proposal that is off", () => {
    const bytes = module('(func (export "two") (result i32 i32) i32.const 1 i32.const 2)');
    expect(invalid(bytes, { disable: [Proposal.MultiValue] }).lines()).toEqual([
      "validation failed: invalid result arity, Code: 0x214",
      "    This instruction or syntax requires enabling Multi-value proposal",
      "    At AST node: function type",
      "    At AST node: recursive type",
      "    At AST node: type section",
      "    At AST node: module",
    ]);
  });

  it("tell both bytes of a prefixed instruction", () => {
    expect(invalid(module("(memory 1) (func i32.const 0 i32.const 0 memory.fill)")).lines()).toEqual([
      "validation failed: type mismatch, Code: 0x202",
      "    Value stack underflow.",
      "    In instruction: memory.fill (0xfc 0x0b) , Bytecode offset: 0x00000020",
      ...code,
    ]);
  });

  it("tell the `if`, not the `end`, where the other branch is missing", () => {
    expect(invalid(module("(func (result i32) i32.const 0 if (result i32) i32.const 1 end)")).lines()).toEqual([
      "validation failed: type mismatch, Code: 0x202",
      "    Mismatched value types. Expected: types{i32} , Got: types{}",
      "    In instruction: if (0x04) , Bytecode offset: 0x0000001a",
      ...code,
    ]);
  });

  it("tell reference types by name and index", () => {
    const bytes = module("(type $s (struct)) (func (param (ref null $s)) (result (ref $s)) local.get 0)");
    expect(invalid(bytes).lines()[1]).toBe(
      "    Mismatched value type. Expected: ref type_index[0] , Got: ref_null type_index[0]",
    );
  });

  it("tell widths in bytes where an access is aligned too far", () => {
    expect(invalid(module("(memory 1) (func i32.const 0 i32.load align=8 drop)")).lines().slice(0, 2)).toEqual([
      "validation failed: alignment must not be larger than natural, Code: 0x201",
      "    Mismatched memory alignment. Expected: need to <= 4 , Got: 8",
    ]);
  });
});

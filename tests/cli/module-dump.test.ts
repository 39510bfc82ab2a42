import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { dumpModule } from "../../src/cli/module-dump.ts";
import { encodeUtf8 } from "../../src/common/utf8.ts";
import { Configure } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";

function dump(bytes: Uint8Array): string[] {
  return dumpModule(new Loader().parseModule(bytes), new Configure());
}

const text = (name: string): number[] => [name.length, ...encodeUtf8(name)];

/** A custom section "name" with names of functions (subsection 1) and globals (7). */
function nameSection(functions: Record<number, string>, globals: Record<number, string>): number[] {
  const map = (names: Record<number, string>): number[] => {
    const entries = Object.entries(names);
    return [entries.length, ...entries.flatMap(([index, name]) => [Number(index), ...text(name)])];
  };
  const subsection = (id: number, content: number[]): number[] => [id, content.length, ...content];
  const content = [...text("name"), ...subsection(1, map(functions)), ...subsection(7, map(globals))];
  return [0, content.length, ...content];
}

// The layout is that of `wasm-objdump -x`.
describe("the dump of a module", () => {
  it("shows every section, imports first in each index space", () => {
    const bytes = compile(`(module
      (type $t (func (param i32) (result i32 i64)))
      (import "env" "f" (func (type $t)))
      (import "env" "t" (table 1 2 funcref))
      (import "env" "m" (memory 1 2))
      (import "env" "g" (global (mut i64)))
      (import "env" "e" (tag (param i32)))
      (func (type $t) (local.get 0) (i64.const 1))
      (func $start)
      (table 3 externref)
      (memory i64 1 3)
      (tag (param i32))
      (global i32 (i32.const -7))
      (global i64 (i64.const 9223372036854775807))
      (global f32 (f32.const 0.1))
      (global f64 (f64.const -inf))
      (global v128 (v128.const i64x2 1 2))
      (global funcref (ref.func 1))
      (global externref (ref.null extern))
      (global i32 (i32.add (i32.const 1) (i32.const 2)))
      (export "f" (func 1)) (export "t" (table 0)) (export "m" (memory 0)) (export "g" (global 0)) (export "e" (tag 0))
      (start $start)
      (elem (i32.const 1) func 1 2)
      (elem func 0)
      (elem declare func 1)
      (elem funcref (ref.null func) (ref.func 0))
      (data (i32.const 8) "abc")
      (data "xy"))`);
    expect(dump(bytes)).toEqual([
      "Type[3]:",
      " - type[0] (i32) -> (i32, i64)",
      " - type[1] (i32) -> nil",
      " - type[2] () -> nil",
      "Import[5]:",
      " - func[0] sig=0 <- env.f",
      " - table[0] type=funcref initial=1 max=2 <- env.t",
      " - memory[0] pages: initial=1 max=2 <- env.m",
      " - global[0] i64 mutable=1 <- env.g",
      " - tag[0] sig=1 <- env.e",
      "Function[2]:",
      " - func[1] sig=0",
      " - func[2] sig=2",
      "Table[1]:",
      " - table[1] type=externref initial=3",
      "Memory[1]:",
      " - memory[1] pages: initial=1 max=3 i64",
      "Tag[1]:",
      " - tag[1] sig=1",
      "Global[8]:",
      " - global[1] i32 mutable=0 - init i32=-7",
      " - global[2] i64 mutable=0 - init i64=9223372036854775807",
      " - global[3] f32 mutable=0 - init f32=0.1",
      " - global[4] f64 mutable=0 - init f64=-inf",
      " - global[5] v128 mutable=0 - init v128=0x00000000000000020000000000000001",
      " - global[6] funcref mutable=0 - init func[1]",
      " - global[7] externref mutable=0 - init null externref",
      " - global[8] i32 mutable=0 - init (i32=1, i32=2, i32.add)",
      "Export[5]:",
      ' - func[1] -> "f"',
      ' - table[0] -> "t"',
      ' - memory[0] -> "m"',
      ' - global[0] -> "g"',
      ' - tag[0] -> "e"',
      "Start:",
      " - start function: 2",
      "Elem[4]:",
      " - segment[0] type=(ref func) table=0 count=2 - init i32=1\n  - elem[0] = func[1]\n  - elem[1] = func[2]",
      " - segment[1] type=(ref func) passive count=1\n  - elem[0] = func[0]",
      " - segment[2] type=(ref func) declarative count=1\n  - elem[0] = func[1]",
      " - segment[3] type=funcref passive count=2\n  - elem[0] = null funcref\n  - elem[1] = func[0]",
      "Code[2]:",
      " - func[1] size=6",
      " - func[2] size=2",
      "Data[2]:",
      " - segment[0] memory=0 size=3 - init i32=8",
      " - segment[1] passive size=2",
    ]);
  });

  it("shows struct and array types", () => {
    const bytes = compile(`(module
      (rec
        (type $s (struct (field i32) (field (mut i8)) (field (ref null $a))))
        (type $a (array (mut (ref $s)))))
      (type (func (param (ref eq)) (result i31ref)))
      (global (import "env" "g") (ref null $s)))`);
    expect(dump(bytes)).toEqual([
      "Type[3]:",
      " - type[0] struct (i32, mut i8, (ref null 1))",
      " - type[1] array (mut (ref 0))",
      " - type[2] ((ref eq)) -> i31ref",
      "Import[1]:",
      " - global[0] (ref null 0) mutable=0 <- env.g",
    ]);
  });

  it("shows the names of functions and globals", () => {
    const module = compile(`(module
      (import "env" "f" (func))
      (global i32 (i32.const 1))
      (func) (export "g" (func 1)) (start 1) (table 1 funcref) (elem (i32.const 0) func 1))`);
    const bytes = Uint8Array.from([...module, ...nameSection({ 0: "imported", 1: "own" }, { 0: "one" })]);
    expect(dump(bytes)).toEqual([
      "Type[1]:",
      " - type[0] () -> nil",
      "Import[1]:",
      " - func[0] sig=0 <imported> <- env.f",
      "Function[1]:",
      " - func[1] sig=0 <own>",
      "Table[1]:",
      " - table[0] type=funcref initial=1",
      "Global[1]:",
      " - global[0] i32 mutable=0 <one> - init i32=1",
      "Export[1]:",
      ' - func[1] <own> -> "g"',
      "Start:",
      " - start function: 1 <own>",
      "Elem[1]:",
      " - segment[0] type=(ref func) table=0 count=1 - init i32=0\n  - elem[0] = func[1] <own>",
      "Code[1]:",
      " - func[1] size=2 <own>",
    ]);
  });

  it("is empty for an empty module", () => {
    expect(dump(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).toEqual([]);
  });
});

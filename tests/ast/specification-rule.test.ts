import { describe, expect, it } from "vitest";
import { instructions } from "../../src/ast/instruction-list.ts";
import { specificationRules } from "../../src/ast/specification-rule.ts";

/** The anchors of the rules on the page valid/instructions.html of the specification's version 3.0, without `valid-`. */
const rules = `
  nop unreachable drop select block loop if br br-if br-table br-on-null br-on-non-null br-on-cast br-on-cast-fail
  call call-ref call-indirect return return-call return-call-ref return-call-indirect throw throw-ref try-table
  local-get local-set local-tee global-get global-set
  table-get table-set table-size table-grow table-fill table-copy table-init elem-drop
  load-val load-pack store-val store-pack vload-val vload-pack vload-splat vload-zero vload-lane vstore vstore-lane
  memory-size memory-grow memory-fill memory-copy memory-init data-drop
  ref-null ref-func ref-is-null ref-as-non-null ref-eq ref-test ref-cast
  struct-new struct-new-default struct-get struct-get-u struct-get-s struct-set
  array-new array-new-default array-new-fixed array-new-elem array-new-data array-get array-get-u array-get-s array-set
  array-len array-fill array-copy array-init-elem array-init-data
  ref-i31 i31-get any-convert-extern extern-convert-any
  const unop binop testop relop cvtop
  vconst vvunop vvbinop vvternop vvtestop vunop vbinop vternop vtestop vrelop vshiftop vbitmask vswizzlop vshuffle vsplat
  vextract-lane vreplace-lane vextunop vextbinop vextternop vnarrow vcvtop instrs
`.match(/\S+/g) as string[];

const page = "https://webassembly.github.io/spec/core/valid/instructions.html#valid-";

function ruleOf(name: string): string {
  const info = instructions.find((row) => row.name === name);
  if (info === undefined) throw new Error(`there is no instruction ${name}`);
  return specificationRules(info).validation.replace(page, "");
}

describe("the specification's rules", () => {
  it("are one for each instruction of the specification, and each has an instruction", () => {
    const used = new Set(instructions.map((info) => specificationRules(info).validation));
    const inCore = Array.from(used).filter((address) => address.startsWith(page));
    expect(inCore.map((address) => address.slice(page.length)).sort()).toEqual(rules.slice().sort());
  });

  it("of proposals that are not part of it stand in their own documents", () => {
    const others = instructions.filter((info) => !specificationRules(info).validation.startsWith(page));
    const pages = new Set(others.map((info) => specificationRules(info).validation));
    expect(Array.from(pages).every((address) => address.startsWith("https://github.com/WebAssembly/"))).toBe(true);
    expect(pages.size).toBe(3);
    for (const name of ["i32.atomic.load", "memory.atomic.wait32", "try", "delegate", "i64.add128", "i64.mul_wide_s"]) {
      expect(others.map((info) => info.name)).toContain(name);
    }
    expect(others.every(({ name }) => /atomic|^(?:try|catch|catch_all|rethrow|delegate)$|128$|wide/.test(name))).toBe(
      true,
    );
  });

  it.each([
    ["i32.add", "binop"],
    ["f64.copysign", "binop"],
    ["i64.eqz", "testop"],
    ["f32.le", "relop"],
    ["i32.extend8_s", "unop"],
    ["i64.extend_i32_u", "cvtop"],
    ["i64.reinterpret_f64", "cvtop"],
    ["i64.load32_u", "load-pack"],
    ["f64.load", "load-val"],
    ["i64.store32", "store-pack"],
    ["v128.load32x2_s", "vload-pack"],
    ["v128.load", "vload-val"],
    ["v128.load64_lane", "vload-lane"],
    ["select_t", "select"],
    ["ref.test_null", "ref-test"],
    ["ref.is_null", "ref-is-null"],
    ["br_on_null", "br-on-null"],
    ["i31.get_u", "i31-get"],
    ["else", "if"],
    ["i16x8.q15mulr_sat_s", "vbinop"],
    ["f32x4.relaxed_madd", "vternop"],
    ["i8x16.relaxed_laneselect", "vternop"],
    ["i32x4.trunc_sat_f64x2_s_zero", "vcvtop"],
    ["i64x2.extmul_high_i32x4_u", "vextbinop"],
  ])("of %s is %s", (name, rule) => {
    expect(ruleOf(name)).toBe(rule);
  });

  it("of execution have the same names, but for accesses to packed fields", () => {
    const execution = (name: string): string | undefined => {
      const info = instructions.find((row) => row.name === name);
      return info && specificationRules(info).execution;
    };
    const exec = "https://webassembly.github.io/spec/core/exec/instructions.html#exec-";
    expect(execution("local.get")).toBe(`${exec}local-get`);
    expect(execution("struct.get_s")).toBe(`${exec}struct-get-sx`);
    expect(execution("array.get")).toBe(`${exec}array-get`);
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compile } from "watr";
import { benchFolder, canRun, readManifest, readProgram, selectPrograms } from "../../bench/manifest.ts";

const programs = readManifest();

function filesOf(extension: string): string[] {
  return readdirSync(join(benchFolder, "programs"))
    .filter((file) => file.endsWith(extension))
    .map((file) => `programs/${file}`)
    .sort();
}

describe("the manifest of the benchmark programs", () => {
  it("lists each binary once, and no other", () => {
    expect(programs.map(({ file }) => file).sort()).toEqual(filesOf(".wasm"));
  });

  it("lists each source once", () => {
    expect(programs.map(({ source }) => source).sort()).toEqual([...filesOf(".c"), ...filesOf(".wat")].sort());
  });

  it.each(programs.filter(({ source }) => source.endsWith(".wat")))(
    "has of $name the binary that its text makes",
    (program) => {
      const text = readFileSync(join(benchFolder, program.source), "utf8");
      expect(Buffer.from(readProgram(program))).toEqual(Buffer.from(compile(text)));
    },
  );

  it("gives each program a name of its own and checksums of 64 bits", () => {
    expect(new Set(programs.map(({ name }) => name)).size).toBe(programs.length);
    for (const { name, short, long } of programs) {
      expect(short.argument, name).toBeLessThan(long.argument);
      for (const { checksum } of [short, long]) {
        expect(BigInt.asIntN(64, BigInt(checksum)).toString(), name).toBe(checksum);
      }
    }
  });

  it("holds the programs that the ratios to other interpreters are promised for", () => {
    const names = programs.map(({ name }) => name);
    for (const name of ["fib", "sieve", "matmul", "sha256", "mandelbrot", "hash64", "quicksort"]) {
      expect(names).toContain(name);
    }
  });
});

describe("the selection of benchmark programs", () => {
  it("takes names and sets, in the order of the manifest", () => {
    expect(selectPrograms(programs, ["sha256", "fib"]).map(({ name }) => name)).toEqual(["fib", "sha256"]);
    expect(selectPrograms(programs, ["c"])).toEqual(programs.filter(({ set }) => set === "c"));
  });

  it("knows which peers have what a program needs", () => {
    const [fib] = selectPrograms(programs, ["fib"]);
    const [trees] = selectPrograms(programs, ["gc-trees"]);
    expect(canRun("wasm3", fib!)).toBe(true);
    expect(canRun("us", trees!)).toBe(true);
    expect(canRun("wasm3", trees!)).toBe(false);
  });

  it("refuses a name that nothing has", () => {
    expect(() => selectPrograms(programs, ["fib", "doom"])).toThrow('no benchmark program or set is named "doom"');
  });
});

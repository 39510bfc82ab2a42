import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { conformanceDocument, coverage, updated, withSummary } from "../../spec-tests/conformance.ts";
import { parseOptions } from "../../spec-tests/options.ts";
import { type SuiteReport, UnitReport } from "../../spec-tests/report.ts";
import { run } from "../../spec-tests/run.ts";
import { Proposal } from "../../src/common/proposal.ts";
import { module0, unitFiles } from "./run-support.ts";
import { temporaryFolder, writeFiles } from "./support.ts";

/** A report with all suites and units that the document names: 1,001 commands each, one of them in text form. */
function allSuites(): SuiteReport[] {
  const units = new Map<string, Set<string>>();
  for (const { suites } of Object.values(coverage)) {
    for (const place of suites) {
      const [suite = "", patterns = "all"] = place.split(": ");
      const names = units.get(suite) ?? new Set();
      units.set(suite, names);
      for (const pattern of patterns.split(" ")) names.add(pattern.replace("*", "x"));
    }
  }
  return [...units].map(([name, names]) => ({
    name,
    folder: "",
    proposals: [],
    problems: [],
    units: [...names].map((unit) => Object.assign(new UnitReport(unit), { commands: 1001, passed: 1000, text: 1 })),
  }));
}

const readme = "# Title\n\n<!-- conformance -->\nold\n<!-- conformance end -->\n\nrest\n";

describe("the page on conformance", () => {
  it("has a row for each suite and for each proposal", () => {
    const page = conformanceDocument(allSuites(), "a-tag");
    expect(page).toContain("`a-tag`");
    expect(page).toContain("| threads | 1 | 1,001 | 1,000 | 0 | 1 |\n");
    expect(page).toContain("| Tail Call | 3.0 | wasm-3.0: `return_call*` | 2,000 | 0 |\n");
    expect(page).toContain("| Component Model | not yet | not executed: a component is refused by name |  |  |\n");
    expect(page.split("## By proposal")[1]?.match(/^\| [A-Z]/gm)).toHaveLength(Object.keys(Proposal).length);
  });

  it("counts failures", () => {
    const suites = allSuites();
    const unit = suites.find(({ name }) => name === "threads")?.units[0];
    unit?.failures.push({ line: 1, type: "assert_return", reason: "wrong" });
    expect(conformanceDocument(suites, "t")).toContain("| Threads | not yet | threads | 1,000 | 1 |\n");
  });

  it("names nothing that did not run", () => {
    const suites = allSuites();
    expect(() => conformanceDocument(suites.slice(1), "t")).toThrow("the suite wasm-2.0 did not run");
    const without = suites.map((suite) => ({ ...suite, units: suite.units.filter(({ name }) => name !== "call_ref") }));
    expect(() => conformanceDocument(without, "t")).toThrow("the suite wasm-3.0 has no unit call_ref");
  });

  it("is summed up in the README, whose other lines stay", () => {
    const { readme: text } = updated({ readme }, allSuites(), "a-tag");
    expect(text).toMatch(
      /^# Title\n\n<!-- conformance -->\nThe specification's suites at `a-tag`: [\d,]+ commands passed, 0 failed/,
    );
    expect(text).toMatch(/<!-- conformance end -->\n\nrest\n$/);
    expect(text).not.toContain("old");
    expect(withSummary(text, "old")).toBe(readme);
    expect(() => withSummary("# Title", "x")).toThrow("the README has no place between");
  });
});

describe("npm run spec, about the documents", () => {
  /** Runs a suite of each name that the documents want, each unit a module. */
  async function runAll(...args: readonly string[]) {
    const folder = temporaryFolder();
    mkdirSync(folder, { recursive: true });
    const documents = { conformance: join(folder, "conformance.md"), readme: join(folder, "README.md") };
    writeFileSync(documents.readme, readme);
    const suites = allSuites();
    for (const { name, units } of suites) {
      for (const unit of units) {
        const command = { ...module0, filename: `${unit.name}.0.wasm` };
        writeFiles(folder, unitFiles(`suites/${name}/${unit.name}`, ["(module)"], [command]));
      }
    }
    const counts = Object.fromEntries(
      suites.map(({ name, units }) => [name, { units: units.length, commands: units.length, text: 0 }]),
    );
    const attempt = async (...more: readonly string[]) => {
      const lines: string[] = [];
      const code = await run(parseOptions([...more, join(folder, "suites")]), {
        places: { shared: folder, store: folder, cache: folder },
        counts: { tag: "test", suites: counts },
        documents,
        print: (line) => lines.push(line),
      });
      return { code, problems: lines.filter((line) => line.startsWith("PROBLEM")) };
    };
    return { documents, first: await attempt(...args), attempt };
  }

  it("--check fails until --write has made them, and after a change", async () => {
    const { documents, first, attempt } = await runAll("--check");
    expect(first.code).toBe(1);
    expect(first.problems).toEqual([
      `PROBLEM ${documents.conformance} is out of date: npm run spec -- --write makes it anew`,
      `PROBLEM ${documents.readme} is out of date: npm run spec -- --write makes it anew`,
    ]);
    expect(await attempt("--write")).toEqual({ code: 0, problems: [] });
    expect(await attempt("--check")).toEqual({ code: 0, problems: [] });
    writeFileSync(documents.readme, readFileSync(documents.readme, "utf8").replace("0 failed", "1 failed"));
    expect((await attempt("--check")).problems).toHaveLength(1);
  });

  it("they want all suites and all units", async () => {
    const { attempt } = await runAll();
    await expect(attempt("--check", "--units", "i32")).rejects.toThrow("--write and --check tell of all units");
    await expect(attempt("--write", "--fail-fast")).rejects.toThrow("--write and --check tell of all units");
  });

  it("a suite that is missing is a problem", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, unitFiles("suites/s/u", ["(module)"], [module0]));
    const lines: string[] = [];
    const code = await run(parseOptions(["--write", join(folder, "suites")]), {
      places: { shared: folder, store: folder, cache: folder },
      counts: { tag: "test", suites: { other: { units: 1, commands: 1, text: 0 } } },
      documents: { conformance: join(folder, "conformance.md"), readme: join(folder, "README.md") },
      print: (line) => lines.push(line),
    });
    expect(code).toBe(1);
    expect(lines).toContain("PROBLEM the documents want all suites; missing: other");
  });
});

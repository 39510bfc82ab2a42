import { describe, expect, it } from "vitest";
import { formatReport, replaceSection, sectionName } from "../../bench/report.ts";

describe("the report of a benchmark run", () => {
  it("tells the table, the day, the machine, the versions and the command", () => {
    const report = formatReport("| table |", {
      machine: "Some CPU, 2 threads",
      versions: ["us: 0.1.0", "wasmedge: WasmEdge 0.17.1, interpreter"],
      date: "2026-01-31",
      command: "npm run bench -- --runs 5",
    });
    expect(report).toBe(
      "| table |\n\n2026-01-31, Some CPU, 2 threads. us: 0.1.0; wasmedge: WasmEdge 0.17.1, interpreter.\n\n" +
        "```sh\nnpm run bench -- --runs 5\n```",
    );
  });

  it("has a section of its own for each set of Node's flags, for metering, and for Hermes", () => {
    expect(sectionName([], ["us", "native"])).toBe("default");
    expect(sectionName(["--jitless"], ["us"])).toBe("jitless");
    expect(sectionName([], ["us", "gas"])).toBe("metering");
    expect(sectionName(["--jitless"], ["us", "hermes"])).toBe("hermes");
    expect(sectionName([], ["us", "words"])).toBe("words");
  });

  it("replaces what stands in its section, and nothing else", () => {
    const section = (name: string, text: string): string => `<!-- bench ${name} -->\n\n${text}\n\n<!-- bench end -->\n`;
    const before = `# Title\n\n${section("default", "old")}\nBetween.\n\n${section("jitless", "other")}\nEnd.\n`;
    const after = `# Title\n\n${section("default", "new $& text")}\nBetween.\n\n${section("jitless", "other")}\nEnd.\n`;
    expect(replaceSection(before, "default", "new $& text")).toBe(after);
    expect(replaceSection(after, "default", "new $& text")).toBe(after);
  });

  it("fails where the document has no such section", () => {
    expect(() => replaceSection("# Title\n", "default", "text")).toThrow(
      "the document has no section between <!-- bench default --> and <!-- bench end -->",
    );
  });
});

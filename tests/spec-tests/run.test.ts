import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseOptions } from "../../spec-tests/options.ts";
import { run } from "../../spec-tests/run.ts";
import { arithmetic, i32, invoke, module0, type Ran, runFiles, unitFiles } from "./run-support.ts";
import { makeArchive, temporaryFolder, writeFiles } from "./support.ts";

describe("a run", () => {
  const good = [module0, { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(2)] }];
  const bad = [module0, { type: "assert_return", action: invoke("add", [i32(1), i32(1)]), expected: [i32(3)] }];
  const unit = (path: string, commands: readonly object[]): object => {
    const name = path.slice(path.lastIndexOf("/") + 1);
    return unitFiles(
      path,
      [arithmetic],
      commands.map((command) => ("filename" in command ? { ...command, filename: `${name}.0.wasm` } : command)),
    );
  };

  it("takes a folder of suites, prints a line each, and one a unit on request", async () => {
    const files = { ...unit("mine/s/a", good), ...unit("mine/s/b", bad), ...unit("mine/t/c", good) };
    const ran = await runFiles({ files, args: ["--verbose"] });
    expect(ran.lines.map((line) => line.replace(/, \d+ ms$/, ""))).toEqual([
      "s/a: 2 passed, 0 failed, 0 skipped",
      "s/b: 1 passed, 1 failed, 0 skipped",
      "FAILED s/b:2 assert_return: expected [i32:3], got [i32:2]",
      "s: 3 passed, 1 failed, 0 skipped",
      "t/c: 2 passed, 0 failed, 0 skipped",
      "t: 2 passed, 0 failed, 0 skipped",
      "of the skipped: 0 about modules in text form",
      "5 passed, 1 failed, 0 skipped",
    ]);
    expect(ran.code).toBe(1);
  });

  it("runs the units that are asked for, by name with or without the suite", async () => {
    const files = { ...unit("mine/s/a", good), ...unit("mine/s/b", bad), ...unit("mine/t/a", good) };
    expect((await runFiles({ files, args: ["--units", "a"] })).last).toBe("4 passed, 0 failed, 0 skipped");
    expect((await runFiles({ files, args: ["--units", "s/a"] })).last).toBe("2 passed, 0 failed, 0 skipped");
    await expect(runFiles({ files, args: ["--units", "a,zz"] })).rejects.toThrow("no suite has the units zz");
  });

  it("stops after the first unit that fails, on request", async () => {
    const files = { ...unit("mine/s/a", bad), ...unit("mine/s/b", good), ...unit("mine/t/a", good) };
    const ran = await runFiles({ files, args: ["--fail-fast"] });
    expect(ran.last).toBe("1 passed, 1 failed, 0 skipped");
    expect(ran.lines).toContain("note: stopped by --fail-fast");
    expect(ran.code).toBe(1);
  });

  it("takes the proposals from the options", async () => {
    const twoMemories = "(module (memory 1) (memory 1))";
    const files = unitFiles("mine/u", [twoMemories], [module0]);
    expect((await runFiles({ files })).last).toBe("1 passed, 0 failed, 0 skipped");
    expect((await runFiles({ files, args: ["--standard", "2"] })).last).toBe("0 passed, 1 failed, 0 skipped");
    expect((await runFiles({ files, args: ["--disable", "MultiMemories"] })).last).toBe(
      "0 passed, 1 failed, 0 skipped",
    );
    const enabled = ["--standard", "1", "--enable", "MultiMemories"];
    expect((await runFiles({ files, args: enabled })).last).toBe("1 passed, 0 failed, 0 skipped");
  });

  it("writes its results as data", async () => {
    const file = join(temporaryFolder(), "out.json");
    await runFiles({ files: { ...unit("mine/s/a", good), ...unit("mine/s/b", bad) }, args: ["--json", file] });
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      totals: { commands: 4, passed: 3, failed: 1, text: 0 },
      suites: [
        {
          name: "s",
          units: [
            { name: "a", passed: 2, failures: [] },
            { name: "b", failures: [{ line: 2, type: "assert_return", reason: "expected [i32:3], got [i32:2]" }] },
          ],
        },
      ],
    });
  });

  it("holds the suites of the pinned tag against the recorded numbers", async () => {
    const files = unit("store/s/a", good) as { [path: string]: string };
    const of = (units: number, commands: number, text = 0): Promise<Ran> =>
      runFiles({ files, pinned: true, counts: { s: { units, commands, text } } });
    expect(await of(1, 2)).toMatchObject({ code: 0, last: "2 passed, 0 failed, 0 skipped" });
    expect((await of(1, 3)).code).toBe(1);
    expect((await of(1, 2, 1)).code).toBe(1);
    expect((await of(2, 2)).lines).toContain(
      "PROBLEM s: it has 1 units with 2 commands, 0 of them about text; " +
        "recorded are 2 units with 2 commands, 0 of them about text",
    );
    expect(await runFiles({ files, pinned: true })).toMatchObject({ code: 1 });
    const missing = await runFiles({
      files,
      pinned: true,
      counts: { s: { units: 1, commands: 2, text: 0 }, t: { units: 1, commands: 1, text: 0 } },
    });
    expect(missing.lines).toContain("PROBLEM the suite t is missing");
    expect(missing.code).toBe(1);
  });

  it("takes the shared archives before what stands in the store, and leaves the component model out", async () => {
    const files = {
      "shared/s.tar.gz": makeArchive(unit("s/a", good) as { [path: string]: string }),
      "shared/component-model.tar.gz": makeArchive(unit("component-model/a", bad) as { [path: string]: string }),
      ...unit("store/t/a", bad),
    };
    const ran = await runFiles({ files, pinned: true, counts: { s: { units: 1, commands: 2, text: 0 } } });
    expect(ran.lines).toEqual([
      "note: component-model is left out: name its folder to run it",
      "s: 2 passed, 0 failed, 0 skipped",
      "of the skipped: 0 about modules in text form",
      "2 passed, 0 failed, 0 skipped",
    ]);
  });

  it("takes an archive by its name, with or without its ending", async () => {
    const folder = temporaryFolder();
    writeFiles(folder, { "a/s.tar.gz": makeArchive(unit("s/a", good) as { [path: string]: string }) });
    for (const name of ["a/s", "a/s.tar.gz", "a"]) {
      const lines: string[] = [];
      const code = await run(parseOptions([join(folder, name)]), {
        places: { shared: join(folder, "x"), store: join(folder, "store"), cache: join(folder, "cache") },
        counts: { tag: "", suites: {} },
        documents: { conformance: "", readme: "" },
        print: (line) => lines.push(line),
      });
      expect([code, lines.at(-1)], name).toEqual([0, "2 passed, 0 failed, 0 skipped"]);
    }
    expect(existsSync(join(folder, "store"))).toBe(false);
  });

  it("says what is missing, and how to get it", async () => {
    await expect(runFiles({ files: {}, pinned: true })).rejects.toThrow("npm run spec:fetch");
    await expect(runFiles({ files: {} })).rejects.toThrow("there is no folder");
    await expect(runFiles({ files: { "mine/readme.txt": "" } })).rejects.toThrow(
      "neither a suite nor a folder of suites",
    );
  });
});

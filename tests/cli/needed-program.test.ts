import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../scripts/npm-script.ts";
import { commandNames } from "../../src/cli/command-names.ts";
import { lateModules, neededProgram } from "../../src/cli/needed-program.ts";

describe("the program that a command line needs", () => {
  it.each(["app.wasm", "run app.wasm", "--dir . app.wasm --tracing", "--reactor add.wasm add 1 2", "--help", ""])(
    "runs modules only: %s",
    (line) => expect(neededProgram(line.split(" "))).toBe("cli-run.cjs"),
  );

  it.each(commandNames.filter((name) => name !== "run"))("has all commands: %s", (name) => {
    expect(neededProgram([name, "app.wasm"])).toBe("cli-program.cjs");
    expect(neededProgram(["--log-level", "off", name, "app.wasm"])).toBe("cli-program.cjs");
  });

  it.each([
    ["--trace", "calls"],
    ["--trace=calls"],
    ["run", "--profile", "a.cpuprofile"],
    ["--coverage=a.txt"],
    ["--snapshot", "a.snapshot"],
    ["--snapshot-at=1000"],
    ["--snapshot-without-modules"],
  ])("observes: %s", (...options) => expect(neededProgram([...options, "app.wasm"])).toBe("cli-program.cjs"));

  it("has all commands where an argument of the guest looks like one", () => {
    expect(neededProgram(["app.wasm", "parse"])).toBe("cli-program.cjs");
  });

  it("lacks nothing but what is loaded where it is needed", () => {
    const folder = join(root, "src", "cli");
    const late = readdirSync(folder).flatMap((file) =>
      Array.from(readFileSync(join(folder, file), "utf8").matchAll(/\bimport\("(\.[^"]*)"\)/g), ([, name]) => name),
    );
    expect(Array.from(new Set(late)).sort()).toEqual([...lateModules].sort());
  });
});

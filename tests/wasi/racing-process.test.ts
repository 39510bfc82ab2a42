import { spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { OFlags } from "../../src/wasi/abi/constants.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { guestOn, hostFolder, ROOT } from "./backends.ts";
import { type Guest, places } from "./guest.ts";
import { enter, SECRET, surround, writeFile } from "./surroundings.ts";

const FOLLOW = 1;

/**
 * Swaps `dir` and `file` of a folder for links to the outside, a directory in the middle of a path too, and back, until a file
 * named `stop` is there, or its parent is gone.
 */
const racer = `
  const fs = require("node:fs");
  const [inside, stop] = process.argv.slice(1);
  const parent = process.ppid;
  const attempt = (operation) => { try { operation(); } catch {} };
  process.stdout.write("ready");
  let swaps = 0;
  while (!fs.existsSync(stop) && process.ppid === parent) {
    for (const [name, target] of [["dir", "../outside"], ["file", "../outside/file"], ["deep/middle", "../../outside"]]) {
      const path = inside + "/" + name;
      attempt(() => fs.renameSync(path, path + "-away"));
      attempt(() => fs.symlinkSync(target, path));
      attempt(() => fs.unlinkSync(path));
      attempt(() => fs.renameSync(path + "-away", path));
      swaps++;
    }
  }
  process.stdout.write(" " + swaps);
`;

/** All that a guest does with a path; the errnos. What opens is read and written to. */
function* attempts(guest: Guest, path: string, spare: string): Generator<string> {
  for (const oflags of [0, OFlags.CREAT, OFlags.CREAT | OFlags.TRUNC]) {
    const opened = guest.tryOpen(ROOT, path, { oflags, lookup: FOLLOW });
    yield `open ${opened}`;
    if (opened !== "SUCCESS") continue;
    const fd = guest.u32(places.result);
    expect(guest.pread(fd, 100, 0n)).not.toContain(SECRET);
    guest.pwrite(fd, "written", 0n);
    guest.must("fd_filestat_set_times", fd, 1n, 1n, 5);
    guest.close(fd);
  }
  const stat = guest.tryStat(ROOT, path, FOLLOW);
  yield `stat ${stat}`;
  if (stat === "SUCCESS") expect(guest.u64(places.result + 32)).not.toBe(BigInt(SECRET.length));
  yield `times ${guest.call("path_filestat_set_times", ROOT, FOLLOW, ...guest.path(path), 1n, 1n, 5)}`;
  yield `link ${guest.link(ROOT, path, ROOT, spare, FOLLOW)}`;
  yield `open ${guest.tryOpen(ROOT, spare, { lookup: FOLLOW })}`;
  yield `unlink ${guest.unlink(ROOT, spare)}`;
  yield `rename ${guest.rename(ROOT, path, ROOT, spare)}`;
  yield `open ${guest.tryOpen(ROOT, spare, { lookup: FOLLOW })}`;
  yield `rename ${guest.rename(ROOT, spare, ROOT, path)}`;
  yield `unlink ${guest.unlink(ROOT, spare)}`;
  yield `mkdir ${guest.makeDirectory(ROOT, `${path}-made`)}`;
  yield `rmdir ${guest.removeDirectory(ROOT, `${path}-made`)}`;
  yield `symlink ${guest.symlink("x", ROOT, `${path}-link`)}`;
  yield `unlink ${guest.unlink(ROOT, `${path}-link`)}`;
}

it.runIf(process.platform === "linux")(
  "another process that swaps directories and files for links gains nothing where directories are held by descriptors",
  async () => {
    const folder = hostFolder();
    const surroundings = surround({ fileSystem: new NodeFileSystem({ descriptors: true }), path: folder });
    const { path: inside, expectUntouched } = surroundings;
    const stop = join(dirname(inside), "inside-stop");
    surroundings.inside.makeDirectoryAt("dir");
    surroundings.inside.makeDirectoryAt("deep");
    const deep = enter(surroundings.inside, "deep");
    deep.makeDirectoryAt("middle");
    writeFile(surroundings.inside, "file", "own");
    writeFile(enter(surroundings.inside, "dir"), "file", "own");
    writeFile(enter(deep, "middle"), "file", "own");
    const child = spawn(process.execPath, ["-e", racer, inside, stop], { stdio: ["ignore", "pipe", "inherit"] });
    const closed = once(child, "close");
    try {
      let output = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text;
      });
      await Promise.race([once(child.stdout, "data"), closed]);
      const guest = guestOn(surroundings);
      const seen = new Set<string>();
      for (let i = 0; i < 600; i++) {
        for (const path of ["dir/file", "file", "deep/middle/file"]) {
          for (const outcome of attempts(guest, path, "spare")) seen.add(outcome);
        }
        for (let fd = ROOT + 1; fd < ROOT + 10; fd++) guest.call("fd_close", fd);
        if (i % 100 === 0) expectUntouched();
      }
      writeFileSync(stop, "");
      await closed;
      expect(Number(output.split(" ")[1])).toBeGreaterThan(100);
      // The race was on: each was met on both sides of a swap.
      for (const outcome of ["open SUCCESS", "open PERM", "stat SUCCESS", "stat PERM", "mkdir SUCCESS", "mkdir PERM"]) {
        expect(seen).toContain(outcome);
      }
      expectUntouched();
    } finally {
      child.kill("SIGKILL");
    }
  },
);

// `node scripts/run-ts.mjs bench/checksums.ts [--write]`: compiles each C program for this machine, with gcc or what CC names,
// runs it, and compares what it answers with bench/programs.json, or writes it there.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { benchFolder, manifestFile, readManifest } from "./manifest.ts";

const compiler = process.env["CC"] ?? "gcc";
const write = process.argv.includes("--write");
const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-bench-"));

const main = `#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
int64_t run(int32_t n);
int main(int count, char **arguments) {
  for (int i = 1; i < count; i++) printf("%" PRId64 "\\n", run(atoi(arguments[i])));
}
`;

try {
  const mainFile = join(folder, "main.c");
  writeFileSync(mainFile, main);
  let differences = 0;
  const programs = readManifest().map((program) => {
    if (!program.source.endsWith(".c")) return program;
    const binary = join(folder, program.name);
    // No contraction to fused operations, which WebAssembly does not have.
    const flags = ["-std=c11", "-O2", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror"];
    execFileSync(compiler, [...flags, "-o", binary, join(benchFolder, program.source), mainFile]);
    const answers = execFileSync(binary, [`${program.short.argument}`, `${program.long.argument}`], {
      encoding: "utf8",
    });
    const [short = "", long = ""] = answers.trim().split("\n");
    if (short !== program.short.checksum || long !== program.long.checksum) {
      differences += 1;
      console.log(
        `${program.name}: ${short} and ${long}; recorded are ${program.short.checksum} and ${program.long.checksum}`,
      );
    }
    return {
      ...program,
      short: { ...program.short, checksum: short },
      long: { ...program.long, checksum: long },
    };
  });
  if (write) writeFileSync(manifestFile, `${JSON.stringify({ programs }, null, 2)}\n`);
  console.log(`${programs.length} programs, ${differences} with other checksums${write ? ", written" : ""}`);
  if (differences > 0 && !write) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

// `npm run bench`: runs the benchmark programs on this project's bundle and on whichever peers are there, and prints their CPU
// times and ratios. `--help` tells the options.
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type BenchOptions, parseBenchArguments, usage } from "./arguments.ts";
import { machine } from "./machine.ts";
import { benchFolder, canRun, readManifest, selectPrograms } from "./manifest.ts";
import { findPeers, measure } from "./peers.ts";
import { bundleChild } from "./processes.ts";
import { formatReport, replaceSection, sectionName } from "./report.ts";
import { failuresOf, runSuite } from "./suite.ts";
import { formatTable, formatVectorRatios } from "./table.ts";

const document = join(dirname(benchFolder), "docs", "performance.md");

async function bench(argv: readonly string[], options: BenchOptions): Promise<void> {
  const manifest = readManifest();
  const programs = options.programs === undefined ? manifest : selectPrograms(manifest, options.programs);
  const { peers, absent } = findPeers(options);
  for (const text of absent) console.error(`left out: ${text}`);
  await bundleChild("child");

  const labels = peers.map(({ name }) => name.label);
  const results = runSuite(programs, labels, options.runs, (program, label) => {
    const peer = peers.find(({ name }) => name.label === label)!;
    if (!canRun(peer.name.kind, program)) return undefined;
    const workload = options.short ? program.short : program.long;
    process.stderr.write(`${program.name} on ${label}: `);
    const sample = measure(peer, program, workload, options);
    process.stderr.write(`${sample.time.toFixed(1)} ms\n`);
    return { sample, expected: workload.checksum };
  });

  const vectors = formatVectorRatios(results);
  const table = [formatTable(results, labels), ...(vectors === undefined ? [] : [vectors])].join("\n\n");
  const report = formatReport(table, {
    machine: machine(),
    versions: peers.map(({ name, version }) => `${name.label}: ${version}`),
    date: new Date().toISOString().slice(0, 10),
    command: ["npm run bench --", ...argv.map(withoutFolder)].join(" "),
  });
  console.log(report);
  const failures = failuresOf(results);
  for (const failure of failures) console.error(`FAILED: ${failure}`);
  if (failures.length > 0) {
    process.exitCode = 1;
  } else if (options.write) {
    const kinds = peers.map(({ name }) => name.kind);
    const text = replaceSection(readFileSync(document, "utf8"), sectionName(options.nodeFlags, kinds), report);
    writeFileSync(document, text);
  }
}

/** The command as it goes into a document: without the folders of this machine. */
function withoutFolder(argument: string): string {
  return argument.replace(/=[^,=]*\/([^,/]+)/g, "=$1");
}

try {
  const argv = process.argv.slice(2);
  const options = parseBenchArguments(argv);
  if (options.help) console.log(usage);
  else await bench(argv, options);
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 2;
}

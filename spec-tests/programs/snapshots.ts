import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Configure,
  getLogLevel,
  HostRegistration,
  isTerminated,
  type PausableRun,
  setLogLevel,
  type Value,
  VM,
} from "../../src/index.ts";
import "../../src/node.ts";
import type { End } from "./restore-snapshots.ts";

/** A program's run, from which snapshots are taken at some counts of instructions. */
export interface SnapshotSubject {
  readonly moduleFile: string;
  readonly export: string;
  readonly params?: readonly Value[];
  /** Absent: the program has no WASI. */
  readonly wasi?: {
    readonly dirs: readonly string[];
    readonly args: readonly string[];
    readonly envs: readonly string[];
  };
}

/** What the snapshots' runs ended with, in processes of their own, and what they should have. */
export interface Comparison {
  readonly wanted: Pick<End, "end" | "count" | "output">;
  readonly got: readonly Pick<End, "end" | "count" | "output">[];
  readonly counts: readonly number[];
}

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(dirname(here));

class Subject {
  readonly vm: VM;
  readonly run: PausableRun;
  output = "";

  constructor({ moduleFile, export: name, params, wasi }: SnapshotSubject) {
    const configure = new Configure();
    configure.statistics.instructionCounting = true;
    // The count of CPython depends on the time: the host's would make each run another.
    configure.runtime.deterministic = true;
    if (wasi !== undefined) configure.addHostRegistration(HostRegistration.Wasi);
    const stdout = {
      write: (bytes: Uint8Array) => {
        this.output += Buffer.from(bytes).toString("latin1");
        return bytes.length;
      },
    };
    this.vm = new VM(configure, { wasi: { stdout, stderr: stdout } });
    this.vm.getImportModule(HostRegistration.Wasi)?.initialize(wasi?.args ?? [], wasi?.envs ?? [], wasi?.dirs ?? []);
    this.vm.loadWasm(new Uint8Array(readFileSync(moduleFile)));
    this.vm.validate();
    this.vm.instantiate();
    this.run = this.vm.pausable(name, params);
  }

  get count(): number {
    return this.vm.getStatistics().getInstrCount();
  }

  finish(): Pick<End, "end" | "count" | "output"> {
    let end: string;
    try {
      end = this.run.finish().map(String).join(" ");
    } catch (error) {
      if (!isTerminated(error)) throw error;
      end = `exit ${this.vm.getImportModule(HostRegistration.Wasi)?.getExitCode()}`;
    }
    return { end, count: this.count, output: this.output };
  }
}

/** `howMany` numbers below 1, the same each time. */
export function seeded(howMany: number, seed = 20261130): number[] {
  let state = seed;
  return Array.from({ length: howMany }, () => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state / 2 ** 32;
  });
}

/**
 * Takes snapshots at these parts of a run, and restores all of them in one fresh process.
 * @param parts from 0 to 1 each
 */
export function compareSnapshots(subject: SnapshotSubject, parts: readonly number[]): Comparison {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-snapshots-"));
  const level = getLogLevel();
  setLogLevel("off");
  try {
    const whole = new Subject(subject);
    const first = whole.count;
    const wanted = whole.finish();
    const left = new Subject(subject);
    const sorted = parts.map((part) => first + Math.floor(part * (wanted.count - first))).sort((a, b) => a - b);
    const outputs: string[] = [];
    const files = sorted.map((count, i) => {
      left.run.runUntil(count);
      outputs.push(left.output);
      const file = join(folder, `${i}.snapshot`);
      writeFileSync(file, left.vm.snapshot(left.run, { modules: "hashed" }));
      return file;
    });
    const script = join(here, "restore-snapshots.ts");
    const env = { ...process.env, SNAPSHOT_WASI: JSON.stringify(subject.wasi ?? null) };
    const { stdout, stderr, status } = spawnSync(
      process.execPath,
      [join(root, "scripts", "run-ts.mjs"), script, subject.moduleFile, ...files],
      { encoding: "utf8", env, maxBuffer: 2 ** 28 },
    );
    if (status !== 0) throw new Error(`the process that restores ended with ${status}:\n${stderr}`);
    const ends = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as End);
    const got = ends.map(({ end, count, output }, i) => ({ end, count, output: `${outputs[i]}${output}` }));
    return { wanted, got, counts: sorted };
  } finally {
    setLogLevel(level);
    rmSync(folder, { recursive: true, force: true });
  }
}

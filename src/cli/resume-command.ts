import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import { sha256, toHex } from "../common/sha256.ts";
import type { PausableRun } from "../executor/pausable-run.ts";
import { Loader } from "../loader/loader.ts";
import { hashOf } from "../snapshot/instance-writer.ts";
import { VM } from "../vm/vm.ts";
import { programConfigure, type ResumeValues } from "./configuration.ts";
import { Ended, endedBy, untilEnded } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";
import { writeText } from "./logger.ts";
import { moduleSource } from "./module-source.ts";
import { closing, exitCode, linkedVm, programName, timeBounds, wasiOf } from "./module-world.ts";
import { beginObservation, observing } from "./observing.ts";
import { formatResult } from "./results.ts";
import { countFor, stopPlanOf } from "./stop-plan.ts";
import { runStoppably } from "./stoppable-run.ts";

/** How a module in the binary format begins. */
const WASM_MAGIC = "\0asm";

/**
 * `resume FILE [MODULE...]`: goes on with a run that was stopped into a file.
 * @param modules paths of the modules, where the snapshot has none
 */
export function resumeCommand(values: ResumeValues, path: string, modules: readonly string[]): Promise<number> {
  const plan = stopPlanOf(values);
  const configure = programConfigure(values);
  const asked = countFor(plan, configure);
  const options = timeBounds(values);
  return untilEnded(async () => {
    const vm = linkedVm(VM, configure, values);
    vm.getStatistics().reported = asked;
    return closing(vm, async () =>
      observing(await beginObservation(vm, values, path), async () => {
        try {
          // Arguments and environment are those of the snapshot; where its files are, is told anew.
          wasiOf(vm).init(values.dir ?? [], programName(path));
          const run = await restore(vm, path, modules, options);
          const { func } = run;
          const name = func.module?.exportNameOfFunction(func.index) ?? String(func.index);
          const results = await runStoppably(vm, { module: "", name }, run, plan);
          for (const value of results) writeText(1, `${formatResult(value)}\n`);
          return exitCode(vm);
        } catch (error) {
          throw endedBy(error, vm, path, ExitStatus.Aborted);
        }
      }),
    );
  });
}

/** @throws Ended where the file is no snapshot of a run, or nothing goes on from it here */
async function restore(
  vm: VM,
  path: string,
  modules: readonly string[],
  options: ReturnType<typeof timeBounds>,
): Promise<PausableRun> {
  try {
    const bytes = Loader.loadFile(path);
    if (isModule(bytes)) {
      log.error(`${path} is a module, and no snapshot of a run. It is run with: run ${path}`);
      throw new Ended(ExitStatus.Failure);
    }
    const given = await Promise.all(modules.map(bytesOf));
    const run = vm.restore(bytes, { modules: given, run: options });
    requireUsed(vm, modules, given);
    if (run !== undefined) return run;
    log.error(`${path} holds instances, and no run that could go on.`);
    throw new Ended(ExitStatus.Failure);
  } catch (error) {
    const ended = endedBy(error, vm, path, ExitStatus.Failure);
    if (isOfPreopens(error)) log.error("    --dir is given as it was when the run began.");
    throw ended;
  }
}

/** Whether the guest would not find its directories again. */
function isOfPreopens(error: unknown): boolean {
  if (!(error instanceof WasmEdgeError) || error.code !== ErrCode.SnapshotMismatch) return false;
  return error.context.some((entry) => entry.kind === "note" && entry.text.startsWith("Preopen"));
}

function isModule(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(0, WASM_MAGIC.length)) === WASM_MAGIC;
}

async function bytesOf(path: string): Promise<Uint8Array> {
  const source = await moduleSource(path);
  return typeof source === "string" ? Loader.loadFile(source) : source;
}

/** Whoever names a module that the run is not of has made a mistake. @throws Ended */
function requireUsed(vm: VM, paths: readonly string[], given: readonly Uint8Array[]): void {
  const instances = [vm.getActiveModule(), ...vm.listRegisteredModules().map((name) => vm.getRegisteredModule(name))];
  const used = new Set(instances.flatMap((instance) => (instance?.source ? [toHex(hashOf(instance.source))] : [])));
  given.forEach((bytes, i) => {
    if (used.has(toHex(sha256(bytes)))) return;
    log.error(`${paths[i]} is none of the modules of the snapshot.`);
    throw new Ended(ExitStatus.Failure);
  });
}

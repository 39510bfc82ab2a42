import { host } from "../common/host.ts";
import { type Configure, HostRegistration } from "../config/configure.ts";
import type { RunOptions } from "../executor/executor.ts";
import type { InspectingVM } from "../vm/inspecting-vm.ts";
import type { VMParts } from "../vm/vm-types.ts";
import type { WasiOptions } from "../wasi/environ.ts";
import { AllowListError } from "../wasi/sockets/allow-list.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import type { PlacedValues } from "./configuration.ts";
import { UsageError } from "./option-parser.ts";

/** What a module is put into: a VM with WASI, and the time that it has. */

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** What `--time-limit` bounds a run by, from now on. */
export function timeBounds({ "time-limit": limit = 0n }: PlacedValues): RunOptions {
  return limit === 0n ? {} : { deadline: host.monotonicNanoseconds() + limit * NANOSECONDS_PER_MILLISECOND };
}

/** The last component of a path, with `.wasm` as its extension: what a guest sees as its own name. */
export function programName(path: string): string {
  if (path === "-") return "stdin.wasm";
  const file = path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1);
  const dot = file.lastIndexOf(".");
  return `${dot > 0 ? file.slice(0, dot) : file}.wasm`;
}

/**
 * @param Machine the kind of VM: with snapshots or without
 * @throws UsageError for addresses to allow that are none
 */
export function linkedVm<Machine extends InspectingVM>(
  Machine: new (configure: Configure, parts: VMParts) => Machine,
  configure: Configure,
  values: PlacedValues,
  streams: WasiOptions = {},
): Machine {
  try {
    return new Machine(configure, { wasi: { ...streams, allowNet: values["allow-net"] ?? [] } });
  } catch (error) {
    if (error instanceof AllowListError) throw new UsageError(`--allow-net: ${error.message}`);
    throw error;
  }
}

export function wasiOf(vm: InspectingVM): WasiModule {
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  if (wasi === null) throw new Error("the configuration of every linking command has WASI");
  return wasi;
}

/** What a guest that ends itself during a step leaves as exit status. */
export function exitCode(vm: InspectingVM): number {
  return wasiOf(vm).getExitCode();
}

/** Closes what the guest has left open: what it has sent on sockets leaves before the program ends. */
export async function closing(vm: InspectingVM, work: () => Promise<number>): Promise<number> {
  try {
    return await work();
  } finally {
    vm.getImportModule(HostRegistration.Wasi)?.fini();
  }
}

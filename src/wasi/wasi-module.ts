import type { HostState } from "../store/host-state.ts";
import { ModuleInstance } from "../store/module-instance.ts";
import { Environ, type WasiOptions } from "./environ.ts";
import { toHostFunction } from "./functions/definition.ts";
import { wasiFunctions } from "./functions/index.ts";
import type { Preopen } from "./preopen.ts";
import { restoreEnviron } from "./state/restore-state.ts";
import { saveEnviron } from "./state/save-state.ts";

/** The name under which guests import WASI preview 1. */
export const WASI_MODULE_NAME = "wasi_snapshot_preview1";

/**
 * The host module of WASI preview 1. Until `init` a guest has neither arguments nor descriptors.
 * WasmEdge `Host::WasiModule`.
 */
export class WasiModule extends ModuleInstance implements HostState {
  private readonly environ: Environ;

  /** @param options streams, file system and limits; see `WasiOptions` for what is taken without them */
  constructor(options: WasiOptions = {}) {
    super(WASI_MODULE_NAME);
    this.environ = new Environ(options);
    this.addPromisedHostFunctions(
      wasiFunctions.map(({ name }) => name),
      (place) => toHostFunction(this.environ, wasiFunctions[place]),
    );
  }

  /** What the guest sees: arguments, descriptors, exit code. */
  getEnv(): Environ {
    return this.environ;
  }

  /**
   * What the guest sees as bytes, for a snapshot: arguments, environment, descriptors, and all that is in file systems in memory.
   * @throws NotInSnapshot for sockets, and files and directories that their path does not lead to any more
   */
  saveState(): Uint8Array {
    return saveEnviron(this.environ);
  }

  /**
   * Gives the guest the world that it had when `saveState` was called. `init` comes before it, with preopens of the same names:
   * it says where they are now. Files are opened again by their paths; what has been read of standard input is not read again.
   * @throws MalformedSnapshot; SnapshotMismatch where a preopen, a file or a directory is missing
   */
  restoreState(state: Uint8Array): void {
    restoreEnviron(this.environ, state);
  }

  /**
   * Gives the guest its world, in place of what it had before.
   * @param dirs preopens, as `DIR`, `GUEST:HOST`, `GUEST:HOST:readonly` or objects; they become descriptors 3, 4, … in this order.
   *   One that cannot be opened is skipped with a log line.
   * @param programName the first argument that the guest sees
   * @param args the arguments after it
   * @param envs `NAME=VALUE` each
   */
  init(
    dirs: readonly (string | Preopen)[],
    programName: string,
    args: readonly string[] = [],
    envs: readonly string[] = [],
  ): void {
    this.environ.init([programName, ...args], envs, dirs);
  }

  /** The same in the manner of the Rust SDK: `args` as the guest sees them, the program's name first. */
  initialize(
    args: readonly string[] = [],
    envs: readonly string[] = [],
    preopens: readonly (string | Preopen)[] = [],
  ): void {
    this.environ.init(args, envs, preopens);
  }

  /** What the guest's `proc_exit` was called with; 0 where it was not. */
  getExitCode(): number {
    return this.environ.exitCode;
  }

  /** The host's own number behind a descriptor of the guest; undefined where there is no such descriptor or number. */
  getNativeHandler(fd: number): number | undefined {
    return this.environ.descriptors.find(fd)?.nativeHandle;
  }

  /** Closes the guest's descriptors. `init` opens others. */
  fini(): void {
    this.environ.fini();
  }
}

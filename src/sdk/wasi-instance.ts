import type { WasiOptions } from "../wasi/environ.ts";
import type { Preopen } from "../wasi/preopen.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";
import { NotFoundMappedFdHandler } from "./errors.ts";

/** What a WASI guest gets before its module is registered: streams and file system, and what `initialize` takes. */
export interface WasiContext extends WasiOptions {
  /** The program's name first. */
  readonly args?: readonly string[];
  /** `NAME=VALUE` each. */
  readonly envs?: readonly string[];
  /** `DIR`, `GUEST:HOST`, `GUEST:HOST:readonly`, or objects. */
  readonly preopens?: readonly (string | Preopen)[];
}

/** The WASI module of a `Vm`. Rust SDK `WasiInstance`, `WasiModule`. */
export class WasiInstance {
  /** The core's module. */
  readonly inner: WasiModule;

  constructor(inner: WasiModule) {
    this.inner = inner;
  }

  /** "wasi_snapshot_preview1" */
  get name(): string {
    return this.inner.name;
  }

  /**
   * Gives the guest its arguments, environment and directories, in place of what it had; the exit code is 0 again.
   * @param args as the guest sees them, the program's name first; null: none
   * @param envs `NAME=VALUE` each; null: none
   * @param preopens `DIR`, `GUEST:HOST` or `GUEST:HOST:readonly` each; null: none. One that cannot be opened is skipped with
   *   a log line.
   * @throws RuntimeError where an argument or a variable holds a NUL
   */
  initialize(
    args: readonly string[] | null = null,
    envs: readonly string[] | null = null,
    preopens: readonly (string | Preopen)[] | null = null,
  ): this {
    this.inner.initialize(args ?? [], envs ?? [], preopens ?? []);
    return this;
  }

  /** What the guest's `proc_exit` was called with; 0 where it was not. */
  exitCode(): number {
    return this.inner.getExitCode();
  }

  /**
   * The host's own number behind a descriptor of the guest.
   * @throws NotFoundMappedFdHandler
   */
  getNativeHandler(fd: number): number {
    const handle = this.inner.getNativeHandler(fd);
    if (handle === undefined) throw new NotFoundMappedFdHandler();
    return handle;
  }
}

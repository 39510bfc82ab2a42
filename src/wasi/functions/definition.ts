import { fail, WasmEdgeError } from "../../common/error.ts";
import { ErrCode } from "../../common/error-code.ts";
import { thrownText } from "../../common/thrown-text.ts";
import { ValType } from "../../common/value-type.ts";
import type { Value } from "../../common/wasm-value.ts";
import type { CallingFrame } from "../../store/calling-frame.ts";
import { HostFunction, type HostResults } from "../../store/host-function.ts";
import { isAligned } from "../abi/alignments.ts";
import { Errno, errnoOf, failWith } from "../abi/errno.ts";
import { GuestMemory } from "../abi/guest-memory.ts";
import type { Environ } from "../environ.ts";
import { canWaitInTurns, type Wait, waitBlocking, waitInTurns } from "../waiting.ts";

/** The types that parameters of WASI functions have. */
type ParamKind = "i32" | "i64";

/** i32 parameters arrive as numbers from 0 to 2^32 - 1, i64 ones as bigints from 0 to 2^64 - 1. */
type ArgumentsOf<P extends readonly ParamKind[]> = {
  [index in keyof P]: P[index] extends "i64" ? bigint : number;
};

/** One call of a WASI function. */
export class WasiCall {
  readonly environ: Environ;
  /** What the call still waits for, after its body has returned. */
  pending: Promise<void> | undefined;
  private readonly frame: CallingFrame;

  constructor(environ: Environ, frame: CallingFrame) {
    this.environ = environ;
    this.frame = frame;
  }

  /** The calling module's memory of index 0. @throws WasiError FAULT where it has none */
  get memory(): GuestMemory {
    return new GuestMemory(this.frame.getMemoryByIndex(0) ?? failWith(Errno.FAULT));
  }

  /** Whether nothing but what is waited for can end a wait of this call: then the host's own waiting is good enough. */
  get mayBlock(): boolean {
    return this.frame.run.deadline === undefined && !canWaitInTurns(this.frame.run);
  }

  /**
   * Waits until `wait.attempt` succeeds; the errno that it throws is the call's. This has to be the last thing that a body does:
   * in an asynchronous run it returns at once, and the call waits on as `pending`.
   * @param name of the function, for the log line where the host cannot wait
   * @throws WasiError NOSYS where the host cannot wait; Interrupted where the run has to end
   */
  wait(name: string, wait: Wait): void {
    if (canWaitInTurns(this.frame.run)) {
      if (!wait.attempt()) this.pending = waitInTurns(wait, this.frame.run);
      return;
    }
    waitBlocking(wait, this.frame.run, () => {
      this.environ.reportOnce(`WASI: ${name} returns ENOSYS: the host cannot wait.`);
      return failWith(Errno.NOSYS);
    });
  }
}

/** A function of the WASI module before it belongs to one. */
export interface WasiFunction {
  readonly name: string;
  readonly params: readonly ParamKind[];
  /** Whether the errno is a result; `proc_exit` has none. */
  readonly hasResult: boolean;
  readonly body: (call: WasiCall, args: readonly (number | bigint)[]) => void;
}

/**
 * Defines a function that results in an errno: SUCCESS when `body` returns, that of the `WasiError` that it throws otherwise.
 *
 * A body first checks its pointers, then its flags, then descriptor and rights; only then does it act; results are written last.
 * So a call that fails has changed nothing.
 */
export function wasiFunction<const P extends readonly ParamKind[]>(
  name: string,
  params: P,
  body: (call: WasiCall, ...args: ArgumentsOf<P>) => void,
): WasiFunction {
  const untyped = body as (call: WasiCall, ...args: readonly (number | bigint)[]) => void;
  return { name, params, hasResult: true, body: (call, args) => untyped(call, ...args) };
}

/** Defines a function without a result. */
export function wasiProcedure<const P extends readonly ParamKind[]>(
  name: string,
  params: P,
  body: (call: WasiCall, ...args: ArgumentsOf<P>) => void,
): WasiFunction {
  return { ...wasiFunction(name, params, body), hasResult: false };
}

function toArgument(kind: ParamKind, value: Value): number | bigint {
  return kind === "i64" ? BigInt.asUintN(64, value as bigint) : (value as number) >>> 0;
}

/** The errno for what a body threw. What ends the run, a `WasmEdgeError`, is thrown on. */
function errnoOfThrown(environ: Environ, name: string, error: unknown): Errno {
  if (error instanceof WasmEdgeError) throw error;
  const errno = errnoOf(error);
  if (errno !== undefined) return errno;
  // An embedder's stream or file system threw what we do not know; the guest sees an I/O error.
  environ.reportOnce(`WASI: ${name} failed: ${thrownText(error)}`);
  return Errno.IO;
}

/** What WasmEdge does about a misaligned pointer. @throws UnalignedAtomicAccess; WasiError ADDRNOTAVAIL in socket functions */
function failAlignment(name: string): never {
  return name.startsWith("sock_") ? failWith(Errno.ADDRNOTAVAIL) : fail(ErrCode.UnalignedAtomicAccess);
}

/** The host function over an `Environ`. */
export function toHostFunction(environ: Environ, { name, params, hasResult, body }: WasiFunction): HostFunction {
  const type = {
    params: params.map((kind) => (kind === "i64" ? ValType.I64 : ValType.I32)),
    results: hasResult ? [ValType.I32] : [],
  };
  const call = (frame: CallingFrame, args: Value[]): HostResults | PromiseLike<HostResults> => {
    const wasi = new WasiCall(environ, frame);
    let errno: Errno = Errno.SUCCESS;
    try {
      const values = params.map((kind, i) => toArgument(kind, args[i]));
      if (environ.options.strictAlignment === true && !isAligned(name, values)) failAlignment(name);
      body(wasi, values);
    } catch (error) {
      errno = errnoOfThrown(environ, name, error);
    }
    if (wasi.pending !== undefined) {
      return wasi.pending.then(
        () => Errno.SUCCESS,
        (error) => errnoOfThrown(environ, name, error),
      );
    }
    return hasResult ? errno : undefined;
  };
  return new HostFunction(type, call, 0, true);
}

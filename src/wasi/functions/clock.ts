import { ClockId } from "../abi/constants.ts";
import { Errno, failWith } from "../abi/errno.ts";
import type { Surroundings } from "../surroundings.ts";
import { wasiFunction } from "./definition.ts";

/**
 * The host's clocks. A thread's processor time is told as the process's: hosts do not tell them apart.
 */

/** The time of a clock in nanoseconds. @throws WasiError INVAL for a clock that there is not */
export function clockTime(surroundings: Surroundings, id: number): bigint {
  switch (id) {
    case ClockId.REALTIME:
      return surroundings.realtime();
    case ClockId.MONOTONIC:
      return surroundings.monotonic();
    case ClockId.PROCESS_CPUTIME:
    case ClockId.THREAD_CPUTIME:
      return surroundings.processTime();
    default:
      return failWith(Errno.INVAL);
  }
}

export const clockFunctions = [
  wasiFunction("clock_res_get", ["i32", "i32"], ({ environ, memory }, id, result) => {
    memory.require(result, 8);
    if (id > ClockId.THREAD_CPUTIME) failWith(Errno.INVAL);
    memory.writeUint64(result, environ.surroundings.resolution);
  }),
  // The precision asked for is ignored: the clocks are as exact as they are.
  wasiFunction("clock_time_get", ["i32", "i64", "i32"], ({ environ, memory }, id, _precision, result) => {
    memory.require(result, 8);
    memory.writeUint64(result, clockTime(environ.surroundings, id));
  }),
];

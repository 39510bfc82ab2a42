import type { InspectingVM } from "../vm/inspecting-vm.ts";
import type { ProgramValues } from "./configuration.ts";
import { untilEnded } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";

/** Runs that somebody looks at. */

/** Takes the observers off, and writes what they have seen. @returns false where that could not be written */
export type EndObservation = () => boolean;

/**
 * Begins to observe what the options ask for. What observes is loaded where they ask for it.
 * @param program the path of the module
 * @throws UsageError for what there is not to trace, and for files that cannot be written
 */
export async function beginObservation(
  vm: InspectingVM,
  values: ProgramValues,
  program: string,
): Promise<EndObservation> {
  if (values.trace === undefined && values.profile === undefined && values.coverage === undefined) return () => true;
  return (await import("./observation.ts")).observe(vm, values, program);
}

/**
 * Does what is observed.
 * @param end writes what was seen
 * @returns the exit status: that of the work, and a failure where only the reports have failed
 */
export async function observing(end: EndObservation, work: () => Promise<number>): Promise<number> {
  let isWritten: boolean;
  let status: number;
  try {
    status = await untilEnded(work);
  } finally {
    isWritten = end();
  }
  return isWritten || status !== ExitStatus.Success ? status : ExitStatus.Failure;
}

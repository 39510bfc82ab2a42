import type { Configure, StatisticsConfigure } from "../config/configure.ts";
import type { ResumeValues } from "./configuration.ts";
import { UsageError } from "./option-parser.ts";
import { requireWritable } from "./snapshot-file.ts";

/** What the options say of stopping a run; `stoppable-run.ts` does it. */

/** Where and when a run is stopped. */
export interface StopPlan {
  /** Undefined where a signal ends the run: a profile, a coverage report is wanted of what there was of it. */
  readonly file: string | undefined;
  /** The count of instructions; Infinity where only a signal stops it. */
  readonly at: number;
  readonly modules: "included" | "hashed";
}

type StopValues = Pick<ResumeValues, (`snapshot${string}` & keyof ResumeValues) | "profile" | "coverage">;

/** What the options say. @throws UsageError where they do not go together, or no file can be there */
export function stopPlanOf(values: StopValues): StopPlan | undefined {
  const { snapshot: file, "snapshot-at": at, "snapshot-without-modules": withoutModules } = values;
  if (file === undefined) {
    const name = at === undefined ? "snapshot-without-modules" : "snapshot-at";
    if (at !== undefined || withoutModules) throw new UsageError(`--${name} wants a file: --snapshot FILE`);
    const reports = values.profile !== undefined || values.coverage !== undefined;
    return reports ? { file, at: Number.POSITIVE_INFINITY, modules: "included" } : undefined;
  }
  requireWritable(file);
  return {
    file,
    at: at === undefined ? Number.POSITIVE_INFINITY : Number(at),
    modules: withoutModules ? "hashed" : "included",
  };
}

/** Has instructions counted, as stopping wants it. @returns what was to be measured without that */
export function countFor(plan: StopPlan | undefined, configure: Configure): StatisticsConfigure {
  const asked = { ...configure.statistics };
  if (plan !== undefined) configure.statistics.instructionCounting = true;
  return asked;
}

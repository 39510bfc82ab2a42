import type { Failure } from "./processes.ts";
import type { Log } from "./run-module.ts";

/** What an engine's process answers: the log of a module, or what went wrong that is neither trap nor exception. */
export type Answer = Log | Failure;

/** Where two runs of a module part, or undefined where they are the same. */
export function difference(ours: Answer, native: Answer): string | undefined {
  if ("error" in ours || "error" in native) {
    const [us, them] = [ours, native].map((answer) => ("error" in answer ? answer.error : "ran"));
    return `ours: ${us}\nnative: ${them}`;
  }
  const count = Math.max(ours.lines.length, native.lines.length);
  for (let i = 0; i < count; i++) {
    const [us, them] = [ours.lines[i], native.lines[i]];
    if (us !== them) return `line ${i + 1} of ${count}\nours: ${us ?? "(nothing)"}\nnative: ${them ?? "(nothing)"}`;
  }
  return undefined;
}

import type { WasmEdgeError } from "../../common/error.ts";
import type { BacktraceFrame, ErrorContext } from "../../common/error-context.ts";
import { readNameSection } from "../../loader/name-section.ts";
import type { FunctionInstance } from "../../store/function-instance.ts";
import type { ModuleInstance } from "../../store/module-instance.ts";
import type { Execution } from "./execution.ts";
import { type Frame, framesOf } from "./frames.ts";

/** The frames that an error shows: outermost first, with names. WasmEdge `Executor::getRecordedStackTrace`. */

/** Frames that a backtrace shows of each end. */
const SHOWN_FRAMES = 32;

type Backtrace = Extract<ErrorContext, { kind: "backtrace" }>;

/** The frames of an execution, outermost first, with at most `SHOWN_FRAMES` of each end. */
export function backtraceOf(execution: Execution): Backtrace {
  const shown: Frame[] = [];
  let skipped = 0;
  for (const frame of framesOf(execution)) {
    if (shown.length >= 2 * SHOWN_FRAMES) {
      shown.splice(SHOWN_FRAMES, 1);
      skipped++;
    }
    shown.push(frame);
  }
  // Names and places are looked up for the frames that are shown only: a stack that is exhausted has 65,536.
  const frames = shown.reverse().map(
    ({ space, func, position, calleeFp }): BacktraceFrame => ({
      moduleName: space.instance.name,
      moduleId: space.instance.id,
      functionIndex: func.index,
      functionName: functionName(space.instance, func.index),
      offset: (calleeFp === undefined ? space.placeOf(position, true) : space.placeOf(position - 1))?.offset,
    }),
  );
  return { kind: "backtrace", frames, skipped, skippedAfter: SHOWN_FRAMES };
}

/** A function's name: from the `name` section, else the name under which it is exported. */
function functionName(instance: ModuleInstance, index: number): string | undefined {
  const { source } = instance;
  const named = source && readNameSection(source).functionName(index);
  return named ?? instance.exportNameOfFunction(index);
}

/** A host function as a frame. */
export function hostFrame({ module, index }: FunctionInstance): BacktraceFrame {
  return {
    moduleName: module?.name ?? "",
    moduleId: module?.id ?? 0,
    functionIndex: index,
    functionName: module?.exportNameOfFunction(index),
    offset: undefined,
  };
}

/**
 * Adds to an error that came out of a host function that function and the frames that called it; they come before those of
 * a run that the host function itself began.
 */
export function addCallers(error: WasmEdgeError, execution: Execution, func: FunctionInstance): void {
  const callers = backtraceOf(execution);
  const at = error.context.findIndex((entry) => entry.kind === "backtrace");
  const inner = error.context[at];
  const within: Pick<Backtrace, "frames" | "skipped"> =
    inner?.kind === "backtrace" ? inner : { frames: [], skipped: 0 };
  const frames = [...callers.frames, hostFrame(func), ...within.frames];
  const surplus = Math.max(0, frames.length - 2 * SHOWN_FRAMES);
  frames.splice(SHOWN_FRAMES, surplus);
  const joined: Backtrace = { ...callers, frames, skipped: callers.skipped + within.skipped + surplus };
  if (at < 0) error.context.push(joined);
  else error.context[at] = joined;
}

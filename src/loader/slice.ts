/** Slices that are short: some more than V8 needs to find a function hot and to compile it. */
const SHORT_SLICES = 4096;

/**
 * How many bytes of bodies are walked in a call. V8 goes over to a function's optimised form at its next call; where that is
 * far, it compiles the running one as well. So the first calls are short.
 * @param calls how many there have been
 */
export function sliceOf(calls: number): number {
  return calls < SHORT_SLICES ? 256 : 16384;
}

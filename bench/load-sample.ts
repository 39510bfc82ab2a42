/**
 * What loads a module: our loader and validator, the same with lazy validation, the same of another build, or V8's
 * `WebAssembly.validate`.
 */
export type LoadEngine = "us" | "lazy" | "baseline" | "native";

/** How an engine loaded a module in a process of its own. */
export interface LoadSample {
  /** CPU time of all threads for each round, in milliseconds; the first one finds the process cold. */
  readonly times: readonly number[];
  /** The same on the clock of the wall. */
  readonly walls: readonly number[];
  /** The module's size in bytes. */
  readonly size: number;
  /** By how many bytes the process had grown at most during the first round; the module's bytes are counted in. */
  readonly peak: number;
  /** By how many bytes the heap and its buffers had grown after the first round and a collection; the module's bytes too. */
  readonly after: number;
}

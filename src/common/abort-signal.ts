/** What is asked of an `AbortSignal`, which ECMAScript itself does not have. https://dom.spec.whatwg.org/#abortsignal */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason?: unknown;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/** The host's own `AbortSignal` where its types are known, so that `fetch` and its relatives take it. */
export type HostAbortSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : AbortSignalLike;

interface AbortControllerLike {
  readonly signal: HostAbortSignal;
  abort(reason?: unknown): void;
}

/** A new `AbortController`; undefined where the host has none. */
export function newAbortController(): AbortControllerLike | undefined {
  const { AbortController } = globalThis as unknown as { AbortController?: new () => AbortControllerLike };
  return AbortController === undefined ? undefined : new AbortController();
}

/*
 * Values of the host's may be external references, which can be anything: also a proxy that has been revoked, or whose handler fails, for
 * which looking at it throws. Such a value is none of ours, no list and no promise.
 */

/** A class, whoever may construct it. */
export interface Class<T> {
  readonly prototype: T;
  readonly [Symbol.hasInstance]: (value: unknown) => boolean;
}

/** `value instanceof kind` for any value of the host's. */
export function isInstance<T>(value: unknown, kind: Class<T>): value is T {
  try {
    return value instanceof (kind as unknown as abstract new () => T);
  } catch {
    return false;
  }
}

/** `Array.isArray` for any value of the host's. */
export function isList(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** Whether a value can be waited for, as `await` sees it. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  try {
    return typeof (value as { then?: unknown }).then === "function";
  } catch {
    return false;
  }
}

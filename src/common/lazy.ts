/**
 * A value that is made when it is first asked for: what a module would make at its top level, but few programs need. All top
 * levels together are most of what a short program takes to start.
 */
export function lazy<T extends object>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

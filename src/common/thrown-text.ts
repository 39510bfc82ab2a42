/**
 * What somebody threw, as text.
 *
 * Anything can be thrown, also what JavaScript cannot write (an object without a prototype) or whose own code fails when it is
 * looked at (a getter, a revoked proxy). That is told too, since the failure in hand matters more than its text.
 */
function told(thrown: unknown, errorText: (error: Error) => string): string {
  try {
    return thrown instanceof Error ? errorText(thrown) : String(thrown);
  } catch {
    return `a value of type ${typeof thrown} that has no text`;
  }
}

/** The name and message of an error; anything else as JavaScript writes it. */
export function thrownText(thrown: unknown): string {
  return told(thrown, ({ name, message }) => `${name}: ${message}`);
}

/** The message of an error alone; anything else as JavaScript writes it. */
export function thrownMessage(thrown: unknown): string {
  return told(thrown, ({ message }) => `${message}`);
}

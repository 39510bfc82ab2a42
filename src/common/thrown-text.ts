/**
 * What somebody threw, as text: the name and message of an error, anything else as JavaScript writes it.
 *
 * Anything can be thrown, also what JavaScript cannot write (an object without a prototype) or whose own code fails when it is
 * looked at (a getter, a revoked proxy). That is told too, since the failure in hand matters more than its text.
 */
export function thrownText(thrown: unknown): string {
  try {
    return thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  } catch {
    return `a value of type ${typeof thrown} that has no text`;
  }
}

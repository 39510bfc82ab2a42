/** What a terminal or a reader takes for more than a sign: control characters, line ends, and marks that turn the direction of text. */
const unprintable = /[^ -~\u00a0-\u2027\u202f-\u2065\u206a-\uffff]/g;

const short: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
]);

/**
 * Text that may hold names of a module, as one line to print: nobody who writes a module forges a line of a log by a name, or
 * commands the terminal. Control characters stand in the text format's notation: `\n`, `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replace(unprintable, (sign) => short.get(sign) ?? `\\u{${sign.charCodeAt(0).toString(16)}}`);
}

/** What was seen of a run. */
export interface GlueRun {
  /** The exit code, or the signal that ended it. */
  readonly status: number | string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** How often exported functions were called; undefined where nobody counted. */
  readonly calls: number | undefined;
  readonly seconds: number;
}

/** As much of a text as says what was wrong. */
function excerpt(text: string): string {
  const lines = text.trimEnd().split("\n");
  const shown = lines.length > 24 ? [...lines.slice(0, 12), "…", ...lines.slice(-12)] : lines;
  return shown.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line)).join("\n");
}

/** The first line that two texts do not share. */
function differentLine(ours: string, native: string): string {
  const [a, b] = [ours.split("\n"), native.split("\n")];
  const at = a.findIndex((line, i) => line !== b[i]);
  const i = at < 0 ? a.length : at;
  return excerpt(`line ${i + 1}, ours:   ${a[i] ?? "(none)"}\nline ${i + 1}, native: ${b[i] ?? "(none)"}`);
}

/**
 * What is wrong with a run on ours; undefined for nothing. The program must end well on the Node's own and print something, and
 * the run on ours must have called something: else nothing would have been compared.
 */
export function difference(ours: GlueRun, native: GlueRun): string | undefined {
  if (native.status !== 0) return `ended with ${native.status} natively:\n${excerpt(native.stderr)}`;
  if (native.stdout === "") return "printed nothing natively";
  if (ours.status !== 0) return `ended with ${ours.status} on ours:\n${excerpt(ours.stderr)}\n${excerpt(ours.stdout)}`;
  if (ours.stdout !== native.stdout) return differentLine(ours.stdout, native.stdout);
  return (ours.calls ?? 0) === 0 ? "called nothing of ours" : undefined;
}

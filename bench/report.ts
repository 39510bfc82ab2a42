import { isMetered, type PeerKind } from "./peer-name.ts";

/** What stands below a table: where and how it was measured. */
export interface Circumstances {
  readonly machine: string;
  /** What each peer is. */
  readonly versions: readonly string[];
  /** The day, as in 2026-01-31. */
  readonly date: string;
  readonly command: string;
}

/** The table with its circumstances, in Markdown. */
export function formatReport(table: string, { machine, versions, date, command }: Circumstances): string {
  return `${table}\n\n${date}, ${machine}. ${versions.join("; ")}.\n\n\`\`\`sh\n${command}\n\`\`\``;
}

/** The name of the section that a run belongs to: `default`, `metering`, `hermes`, `words`, or the flags of Node that it was made with. */
export function sectionName(nodeFlags: readonly string[], peers: readonly PeerKind[]): string {
  if (peers.some(isMetered)) return "metering";
  if (peers.includes("hermes")) return "hermes";
  if (peers.includes("words")) return "words";
  return nodeFlags.length === 0 ? "default" : nodeFlags.map((flag) => flag.replace(/^-+/, "")).join(" ");
}

/**
 * Puts a text between `<!-- bench SECTION -->` and `<!-- bench end -->`.
 * @throws Error when the document has no such place
 */
export function replaceSection(document: string, section: string, text: string): string {
  const begin = `<!-- bench ${section} -->`;
  const end = "<!-- bench end -->";
  const from = document.indexOf(begin);
  const to = from < 0 ? -1 : document.indexOf(end, from);
  if (to < 0) throw new Error(`the document has no section between ${begin} and ${end}`);
  return `${document.slice(0, from + begin.length)}\n\n${text}\n\n${document.slice(to)}`;
}

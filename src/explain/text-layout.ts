/** Lines of text: headings, paragraphs, tables. */

/** The width of paragraphs; tables are as wide as they have to be. */
const WIDTH = 80;
const MARGIN = "  ";

/** Between two columns. */
const GAP = "  ";

/** Columns but the last are not drawn wider than this: what is longer pushes the rest of its line to the right. */
const WIDEST_COLUMN = 56;

/** A stage's title, and the classes that do it, here and in WasmEdge. */
export function heading(title: string, ours: string, wasmEdge: string): string[] {
  return ["", title, "=".repeat(title.length), `here: ${ours}`, ...wrap(`WasmEdge: ${wasmEdge}`, "", "  "), ""];
}

/** Text in lines of at most 80 columns. */
export function paragraph(text: string): string[] {
  return wrap(text, MARGIN);
}

/** @param further indent of the lines after the first */
function wrap(text: string, indent: string, further: string = indent): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const margin = lines.length === 0 ? indent : further;
    if (line !== "" && margin.length + line.length + 1 + word.length > WIDTH) {
      lines.push(margin + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, (lines.length === 0 ? indent : further) + line];
}

/** Columns below their titles; a table whose titles are all empty has no line for them. */
export function table(titles: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const all = titles.every((title) => title === "") ? rows : [titles, ...rows];
  const widths = titles.map((_, column) => {
    const lengths = all.map((row) => row[column]?.length ?? 0);
    return Math.max(...lengths.filter((length) => length <= WIDEST_COLUMN), 0);
  });
  return all.map((row) => {
    const cells = row.map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)));
    return (MARGIN + cells.join(GAP)).trimEnd();
  });
}

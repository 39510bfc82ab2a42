import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * `node dist/cli.js` in this repository. Node takes the linked file for what its own name says: an ES module would be read by the loader of
 * those, which takes another twentieth of the start in Node 20 and 22. The package has the file itself as its command.
 * @param link makes the link, for tests
 */
export function nameForRepository(folder: string, link: (target: string, path: string) => void = symlinkSync): void {
  const name = join(folder, "cli.js");
  try {
    link("cli.cjs", name);
  } catch {
    // Windows wants a privilege for links.
    writeFileSync(name, 'import "./cli.cjs";\n');
  }
}

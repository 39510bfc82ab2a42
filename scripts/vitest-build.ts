import { runNpmScript } from "./npm-script.ts";

/** Before the packaging tests: `dist/`, from what `src/` is now. */
export default function setup(): void {
  runNpmScript("build");
}

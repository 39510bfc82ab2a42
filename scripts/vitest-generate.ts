import { runNpmScript } from "./npm-script.ts";

/** Before any test: the generated sources, from what the generator is now. */
export default function setup(): void {
  runNpmScript("generate");
}

/** The names of the commands, for what must not import the commands themselves. */
export const commandNames = [
  "run",
  "resume",
  "debug",
  "parse",
  "validate",
  "instantiate",
  "explain",
  "compile",
] as const;

import { cpus, release, totalmem, type } from "node:os";

/** This machine, as it stands below a table. */
export function machine(): string {
  const processors = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return `${processors[0]?.model ?? "unknown processor"}, ${processors.length} threads, ${memory} GiB, ${type()} ${release()}`;
}

import type * as nodeFs from "node:fs";
import { createRequire } from "node:module";

/**
 * Node's modules as `require` gives them. An `import` of one at the head of a file is dear at each start, also of a program that
 * never uses it: Node makes a module of its own of all members, and for `node:fs` loads its streams on the way; those for sockets
 * and randomness are seldom needed at all.
 */

interface Builtins {
  "node:crypto": typeof import("node:crypto");
  "node:fs": typeof nodeFs;
  "node:net": typeof import("node:net");
  "node:url": typeof import("node:url");
  "node:worker_threads": typeof import("node:worker_threads");
}

/** Node hands them out without a `require` from 20.16 on, which is cheaper. */
const load = process.getBuiltinModule ?? createRequire(import.meta.url);

/** One of Node's modules, loaded when it is first asked for. */
export function nodeBuiltin<Name extends keyof Builtins>(name: Name): Builtins[Name] {
  return load(name) as Builtins[Name];
}

/** Files, which every program needs. */
export const fs: typeof nodeFs = nodeBuiltin("node:fs");

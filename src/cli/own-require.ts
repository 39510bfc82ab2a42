/** In place of Node's module `node:module` in the command line's program, a CommonJS module: see scripts/build.ts. */

declare const require: (name: string) => unknown;

export function createRequire(): typeof require {
  return require;
}

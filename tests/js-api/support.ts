import { describe } from "vitest";
import { compile } from "watr";
import type { Imports } from "../../src/js-api/instance.ts";
import { createWebAssembly, type WebAssemblyNamespace } from "../../src/js-api/namespace.ts";
import { native } from "../support/native.ts";

/** What an instance exports: whatever the test's module says. */
// biome-ignore lint/suspicious/noExplicitAny: the types are those of the modules' text
export type Exports = any;

/** What goes for the interface goes for the one of the test's host as well: so the tests are right about it. */
export function describeBoth(name: string, body: (WebAssembly: WebAssemblyNamespace) => void): void {
  describe(`${name}, with us`, () => body(createWebAssembly()));
  describe(`${name}, natively`, () => body(native as unknown as WebAssemblyNamespace));
}

/** A module's bytes by its text. */
export function binary(text: string): Uint8Array {
  return compile(text);
}

/** Compiles and instantiates a text. */
export function exportsOf(WebAssembly: WebAssemblyNamespace, text: string, imports?: object): Exports {
  const module = new WebAssembly.Module(binary(text));
  return new WebAssembly.Instance(module, imports as Imports | undefined).exports;
}

/** What an action throws. */
export function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}

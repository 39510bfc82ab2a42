import { expect } from "vitest";
import type { Module } from "../../src/ast/module.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import type { ErrCodeName } from "../../src/common/error-code.ts";
import type { ASTNode } from "../../src/common/error-context.ts";
import { allProposals, type Proposal, proposalText } from "../../src/common/proposal.ts";
import { Configure, Standard } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";

/** Bytes, written out or nested: `[1, u32(300), name("a")]`. */
export type Bytes = readonly (number | Bytes)[];

function flatten(bytes: Bytes): number[] {
  return bytes.flatMap((part) => (typeof part === "number" ? [part] : flatten(part)));
}

export const preamble: Bytes = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** An unsigned LEB128. @param length more bytes than needed pad it */
export function u32(value: number | bigint, length = 1): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  } while (rest !== 0n || bytes.length < length);
  bytes[bytes.length - 1] &= 0x7f;
  return bytes;
}

/** A signed LEB128 of any width. @param length more bytes than needed pad it */
export function sleb(value: number | bigint, length = 1): number[] {
  const bytes: number[] = [];
  let rest = BigInt(value);
  for (;;) {
    const group = Number(rest & 0x7fn);
    rest >>= 7n;
    const isLast = rest === ((group & 0x40) !== 0 ? -1n : 0n) && bytes.length + 1 >= length;
    bytes.push(isLast ? group : group | 0x80);
    if (isLast) return bytes;
  }
}

export function name(text: string): Bytes {
  const bytes = [...new TextEncoder().encode(text)];
  return [u32(bytes.length), bytes];
}

/** A section with the size that its content has. */
export function section(id: number, ...content: Bytes): Bytes {
  const bytes = flatten(content);
  return [id, u32(bytes.length), bytes];
}

/** A module: the preamble and these bytes. */
export function wasm(...parts: Bytes): Uint8Array {
  return Uint8Array.from(flatten([preamble, ...parts]));
}

/** Offset of the first byte behind the preamble. */
export const START = 8;

/** A module of one function of type 0 with these bytes as locals and instructions. Without the type: that is validation. */
export function functionModule(...body: Bytes): Uint8Array {
  const bytes = flatten(body);
  return wasm(section(3, 1, 0), section(10, 1, u32(bytes.length), bytes));
}

/** Where the bytes of `functionModule` begin, if they are fewer than 128: function section 4, code header 4. */
export const BODY = START + 8;

/** The nodes around a function's instruction. */
export const instructionNodes: readonly ASTNode[] = [
  "instruction",
  "expression",
  "code segment",
  "code section",
  "module",
];

export interface Options {
  readonly standard?: Standard;
  readonly enable?: readonly Proposal[];
  readonly disable?: readonly Proposal[];
}

export function configureWith({ standard = Standard.WASM_3, enable = [], disable = [] }: Options = {}): Configure {
  const configure = new Configure().setWASMStandard(standard);
  for (const proposal of enable) configure.addProposal(proposal);
  for (const proposal of disable) configure.removeProposal(proposal);
  return configure;
}

export const everyProposal: Options = { enable: allProposals };

export function load(bytes: Uint8Array, options?: Options): Module {
  return new Loader(configureWith(options)).parseModule(bytes);
}

/** What the load of malformed bytes says: code, byte offset, missing proposal, nodes from the inside outwards. */
export interface Refusal {
  readonly code: ErrCodeName;
  readonly offset: number | undefined;
  readonly nodes: readonly ASTNode[];
  readonly proposal?: string;
}

/** Loads bytes that have to be refused, in the loading phase. */
export function refusal(bytes: Uint8Array, options?: Options): Refusal {
  const error = refusalError(() => load(bytes, options));
  expect(error.phase).toBe("loading");
  const places = error.context.filter((entry) => entry.kind === "loading");
  expect(places.length).toBeLessThan(2);
  const proposal = error.context.find((entry) => entry.kind === "proposal")?.proposal;
  return {
    code: error.codeName,
    offset: places[0]?.offset,
    nodes: error.context.flatMap((entry) => (entry.kind === "ast" ? [entry.node] : [])),
    ...(proposal !== undefined && { proposal }),
  };
}

export function refusalError(action: () => unknown): WasmEdgeError {
  try {
    action();
  } catch (error) {
    if (error instanceof WasmEdgeError) return error;
    throw error;
  }
  throw new Error("accepted");
}

/** The name of a proposal as an error's context gives it. */
export { proposalText };

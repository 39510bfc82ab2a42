import type { Module } from "../../src/ast/module.ts";
import {
  heapCodeOf,
  isIndexedRefType,
  isNullableRefType,
  isRefType,
  typeIndexOf,
  type ValType,
} from "../../src/common/value-type.ts";

/** Writing the binary format: https://webassembly.github.io/spec/core/binary/ */

export const SectionId = {
  Type: 1,
  Import: 2,
  Function: 3,
  Table: 4,
  Memory: 5,
  Global: 6,
  Export: 7,
  Start: 8,
  Element: 9,
  Code: 10,
  Data: 11,
  DataCount: 12,
  Tag: 13,
} as const;

/** The order in which sections stand in a module. */
const order: readonly number[] = [1, 2, 3, 4, 5, 13, 6, 7, 8, 9, 12, 10, 11];

/** An unsigned number of up to 53 bits. */
export function u32(value: number): number[] {
  const bytes: number[] = [];
  while (value >= 0x80) {
    bytes.push((value % 0x80) | 0x80);
    value = Math.floor(value / 0x80);
  }
  bytes.push(value);
  return bytes;
}

export function signed(value: bigint): number[] {
  const bytes: number[] = [];
  for (;;) {
    const low = Number(value & 0x7fn);
    value >>= 7n;
    if ((value === 0n && low < 0x40) || (value === -1n && low >= 0x40)) return [...bytes, low];
    bytes.push(low | 0x80);
  }
}

export function name(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...u32(bytes.length), ...bytes];
}

export function heapType(type: ValType): number[] {
  return isIndexedRefType(type) ? signed(BigInt(typeIndexOf(type))) : [heapCodeOf(type)];
}

/** A value type, in its short form where it has one. */
export function valType(type: ValType): number[] {
  if (!isRefType(type)) return [type];
  const nullable = isNullableRefType(type);
  if (nullable && !isIndexedRefType(type)) return [heapCodeOf(type)];
  return [nullable ? 0x63 : 0x64, ...heapType(type)];
}

/** A vector of things that are written already. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return [...u32(items.length), ...items.flat()];
}

/** A module's vector sections as count and content, so that more can be put behind what is there. Custom sections are left out. */
export class SectionEditor {
  private readonly contents = new Map<number, number[]>();

  constructor({ bytes, sections }: Module) {
    for (const { id, start, end } of sections) {
      if (id !== 0) this.contents.set(id, Array.from(bytes.subarray(start, end)));
    }
  }

  /** Puts items behind those of a section whose content is a vector. */
  append(id: number, items: readonly (readonly number[])[]): void {
    const content = this.contents.get(id) ?? [0];
    const end = content.findIndex((byte) => byte < 0x80) + 1;
    const count = content.slice(0, end).reduce((sum, byte, i) => sum + (byte & 0x7f) * 2 ** (7 * i), 0);
    this.contents.set(id, [...u32(count + items.length), ...content.slice(end), ...items.flat()]);
  }

  replace(id: number, content: number[]): void {
    this.contents.set(id, content);
  }

  toBytes(): Uint8Array {
    const sections = order.flatMap((id) => {
      const content = this.contents.get(id);
      return content === undefined ? [] : [[id, ...u32(content.length)], content];
    });
    return Uint8Array.from([[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0], ...sections].flat());
  }
}

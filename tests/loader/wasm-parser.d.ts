// The package has no types of its own; these are what the oracle looks at.
declare module "@webassemblyjs/wasm-parser" {
  export interface Node {
    readonly type: string;
    readonly id?: unknown;
    readonly object?: string;
    readonly args?: readonly { readonly value?: unknown; readonly name?: string }[];
    readonly index?: { readonly value: number };
    readonly instr?: readonly Node[];
    readonly consequent?: readonly Node[];
    readonly alternate?: readonly Node[];
    readonly body?: readonly Node[];
    readonly fields?: readonly Node[];
    readonly name?: unknown;
    readonly module?: string;
    readonly functype?: { readonly params: readonly { valtype: string }[]; readonly results: readonly string[] };
    readonly descr?: { readonly type: string; readonly exportType?: string; readonly id?: { readonly value: unknown } };
    readonly limits?: { readonly min: number; readonly max?: number };
    readonly globalType?: { readonly valtype: string; readonly mutability: string };
    readonly funcs?: readonly { readonly value: number }[];
    readonly init?: { readonly values: readonly number[] };
  }
  export function decode(bytes: Uint8Array, options: object): Node;
}
